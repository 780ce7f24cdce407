import type { Stats } from "node:fs";
import { constants, lstat, open } from "node:fs/promises";
import { join } from "node:path";
import { systemCode, UserError } from "../errors.js";
import type { Secrets } from "./secrets.js";
import { makeFolder, removeFile, removeUnfinished, writeWhole } from "../system/whole-file.js";

/**
 * Keeps secrets in files that only their owner can read, one a secret, and reads none that others could have read.
 * They are not encrypted: a key that lies beside them protects nothing.
 */
export const openFiles = (folder: string): Secrets => {
  const fileOf = (name: string): string => join(folder, `${encodeURIComponent(name)}.secret`);
  return {
    kind: "file",
    get: (name) => explained(folder, () => read(folder, fileOf(name))),
    set: (name, value) => explained(folder, () => write(folder, fileOf(name), value)),
    remove: (name) => explained(folder, () => remove(folder, fileOf(name))),
  };
};

const read = async (folder: string, file: string): Promise<string | null> => {
  if (!(await isThere(folder))) return null;
  const handle = await unlessMissing(open(file, constants.O_RDONLY | constants.O_NOFOLLOW));
  if (handle === null) return null;
  try {
    requirePrivate(file, await handle.stat(), "600");
    return await handle.readFile("utf8");
  } finally {
    await handle.close();
  }
};

const write = async (folder: string, file: string, value: string): Promise<void> => {
  makeFolder(folder);
  await isThere(folder);
  writeWhole(file, value);
};

const remove = async (folder: string, file: string): Promise<boolean> => {
  if (!(await isThere(folder))) return false;
  removeUnfinished(file);
  return removeFile(file);
};

/** @throws UserError if others can look into the folder */
const isThere = async (folder: string): Promise<boolean> => {
  const stats = await unlessMissing(lstat(folder));
  if (stats === null) return false;
  requirePrivate(folder, stats, "700");
  return true;
};

const unlessMissing = async <Found>(found: Promise<Found>): Promise<Found | null> => {
  try {
    return await found;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
};

/** Windows has other rights, which a folder inherits from the user's own. */
const requirePrivate = (path: string, { uid, mode }: Stats, right: string): void => {
  const me = process.getuid?.();
  if (me === undefined) return;
  if (uid !== me) {
    throw new UserError(
      "secrets_not_yours",
      `${path} belongs to another user, so no secret is kept there.`,
      `Move it away: mv ${path} ${path}.old. Then sign in again, and bring a vault key back with: aicost vault import FILE`,
    );
  }
  if ((mode & 0o077) !== 0) {
    throw new UserError(
      "secrets_exposed",
      `Others on this machine can read ${path}; it holds secrets.`,
      `Close it with: chmod ${right} ${path}. If others may have read it, sign out and in again, and replace what a vault key encrypts: aicost credentials rotate`,
    );
  }
};

const explained = async <Result>(folder: string, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError(
      "secrets_unusable",
      `The folder for secrets ${folder} cannot be used (${code}).`,
      "Fix it, or name another folder: AICOST_CONFIG_DIR=/path/to/folder",
      { cause: error },
    );
  }
};
