import { closeSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { UserError, systemCode, whyUnwritable } from "../errors.js";
import type { Source } from "./source.js";

/** The path of the file for refused rows, by the path of each source. */
export type RejectsPaths = ReadonlyMap<string, string>;

/**
 * Where the refused rows of each source go: to that file or, of several sources, to one beside it for each, such as
 * `bad.usage.csv` for `usage.csv`. Nothing is opened yet.
 * @param path where the user wants them; without it, they go nowhere
 * @throws UserError `rejects_is_source`, `rejects_unwritable`
 */
export const rejectsPathsOf = (path: string | undefined, sources: readonly Source[]): RejectsPaths => {
  const paths = new Map<string, string>();
  if (path === undefined) return paths;
  const imported = new Set(sources.map((source) => realpathSync(source.path)));
  const taken = new Set<string>();
  for (const source of sources) {
    const target = realTarget(sources.length === 1 ? path : freeName(path, source.name, taken));
    if (imported.has(target)) throw overSource(target);
    paths.set(source.path, target);
  }
  return paths;
};

const overSource = (target: string) =>
  new UserError(
    "rejects_is_source",
    `--rejects would write over ${target}, which is imported.`,
    "Name another file, for example: --rejects bad-rows.csv",
  );

/** `bad.usage.csv`, or `bad.usage.2.csv` where another `usage.csv` has that. */
const freeName = (path: string, source: string, taken: Set<string>): string => {
  const extension = extname(path);
  const stem = join(dirname(path), `${basename(path, extension)}.${basename(source, extname(source))}`);
  let name = `${stem}${extension}`;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${stem}.${number}${extension}`;
  taken.add(name.toLowerCase());
  return name;
};

/** A link is followed, so that what it leads to is written and the link stays. */
const realTarget = (path: string): string => {
  try {
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) return realpathSync(path);
    return join(realpathSync(dirname(path)), basename(path));
  } catch (error) {
    throw unwritable(path, systemCode(error));
  }
};

/**
 * Refused rows as they stood in their file, below its header. They are written beside the place where they belong and
 * moved there at the end, so that an older file is whole until a new one is.
 */
export class RejectsFile {
  readonly #target: string;
  readonly #written: string;
  readonly #descriptor: number;
  #isClosed = false;

  /** @throws UserError `rejects_unwritable` */
  constructor(target: string, header: string) {
    this.#target = target;
    const known = statSync(target, { throwIfNoEntry: false });
    if (known?.isDirectory()) throw unwritable(target, "EISDIR");
    // A device or a pipe cannot be replaced, only written to.
    this.#written = known === undefined || known.isFile() ? `${target}.${process.pid}` : target;
    try {
      this.#descriptor = openSync(this.#written, "w", 0o600);
    } catch (error) {
      throw unwritable(target, systemCode(error));
    }
    this.add(header);
  }

  add(raw: string): void {
    try {
      writeSync(this.#descriptor, /[\r\n]$/.test(raw) ? raw : `${raw}\n`);
    } catch (error) {
      throw full(this.#target, error);
    }
  }

  /** Puts the file in its place. */
  keep(): void {
    if (this.#close() && this.#written !== this.#target) renameSync(this.#written, this.#target);
  }

  /** Leaves nothing of the file, unless it was kept. */
  discard(): void {
    if (this.#close() && this.#written !== this.#target) rmSync(this.#written, { force: true });
  }

  /** @returns whether it was open */
  #close(): boolean {
    if (this.#isClosed) return false;
    closeSync(this.#descriptor);
    return (this.#isClosed = true);
  }
}

const unwritable = (path: string, code?: string) =>
  new UserError(
    "rejects_unwritable",
    `The file ${path} for the bad rows cannot be written: ${whyUnwritable(code)}.`,
    "Name another file, for example: --rejects bad-rows.csv",
  );

const full = (path: string, error: unknown): unknown => {
  const code = systemCode(error);
  if (code === undefined) return error;
  return new UserError(
    "rejects_unwritable",
    `The bad rows cannot be written to ${path} (${code}).`,
    "Name a file on another disk.",
    { cause: error },
  );
};
