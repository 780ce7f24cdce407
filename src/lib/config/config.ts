import { readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { systemCode, UserError } from "../errors.js";
import { isObject } from "../system/json.js";
import type { Mapping } from "../csv/mapper.js";
import { alone } from "../system/lock.js";
import { makeFolder, writeWhole } from "../system/whole-file.js";

export interface SavedMap {
  columns: Mapping;
  provider?: string;
  currency?: string;
  /** IANA zone of its moments without an offset: that of the user when it was saved. */
  timezone?: string;
  /** Which rows count, as `--only` and `--except` say it. */
  only?: string[];
  except?: string[];
}

export interface SavedProfile {
  /** Without a slash at the end. */
  url: string;
  /** The publishable key: it may be known to anybody. */
  key: string;
  /** Absent when signed out. The tokens themselves are kept as a secret of the name `session-ID`. */
  session?: { id: string; kept: SecretsKind; user_id: string; email: string };
  /** The address of the last user who signed in. It stays after they sign out. */
  last_email?: string;
  /** The newest migration that the project was seen to have. */
  schema?: string;
  /** Whether the records of the embedded database were offered to be moved here. */
  moving_offered?: boolean;
}

export type SecretsKind = "keychain" | "file";

/** A program with its words, or an address. */
type SavedTarget = ({ command: string[] } | { webhook: string }) & {
  /** When a notice was last not sent, RFC 3339 in UTC, and why, without secrets; absent if the last one was sent. */
  failed?: { at: string; why: string };
};

/** Where notices go that this machine sends. */
export interface SavedNotices {
  anomalies?: SavedTarget;
  budgets?: SavedTarget & {
    /** Shares in percent at which they are sent. */
    at: number[];
  };
}

/** It has no keys, passwords or tokens; the address of a webhook may be secret. Only this user can read it. */
export interface Config {
  maps: Record<string, SavedMap>;
  /** Absent for the embedded database. */
  profile?: string;
  profiles: Record<string, SavedProfile>;
  /** Where the vault keys of a user are kept, by the user's id, as a secret of the name `vault-ID`. */
  vaults?: Record<string, { kept: SecretsKind }>;
  /** By profile. They are never kept anywhere else, so that nobody but this user can say what runs here. */
  notices?: Record<string, SavedNotices>;
}

/** A missing file is empty. @throws UserError `config_broken` */
export const readConfig = (configDir: string): Config => {
  const file = configFile(configDir);
  const text = textOf(file);
  if (text === null) return { maps: {}, profiles: {} };
  const config = parsed(file, text);
  const wrong = problemOf(config);
  if (wrong !== null) throw broken(file, `is invalid: ${wrong}`);
  return { maps: {}, profiles: {}, ...(config as Partial<Config>) };
};

/** Two at once lose neither's change. @throws UserError `config_broken`, `config_unwritable`, `config_busy` */
export const changeConfig = (configDir: string, change: (config: Config) => void): void => {
  const file = configFile(configDir);
  const changed = (): void => {
    const config = readConfig(configDir);
    change(config);
    writeWhole(file, `${JSON.stringify(config, null, 2)}\n`);
  };
  try {
    makeFolder(configDir);
    alone(`${file}.lock`, changed, () => busy(file));
  } catch (error) {
    throw unwritable(file, error);
  }
};

const configFile = (configDir: string): string => join(configDir, "config.json");

/** Null only if there is none: one that cannot be read may choose a database other than the embedded one. */
const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = systemCode(error) ?? "";
    if (["ENOENT", "ENOTDIR"].includes(code)) return null;
    throw broken(file, `cannot be read (${code})`);
  }
};

const parsed = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw broken(file, "is not valid JSON");
  }
};

const broken = (file: string, why: string) =>
  new UserError(
    "config_broken",
    `The config file ${file} ${why}.`,
    `Fix it, or move it aside: mv ${file} ${file}.broken`,
  );

const busy = (file: string) =>
  new UserError(
    "config_busy",
    `Another process is still changing the config file ${file}.`,
    "Try again in a moment.",
  );

/** Any error other than the system's stays as it is. */
export const unwritable = (file: string, error: unknown): unknown => {
  const code = systemCode(error);
  if (code === undefined) return error;
  return new UserError(
    "config_unwritable",
    `The file ${file} cannot be written (${code}).`,
    "Make its folder writable, or name another one: AICOST_CONFIG_DIR=/path/to/folder",
    { cause: error },
  );
};

/** Null if nothing is wrong. Columns are checked by `checkMapping`. */
const problemOf = (config: unknown): string | null => {
  if (!isObject(config)) return "it must be an object";
  const { maps = {}, profiles = {}, profile, vaults = {}, notices = {} } = config;
  if (!isObject(maps)) return "“maps” must be an object";
  const spoiledMap = Object.keys(maps).find((name) => !isSavedMap(maps[name]));
  if (spoiledMap !== undefined) return `“${spoiledMap}” in “maps” is not a saved mapping`;
  if (profile !== undefined && typeof profile !== "string") return "“profile” must be a name";
  if (!isObject(profiles)) return "“profiles” must be an object";
  const spoiled = Object.keys(profiles).find((name) => !isSavedProfile(profiles[name]));
  if (spoiled !== undefined) return `“${spoiled}” in “profiles” is not a profile`;
  if (!isObject(vaults)) return "“vaults” must be an object";
  const spoiledVault = Object.keys(vaults).find((user) => !isKept(vaults[user]));
  if (spoiledVault !== undefined) return `“${spoiledVault}” in “vaults” is not a vault`;
  if (!isObject(notices)) return "“notices” must be an object";
  const spoiledNotices = Object.keys(notices).find((name) => !areNotices(notices[name]));
  return spoiledNotices === undefined ? null : `“${spoiledNotices}” in “notices” does not say where they go`;
};

const areNotices = (notices: unknown): boolean =>
  isObject(notices) && Object.values(notices).every(isNoticeTarget);

const isNoticeTarget = (target: unknown): boolean => {
  if (!isObject(target)) return false;
  const { command, webhook, at, failed } = target;
  const isCommand =
    Array.isArray(command) &&
    command.every((word) => typeof word === "string") &&
    isAbsolute(command[0] ?? "");
  return (
    (isCommand ? webhook === undefined : command === undefined && typeof webhook === "string") &&
    (at === undefined || (Array.isArray(at) && at.every((share) => Number.isInteger(share) && share > 0))) &&
    (failed === undefined ||
      (isObject(failed) && typeof failed["at"] === "string" && typeof failed["why"] === "string"))
  );
};

const isSavedProfile = (profile: unknown): boolean =>
  isObject(profile) &&
  typeof profile["url"] === "string" &&
  typeof profile["key"] === "string" &&
  (profile["session"] === undefined || isSavedSession(profile["session"]));

const isSavedSession = (session: unknown): boolean =>
  isKept(session) && ["id", "user_id", "email"].every((field) => typeof session[field] === "string");

const isKept = (noted: unknown): noted is Record<string, unknown> =>
  isObject(noted) && (noted["kept"] === "keychain" || noted["kept"] === "file");

const isSavedMap = (map: unknown): boolean =>
  isObject(map) &&
  isObject(map["columns"]) &&
  [map["provider"], map["currency"], map["timezone"]].every(
    (value) => value === undefined || typeof value === "string",
  ) &&
  [map["only"], map["except"]].every(
    (value) =>
      value === undefined || (Array.isArray(value) && value.every((text) => typeof text === "string")),
  );
