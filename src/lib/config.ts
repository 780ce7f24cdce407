import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { refused } from "./errors.js";
import type { Mapping } from "./csv/mapper.js";

/** A column mapping that `import --save-map` kept. */
export interface SavedMap {
  columns: Mapping;
  provider?: string;
  currency?: string;
}

/** What the config file holds. It has no secrets. */
export interface Config {
  /** Column mappings saved with `import --save-map`, by name. */
  maps: Record<string, SavedMap>;
}

const EMPTY: Config = { maps: {} };

/** Reads the config file of that folder; one that is missing is empty. @throws UserError `config_broken` */
export const readConfig = (configDir: string): Config => {
  const file = configFile(configDir);
  if (!existsSync(file)) return EMPTY;
  try {
    const config: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof config === "object" && config !== null && !Array.isArray(config))
      return { ...EMPTY, ...config };
  } catch {
    // Said below, with what to do.
  }
  throw refused(
    "config_broken",
    `The config file ${file} is not valid JSON.`,
    `Mend it, or move it away: mv ${file} ${file}.broken`,
  );
};

/** Writes the config file whole or not at all. */
export const writeConfig = (configDir: string, config: Config): void => {
  mkdirSync(configDir, { recursive: true, mode: 0o700 });
  const file = configFile(configDir);
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
};

const configFile = (configDir: string): string => join(configDir, "config.json");
