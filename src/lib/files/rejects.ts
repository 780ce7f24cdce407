import { realpathSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { UserError, whyUnwritable } from "../errors.js";
import type { Source } from "./source.js";
import { realTarget, type WriteErrors, WrittenFile } from "./written-file.js";

/** By the path of each source. */
export type RejectsPaths = ReadonlyMap<string, string>;

/**
 * To `path` or, of several sources, to one file beside it for each, such as `bad.usage.csv` for `usage.csv`. Nothing is
 * opened yet. Without `path` they go nowhere. @throws UserError `rejects_is_source`, `rejects_unwritable`
 */
export const rejectsPathsOf = (path: string | undefined, sources: readonly Source[]): RejectsPaths => {
  const paths = new Map<string, string>();
  if (path === undefined) return paths;
  const imported = new Set(sources.map((source) => realpathSync(source.path)));
  const taken = new Set<string>();
  for (const source of sources) {
    const name = sources.length === 1 ? path : freeName(path, source.name, taken);
    const target = realTarget(name, writeErrors(name));
    if (imported.has(target)) throw overSource(target);
    paths.set(source.path, target);
  }
  return paths;
};

const overSource = (target: string) =>
  new UserError(
    "rejects_is_source",
    `--rejects would overwrite ${target}, which is being imported.`,
    "Name another file, for example: --rejects bad-rows.csv",
  );

/** `bad.usage.csv`, or `bad.usage.2.csv` if another `usage.csv` has that. */
const freeName = (path: string, source: string, taken: Set<string>): string => {
  const extension = extname(path);
  const stem = join(dirname(path), `${basename(path, extension)}.${basename(source, extname(source))}`);
  let name = `${stem}${extension}`;
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${stem}.${number}${extension}`;
  taken.add(name.toLowerCase());
  return name;
};

/** Refused rows as they stood in their file, below its header. */
export class RejectsFile extends WrittenFile {
  /** @throws UserError `rejects_unwritable` */
  constructor(target: string, header: string) {
    super(target, writeErrors(target));
    this.add(header);
  }

  add(raw: string): void {
    this.write(/[\r\n]$/.test(raw) ? raw : `${raw}\n`);
  }
}

const writeErrors = (path: string): WriteErrors => ({
  unwritable: (code) =>
    new UserError(
      "rejects_unwritable",
      `The file ${path} for the bad rows cannot be written: ${whyUnwritable(code)}.`,
      "Name another file, for example: --rejects bad-rows.csv",
    ),
  full: (code, cause) =>
    new UserError(
      "rejects_unwritable",
      `The bad rows cannot be written to ${path} (${code}).`,
      "Name a file on another disk.",
      { cause },
    ),
});
