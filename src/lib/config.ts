import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { refused, systemCode, unavailable } from "./errors.js";
import type { Mapping } from "./csv/mapper.js";

/** A column mapping that `import --save-map` kept. */
export interface SavedMap {
  columns: Mapping;
  provider?: string;
  currency?: string;
  /** IANA zone of its moments without an offset: that of the user when it was saved. */
  timezone?: string;
}

/** What the config file holds. It has no secrets. */
export interface Config {
  /** Column mappings saved with `import --save-map`, by name. */
  maps: Record<string, SavedMap>;
}

/** Reads the config file of that folder; one that is missing is empty. @throws UserError `config_broken` */
export const readConfig = (configDir: string): Config => {
  const file = configFile(configDir);
  if (!existsSync(file)) return { maps: {} };
  const config = parsed(file, textOf(file));
  const wrong = problemOf(config);
  if (wrong !== null) throw broken(file, `does not hold what it should: ${wrong}`);
  return { maps: {}, ...(config as Partial<Config>) };
};

/** Writes the config file whole or not at all. @throws UserError `config_unwritable` */
export const writeConfig = (configDir: string, config: Config): void => {
  const file = configFile(configDir);
  const unfinished = `${file}.${process.pid}`;
  try {
    mkdirSync(configDir, { recursive: true, mode: 0o700 });
    writeFileSync(unfinished, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
    renameSync(unfinished, file);
  } catch (error) {
    throw unwritable(file, error);
  } finally {
    if (existsSync(unfinished)) rmSync(unfinished);
  }
};

const configFile = (configDir: string): string => join(configDir, "config.json");

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw broken(file, `cannot be read (${systemCode(error)})`);
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
  refused(
    "config_broken",
    `The config file ${file} ${why}.`,
    `Mend it, or move it away: mv ${file} ${file}.broken`,
  );

const unwritable = (file: string, error: unknown): unknown => {
  const code = systemCode(error);
  if (code === undefined) return error;
  return unavailable(
    "config_unwritable",
    `The config file ${file} cannot be written (${code}).`,
    "Make its folder writable, or name another one: AICOST_CONFIG_DIR=/path/to/folder",
    error,
  );
};

/** What is wrong with a config file that a person may have edited, or null. Columns are checked by `checkMapping`. */
const problemOf = (config: unknown): string | null => {
  if (!isObject(config)) return "it is no object";
  const { maps = {} } = config;
  if (!isObject(maps)) return "“maps” is no object";
  const spoiled = Object.keys(maps).find((name) => !isSavedMap(maps[name]));
  return spoiled === undefined ? null : `“${spoiled}” in “maps” is no saved mapping`;
};

const isSavedMap = (map: unknown): boolean =>
  isObject(map) &&
  isObject(map["columns"]) &&
  [map["provider"], map["currency"], map["timezone"]].every(
    (value) => value === undefined || typeof value === "string",
  );

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
