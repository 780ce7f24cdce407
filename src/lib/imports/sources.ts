import { createHash } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { refused } from "../errors.js";

/** One file to import. */
export interface Source {
  path: string;
  /** As the user gave it; `-` for standard input. */
  name: string;
  /** Bytes. */
  size: number;
}

const CSV_NAME = /\.(csv|tsv|txt)$/i;
const GLOB_SIGNS = /[*?[\]{}]/;

/**
 * Finds the files that the arguments of `import` name: files, folders (the CSV files in them), globs, and `-` for
 * standard input, which is kept in a temporary file because it is read twice. A file that is named twice counts once.
 * @returns the sources, and `forget`, which removes what was temporary
 * @throws UserError `file_missing`, `folder_without_csv`, `glob_without_match`
 */
export const findSources = async (
  args: readonly string[],
): Promise<{ sources: Source[]; forget: () => void }> => {
  let temporary: string | undefined;
  const forget = () => temporary && rmSync(temporary, { recursive: true, force: true });
  try {
    const found = new Map<string, Source>();
    for (const arg of args) {
      if (arg === "-") temporary ??= mkdtempSync(join(tmpdir(), "aicost-stdin-"));
      const sources =
        arg === "-" && temporary
          ? [await spool(process.stdin, join(temporary, "stdin.csv"))]
          : await named(arg);
      for (const source of sources) found.set(realpathSync(source.path), source);
    }
    return { sources: [...found.values()], forget };
  } catch (error) {
    forget();
    throw error;
  }
};

/** The SHA-256 of a file's bytes, hex. */
export const fileHash = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
};

const spool = async (input: NodeJS.ReadableStream, path: string): Promise<Source> => {
  await pipeline(input, createWriteStream(path, { mode: 0o600 }));
  return { path, name: "-", size: statSync(path).size };
};

const named = async (arg: string): Promise<Source[]> => {
  if (existsSync(arg)) return statSync(arg).isDirectory() ? inFolder(arg) : [source(arg)];
  if (!GLOB_SIGNS.test(arg)) {
    throw refused(
      "file_missing",
      `There is no file ${arg}.`,
      "Check the path; a folder of CSV files works too.",
    );
  }
  const { glob } = await import("tinyglobby");
  const paths = await glob(arg, { expandDirectories: false, caseSensitiveMatch: true });
  if (paths.length === 0) {
    throw refused("glob_without_match", `No file matches ${arg}.`, "Check the pattern, or name the files.");
  }
  return paths.sort().map(source);
};

const inFolder = (folder: string): Source[] => {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith(".") && CSV_NAME.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  if (names.length === 0) {
    throw refused(
      "folder_without_csv",
      `The folder ${folder} has no CSV file.`,
      "Its subfolders are not searched; name the files or a glob such as '**/*.csv'.",
    );
  }
  return names.map((name) => source(join(folder, name)));
};

const source = (path: string): Source => ({ path, name: path, size: statSync(path).size });
