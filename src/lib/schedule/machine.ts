import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { capped } from "../csv/short-text.js";

export interface Machine {
  platform: NodeJS.Platform;
  /** With the `PATH` on which the tools of a scheduler are found. Nothing else of it reaches a job. */
  env: NodeJS.ProcessEnv;
  home: string;
  uid: number;
  /** How long a tool may take, in milliseconds; by default longer than systemd waits for its own answers. */
  limitMs?: number;
}

export const thisMachine = (): Machine => ({
  platform: process.platform,
  env: process.env,
  home: homedir(),
  uid: process.getuid?.() ?? -1,
});

export interface Ended {
  /** The exit code; `NO_PROGRAM` if there is no such tool, `STOPPED` if a signal ended it. */
  exit: number;
  stdout: Buffer;
  /** What it said on stderr, in one line without its full stop. */
  said: string;
}

/** No tool ends with these itself. */
export const NO_PROGRAM = -1;
const STOPPED = -2;

const LIMIT_MS = 40_000;

/** Without a shell. @param input what is on its standard input */
export const runTool = (
  [tool = "", ...args]: readonly string[],
  { env, limitMs = LIMIT_MS }: Pick<Machine, "env" | "limitMs">,
  input: Buffer = Buffer.alloc(0),
): Promise<Ended> =>
  new Promise((resolve) => {
    const options = {
      // In English: what it says of a missing crontab is understood here.
      env: { ...env, LC_ALL: "C" },
      encoding: "buffer",
      maxBuffer: Infinity,
      timeout: limitMs,
      killSignal: "SIGKILL",
    } as const;
    const child = execFile(tool, args, options, (error, stdout, stderr) => {
      const said = oneLine(stderr.toString());
      if (error === null) resolve({ exit: 0, stdout, said });
      else if (error.code === "ENOENT") resolve({ exit: NO_PROGRAM, stdout, said: `there is no ${tool}` });
      else if (error.killed) resolve({ exit: STOPPED, stdout, said: `no answer in ${limitMs / 1000} s` });
      else resolve({ exit: exitOf(error), stdout, said: said || `it ended with ${endOf(error)}` });
    });
    // One that does not read it has its reasons; how it ended says more.
    child.stdin?.on("error", () => undefined).end(input);
  });

const exitOf = ({ code }: { code?: unknown }): number => (typeof code === "number" ? code : STOPPED);

const endOf = ({ code, signal }: { code?: unknown; signal?: unknown }): string => String(signal ?? code);

const oneLine = (text: string): string =>
  capped(text.trim().replaceAll(/\p{Cc}+/gu, " "), 300).replace(/\.$/, "");
