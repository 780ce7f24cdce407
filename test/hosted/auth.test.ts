import { randomUUID } from "node:crypto";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { changeConfig, readConfig } from "../../src/lib/config/config.js";
import { errorOf, inTerminal, jsonOf, newHome } from "../support/cli.js";
import { startSupabase } from "../support/supabase.js";
import { startAnswering } from "../support/answering-server.js";
import {
  at,
  FILES,
  newestCode,
  project,
  run,
  runProgram,
  sessionFiles,
  sessionIn,
  signIn,
  signInByCode,
} from "./accounts.js";

const SOON = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;

describe("aicost login", () => {
  it("signs in with a password from standard input, and makes the profile the current one", async () => {
    const home = newHome();
    const user = await project.newUser();
    const argv = ["login", ...at(project), "--email", user.email, "--password-stdin", "--json"];
    const outcome = await runProgram(argv, home, { input: `${user.password}\r\nnot this\n` });
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    expect(jsonOf(outcome)).toMatchObject({
      profile: "supabase",
      backend: "hosted",
      project: project.url,
      folder: null,
      user: { id: user.id, email: user.email },
      session: { kept: "file", expires_at: SOON },
    });
    expect(readConfig(home.configDir)).toMatchObject({
      profile: "supabase",
      profiles: {
        supabase: {
          url: project.url,
          key: project.key,
          session: {
            id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
            kept: "file",
            user_id: user.id,
            email: user.email,
          },
        },
      },
    });
  });

  it("asks for all in a terminal, and shows no password", async () => {
    const home = newHome();
    const user = await project.newUser();
    const terminal = inTerminal(["login"], home, FILES);
    await terminal.shows("Address of your Supabase project");
    terminal.type(`${project.url}\r`);
    await terminal.shows("publishable key");
    terminal.type(`${project.key}\r`);
    await terminal.shows("E-mail");
    terminal.type(`${user.email}\r`);
    await terminal.shows("Password");
    terminal.type("\r");
    await terminal.shows("A password is not empty.");
    terminal.type(`${user.password}\r`);
    const { screen, exit } = await terminal.ended;
    expect({ exit, screen }).toEqual({ exit: 0, screen: expect.stringContaining(user.id) as string });
    expect(screen).not.toContain(user.password);
  });

  it("ends by Ctrl+C at the password, and keeps no session", async () => {
    const home = newHome();
    const terminal = inTerminal(["login", ...at(project), "--email", "me@example.com"], home, FILES);
    await terminal.shows("Password");
    terminal.type("half a pass\u0003");
    expect(await terminal.ended).toEqual({
      exit: 130,
      screen: expect.not.stringContaining("half") as string,
    });
    expect(sessionFiles(home)).toEqual([]);
  });

  it("offers who was signed in before", async () => {
    const home = newHome();
    const user = await project.newUser();
    await signIn(home, user);
    const terminal = inTerminal(["login"], home, FILES);
    await terminal.shows(user.email);
    terminal.type("\r");
    await terminal.shows("Password");
    terminal.type(`${user.password}\r`);
    expect(await terminal.ended).toMatchObject({ exit: 0 });
  });

  it("takes the password of a known profile without the address, after a logout, too", async () => {
    const home = newHome();
    const user = await project.newUser();
    await signIn(home, user);
    const again = ["login", "--password-stdin", "--json"];
    expect(await run(again, home, { input: user.password })).toMatchObject({ exit: 0 });
    expect(await run(["logout"], home)).toMatchObject({ exit: 0 });
    expect(jsonOf(await run(again, home, { input: user.password }))).toMatchObject({ user: { id: user.id } });
    // Nor is it said to another project.
    const elsewhere = await run([...again, "--url", "https://other.example.com", "--key", project.key], home);
    expect(errorOf(elsewhere)).toMatchObject({
      code: "flags_missing",
      message: expect.stringContaining("--email") as string,
    });
  });

  it("says which project an address means before a password is asked for", async () => {
    const home = newHome();
    const port = new URL(project.url).port;
    const user = await project.newUser();
    const flags = [
      "--url",
      `http://0x7f.1:${port}\\@good.example`,
      "--key",
      project.key,
      "--email",
      user.email,
    ];
    const terminal = inTerminal(["login", ...flags], home, FILES);
    await terminal.shows(`The address of the project: ${project.url}`);
    await terminal.shows("Password");
    terminal.type(`${user.password}\r`);
    expect(await terminal.ended).toMatchObject({ exit: 0 });
    const plain = await run(["login", ...at(project), "--password-stdin"], home, { input: user.password });
    expect(plain.stderr).not.toContain("The address of the project");
  });

  it("remembers the project, so that signing in again takes only a password", async () => {
    const home = newHome();
    const user = await project.newUser();
    await signIn(home, user);
    const first = sessionIn(home);
    await signIn(home, user, []);
    expect(sessionIn(home).refresh_token).not.toBe(first.refresh_token);
    const refused = await fetch(`${project.url}/auth/v1/user`, {
      headers: { apikey: project.key, authorization: `Bearer ${first.access_token}` },
    });
    expect(refused.ok, "the session that was replaced").toBe(false);
  });

  it("works on the project from then on, and on the embedded database after a logout", async () => {
    const home = newHome();
    const user = await project.newUser();
    const prefs = async (): Promise<unknown> => jsonOf(await run(["prefs", "--json"], home))["preferences"];
    await signIn(home, user);
    await run(["prefs", "set", "timezone", "Asia/Tokyo"], home);
    expect(await prefs()).toMatchObject({ timezone: "Asia/Tokyo" });
    await run(["add", "-p", "openai", "-c", "4.12"], home);
    const today = await run(["today"], home);
    expect(today).toMatchObject({ stdout: expect.stringMatching(/^\$4\.12 today/) as string, exit: 0 });
    expect(await run(["prompt"], home)).toEqual(today);
    expect(readdirSync(home.dataDir)).toEqual(["answer-supabase"]);
    await run(["logout"], home);
    expect(readdirSync(home.dataDir), "what a prompt is told").toEqual([]);
    expect(await prefs()).not.toMatchObject({ timezone: "Asia/Tokyo" });
  });

  it("keeps several profiles apart", async () => {
    const home = newHome();
    const [one, other] = [await project.newUser(), await project.newUser()];
    await signIn(home, one);
    await signIn(home, other, [...at(project), "--profile", "work"]);
    const who = async (...flags: string[]) => jsonOf(await run(["whoami", "--json", ...flags], home));
    expect(await who()).toMatchObject({ profile: "work", user: { id: other.id } });
    expect(await who("--profile", "supabase")).toMatchObject({ user: { id: one.id } });
  });

  it("takes the project from the environment", async () => {
    const home = newHome();
    const user = await project.newUser();
    const env = { AICOST_SUPABASE_URL: `${project.url}/rest/v1/`, AICOST_SUPABASE_KEY: ` ${project.key} ` };
    const argv = ["login", "--email", user.email, "--password-stdin"];
    expect(await run(argv, home, { env, input: user.password })).toMatchObject({ exit: 0 });
    expect(readConfig(home.configDir).profiles["supabase"]).toMatchObject({
      url: project.url,
      key: project.key,
    });
  });

  it("sends a one-time code by e-mail, and takes it in a terminal", async () => {
    const home = newHome();
    const { email, id } = await project.newUser();
    const terminal = inTerminal(["login", ...at(project), "--email", email, "--otp"], home, FILES);
    await terminal.shows("The code or the link from the mail");
    terminal.type(`${await newestCode(email)}\r`);
    expect(await terminal.ended).toEqual({ exit: 0, screen: expect.stringContaining(id) as string });
  });

  it("takes the one-time code from standard input if there is no terminal", async () => {
    const home = newHome();
    const { email, id } = await project.newUser();
    expect(await signInByCode(home, email, () => newestCode(email))).toMatchObject({ exit: 0 });
    expect(jsonOf(await run(["whoami", "--json"], home))).toMatchObject({ user: { id } });
  });

  it("refuses a code that is wrong", async () => {
    const home = newHome();
    const { email } = await project.newUser();
    const wrongCode = async () => ((await newestCode(email)) === "000000" ? "000001" : "000000");
    const outcome = await signInByCode(home, email, wrongCode, ["--json"]);
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 3, code: "wrong_code" });
    expect(sessionFiles(home)).toEqual([]);
  });

  it("remembers the project of a login that failed, whatever the name of the profile", async () => {
    const home = newHome();
    const { email } = await project.newUser();
    const argv = ["login", ...at(project), "--profile", "constructor", "--email", email, "--password-stdin"];
    expect(await run(argv, home, { input: "wrong" })).toMatchObject({ exit: 3 });
    const { url, key } = project;
    expect(Object.entries(readConfig(home.configDir).profiles)).toEqual([["constructor", { url, key }]]);
  });

  it("does nothing as the user of AICOST_ACCESS_TOKEN, and leaves what is known of another project", async () => {
    const [one, other] = [await project.newUser(), await project.newUser()];
    const home = newHome();
    await signIn(home, other);
    const env = {
      AICOST_ACCESS_TOKEN: await project.accessToken(one),
      AICOST_SUPABASE_URL: project.url,
      AICOST_SUPABASE_KEY: project.key,
    };
    const argv = ["login", "--email", other.email, "--password-stdin"];
    const login = await runProgram(argv, home, {
      env: { ...env, TZ: "Asia/Tokyo" },
      input: other.password,
    });
    expect(login).toMatchObject({ exit: 0 });
    changeConfig(home.configDir, ({ profiles }) => {
      profiles["supabase"]!.url = "https://another.example.com";
      delete profiles["supabase"]!.schema;
    });
    expect(jsonOf(await run(["prefs", "--json"], home, { env }))).toMatchObject({
      preferences: { timezone: "UTC" },
    });
    expect(readConfig(home.configDir).profiles["supabase"]).not.toHaveProperty("schema");
  });

  it.each(["", "nonsense", "two words@example.com"])("refuses “%s” as an address", async (email) => {
    const argv = ["login", ...at(project), "--email", email, "--password-stdin", "--json"];
    const outcome = await run(argv, newHome(), { input: "password" });
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 2, code: "bad_email" });
  });

  it("is refused with what is missing if nobody can answer", async () => {
    const outcome = await run(["login", ...at(project), "--json"], newHome());
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({
      exit: 2,
      code: "flags_missing",
      message: expect.stringContaining("--email and --password-stdin") as string,
    });
  });

  it.each([["--profile", "local"]])("is refused for the embedded database: %s %s", async (...flags) => {
    const outcome = await run(["login", ...flags, "--json"], newHome());
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 2, code: "profile_local" });
  });
});

describe("aicost whoami", () => {
  it("says where the session is kept, and when it is renewed", async () => {
    const home = newHome();
    const user = await project.newUser();
    await signIn(home, user);
    const { stdout, exit } = await run(["whoami"], home);
    expect(exit).toBe(0);
    expect(stdout.replace(project.url, "URL").replace(user.email, "ME").replace(user.id, "ID")).toMatch(
      new RegExp(
        [
          "^Profile {2}supabase",
          "Project {2}URL",
          "User {5}ME",
          "User id {2}ID",
          "Session {2}stored in a file that only you can read",
          "Renewed {2}automatically, next at \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC\n$",
        ].join("\n"),
      ),
    );
  });

  it("names the embedded database if nobody signed in", async () => {
    const home = newHome();
    const outcome = await run(["whoami", "--json"], home);
    expect(jsonOf(outcome)).toEqual({
      profile: "local",
      backend: "embedded",
      project: null,
      folder: home.dataDir,
      user: null,
      session: null,
    });
  });

  it("takes an access token from the environment, without a keychain and a session", async () => {
    const home = newHome();
    const user = await project.newUser();
    await signIn(home, user);
    const env = {
      AICOST_SECRETS: "keychain",
      AICOST_ACCESS_TOKEN: sessionIn(home).access_token,
      AICOST_SUPABASE_URL: project.url,
      AICOST_SUPABASE_KEY: project.key,
    };
    const outcome = await run(["whoami", "--json"], newHome(), { env });
    expect(jsonOf(outcome)).toMatchObject({ user: { id: user.id, email: user.email }, session: null });
    const refused = await run(["whoami", "--json"], newHome(), {
      env: { ...env, AICOST_ACCESS_TOKEN: `${env.AICOST_ACCESS_TOKEN}x` },
    });
    expect({ exit: refused.exit, ...errorOf(refused) }).toMatchObject({ exit: 3, code: "token_expired" });
  });
});

describe("aicost logout", () => {
  it("ends the session here and in the project, and keeps the profile", async () => {
    const home = newHome();
    await signIn(home, await project.newUser());
    const { refresh_token } = sessionIn(home);
    const outcome = await run(["logout", "--json"], home);
    expect(jsonOf(outcome)).toEqual({
      profile: "supabase",
      signed_out: true,
      revoked: true,
      warning: null,
      current: "local",
    });
    expect(sessionFiles(home)).toEqual([]);
    const { profile, profiles } = readConfig(home.configDir);
    expect(profile).toBeUndefined();
    expect(profiles["supabase"]).toMatchObject({ url: project.url, key: project.key });
    expect(profiles["supabase"]).not.toHaveProperty("session");
    expect(await refreshes(refresh_token)).toBe(false);
  });

  it("is done if the session was ended elsewhere, and names the profile that AICOST_PROFILE chooses", async () => {
    const user = await project.newUser();
    const homes = [newHome(), newHome()] as const;
    for (const home of homes) await signIn(home, user);
    await run(["logout", "--all"], homes[0]);
    const outcome = await run(["logout", "--json"], homes[1], { env: { AICOST_PROFILE: "supabase" } });
    expect(jsonOf(outcome)).toMatchObject({ revoked: true, warning: null, current: "supabase" });
    expect(sessionFiles(homes[1])).toEqual([]);
  });

  it("leaves the other sessions of the user alone, and ends them with --all", async () => {
    const user = await project.newUser();
    const homes = [newHome(), newHome(), newHome()] as const;
    for (const home of homes) await signIn(home, user);
    await run(["logout"], homes[0]);
    expect(await run(["whoami"], homes[1])).toMatchObject({ exit: 0 });
    await run(["logout", "--all"], homes[1]);
    const outcome = await run(["whoami", "--json"], homes[2]);
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 3, code: "not_signed_in" });
  });

  it("says so if nobody is signed in", async () => {
    const outcome = await run(["logout"], newHome());
    expect(outcome).toMatchObject({
      exit: 0,
      stdout: "You were not signed in to profile local. Commands work on the embedded database.\n",
    });
  });

  it("forgets the session where the project is not reached, and says that it could not be ended", async () => {
    const home = newHome();
    const gone = await startAnswering((_, response) => response.end("{}"));
    await signIn(home, await project.newUser());
    changeConfig(home.configDir, ({ profiles }) => (profiles["supabase"]!.url = gone.url));
    await gone.stop();
    const { stdout, stderr, exit } = await run(["logout"], home);
    expect({ exit, stdout: stdout.split(" ").slice(0, 4).join(" ") }).toEqual({
      exit: 0,
      stdout: "You are signed out",
    });
    expect(stderr).toMatch(
      /^Warning: .* could not be told to end it\. 127\.0\.0\.1 refuses connections.*\n$/,
    );
    expect(sessionFiles(home)).toEqual([]);
    expect(readConfig(home.configDir).profiles["supabase"]).not.toHaveProperty("session");
  });
});

describe("aicost logout of a session that is not where it was kept", () => {
  it("goes through where secrets can be kept, so nothing is locked", async () => {
    const home = newHome();
    await signIn(home, await project.newUser());
    for (const file of sessionFiles(home)) rmSync(file);
    expect(jsonOf(await run(["logout", "--json"], home))).toMatchObject({
      signed_out: true,
      revoked: false,
      warning: expect.stringContaining("The stored session was not found") as string,
    });
    expect(readConfig(home.configDir).profiles["supabase"]).not.toHaveProperty("session");
  });

  it("shows nothing of what cannot be read", async () => {
    const home = newHome();
    await signIn(home, await project.newUser());
    for (const file of sessionFiles(home)) writeFileSync(file, "{eyJhbGciOi");
    const outcome = await run(["whoami", "--json"], home);
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 5, code: "secret_missing" });
    expect(outcome.stdout).not.toContain("eyJ");
  });
});

describe("aicost signup", () => {
  const argv = (email: string) => ["signup", ...at(project), "--email", email, "--password-stdin", "--json"];

  it("signs a new user in if addresses need no confirmation", async () => {
    const home = newHome();
    const email = `${randomUUID()}@example.com`;
    const outcome = await run(argv(email), home, { input: randomUUID() });
    expect(jsonOf(outcome)).toMatchObject({
      profile: "supabase",
      user: { email },
      session: { kept: "file" },
    });
    expect(await run(["whoami"], home)).toMatchObject({ exit: 0 });
  });

  it("refuses an address that has an account, and a weak password", async () => {
    const { email } = await project.newUser();
    const exists = await run(argv(email), newHome(), { input: randomUUID() });
    expect({ exit: exists.exit, ...errorOf(exists) }).toMatchObject({ exit: 4, code: "user_exists" });
    const weak = await run(argv(`${randomUUID()}@example.com`), newHome(), { input: "abc" });
    expect({ exit: weak.exit, ...errorOf(weak) }).toMatchObject({ exit: 4, code: "weak_password" });
  });

  it("asks for the password twice in a terminal", async () => {
    const email = `${randomUUID()}@example.com`;
    const terminal = inTerminal(["signup", ...at(project), "--email", email], newHome(), FILES);
    await terminal.shows("Password");
    terminal.type("long enough 1\r");
    await terminal.shows("The same password again");
    terminal.type("long enough 2\r");
    await terminal.shows("It differs from the first one.");
    terminal.type("\x7f1\r");
    const { screen, exit } = await terminal.ended;
    expect({ exit, screen }).toEqual({ exit: 0, screen: expect.stringContaining(email) as string });
    expect(screen).not.toContain("long enough");
  });
});

describe("a project that wants addresses confirmed", { timeout: 60_000 }, () => {
  it("is told to a new user, who signs in once the address is confirmed", async () => {
    const strict = await startSupabase({ confirmations: true });
    onTestFinished(strict.stop);
    const home = newHome();
    const [email, password] = [`${randomUUID()}@example.com`, randomUUID()];
    const flags = ["--email", email, "--password-stdin", "--json"];
    const signedUp = await run(["signup", ...at(strict), ...flags], home, { input: password });
    expect(jsonOf(signedUp)).toEqual({
      profile: "supabase",
      project: strict.url,
      confirmation_sent_to: email,
    });
    const early = await run(["login", ...flags], home, { input: password });
    expect({ exit: early.exit, ...errorOf(early) }).toMatchObject({ exit: 3, code: "email_not_confirmed" });
    await strict.confirm(email);
    expect(await run(["login", ...flags], home, { input: password })).toMatchObject({ exit: 0 });
  });
});

/** Whether a refresh token still brings a new session. */
const refreshes = async (refreshToken: string): Promise<boolean> => {
  const { ok } = await fetch(`${project.url}/auth/v1/token?grant_type=refresh_token`, {
    method: "POST",
    headers: { apikey: project.key, "content-type": "application/json" },
    body: JSON.stringify({ refresh_token: refreshToken }),
  });
  return ok;
};
