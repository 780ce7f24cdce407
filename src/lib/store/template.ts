import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import type { ParsedTarEntryWithData } from "modern-tar";
import { UserError } from "../errors.js";
import { PACKAGE_ROOT } from "../system/package-root.js";
import { eachInParallel } from "../system/parallel.js";
import { moveFile, removeFile, syncFolder } from "../system/whole-file.js";
import type { SqlRunner } from "./sql.js";
import { LOCAL_USER } from "./user-call.js";

/** `npm run build` makes it: a migrated, empty database, so that the first start need not run initdb. */
const TEMPLATE = join(PACKAGE_ROOT, "dist/template.tar.br");

/** As many files as Node syncs at the same time. A slow disk syncs hundreds together in a quarter of the time. */
const SYNCED_AT_ONCE = 4;

/** Unpacked beside its place, synced, and moved there: neither a kill nor a power cut leaves half a database. */
export const unpackTemplate = async (folder: string, version: string): Promise<void> => {
  const entries = await templateEntries(version);
  const unfinished = `${folder}.new`;
  const files: string[] = [];
  const folders = [unfinished];
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  for (const { header, data } of entries) {
    const path = join(unfinished, header.name);
    if (header.type === "directory") {
      mkdirSync(path, { recursive: true });
      folders.push(path);
    } else {
      writeFileSync(path, data ?? "");
      files.push(path);
    }
  }
  await eachInParallel(files, SYNCED_AT_ONCE, syncFile);
  folders.forEach(syncFolder);
  writeFileSync(firstStartMark(folder), "");
  syncFolder(dirname(folder));
  moveFile(unfinished, folder);
};

const syncFile = async (path: string): Promise<void> => {
  const file = await open(path, "r+");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};

/** @throws UserError `program_incomplete` if the template is missing, cut, or of another PostgreSQL */
const templateEntries = async (version: string): Promise<ParsedTarEntryWithData[]> => {
  const { unpackTar } = await import("modern-tar");
  try {
    const entries = await unpackTar(brotliDecompressSync(readFileSync(TEMPLATE)));
    const found = entries.find(({ header }) => header.name === "PG_VERSION")?.data;
    if (Buffer.from(found ?? []).toString() !== `${version}\n`) throw new Error("Another PostgreSQL");
    return entries;
  } catch (error) {
    // Too little memory.
    if (error instanceof RangeError) throw error;
    throw new UserError(
      "program_incomplete",
      `A file of this program is missing, damaged or of another version: ${TEMPLATE}`,
      "Install aicost again: npm install -g aicost-cli. In a clone: npm run build",
      { cause: error },
    );
  }
};

/** Beside a new database until it has the machine's time zone: a first start that is cut short is finished later. */
const firstStartMark = (folder: string): string => `${folder}.first-start`;

export const finishFirstStart = async (folder: string, db: SqlRunner): Promise<void> => {
  if (!existsSync(firstStartMark(folder))) return;
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  // One that PostgreSQL does not know stays UTC.
  await db.query(
    "update public.user_preferences set timezone = $1 where private.is_timezone($1) and user_id = $2",
    [timeZone, LOCAL_USER],
  );
  removeFile(firstStartMark(folder));
};
