import { describe, expect, it } from "vitest";
import type { Config, SavedProfile } from "../src/lib/config/config.js";
import { UserError } from "../src/lib/errors.js";
import {
  chooseProfile,
  listProfiles,
  projectUrl,
  removeProfile,
  useProfile,
} from "../src/lib/config/profiles.js";

const work: SavedProfile = { url: "https://work.supabase.co", key: "sb_publishable_work" };
const home: SavedProfile = {
  url: "https://home.supabase.co",
  key: "sb_publishable_home",
  session: { id: "1", kept: "keychain", user_id: "2", email: "me@example.com" },
};
const config = (current?: string): Config => ({
  maps: {},
  profiles: { work, home },
  ...(current === undefined ? {} : { profile: current }),
});

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  throw new Error("Nothing was refused.");
};

describe("the profile that a command works on", () => {
  it("is the embedded database where nobody says otherwise", () => {
    expect(chooseProfile({ maps: {}, profiles: {} }, undefined, {})).toEqual({
      kind: "embedded",
      name: "local",
    });
  });

  it("is the flag's, else the environment's, else the config file's", () => {
    const env = { AICOST_PROFILE: "home" };
    expect(chooseProfile(config("work"), undefined, {}).name).toBe("work");
    expect(chooseProfile(config("work"), undefined, env)).toEqual({
      kind: "hosted",
      name: "home",
      url: home.url,
      key: home.key,
      saved: home,
      token: undefined,
    });
    expect(chooseProfile(config("work"), "local", env).kind).toBe("embedded");
  });

  it("has the project of the environment, where it names one", () => {
    const env = { AICOST_SUPABASE_URL: "http://127.0.0.1:54321/", AICOST_SUPABASE_KEY: "sb_publishable_env" };
    expect(chooseProfile(config("work"), undefined, env)).toMatchObject({
      url: "http://127.0.0.1:54321",
      key: "sb_publishable_env",
    });
  });

  it("is a project without a session where the environment holds a token, unless local was asked for", () => {
    const env = {
      AICOST_ACCESS_TOKEN: " a.token\r\n",
      AICOST_SUPABASE_URL: "https://ci.supabase.co",
      AICOST_SUPABASE_KEY: "sb_publishable_ci",
    };
    expect(chooseProfile({ maps: {}, profiles: {} }, undefined, env)).toMatchObject({
      kind: "hosted",
      name: "environment",
      url: "https://ci.supabase.co",
      token: "a.token",
    });
    expect(chooseProfile({ maps: {}, profiles: {} }, "local", env).kind).toBe("embedded");
    expect(codeOf(() => chooseProfile(config(), undefined, { AICOST_ACCESS_TOKEN: "a.token" }))).toBe(
      "project_missing",
    );
  });

  it.each(["a token", "a\ntoken", "token…"])("takes no token that no request can carry: “%s”", (token) => {
    const act = () => chooseProfile(config("work"), undefined, { AICOST_ACCESS_TOKEN: token });
    expect(codeOf(act)).toBe("bad_token");
    expect(act).toThrow(expect.objectContaining({ message: expect.not.stringContaining(token) as string }));
  });

  it.each([
    ["sb_secret_1234567890abcdefghij", "secret_key"],
    ["sb_publishable_…", "bad_key"],
    ["a key with blanks", "bad_key"],
  ])("takes no key but a publishable one, wherever it comes from: %s", (key, code) => {
    const spoiled = { ...config("work"), profiles: { work: { ...work, key } } };
    expect(codeOf(() => chooseProfile(spoiled, undefined, {}))).toBe(code);
    const env = { AICOST_SUPABASE_KEY: key };
    expect(codeOf(() => chooseProfile(config("work"), undefined, env))).toBe(code);
    expect(() => chooseProfile(config("work"), undefined, env)).toThrow(/^What AICOST_SUPABASE_KEY holds is/);
  });

  it("is refused where there is none of that name, with the nearest one", () => {
    expect(codeOf(() => chooseProfile(config("gone"), undefined, {}))).toBe("profile_unknown");
    expect(() => chooseProfile(config(), "wrok", {})).toThrow("There is no profile “wrok”.");
    expect(codeOf(() => chooseProfile(config(), "no/path", {}))).toBe("bad_profile");
    expect(codeOf(() => chooseProfile(config(), "__proto__", {}))).toBe("bad_profile");
    expect(codeOf(() => chooseProfile(config(), "constructor", {}))).toBe("profile_unknown");
  });
});

describe("the address of a project", () => {
  it("is read as people type it", () => {
    expect(projectUrl(" abc.supabase.co ")).toBe("https://abc.supabase.co");
    expect(projectUrl("https://abc.supabase.co/rest/v1/?x=1")).toBe("https://abc.supabase.co");
    expect(projectUrl("http://localhost:54321")).toBe("http://localhost:54321");
    expect(projectUrl("http://[::1]:54321/")).toBe("http://[::1]:54321");
  });

  it.each([
    "",
    "ftp://abc.supabase.co",
    "https://",
    "https://me:secret@abc.supabase.co",
    "http://abc.supabase.co",
  ])("is refused where it is “%s”", (text) => {
    expect(codeOf(() => projectUrl(text))).toBe("bad_project_url");
  });

  it("never shows the password that somebody put into it", () => {
    expect(() => projectUrl("https://me:secret@abc.supabase.co")).toThrow(/^(?!.*secret)/);
  });
});

describe("profiles", () => {
  it("are listed with the embedded database first, and who is signed in", () => {
    expect(listProfiles(config("home"), undefined, {})).toEqual([
      { name: "local", current: false, backend: "embedded", project: null, user: null },
      { name: "work", current: false, backend: "hosted", project: work.url, user: null },
      { name: "home", current: true, backend: "hosted", project: home.url, user: "me@example.com" },
    ]);
  });

  it("can be made the current one, and the embedded database again", () => {
    const changed = config();
    useProfile(changed, "work");
    expect(changed.profile).toBe("work");
    useProfile(changed, "local");
    expect(changed.profile).toBeUndefined();
    expect(codeOf(() => useProfile(changed, "other"))).toBe("profile_unknown");
    expect(codeOf(() => useProfile(changed, "We/ird"))).toBe("bad_profile");
  });

  it("can be forgotten, but not while somebody is signed in, and never the embedded database", () => {
    const changed = config("work");
    removeProfile(changed, "work");
    expect(changed).toEqual({ maps: {}, profiles: { home } });
    expect(codeOf(() => removeProfile(changed, "home"))).toBe("profile_signed_in");
    expect(codeOf(() => removeProfile(changed, "local"))).toBe("profile_local");
    expect(codeOf(() => removeProfile(changed, "work"))).toBe("profile_unknown");
  });
});
