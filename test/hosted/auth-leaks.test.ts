import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Home, newHome, type Outcome, start } from "../support/cli.js";
import {
  addressFor,
  at,
  changeSession,
  FILES,
  newestCode,
  project,
  runProgram,
  sessionFiles,
  sessionIn,
  signInByCode,
} from "./accounts.js";

/** What was said and written by commands that were given these secrets. */
interface Told {
  outcomes: Outcome[];
  secrets: string[];
}

const DEBUG = { DEBUG: "*" };

/** All text below a home, but for the files that keep the sessions. */
const textIn = (home: Home): string =>
  readdirSync(home.folder, { recursive: true, encoding: "utf8" })
    .map((name) => path.join(home.folder, name))
    .filter((file) => statSync(file).isFile() && !sessionFiles(home).includes(file))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");

const expectNoLeak = (home: Home, { outcomes, secrets }: Told): void => {
  const told = outcomes.map(({ stdout, stderr }) => `${stdout}\n${stderr}`).join("\n") + textIn(home);
  expect(told, "DEBUG says something").toContain("oclif");
  expect(secrets.every((secret) => secret.length >= 6)).toBe(true);
  expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
};

it("shows and writes no password and no token, under DEBUG too", { timeout: 120_000 }, async () => {
  const home = newHome();
  const { email, password } = await project.newUser();
  const told: Told = { outcomes: [], secrets: [password] };
  const tell = async (argv: readonly string[], input = ""): Promise<void> => {
    told.outcomes.push(await runProgram(argv, home, { env: DEBUG, input }));
    if (!existsSync(path.join(home.configDir, "secrets")) || sessionFiles(home).length === 0) return;
    const { access_token, refresh_token } = sessionIn(home);
    told.secrets.push(access_token, refresh_token);
  };
  const login = ["login", ...at(project), "--email", email, "--password-stdin"];
  await tell(login, "another password");
  await tell(login, password);
  for (const json of [[], ["--json"]]) {
    await tell(["whoami", ...json]);
    changeSession(home, { expires_at: 0 });
    await tell(["prefs", ...json]);
    changeSession(home, { access_token: "of-no-use-any-more" });
    await tell(["whoami", ...json]);
    await tell(["profiles", ...json]);
  }
  changeSession(home, { refresh_token: "of-no-use-at-all", expires_at: 0 });
  await tell(["whoami", "--json"]);
  for (const access_token of ["of-no-use\nbeyond-a-line", "of-no-use-…"]) {
    changeSession(home, { access_token, refresh_token: access_token, expires_at: 8.64e15 });
    await tell(["prefs"]);
    await tell(["whoami"]);
  }
  await tell(login, password);
  await tell(["logout", "--all", "--json"]);
  expect(new Set(told.secrets).size).toBeGreaterThan(8);
  expect(told.outcomes.map(({ exit }) => exit)).toEqual([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 5, 5, 5, 5, 0, 0]);
  expectNoLeak(home, told);
});

it("shows and writes no one-time code", async () => {
  const home = newHome();
  const { email } = await project.newUser();
  let code = "";
  const codeOf = async () => (code = await newestCode(email));
  const outcome = await signInByCode(home, email, codeOf, [], DEBUG);
  const { access_token, refresh_token } = sessionIn(home);
  expect(outcome.exit).toBe(0);
  expectNoLeak(home, { outcomes: [outcome], secrets: [code, access_token, refresh_token] });
});

it("shows and writes no code of a sign-in in the browser", async () => {
  const home = newHome();
  const argv = ["login", ...at(project), "--oauth", "github", "--no-browser"];
  const running = start(argv, home, { env: { ...FILES, ...DEBUG } });
  const page = await fetch(await addressFor(running));
  const code = new URL(page.url).searchParams.get("code") ?? "";
  const outcome = await running.outcome;
  const { access_token, refresh_token } = sessionIn(home);
  expect(outcome.exit).toBe(0);
  expectNoLeak(home, { outcomes: [outcome], secrets: [code, access_token, refresh_token] });
});

it("gives no password to any process as an argument", async () => {
  const home = newHome();
  const { email, password } = await project.newUser();
  const argv = ["login", ...at(project), "--email", email, "--password-stdin"];
  const running = start(argv, home, { env: FILES, input: password });
  const seen: string[] = [];
  while (running.child.exitCode === null) {
    seen.push(...commandLines());
    await sleep(5);
  }
  expect((await running.outcome).exit).toBe(0);
  expect(
    seen.some((line) => line.includes(email)),
    "the program itself",
  ).toBe(true);
  expect(seen.filter((line) => line.includes(password))).toEqual([]);
});

/** What every process of this machine was started with. */
const commandLines = (): string[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    });
