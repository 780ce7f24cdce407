import { readdirSync, realpathSync, statSync, type Stats } from "node:fs";
import { isAbsolute, join } from "node:path";
import { Readable } from "node:stream";
import { UserError, systemCode } from "../errors.js";
import { gunzipped, startsGzip } from "./gzip.js";
import { startsJson, tableIn } from "./json-table.js";
import { OpenFiles } from "./open-files.js";
import { readPipe } from "./pipe.js";
import type { Source } from "./source.js";
import { Spool } from "./spool.js";
import { hasCsvFile, startsZip, unzip } from "./zip.js";
import { hasLostName, lostName, unreadable } from "./unreadable.js";

type IsArchive = (file: Pick<Source, "path" | "opened">) => boolean;

const CSV_NAME = /\.(csv|tsv|txt)(\.gz)?$/i;
const ZIP_NAME = /\.zip$/i;
const NDJSON_NAME = /\.ndjson(\.gz)?$/i;
const NAMES = [CSV_NAME, NDJSON_NAME, ZIP_NAME];
const GLOB_SIGNS = /[*?[\]{}]/;

/** What people call standard input. Opening the devices fails if it is a socket. */
const STANDARD_INPUT: readonly string[] = ["-", "/dev/stdin", "/dev/fd/0"];

/**
 * Arguments of `import` name files, folders (the CSV files and archives in them), globs, and `-` for standard input.
 * What can be read only once, such as standard input or a pipe, is kept in a temporary file, because each file is read
 * twice; so are the CSV files in ZIP and gzip files, and the tables that JSON exports stand for. A file that is named twice counts once. The files are open afterwards.
 * @param agent whose JSON reports of coding agents are that do not say so @param signal stops the waiting for a pipe
 * @returns `leftOut` says what else is in a ZIP file; `forget` closes the files and removes what was temporary
 * @throws UserError `file_missing`, `file_unreadable`, `file_empty`, `folder_unreadable`, `folder_without_csv`,
 * `glob_without_match`, and what `Spool`, `unzip`, `gunzipped` and `tableIn` throw
 */
export const findSources = async (
  args: readonly string[],
  { isArchive, agent, signal }: { isArchive: IsArchive; agent?: string | undefined; signal: AbortSignal },
): Promise<{ sources: Source[]; leftOut: LeftOut[]; forget: () => void }> => {
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
        : await named(arg, { isArchive, spool, signal });
      for (const source of sources) {
        const file = realpathSync(source.path);
        if (!found.has(file)) found.set(file, source);
      }
    }
    const leftOut: LeftOut[] = [];
    const sources: Source[] = [];
    for (const source of found.values()) {
      const opened = files.open(source);
      const packing = packingOf(opened, isArchive);
      const { members, names } = packing ? await packing(opened, spool) : { members: [opened], names: [] };
      if (names.length > 0) leftOut.push({ source: source.name, names });
      for (const member of members) {
        const file = packing ? files.open(member) : member;
        const table = await tableOf(file, { isArchive, agent, spool });
        sources.push(table ? files.open(table) : file);
      }
    }
    return { sources, leftOut, forget };
  } catch (error) {
    forget();
    throw error;
  }
};

/** What is in a ZIP file besides CSV files. */
export interface LeftOut {
  source: string;
  names: string[];
}

type Unpack = (source: Source, spool: Spool) => Promise<{ members: Source[]; names: string[] }>;

/** How to unpack a file, by its first bytes; undefined if it is not packed, or an archive of aicost. */
const packingOf = (source: Source, isArchive: IsArchive): Unpack | undefined => {
  const { start = Buffer.of() } = source.opened ?? {};
  if (startsZip(start)) return fromZip;
  return startsGzip(start) && !isArchive(source) ? fromGzip : undefined;
};

/** The table of a JSON export that is known; undefined for any other file. */
const tableOf = async (
  file: Source,
  { isArchive, agent, spool }: { isArchive: IsArchive; agent: string | undefined; spool: Spool },
): Promise<Source | undefined> => {
  if (!startsJson(file) || isArchive(file)) return undefined;
  const table = await tableIn(file, agent);
  return table === null ? undefined : spool.keep(Readable.from([Buffer.from(table)]), file.name);
};

const fromZip: Unpack = async (source, spool) => {
  const members: Source[] = [];
  const names = await unzip(source, async ({ name, bytes }) => {
    members.push(await spool.keep(Readable.from(bytes), name));
  });
  return { members, names };
};

const fromGzip: Unpack = async (source, spool) => ({
  members: [await spool.keep(Readable.from(gunzipped(source)), source.name)],
  names: [],
});

const named = async (
  arg: string,
  { isArchive, spool, signal }: { isArchive: IsArchive; spool: Spool; signal: AbortSignal },
): Promise<Source[]> => {
  const stats = existing(arg);
  if (stats?.isDirectory()) return inFolder(arg, isArchive);
  if (stats?.isFile()) return [source(arg, stats)];
  if (stats !== undefined) return [await spool.keep(pipeIn(arg, signal), arg)];
  if (GLOB_SIGNS.test(arg)) return matching(arg);
  if (hasLostName(arg)) throw lostName(arg);
  throw new UserError(
    "file_missing",
    `There is no file ${arg}.`,
    "Check the path; a folder of CSV files works too.",
  );
};

const pipeIn = (path: string, signal: AbortSignal): Readable => {
  try {
    return readPipe(path, signal);
  } catch (error) {
    throw unreadable(path, error);
  }
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

const inFolder = async (folder: string, isArchive: IsArchive): Promise<Source[]> => {
  const sources = namesIn(folder)
    .filter((name) => !name.startsWith(".") && NAMES.some((form) => form.test(name)))
    .sort()
    .map((name) => join(folder, name))
    // Other programs write NDJSON, too.
    .filter((path) => !NDJSON_NAME.test(path) || isArchive({ path }))
    .map((path) => ({ path, stats: statsOf(path) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ path, stats }) => source(path, stats));
  const wanted: Source[] = [];
  // Most ZIP files in a folder are something else.
  for (const one of sources) if (!ZIP_NAME.test(one.path) || (await hasCsvFile(one))) wanted.push(one);
  if (wanted.length > 0) return wanted;
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
