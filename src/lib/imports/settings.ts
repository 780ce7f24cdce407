import { changeConfig, readConfig, type SavedMap } from "../config/config.js";
import { checkMapping, mappedFormat, parseMapping, UNNAMED } from "../csv/mapper.js";
import { RowProblem, type CsvFormat, type Row, type Skip } from "../csv/format.js";
import type { Draft } from "../record/draft.js";
import { UserError } from "../errors.js";
import { parseProvider, unknownProviderHint } from "../record/provider-name.js";
import { parseCurrency, parseRate, type Rates } from "../record/rates.js";
import type { Preferences, Provider } from "../api.js";

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
  /** The id of the one format to use, if it is not to be detected. */
  format: string | undefined;
  /** The mapping that was asked for, or all saved ones. */
  mapped: CsvFormat[];
  /** Keeps the mapping, if `--save-map` asked for it. */
  save(): void;
}

/**
 * @param configDir the folder of the config file
 * @param known the providers there are; mapped rows of another one are refused
 * @throws UserError `bad_rate`, `bad_currency`, `provider_name`, `provider_unknown`, `map_name`, `map_unknown`, and what
 * `readConfig`, `parseMapping` and `mappedFormat` throw
 */
export const importSettings = (
  configDir: string,
  typed: ImportFlags,
  preferences: Preferences,
  known: readonly Provider[],
): ImportSettings => {
  const { timezone, metadata } = preferences;
  const names = new Set(known.map(({ name }) => name));
  const flags = checkedFlags(typed, names);
  const rates = { ...metadata.rates, ...Object.fromEntries((flags.rate ?? []).map(parseRate)) };
  const config = readConfig(configDir);
  const formatOf = (name: string, map: SavedMap) => {
    const format = mappedFormat(name, map.columns, {
      timezone: map.timezone ?? timezone,
      provider: flags.provider ?? map.provider,
      currency: flags.currency ?? map.currency,
    });
    return ofKnownProviders(format, map.columns.provider?.column, names);
  };

  if (flags.map === undefined) {
    const mapped = Object.entries(config.maps).flatMap(([name, map]) =>
      ifReadable(() => formatOf(name, checked(name, map))),
    );
    return { timezone, rates, format: flags.format, mapped, save() {} };
  }
  const name = flags["save-map"] ?? (flags.map.includes("=") ? UNNAMED : flags.map);
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
      changeConfig(configDir, ({ maps }) => (maps[name] = { timezone, ...map }));
    },
  };
};

const MAP_NAME = /^[a-z0-9][a-z0-9._-]*$/;

/** The flags as they are kept: names in lower case, codes in capitals. */
const checkedFlags = (flags: ImportFlags, known: ReadonlySet<string>): ImportFlags => {
  const name = flags["save-map"];
  if (name !== undefined && !MAP_NAME.test(name)) {
    throw new UserError(
      "map_name",
      `“${name}” cannot be the name of a mapping.`,
      "Use lower-case letters, digits, dots and dashes, for example: --save-map bill",
    );
  }
  const provider = flags.provider === undefined ? undefined : parseProvider(flags.provider);
  if (provider !== undefined && !known.has(provider)) {
    throw new UserError(
      "provider_unknown",
      `There is no provider “${provider}”.`,
      `See them with: aicost providers. Add yours with: ${unknownProviderHint(provider)}`,
    );
  }
  const currency = flags.currency === undefined ? undefined : parseCurrency(flags.currency);
  return { ...flags, provider, currency };
};

/** The format, which also refuses rows of a provider that the store does not know and would not take. */
const ofKnownProviders = (
  format: CsvFormat,
  column: string | undefined,
  known: ReadonlySet<string>,
): CsvFormat => ({
  ...format,
  read(row: Row): Draft | Skip {
    const draft = format.read(row);
    if ("skip" in draft) return draft;
    const provider = draft.provider ?? format.provider;
    if (known.has(provider)) return draft;
    const written = column === undefined ? null : row.text(column);
    const add = `is not a known provider; add it with: ${unknownProviderHint(provider)}`;
    throw column === undefined || written === null
      ? new RowProblem("", "", `“${provider}” ${add}`)
      : new RowProblem(column, written, add);
  },
});

const savedMap = (maps: Record<string, SavedMap>, name: string): SavedMap => {
  const map = Object.hasOwn(maps, name) ? maps[name] : undefined;
  if (map) return map;
  const names = Object.keys(maps);
  throw new UserError(
    "map_unknown",
    `There is no saved mapping “${name}”.`,
    names.length > 0
      ? `The saved mappings are ${names.join(", ")}.`
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
