import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import Prefs from "../../src/commands/prefs/index.js";
import Profiles from "../../src/commands/profiles/index.js";
import ProfilesRemove from "../../src/commands/profiles/remove.js";
import ProfilesUse from "../../src/commands/profiles/use.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";

keepDatabasesOpen();

/** A home in which somebody signed in to one project and out of another. */
const twoProjects = (): Home => {
  const home = newHome();
  const session = { id: "1", kept: "file", user_id: "2", email: "me@example.com" };
  const config = {
    maps: {},
    profile: "work",
    profiles: {
      work: { url: "https://work.supabase.co", key: "sb_publishable_1", session },
      old: { url: "https://old.supabase.co", key: "sb_publishable_2" },
    },
  };
  fileIn(home, "config/config.json", JSON.stringify(config));
  return home;
};

const configOf = ({ configDir }: Home): unknown =>
  JSON.parse(readFileSync(path.join(configDir, "config.json"), "utf8"));

describe("aicost profiles", () => {
  it("lists the embedded database alone at first", async () => {
    expect(await answer(Profiles, [], newHome())).toEqual({
      profiles: [{ name: "local", current: true, backend: "embedded", project: null, user: null }],
    });
  });

  it("shows who is signed in where", async () => {
    const { stdout } = await runCommand(Profiles, [], twoProjects());
    expect(stdout).toBe(
      [
        "   Profile  Database                   Signed in as  ",
        "─────────────────────────────────────────────────────",
        "   local    embedded, on this machine  –             ",
        "*  work     https://work.supabase.co   me@example.com",
        "   old      https://old.supabase.co    signed out    ",
        "",
      ]
        .map((line) => line.trimEnd())
        .join("\n"),
    );
  });

  it("are chosen for all commands that follow, and forgotten", async () => {
    const home = twoProjects();
    await answer(ProfilesUse, ["local"], home);
    expect(await answer(Prefs, [], home)).toHaveProperty("preferences");
    await answer(ProfilesRemove, ["old"], home);
    expect(configOf(home)).toMatchObject({ profiles: { work: { key: "sb_publishable_1" } } });
    expect(configOf(home)).not.toHaveProperty("profile");
    expect(configOf(home)).not.toHaveProperty("profiles.old");
  });

  it("say that AICOST_PROFILE goes before the one that was chosen", async () => {
    const { stderr } = await runCommand(ProfilesUse, ["work"], twoProjects(), { AICOST_PROFILE: "old" });
    expect(stderr).toBe("AICOST_PROFILE=old is set, and takes precedence here.\n");
  });

  it("that nobody made are refused with the command that makes them, before anything is opened", async () => {
    const home = twoProjects();
    expect(await refusal(ProfilesUse, ["wrk"], home)).toMatchObject({
      exit: 2,
      code: "profile_unknown",
      hint: expect.stringContaining("Did you mean work?") as string,
    });
    expect(await refusal(Prefs, ["--profile", "other"], home)).toMatchObject({
      exit: 2,
      code: "profile_unknown",
      hint: expect.stringContaining("aicost login --profile other") as string,
    });
  });

  it("are not forgotten while somebody is signed in", async () => {
    const home = twoProjects();
    expect(await refusal(ProfilesRemove, ["work"], home)).toMatchObject({
      exit: 2,
      code: "profile_signed_in",
      hint: "Sign out first: aicost logout --profile work",
    });
    expect(configOf(home)).toHaveProperty("profiles.work");
  });
});
