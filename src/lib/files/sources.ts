import { createReadStream, readdirSync, realpathSync, statSync, type Stats } from "node:fs";
import { isAbsolute, join } from "node:path";
import { UserError, systemCode } from "../errors.js";
import { OpenFiles } from "./open-files.js";
import type { Source } from "./source.js";
import { Spool } from "./spool.js";
import { hasLostName, lostName, unreadable } from "./unreadable.js";

type IsArchive = (path: string) => boolean;

const CSV_NAME = /\.(csv|tsv|txt)$/i;
const NDJSON_NAME = /\.ndjson(\.gz)?$/i;
const GLOB_SIGNS = /[*?[\]{}]/;

/** What people call standard input. Opening the devices fails if it is a socket. */
const STANDARD_INPUT: readonly string[] = ["-", "/dev/stdin", "/dev/fd/0"];

/**
 * Arguments of `import` name files, folders (the CSV files and archives in them), globs, and `-` for standard input.
 * What can be read only once, such as standard input or a pipe, is kept in a temporary file, because each file is read
 * twice. A file that is named twice counts once. The files are open afterwards.
 * @param signal stops the waiting for a pipe @returns `forget` closes the files and removes what was temporary
 * @throws UserError `file_missing`, `file_unreadable`, `file_empty`, `folder_unreadable`, `folder_without_csv`,
 * `glob_without_match`, and what `Spool` throws
 */
export const findSources = async (
  args: readonly string[],
  { isArchive, signal }: { isArchive: IsArchive; signal: AbortSignal },
): Promise<{ sources: Source[]; forget: () => void }> => {
  const spool = new Spool(signal);
  const files = new OpenFiles();
  const forget = () => {
    files.close();
    spool.remove();
  };
  try {
    const found = new Map<string, Source>();
    for (const arg of args) {
      const sources = STANDARD_INPUT.includes(arg)
        ? [await spool.standardInput(arg)]
        : await named(arg, isArchive, spool);
      for (const source of sources) {
        const file = realpathSync(source.path);
        if (!found.has(file)) found.set(file, source);
      }
    }
    return { sources: [...found.values()].map((source) => files.open(source)), forget };
  } catch (error) {
    forget();
    throw error;
  }
};

const named = async (arg: string, isArchive: IsArchive, spool: Spool): Promise<Source[]> => {
  const stats = existing(arg);
  if (stats?.isDirectory()) return inFolder(arg, isArchive);
  if (stats?.isFile()) return [source(arg, stats)];
  if (stats !== undefined) return [await spool.keep(createReadStream(arg), arg)];
  if (GLOB_SIGNS.test(arg)) return matching(arg);
  if (hasLostName(arg)) throw lostName(arg);
  throw new UserError(
    "file_missing",
    `There is no file ${arg}.`,
    "Check the path; a folder of CSV files works too.",
  );
};

const existing = (path: string): Stats | undefined => {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw unreadable(path, error);
  }
};

const matching = async (pattern: string): Promise<Source[]> => {
  const { glob } = await import("tinyglobby");
  const paths = await glob(pattern, {
    expandDirectories: false,
    caseSensitiveMatch: true,
    absolute: isAbsolute(pattern),
  });
  if (paths.length === 0) {
    throw new UserError(
      "glob_without_match",
      `No file matches ${pattern}.`,
      "Check the pattern, or name the files.",
    );
  }
  const start = pattern.startsWith("./") ? "./" : "";
  return paths
    .sort()
    .map((path) => `${start}${path}`)
    .map((path) => source(path, statsOf(path)));
};

const inFolder = (folder: string, isArchive: IsArchive): Source[] => {
  const sources = namesIn(folder)
    .filter((name) => !name.startsWith(".") && (CSV_NAME.test(name) || NDJSON_NAME.test(name)))
    .sort()
    .map((name) => join(folder, name))
    // Other programs write NDJSON, too.
    .filter((path) => CSV_NAME.test(path) || isArchive(path))
    .map((path) => ({ path, stats: statsOf(path) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ path, stats }) => source(path, stats));
  if (sources.length > 0) return sources;
  throw new UserError(
    "folder_without_csv",
    `The folder ${folder} has no CSV files.`,
    "Its subfolders are not searched; name the files or a glob such as '**/*.csv'.",
  );
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError(
      "folder_unreadable",
      `Cannot read the folder ${folder} (${code}).`,
      `Try: chmod u+rx ${folder}`,
    );
  }
};

const source = (path: string, { size }: Stats): Source => ({ path, name: path, size });

const statsOf = (path: string): Stats => {
  try {
    return statSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
};
