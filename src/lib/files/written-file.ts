import { readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { systemCode, type UserError } from "../errors.js";
import { isAlive } from "../system/alive.js";
import { WholeFile } from "../system/whole-file.js";

export interface WriteErrors {
  unwritable: (code: string | undefined) => UserError;
  /** The file was opened, but takes no more. */
  full: (code: string, cause: unknown) => UserError;
}

/** A link is followed, so that what it leads to is written and the link stays. */
export const realTarget = (path: string, { unwritable }: WriteErrors): string => {
  try {
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) return realpathSync(path);
    return join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw unwritable(systemCode(error));
  }
};

/** How a file is called until it is whole, so that one that was left is known for ours. */
const unfinished = (target: string): string =>
  join(dirname(target), `.${basename(target).slice(0, 100)}.${process.pid}.aicost-unfinished`);

const UNFINISHED = /^\..*\.(\d+)\.aicost-unfinished$/;

/** Removes what commands left in a folder that were killed while they wrote a file there. */
const removeLost = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const pid = UNFINISHED.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
  }
};

/** A file that a user has asked for: an older one is whole until the new one is. */
export class WrittenFile {
  readonly #errors: WriteErrors;
  readonly #file: WholeFile;

  /** @throws what `errors` say, as do `write` and `keep` */
  constructor(target: string, errors: WriteErrors) {
    this.#errors = errors;
    if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) throw errors.unwritable("EISDIR");
    try {
      this.#file = new WholeFile(target, undefined, unfinished(target));
      removeLost(dirname(target));
    } catch (error) {
      throw errors.unwritable(systemCode(error));
    }
  }

  write(text: string): void {
    this.#orFull(() => this.#file.write(text));
  }

  keep(): void {
    this.#orFull(() => this.#file.keep());
  }

  discard(): void {
    this.#file.discard();
  }

  #orFull(work: () => void): void {
    try {
      work();
    } catch (error) {
      const code = systemCode(error);
      throw code === undefined ? error : this.#errors.full(code, error);
    }
  }
}
