import { execFile } from "node:child_process";
import path from "node:path";
import { ROOT } from "../support/cli.js";
import type { Environment } from "../support/secret-service.js";

/** How a process that used the keychain ended. */
export interface Outcome {
  /** What the script returned, or `{ error }` as `--json` prints it. */
  result: unknown;
  stderr: string;
  exit: number | null;
  seconds: number;
}

const built = (file: string): string => JSON.stringify(path.join(ROOT, "dist/lib", file));

/** Ends as a command does: the error is printed, the exit code is set, and then nothing may keep the process. */
const program = (options: string, script: string): string => `
  import { printError } from ${built("command/print-error.js")};
  import { openKeychain } from ${built("secrets/keychain.js")};
  const secrets = openKeychain(${options});
  try {
    console.log(JSON.stringify((await (async () => { ${script} })()) ?? null));
  } catch (error) {
    if (error.exit === undefined) throw error;
    printError(error, true);
  }`;

/**
 * Runs a script that has the keychain as `secrets`, in a process of its own: the address of the bus is read from the
 * environment, once.
 * @param options of `openKeychain`, as JavaScript
 */
export const inProcess = (env: Environment, script: string, options = "{}"): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const begin = performance.now();
    const argv = ["--input-type=module", "--eval", program(options, script)];
    const child = execFile(
      process.execPath,
      argv,
      { env: { PATH: process.env["PATH"], ...env }, maxBuffer: Infinity },
      (_error, stdout, stderr) => {
        const seconds = (performance.now() - begin) / 1000;
        if (stdout === "") reject(new Error(`The script failed: ${stderr}`));
        else resolve({ result: JSON.parse(stdout), stderr, exit: child.exitCode, seconds });
      },
    );
  });
