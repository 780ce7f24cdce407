import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import type { Session } from "../../src/lib/auth/server.js";
import { aicost, type Home, type Outcome, type RunOptions, type Running, runWords } from "../support/cli.js";
import { testProject, type ProjectAddress, type TestUser } from "../support/supabase.js";

/** The project of this test run. */
export const project = testProject(inject("supabase"));

/** Sessions in files: tests of the keychain are elsewhere. */
export const FILES = { AICOST_SECRETS: "file" };

/** Runs a command in this process, with sessions in files. */
export const run = (
  argv: readonly string[],
  home: Home,
  { env, input }: Pick<RunOptions, "env"> & { input?: string } = {},
): Promise<Outcome> =>
  runWords(argv, home, { env: { ...FILES, ...env }, ...(input === undefined ? {} : { input }) });

/** Runs the built program to its end, with sessions in files. */
export const runProgram = (
  argv: readonly string[],
  home: Home,
  { env, ...rest }: RunOptions = {},
): Promise<Outcome> => aicost(argv, home, { ...rest, env: { ...FILES, ...env } });

/** The flags that name a project. */
export const at = ({ url, key }: Pick<ProjectAddress, "url" | "key">): string[] => [
  "--url",
  url,
  "--key",
  key,
];

/** Signs in with a password, in this process. @throws if that fails */
export const signIn = async (
  home: Home,
  { email, password }: Pick<TestUser, "email" | "password">,
  flags: readonly string[] = at(project),
): Promise<void> => {
  const argv = ["login", ...flags, "--email", email, "--password-stdin"];
  const outcome = await run(argv, home, { input: `${password}\n` });
  if (outcome.exit !== 0) throw new Error(JSON.stringify(outcome));
};

/** The one-time code of the newest mail to an address; waits for it. */
export const newestCode = async (email: string): Promise<string> => {
  for (;;) {
    const mail = (await project.mails()).findLast(({ to }) => to === email);
    const code = /\b\d{6}\b/.exec(mail?.text ?? "")?.[0];
    if (code !== undefined) return code;
    await sleep(50);
  }
};

/** Signs in by a code that comes on standard input once it was sent. */
export const signInByCode = async (
  home: Home,
  email: string,
  codeOf: () => Promise<string>,
  argv: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Outcome> => {
  const pipe = path.join(home.folder, "code");
  execFileSync("mkfifo", [pipe]);
  const prefix = ["sh", "-c", `exec "$@" <> '${pipe}'`, "sh"];
  const login = ["login", ...at(project), "--email", email, "--otp", ...argv];
  const outcome = runProgram(login, home, { env, prefix });
  writeFileSync(pipe, `${await codeOf()}\n`);
  return outcome;
};

/** The address that a login by the browser prints. @throws if the program ends without it */
export const addressFor = ({ child, outcome }: Running): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (piece: string) => {
      said += piece;
      const address = /^(http\S+)\n/m.exec(said)?.[1];
      if (address !== undefined) resolve(address);
    });
    void outcome.then((ended) => reject(new Error(JSON.stringify(ended))));
  });

/** The files of all sessions that are kept in a home. */
export const sessionFiles = ({ configDir }: Home): string[] => {
  const folder = path.join(configDir, "secrets");
  return readdirSync(folder).map((name) => path.join(folder, name));
};

/** The one session that is kept in a home. @throws if there is none, or more than one */
export const sessionIn = (home: Home): Session =>
  JSON.parse(readFileSync(sessionFile(home), "utf8")) as Session;

/** Changes the one session that is kept in a home. */
export const changeSession = (home: Home, changes: Partial<Session>): void =>
  writeFileSync(sessionFile(home), JSON.stringify({ ...sessionIn(home), ...changes }));

const sessionFile = (home: Home): string => {
  const [file, ...others] = sessionFiles(home);
  if (file === undefined || others.length > 0) throw new Error(`Not one session, but ${others.length}`);
  return file;
};
