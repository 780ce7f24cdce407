import { changeConfig, readConfig, type SavedMap } from "../config/config.js";
import type { DateOrder } from "../csv/dates.js";
import { parseCondition, type RowFilter } from "../csv/filter.js";
import type { CsvFormat } from "../csv/format.js";
import { checkMapping, type GivenDate, mappedFormat, parseMapping, UNNAMED } from "../csv/mapper.js";
import type { GivenStyles } from "../csv/open.js";
import { capped } from "../csv/short-text.js";
import { namedRange } from "../dates/named-ranges.js";
import { today } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import type { DecimalMark } from "../money.js";
import { parseProvider, unknownProviderHint } from "../record/provider-name.js";
import { givenRates, parseCurrency } from "../record/currency.js";
import { type Rates } from "../record/rates.js";
import type { Preferences, Provider } from "../api.js";
import { own } from "../system/own.js";

/** The flags of `import` that say how files are read. */
export interface ImportFlags {
  format?: string | undefined;
  /** A mapping, or the name of a saved one. */
  map?: string | undefined;
  "save-map"?: string | undefined;
  provider?: string | undefined;
  currency?: string | undefined;
  rate?: string[] | undefined;
  account?: string | undefined;
  /** Whose reports of coding agents are that do not say so. */
  agent?: string | undefined;
  replace?: boolean | undefined;
  only?: string[] | undefined;
  except?: string[] | undefined;
  numbers?: string | undefined;
  dates?: string | undefined;
  date?: string | undefined;
  period?: string | undefined;
  "add-providers"?: boolean | undefined;
}

/** How files are read: flags first, then the config file and the user's preferences. */
export interface ImportSettings {
  timezone: string;
  rates: Rates;
  /** The id of the one format to use, if it is not to be detected. */
  format: string | undefined;
  /** The mapping that was asked for, or all saved ones. */
  mapped: CsvFormat[];
  /** Whose money the files are that do not say so; undefined if the user does not say so either. */
  account: string | undefined;
  /** The files count instead of what was imported before, on all their days. */
  replace: boolean;
  /** Which rows count; undefined if that is for the mapping to say. */
  filter: RowFilter | undefined;
  /** How numbers and dates are written, as far as the user says so. */
  given: GivenStyles;
  /** The date of files without dates. */
  date: GivenDate | undefined;
  /** The names of all providers there are. */
  providers: ReadonlySet<string>;
  /** Add the others that files name. */
  addProviders: boolean;
  /** What is not kept with the mapping, and how to keep it; null if nothing is left out. */
  notSaved: string | null;
  /** Keeps the mapping, if `--save-map` asked for it. */
  save(): void;
}

/**
 * @param configDir the folder of the config file
 * @param known the providers there are
 * @throws UserError `bad_rate`, `bad_account`, `bad_condition`, `bad_period`, `bad_currency`, `provider_name`, `provider_unknown`, `map_name`, `map_unknown`, and what
 * `readConfig`, `parseMapping` and `mappedFormat` throw
 */
export const importSettings = (
  configDir: string,
  typed: ImportFlags,
  preferences: Preferences,
  known: readonly Provider[],
): ImportSettings => {
  const { timezone } = preferences;
  const names = new Set(known.map(({ name }) => name));
  const flags = checkedFlags(typed, names);
  const rates = givenRates(flags.rate);
  const account = flags.account === undefined ? undefined : parseAccount(flags.account);
  const { replace = false } = flags;
  const filter = filterOf(flags);
  const date = givenDate(flags, today(timezone));
  const common = {
    timezone,
    rates,
    account,
    replace,
    filter,
    given: givenStyles(flags),
    date,
    providers: names,
    addProviders: flags["add-providers"] ?? false,
    notSaved: null,
  };
  const config = readConfig(configDir);
  const formatOf = (name: string, map: SavedMap, on: GivenDate | undefined) => ({
    ...mappedFormat(name, map.columns, {
      timezone: map.timezone ?? timezone,
      provider: flags.provider ?? map.provider,
      currency: flags.currency ?? map.currency,
      date: on,
    }),
    filter: filterOf(map),
  });

  if (flags.map === undefined) {
    const mapped = Object.entries(config.maps).flatMap(([name, map]) =>
      ifReadable(() => {
        const { columns, ...rest } = checked(name, map);
        return formatOf(name, { columns, ...rest }, columns.date === undefined ? date : undefined);
      }),
    );
    return { ...common, format: flags.format, mapped, save() {} };
  }
  const name = flags["save-map"] ?? (flags.map.includes("=") ? UNNAMED : flags.map);
  const map: SavedMap = flags.map.includes("=")
    ? {
        columns: parseMapping(flags.map),
        ...withoutEmpty({
          provider: flags.provider,
          currency: flags.currency,
          only: flags.only,
          except: flags.except,
        }),
      }
    : checked(flags.map, savedMap(config.maps, flags.map));
  const format = formatOf(name, map, date);
  return {
    ...common,
    format: format.id,
    mapped: [format],
    notSaved: flags["save-map"] === undefined ? null : notSaved(flags, rates),
    save() {
      if (flags["save-map"] === undefined) return;
      changeConfig(configDir, ({ maps }) => (maps[name] = { timezone, ...map }));
    },
  };
};

/** Rates change, and are not kept with a mapping. */
const notSaved = ({ "save-map": name = "" }: ImportFlags, { given = {} }: Rates): string | null => {
  const codes = Object.keys(given);
  if (codes.length === 0) return null;
  const commands = codes.map((code) => `aicost rates set ${code} ${given[code] ?? ""}`).join("; ");
  return `the mapping “${name}” does not keep the rate of ${codes.join(", ")}; to use it for every import: ${commands}`;
};

/** Undefined if every row counts. @throws UserError `bad_condition` */
const filterOf = ({ only = [], except = [] }: Pick<ImportFlags, "only" | "except">): RowFilter | undefined =>
  only.length + except.length === 0
    ? undefined
    : {
        only: only.map((text) => parseCondition("--only", text)),
        except: except.map((text) => parseCondition("--except", text)),
      };

const givenStyles = ({ numbers, dates }: ImportFlags): GivenStyles => ({
  ...(numbers !== undefined && { mark: numbers as DecimalMark }),
  ...(dates !== undefined && { order: dates as DateOrder }),
});

/**
 * The day or month of files without dates, as it is written or by its name: `2026-11-05`, `yesterday`, `last-month`.
 * @param day today's date @throws UserError `bad_period`
 */
export const givenDate = (
  { date, period }: Pick<ImportFlags, "date" | "period">,
  day = today("UTC"),
): GivenDate | undefined => {
  const text = (date ?? period)?.trim();
  if (text === undefined) return undefined;
  const { kind, from = "", to: until = "" } = namedRange(text.toLowerCase(), day) ?? {};
  const timestamp = `${from}T00:00:00Z`;
  if (kind === "days" && date !== undefined) return { timestamp, granularity: "day", until, written: from };
  if (kind === "month") return { timestamp, granularity: "month", until, written: from.slice(0, 7) };
  throw new UserError(
    "bad_period",
    date === undefined ? `“${text}” is not a month.` : `“${text}” is neither a day nor a month.`,
    "Write it like --date 2026-11-05 or --date yesterday for a day, or --period 2026-11 or --period last-month for a month.",
  );
};

/** As much as the database keeps. */
const ACCOUNT_LENGTH = 200;

/** The name of an account, trimmed. @throws UserError `bad_account` */
export const parseAccount = (text: string): string => {
  const name = text.trim();
  if (name !== "" && name.length <= ACCOUNT_LENGTH && !/\p{Cc}/u.test(name)) return name;
  throw new UserError(
    "bad_account",
    `“${capped(text, 40)}” cannot be the name of an account.`,
    `Use 1 to ${ACCOUNT_LENGTH} characters, for example: --account second`,
  );
};

const MAP_NAME = /^[a-z0-9][a-z0-9._-]*$/;

/** @throws UserError `map_name` */
export const parseMapName = (name: string): string => {
  if (MAP_NAME.test(name)) return name;
  throw new UserError(
    "map_name",
    `“${name}” cannot be the name of a mapping.`,
    "Use lower-case letters, digits, dots and dashes, for example: --save-map bill",
  );
};

/** The flags as they are kept: names in lower case, codes in capitals. */
const checkedFlags = (flags: ImportFlags, known: ReadonlySet<string>): ImportFlags => {
  if (flags["save-map"] !== undefined) parseMapName(flags["save-map"]);
  const provider = flags.provider === undefined ? undefined : parseProvider(flags.provider);
  if (provider !== undefined && !known.has(provider) && !flags["add-providers"]) {
    throw new UserError(
      "provider_unknown",
      `There is no provider “${provider}”.`,
      `See them with: aicost providers. Add yours with: ${unknownProviderHint(provider)}, or here with --add-providers`,
    );
  }
  const currency = flags.currency === undefined ? undefined : parseCurrency(flags.currency);
  return { ...flags, provider, currency };
};

const savedMap = (maps: Record<string, SavedMap>, name: string): SavedMap => {
  const map = own(maps, name);
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

const withoutEmpty = (fields: {
  [Name in "provider" | "currency" | "only" | "except"]: SavedMap[Name] | undefined;
}): Omit<SavedMap, "columns"> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
