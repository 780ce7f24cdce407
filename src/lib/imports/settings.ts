import { readConfig, writeConfig, type SavedMap } from "../config.js";
import { checkMapping, mappedFormat, parseMapping } from "../csv/mapper.js";
import type { CsvFormat } from "../csv/format.js";
import { usageError, UserError } from "../errors.js";
import { parseRate, type Rates } from "../rates.js";
import type { Preferences } from "../store/store.js";

/** The flags of `import` that say how files are read. */
export interface ImportFlags {
  format?: string | undefined;
  /** A mapping, or the name of a saved one. */
  map?: string | undefined;
  "save-map"?: string | undefined;
  provider?: string | undefined;
  currency?: string | undefined;
  rate?: string[] | undefined;
}

/** How files are read: flags first, then the config file and the user's preferences. */
export interface ImportSettings {
  timezone: string;
  rates: Rates;
  /** The id of the one format to use, where it is not to be detected. */
  format: string | undefined;
  /** The mapping that was asked for, or all saved ones. */
  mapped: CsvFormat[];
  /** Keeps the mapping, where `--save-map` asked for it. */
  save(): void;
}

/**
 * @param configDir the folder of the config file
 * @throws UserError `bad_rate`, `map_unknown`, and what `parseMapping` throws
 */
export const importSettings = (
  configDir: string,
  flags: ImportFlags,
  preferences: Preferences,
): ImportSettings => {
  const { timezone, metadata } = preferences;
  const rates = { ...metadata.rates, ...Object.fromEntries((flags.rate ?? []).map(parseRate)) };
  const config = readConfig(configDir);
  const formatOf = (name: string, { columns, provider, currency }: SavedMap) =>
    mappedFormat(name, columns, {
      timezone,
      provider: flags.provider ?? provider,
      currency: flags.currency ?? currency,
    });

  if (flags.map === undefined) {
    const mapped = Object.entries(config.maps).flatMap(([name, map]) =>
      ifReadable(() => formatOf(name, checked(name, map))),
    );
    return { timezone, rates, format: flags.format, mapped, save() {} };
  }
  const name = flags["save-map"] ?? (flags.map.includes("=") ? "unnamed" : flags.map);
  const map: SavedMap = flags.map.includes("=")
    ? {
        columns: parseMapping(flags.map),
        ...withoutEmpty({ provider: flags.provider, currency: flags.currency }),
      }
    : checked(flags.map, savedMap(config.maps, flags.map));
  const format = formatOf(name, map);
  return {
    timezone,
    rates,
    format: format.id,
    mapped: [format],
    save() {
      if (flags["save-map"] === undefined) return;
      writeConfig(configDir, { ...config, maps: { ...config.maps, [name]: map } });
    },
  };
};

const savedMap = (maps: Record<string, SavedMap>, name: string): SavedMap => {
  const map = Object.hasOwn(maps, name) ? maps[name] : undefined;
  if (map) return map;
  const names = Object.keys(maps);
  throw usageError(
    "map_unknown",
    `There is no saved mapping “${name}”.`,
    names.length > 0
      ? `There is ${names.join(", ")}.`
      : "Save one: aicost import FILE --map date=Day,cost=Amount --save-map NAME",
  );
};

const checked = (name: string, map: SavedMap): SavedMap => ({
  ...map,
  columns: checkMapping(name, map.columns),
});

/** A mapping that was spoiled in the config file must not stop an import that does not need it. */
const ifReadable = (read: () => CsvFormat): CsvFormat[] => {
  try {
    return [read()];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
};

const withoutEmpty = (fields: { provider: string | undefined; currency: string | undefined }) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
