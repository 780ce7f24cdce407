import { mkdirSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { changeConfig, readConfig } from "../../src/lib/config/config.js";
import { takeLock } from "../../src/lib/system/lock.js";
import { chooseProfile, type HostedProfile } from "../../src/lib/config/profiles.js";
import type { DoctorCheck } from "../../src/lib/doctor/check.js";
import { openTokens } from "../../src/lib/auth/session.js";
import { errorOf, fileIn, type Home, jsonOf, newHome, type Outcome } from "../support/cli.js";
import { startFaultyProxy } from "../support/supabase/faulty-proxy.js";
import { startAnswering } from "../support/answering-server.js";
import { at, changeSession, project, run, runProgram, sessionFiles, sessionIn, signIn } from "./accounts.js";

/** A home whose user has signed in, and how often its session was to be renewed since then. */
const signedInHome = async (): Promise<{ home: Home; renewals: () => number }> => {
  const proxy = await startFaultyProxy(project.url);
  onTestFinished(() => proxy.stop());
  const home = newHome();
  await signIn(home, await project.newUser(), at({ url: proxy.url, key: project.key }));
  return { home, renewals: () => proxy.tries("token") - 1 };
};

/** A home whose user signed in a while ago: the access token is of no use any more. */
const expiredHome = async (): Promise<{ home: Home; renewals: () => number }> => {
  const signedIn = await signedInHome();
  changeSession(signedIn.home, { access_token: "expired", expires_at: Date.now() - 60_000 });
  return signedIn;
};

const whoami = (home: Home, env: Record<string, string> = {}): Promise<Outcome> =>
  run(["whoami", "--json"], home, { env });

const refused = (outcome: Outcome) => ({ exit: outcome.exit, ...errorOf(outcome) });

const profileIn = ({ configDir }: Home): HostedProfile =>
  chooseProfile(readConfig(configDir), undefined, {}) as HostedProfile;

const placeIn = ({ configDir }: Home) => ({ configDir, command: "test", waitMs: 10_000 });

describe("an expired access token", () => {
  it(
    "is renewed once by ten commands that start together, and one valid session is left",
    { timeout: 90_000 },
    async () => {
      const { home, renewals } = await expiredHome();
      const commands = Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? ["whoami"] : ["prefs", "--json"]));
      const outcomes = await Promise.all(commands.map((argv) => runProgram(argv, home)));
      expect(outcomes.map(({ exit, stderr }) => ({ exit, stderr }))).toEqual(
        commands.map(() => ({ exit: 0, stderr: "" })),
      );
      expect(sessionFiles(home)).toHaveLength(1);
      expect(renewals()).toBe(1);
      expect(await whoami(home)).toMatchObject({ exit: 0 });
      changeSession(home, { expires_at: 0 });
      expect(await whoami(home)).toMatchObject({ exit: 0 });
      expect(renewals()).toBe(2);
    },
  );

  it("is renewed when it has less than a minute left", async () => {
    const { home, renewals } = await signedInHome();
    const tokens = openTokens(profileIn(home), placeIn(home));
    const { access_token } = sessionIn(home);
    expect(await tokens.current()).toBe(access_token);
    changeSession(home, { expires_at: Date.now() + 50_000 });
    expect(await openTokens(profileIn(home), placeIn(home)).current()).toBe(sessionIn(home).access_token);
    expect(renewals()).toBe(1);
  });

  it("is renewed for aicost doctor, which says who is signed in, where, and with which schema", async () => {
    const { home, renewals } = await expiredHome();
    const { checks } = jsonOf<{ checks: DoctorCheck[] }>(await run(["doctor", "--json"], home));
    const checkOf = (name: string) => checks.find((check) => check.name === name);
    expect(checkOf("project")).toMatchObject({
      state: "ok",
      says: expect.stringMatching(/^127\.0\.0\.1:\d+, signed in as \S+@\S+, schema \d{14}$/) as string,
    });
    expect(checkOf("secrets")).toMatchObject({ says: "session in a file that only you can read" });
    expect(checkOf("database")).toBeUndefined();
    expect(checks.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(renewals()).toBe(1);
  });

  it("is renewed after the server refused it, once, whoever asks how often", async () => {
    const { home, renewals } = await signedInHome();
    changeSession(home, { access_token: "refused" });
    const tokens = openTokens(profileIn(home), placeIn(home));
    const others = openTokens(profileIn(home), placeIn(home));
    const refusedToken = await tokens.current();
    const renewed = await Promise.all([
      tokens.renew(refusedToken),
      tokens.renew(refusedToken),
      others.renew(refusedToken),
    ]);
    expect(new Set(renewed)).toEqual(new Set([sessionIn(home).access_token]));
    expect(await tokens.current()).toBe(renewed[0]);
    expect(renewals()).toBe(1);
  });

  it("is renewed by a data command that the server refuses", async () => {
    const { home, renewals } = await signedInHome();
    const token = sessionIn(home).access_token;
    changeSession(home, { access_token: `${token.slice(0, -4)}AAAA` });
    expect(await run(["prefs", "--json"], home)).toMatchObject({ exit: 0 });
    expect(renewals()).toBe(1);
  });
});

describe("a wrong clock", () => {
  it.each([10, -10, 600, -600])("of %i minutes does no harm", async (minutes) => {
    const home = newHome();
    const shift = `const { now } = Date; const ms = ${minutes} * 60_000;
globalThis.Date = class extends Date {
  constructor(...given) { if (given.length === 0) super(now() + ms); else super(...given); }
  static now() { return now() + ms; }
};`;
    const env = { NODE_OPTIONS: `--import ${fileIn(home, "shift.mjs", shift)}` };
    const proxy = await startFaultyProxy(project.url);
    onTestFinished(() => proxy.stop());
    const { email, password } = await project.newUser();
    const login = [
      "login",
      ...at({ url: proxy.url, key: project.key }),
      "--email",
      email,
      "--password-stdin",
      "--json",
    ];
    const outcome = await runProgram(login, home, { env, input: password });
    const { session } = jsonOf<{ session: { expires_at: string } }>(outcome);
    const minutesLeft = (Date.parse(session.expires_at) - Date.now()) / 60_000;
    expect(Math.abs(minutesLeft - 60 - minutes), "the clock is shifted").toBeLessThan(2);
    expect(await runProgram(["whoami", "--json"], home, { env })).toMatchObject({ exit: 0, stderr: "" });
    expect(await runProgram(["prefs", "--json"], home, { env })).toMatchObject({ exit: 0, stderr: "" });
    expect(proxy.tries("token")).toBe(1);
    expect(await whoami(home), "set right afterwards").toMatchObject({ exit: 0, stderr: "" });
  });
});

describe("a session that is over", () => {
  it("says so and names aicost login, for every command", async () => {
    const home = newHome();
    await signIn(home, await project.newUser());
    const { access_token } = sessionIn(home);
    const logout = {
      method: "POST",
      headers: { apikey: project.key, authorization: `Bearer ${access_token}` },
    };
    expect((await fetch(`${project.url}/auth/v1/logout?scope=global`, logout)).ok).toBe(true);
    expect(refused(await whoami(home))).toMatchObject({
      exit: 3,
      code: "not_signed_in",
      message: expect.stringContaining("The session of profile supabase is over") as string,
      hint: "Sign in with: aicost login --profile supabase",
    });
    changeSession(home, { expires_at: 0 });
    expect(refused(await run(["prefs", "--json"], home))).toMatchObject({ exit: 3, code: "not_signed_in" });
  });

  it("because a copy of it was renewed elsewhere says so, and asks once", async () => {
    const { home, renewals } = await expiredHome();
    await renewElsewhere(await renewElsewhere(sessionIn(home).refresh_token));
    expect(refused(await whoami(home))).toMatchObject({
      exit: 3,
      code: "not_signed_in",
      hint: "Sign in with: aicost login --profile supabase",
    });
    expect(renewals()).toBe(1);
  });

  it("on a project whose tokens are refused, fresh ones too, ends in one error that tells the clock", async () => {
    const home = newHome();
    const requests: string[] = [];
    const strange = await startAnswering((request, response) => {
      requests.push(request.url ?? "");
      answerStrangely(request, response);
    });
    onTestFinished(strange.stop);
    await signIn(
      home,
      { email: "me@example.com", password: "password" },
      at({ ...strange, key: project.key }),
    );
    requests.length = 0;
    expect(refused(await whoami(home))).toMatchObject({
      exit: 3,
      code: "token_refused",
      hint: expect.stringMatching(/^The clock of this machine is 10 minutes behind/) as string,
    });
    expect(requests).toEqual(["/auth/v1/user", "/auth/v1/token?grant_type=refresh_token", "/auth/v1/user"]);
  });
});

/** Renews a session as another machine would that has a copy of it. @returns the next refresh token */
const renewElsewhere = async (token: string): Promise<string> => {
  const response = await fetch(`${project.url}/auth/v1/token?grant_type=refresh_token`, {
    method: "POST",
    headers: { apikey: project.key, "content-type": "application/json" },
    body: JSON.stringify({ refresh_token: token }),
  });
  return ((await response.json()) as { refresh_token: string }).refresh_token;
};

/** A project that grants tokens, but refuses them all, in ten minutes. */
const answerStrangely = ({ url = "" }: IncomingMessage, response: ServerResponse): void => {
  const answer = (status: number, body: unknown): void => {
    const date = new Date(Date.now() + 10 * 60_000).toUTCString();
    response.writeHead(status, { "content-type": "application/json", date }).end(JSON.stringify(body));
  };
  if (url.endsWith("/settings")) answer(200, { external: { email: true } });
  else if (url.includes("/token")) {
    const user = { id: "5a1f7a52-7f0b-4c57-9d6f-6e1a2a0f5a11", email: "me@example.com" };
    answer(200, { access_token: `a${Math.random()}`, refresh_token: "r", expires_in: 3600, user });
  } else answer(403, { error_code: "bad_jwt", msg: "invalid JWT" });
};

describe("a project that does not answer", () => {
  it("leaves the session as it is, and is one error", async () => {
    const { url, stop } = await startAnswering((_, response) => response.end());
    await stop();
    const { home } = await expiredHome();
    const before = sessionIn(home);
    moveProject(home, url);
    const outcome = await run(["whoami"], home);
    expect(outcome).toMatchObject({ exit: 5, stdout: "" });
    expect(outcome.stderr).toMatch(
      /^Error: 127\.0\.0\.1 refuses connections on port \d+: .*\n(?: {2}\S.*\n)+$/,
    );
    expect(sessionIn(home)).toEqual(before);
  });

  it("is not asked for half a minute if it is in trouble", async () => {
    let asked = 0;
    const { url, stop } = await startAnswering((_, response) => {
      asked += 1;
      response.writeHead(503).end("<h1>Later</h1>");
    });
    onTestFinished(stop);
    const { home } = await expiredHome();
    moveProject(home, url);
    const outcome = await run(["whoami"], home);
    expect(outcome).toMatchObject({
      exit: 5,
      stdout: "",
      stderr: expect.stringMatching(/^Error: .*\n {2}.*\n$/) as string,
    });
    expect(asked).toBe(4);
  });
});

const moveProject = ({ configDir }: Home, url: string): void =>
  changeConfig(configDir, ({ profiles }) => (profiles["supabase"]!.url = url));

describe("a session that is renewed or ended", () => {
  it("is not, if no lock can be taken in the config folder", async () => {
    const { home } = await expiredHome();
    const lock = path.join(home.configDir, "session-supabase.lock");
    rmSync(lock, { force: true });
    mkdirSync(lock);
    for (const argv of [
      ["whoami", "--json"],
      ["logout", "--json"],
    ]) {
      expect(refused(await run(argv, home))).toMatchObject({
        exit: 5,
        code: "config_unwritable",
        message: `The file ${lock} cannot be written (EISDIR).`,
      });
    }
  });
});

describe("a session that is not where it was kept", () => {
  it("is not taken for a logout: both ways out are told, and nothing falls back", async () => {
    const { home } = await expiredHome();
    const id = "00000000-0000-4000-8000-000000000000";
    changeConfig(home.configDir, ({ profiles }) => (profiles["supabase"]!.session!.id = id));
    for (const argv of [
      ["whoami", "--json"],
      ["prefs", "--json"],
    ]) {
      expect(refused(await run(argv, home))).toMatchObject({ exit: 5, code: "secret_missing" });
    }
  });

  it("because another command has signed out meanwhile, is over", async () => {
    const { home } = await expiredHome();
    const tokens = openTokens(profileIn(home), placeIn(home));
    await run(["logout"], home);
    await expect(tokens.current()).rejects.toMatchObject({
      exit: 3,
      message: "Another command has ended the session of profile supabase.",
    });
  });

  it("is of no use for another project that the environment names", async () => {
    const { home } = await expiredHome();
    const env = { AICOST_SUPABASE_URL: "https://another.example.com" };
    expect(refused(await whoami(home, env))).toMatchObject({
      exit: 3,
      code: "not_signed_in",
      message: expect.stringContaining(
        "not to https://another.example.com, which AICOST_SUPABASE_URL",
      ) as string,
    });
  });
});

it("waits for another process that renews the session only as long as it may", async () => {
  const { home } = await expiredHome();
  const lock = await takeLock(path.join(home.configDir, "session-supabase.lock"), {
    command: "import",
    waitMs: 0,
    onWait: () => undefined,
    inUse: () => new Error("in use") as never,
  });
  onTestFinished(() => lock.release());
  expect(refused(await whoami(home, { AICOST_WAIT: "0" }))).toMatchObject({
    exit: 5,
    code: "session_busy",
    message: expect.stringContaining("is in use by “aicost import”") as string,
  });
});
