import { createHash } from "node:crypto";
import { createWriteStream, existsSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { unpack } from "../files/gzip.js";
import { systemCode, UserError, whyUnwritable } from "../errors.js";
import { fileHash } from "../files/source.js";
import { isAlive } from "../system/alive.js";
import { makeFolder, moveFile, writeWhole } from "../system/whole-file.js";

export interface Draft {
  path: string;
  /** SHA-256 of the file, hex. */
  sha256: string;
  /** SHA-256 of its text after the first line, which names the moment of writing, hex. */
  body: string;
}

export interface PlacedFile {
  path: string;
  sha256: string;
  /** False if it existed before. */
  isNew: boolean;
}

/** No process reads the draft of another one. */
export const draftPath = (folder: string, name: string): string =>
  join(folder, `.${name}.${process.pid}.draft`);

/** Removes the drafts of processes that were killed. */
export const removeLostDrafts = (folder: string): void => {
  for (const file of readdirSync(folder)) {
    const pid = /^\.aicost-.*\.(\d+)\.draft$/.exec(file)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, file), { force: true });
  }
};

/** @throws UserError `archive_unwritable` */
export const makeArchiveFolder = (folder: string): void => {
  try {
    makeFolder(folder);
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError(
      "archive_unwritable",
      `Cannot create the folder ${folder}: ${whyUnwritable(code === "EEXIST" ? "ENOTDIR" : code)}.`,
      "Choose another one: --to FOLDER",
    );
  }
};

/** Readable only by its owner, and synced. The first piece is the first line. If this throws, the file is removed. */
export const writeDraft = async (
  path: string,
  pieces: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<Draft> => {
  const file = createHash("sha256");
  const body = createHash("sha256");
  async function* text(): AsyncGenerator<string> {
    let isHead = true;
    for await (const piece of pieces) {
      if (!isHead) body.update(piece);
      isHead = false;
      yield piece;
    }
  }
  async function* watched(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const bytes of packed) {
      file.update(bytes);
      yield bytes;
    }
  }
  try {
    const target = createWriteStream(path, { mode: 0o600, flush: true });
    await pipeline(text, createGzip(), watched, target, { signal });
  } catch (error) {
    rmSync(path, { force: true });
    signal.throwIfAborted();
    throw unwritable(path, error);
  }
  return { path, sha256: file.digest("hex"), body: body.digest("hex") };
};

export const isAsWritten = async ({ path, sha256, body }: Draft): Promise<boolean> =>
  (await fileHash({ path, name: path })) === sha256 && (await bodyHash(path)) === body;

/** After its first line, hex. */
const bodyHash = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  let isBody = false;
  for await (const bytes of unpack({ path, name: path }).bytes) {
    const start: number = isBody ? 0 : bytes.indexOf("\n") + 1;
    if (isBody || start > 0) hash.update(bytes.subarray(start));
    isBody ||= start > 0;
  }
  return hash.digest("hex");
};

/**
 * Never replaces a file: one with the same content, left by an interrupted run, is used as it is; if another file has
 * the name, the archive gets a number. @param base the path without its ending
 */
export const placeDraft = async (draft: Draft, base: string): Promise<PlacedFile> => {
  for (let number = 1; ; number++) {
    const path = `${base}${number === 1 ? "" : `-${number}`}.ndjson.gz`;
    if (!existsSync(path)) {
      writeChecksum(path, draft.sha256);
      moveFile(draft.path, path);
      return { path, sha256: draft.sha256, isNew: true };
    }
    if (await holds(path, draft.body)) {
      const sha256 = await fileHash({ path, name: path });
      rmSync(draft.path);
      writeChecksum(path, sha256);
      return { path, sha256, isNew: false };
    }
  }
};

const holds = async (path: string, body: string): Promise<boolean> => {
  try {
    return (await bodyHash(path)) === body;
  } catch {
    // A file that does not unpack, or cannot be read, is not our archive; it stays as it is.
    return false;
  }
};

/** The format of `sha256sum -c`. */
export const checksumFile = (path: string): string => `${path}.sha256`;

const writeChecksum = (path: string, sha256: string): void => {
  const file = checksumFile(path);
  try {
    writeWhole(file, `${sha256}  ${basename(path)}\n`);
  } catch (error) {
    throw unwritable(file, error);
  }
};

const unwritable = (path: string, error: unknown): unknown => {
  const code = systemCode(error);
  if (code === undefined) return error;
  return new UserError(
    "archive_unwritable",
    `Cannot write the archive ${path} (${code}). Its records stay in the database.`,
    "Choose a folder with enough space: --to FOLDER",
    { cause: error },
  );
};
