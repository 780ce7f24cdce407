import { createHash } from "node:crypto";
import { UserError } from "../errors.js";
import { isTimezone } from "../dates/ranges.js";
import { amountReadings, type Decimal, type DecimalMark, plain } from "../money.js";
import { didYouMean, nearest } from "../nearest.js";
import { isProviderName } from "../record/provider-name.js";
import { isCurrencyCode } from "../record/currency.js";
import {
  RowProblem,
  type CsvFormat,
  type FilePeriod,
  type OtherCell,
  type Row,
  type When,
} from "./format.js";
import type { Draft } from "../record/draft.js";
import { DATE_ORDERS, type DateOrder } from "./dates.js";
import { fold } from "./fold.js";
import { currenciesInName, scaleInName } from "./named-currency.js";
import { flagOf } from "./row.js";
import { capped, digested } from "./short-text.js";
import { NO_AMOUNT } from "./values.js";
import { looksLikeDate } from "./values.js";

/** What a column can be mapped to, with what `--map` help says of it. */
export const MAP_TARGETS = {
  date: "the day, moment or epoch seconds of a charge",
  cost: "the amount charged",
  estimated_cost: "an estimated amount, not charged",
  currency: "the currency of the amounts (default: US dollars)",
  provider: "the provider that charged",
  model: "the model",
  project: "the project, workspace or team",
  key: "the name of the API key",
  input_tokens: "all input tokens, cached ones included",
  output_tokens: "all output tokens, reasoning included",
  cache_read_tokens: "the part of the input that was read from a cache",
  cache_write_tokens: "the part of the input that was written to a cache",
  tokens: "all tokens, if they are not split",
  requests: "the number of calls",
  note: "anything to keep with the record",
  id: "the row's own id",
} as const;

export type MapTarget = keyof typeof MAP_TARGETS;

/** A column, and how it writes its values if that cannot be seen. */
export interface MappedColumn {
  column: string;
  style?: DateOrder | "ms" | "excel" | DecimalMark;
  /** IANA zone of moments without an offset. */
  zone?: string;
  /** Columns that are added, unless one has the name of all together. */
  parts?: readonly string[];
}

/** Plain JSON, as the config file keeps it. */
export type Mapping = Partial<Record<MapTarget, MappedColumn>>;

const TARGETS = Object.keys(MAP_TARGETS) as MapTarget[];
const MEASURES: readonly MapTarget[] = [
  "cost",
  "estimated_cost",
  "input_tokens",
  "output_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "tokens",
  "requests",
];
const MARKS: readonly DecimalMark[] = ["point", "comma"];
const STYLES: Partial<Record<MapTarget, readonly string[]>> = {
  date: [...DATE_ORDERS, "ms", "excel"],
  ...Object.fromEntries(MEASURES.map((measure) => [measure, MARKS])),
};
const NOTE_LENGTH = 1000;
const MOST_DIGITS = 100;
/** As much as the database keeps. */
const READING_LENGTH = 2000;
/** Of a digest of columns, hex. */
const DIGEST_LENGTH = 16;
const EXAMPLE = 'Write it like --map date=Day,cost="Amount (USD)",model=Model';
const PAIR = /\s*([^=:,"]*?)\s*((?::[^=,"]*?)?)\s*=\s*((?:"(?:[^"]|"")*"|[^,"])*?)\s*(?:,|$)/y;
const PIECE = /\s*(?:"((?:[^"]|"")*)"|([^"+]*))\s*(?:\+|$)/y;

/**
 * Reads what `--map` takes: `date:DMY:Europe/Berlin=Day,cost:comma="Betrag, brutto",input_tokens=New+Cached`.
 * @throws UserError `map_syntax`, `map_unknown_target`, `map_unknown_style`, `map_repeated_target`, `map_incomplete`
 */
export const parseMapping = (text: string): Mapping => {
  const mapping: Mapping = {};
  for (let at = 0; at < text.length; at = PAIR.lastIndex) {
    PAIR.lastIndex = at;
    const [pair, name, styles = "", value = ""] = PAIR.exec(text) ?? [];
    if (!pair || !name) throw syntax(text.slice(at));
    const target = targetOf(name);
    const column = columnIn(target, value);
    if (column === null) throw syntax(text.slice(at));
    if (mapping[target]) {
      throw new UserError("map_repeated_target", `--map names “${target}” twice.`, "Name one column for it.");
    }
    mapping[target] = { ...column, ...stylesOf(target, styles) };
  }
  refuseIncomplete(mapping);
  return mapping;
};

/** One column, or several that are added. Null if it is written wrong. */
const columnIn = (target: MapTarget, value: string): Pick<MappedColumn, "column" | "parts"> | null => {
  if (!MEASURES.includes(target) && !value.startsWith('"')) return value === "" ? null : { column: value };
  const parts: string[] = [];
  PIECE.lastIndex = 0;
  for (let at = 0; at < value.length; at = PIECE.lastIndex) {
    PIECE.lastIndex = at;
    const [piece, quoted, bare] = PIECE.exec(value) ?? [];
    const name = (quoted?.replaceAll('""', '"') ?? bare ?? "").trim();
    if (!piece || name === "") return null;
    parts.push(name);
  }
  const [first] = parts;
  if (first === undefined || value.endsWith("+")) return null;
  if (parts.length === 1) return { column: first };
  return MEASURES.includes(target) ? { column: parts.join("+"), parts } : null;
};

const syntax = (text: string) =>
  new UserError("map_syntax", `“${text}” in --map is not TARGET=COLUMN.`, EXAMPLE);

const targetOf = (name: string): MapTarget => {
  const target = TARGETS.find((target) => target === name.toLowerCase());
  if (target) return target;
  throw new UserError(
    "map_unknown_target",
    `--map has no target called “${name}”.`,
    `${didYouMean(nearest(name, TARGETS).slice(0, 1))}The targets are ${TARGETS.join(", ")}.`,
  );
};

/** @param written `:MDY:Europe/Berlin`, or nothing */
const stylesOf = (target: MapTarget, written: string): Pick<MappedColumn, "style" | "zone"> => {
  const known = STYLES[target] ?? [];
  const found: Pick<MappedColumn, "style" | "zone"> = {};
  for (const text of written
    .split(":")
    .slice(1)
    .map((part) => part.trim())) {
    const style = known.find((style) => style.toLowerCase() === text.toLowerCase());
    const isZone = target === "date" && style === undefined && isTimezone(text);
    if (style !== undefined && found.style === undefined)
      found.style = style as NonNullable<MappedColumn["style"]>;
    else if (isZone && found.zone === undefined) found.zone = text;
    else throw unknownStyle(target, written, known);
  }
  return found;
};

const unknownStyle = (target: MapTarget, written: string, known: readonly string[]): UserError => {
  const styles = [...known, ...(target === "date" ? ["UTC", "Europe/Berlin"] : [])];
  return new UserError(
    "map_unknown_style",
    `“${target}${written}” in --map is not a way to write ${target}.`,
    styles.length > 0
      ? `Use ${styles.map((style) => `${target}:${style}`).join(" or ")}.`
      : `Write ${target}=….`,
  );
};

/** A column as `--map` names it, in quotes only if it needs them. */
const bareOrQuoted = (column: string): string =>
  /[+,"=\n\r]/.test(column) ? `"${column.replaceAll('"', '""')}"` : column;

/** What `parseMapping` reads as this mapping. */
export const mappingText = (mapping: Mapping): string =>
  TARGETS.flatMap((target) => {
    const { column, parts = [column], style, zone } = mapping[target] ?? { column: "" };
    if (column === "") return [];
    const styles = [style, zone].filter((part) => part !== undefined);
    return [`${[target, ...styles].join(":")}=${parts.map(bareOrQuoted).join("+")}`];
  }).join(",");

const refuseIncomplete = (mapping: Mapping): void => {
  if (MEASURES.some((target) => mapping[target])) return;
  throw new UserError("map_incomplete", "--map names no column with a cost, tokens or requests.", EXAMPLE);
};

/** The date of all rows of a file without a column for it. */
export type GivenDate = FilePeriod;

export interface MappedFormatOptions {
  /** Of all rows, if no column is mapped to `provider`. */
  provider?: string | undefined;
  /** IANA zone of moments without an offset. */
  timezone: string;
  /** Of all amounts, if no column is mapped to `currency`; US dollars if absent. */
  currency?: string | undefined;
  /** Of all rows, if no column is mapped to `date`. */
  date?: GivenDate | undefined;
}

/** The name of a mapping that was not saved. */
export const UNNAMED = "unnamed";

/**
 * The format of a mapping: a date is a day, a moment or epoch number an event. Files are of one source if they have the
 * same columns, however they are mapped. The identity of a row is its id if one is mapped; else its date or moment as the
 * file has it, and its texts. An event has its numbers besides; those of a day change from one download to the next.
 * @throws UserError `map_provider_missing`, `map_incomplete`, `map_dated`, `map_scaled`, `provider_name`, `bad_currency`
 */
export const mappedFormat = (name: string, mapping: Mapping, options: MappedFormatOptions): CsvFormat => {
  const provider = givenProvider(options.provider);
  const currency = givenCurrency(options.currency);
  refuseScaled(mapping);
  refuseUnnamedCurrency(mapping, options.currency);
  const { date } = options;
  const timezone = mapping.date?.zone ?? options.timezone;
  if (mapping.date === undefined && date === undefined) throw dateMissing();
  if (mapping.date !== undefined && date !== undefined)
    throw dateTwice(`the column “${mapping.date.column}” is mapped to the date`);
  if (provider === null && !mapping.provider) {
    throw new UserError(
      "map_provider_missing",
      "aicost cannot tell which provider the rows of the file belong to.",
      "Add --provider NAME, or provider=COLUMN to --map.",
    );
  }
  const targets = TARGETS.filter((target) => mapping[target]);
  const map = targets.map((target) => written(target, mapping[target])).join(",");
  const on = date === undefined ? "" : ` date=${date.written}`;
  const reading = `map/${map} provider=${provider ?? ""} currency=${currency} timezone=${timezone}${on}`;
  return {
    id: `map:${name}`,
    title: name === UNNAMED ? "your mapping" : `your mapping “${name}”`,
    provider: provider ?? "",
    source: "map",
    reading: digested(reading, READING_LENGTH),
    requires: needsOf(targets.flatMap((target) => mapping[target] ?? [])),
    knows: [],
    date: mapping.date?.column ?? "",
    series: "map",
    ofColumns: (names) => {
      const source = `map/${digestOf(names)}`;
      return { source, series: provider === null ? source : `${source} ${provider}` };
    },
    events: mapping.id ? true : "moments",
    manySources: true,
    dimensions: [],
    ownStyles: true,
    targetOf: (column) =>
      targets.find((target) => columnsOf(mapping[target]).map(fold).includes(fold(column))),
    zone: { name: timezone, isGiven: mapping.date?.zone !== undefined },
    ...(mapping.date?.zone === undefined && {
      inZone: (zone: string) => mappedFormat(name, mapping, { ...options, timezone: zone }),
    }),
    currency: mapping.currency === undefined ? currency : null,
    read: (row) => readMapped(row, mapping, { provider, currency, timezone, date }),
  };
};

/** @throws UserError `map_scaled` for a column whose name says that its numbers are parts or multiples of what is counted */
const refuseScaled = (mapping: Mapping): void => {
  for (const target of MEASURES) {
    for (const column of columnsOf(mapping[target])) {
      const scale = scaleInName(column);
      if (scale === null) continue;
      throw new UserError(
        "map_scaled",
        `The column “${column}” is in ${scale.name} by its name, and aicost reads whole units.`,
        `${scale.by} in a spreadsheet and rename it, or map a column with whole units.`,
      );
    }
  }
};

/** A column that says itself that it is not in dollars. */
const refuseUnnamedCurrency = (mapping: Mapping, given: string | undefined): void => {
  const names = [mapping.cost, mapping.estimated_cost].flatMap(columnsOf);
  if (given !== undefined || mapping.currency !== undefined) return;
  for (const name of names) {
    const [meant] = currenciesInName(name).filter((codes) => !codes.includes("USD"));
    if (meant === undefined) continue;
    throw new UserError(
      "bad_currency",
      `The column “${name}” is in ${meant.join(" or ")} by its name, but the mapping says no currency.`,
      `Say it: --currency ${meant[0] ?? ""}, with the US dollars for one: --rate ${meant[0] ?? ""}=NUMBER. If it is US dollars all the same: --currency USD`,
    );
  }
};

const columnsOf = (mapped: MappedColumn | undefined): readonly string[] =>
  mapped === undefined ? [] : [mapped.column, ...(mapped.parts ?? [])];

/** Each column once. */
const needsOf = (mapped: readonly MappedColumn[]): CsvFormat["requires"] => [
  ...new Set(mapped.filter(({ parts }) => parts === undefined).map(({ column }) => column)),
  ...mapped.flatMap(({ column, parts }) => (parts === undefined ? [] : [{ whole: column, parts }])),
];

const dateMissing = (): UserError =>
  new UserError(
    "map_incomplete",
    "--map does not say which column is the date.",
    `${EXAMPLE}. If the file has no dates, say when its charges were: --date YYYY-MM-DD, or --period YYYY-MM for a month`,
  );

/** `--date` or `--period` for a file that has dates. @param where “the column “Day” is mapped to the date” */
export const dateTwice = (where: string): UserError =>
  new UserError(
    "map_dated",
    `--date and --period are for files without dates, but ${where}.`,
    "Leave one of them out.",
  );

/** The same for the same columns, in any order. */
const digestOf = (columns: readonly string[]): string =>
  createHash("sha256")
    .update(
      JSON.stringify(
        columns
          .map(fold)
          .filter((name) => name !== "")
          .sort(),
      ),
    )
    .digest("hex")
    .slice(0, DIGEST_LENGTH);

/** A target as it enters the reading of a file: the style decides what rows hold, the case of a column nothing. */
const written = (target: MapTarget, { column, style, zone }: MappedColumn = { column: "" }): string =>
  `${target}${style === undefined ? "" : `:${style}`}${zone === undefined ? "" : `:${zone}`}=${JSON.stringify(fold(column))}`;

interface Defaults {
  provider: string | null;
  currency: string;
  timezone: string;
  date: GivenDate | undefined;
}

const CURRENCY_HINT = "; say which it is with --currency CODE, or currency=COLUMN in --map";

const readMapped = (row: Row, mapping: Mapping, defaults: Defaults): Draft => {
  const column = (target: MapTarget) => mapping[target]?.column;
  const text = (target: MapTarget) => row.text(column(target) ?? "");
  const unit =
    mapping.currency && text("currency") ? row.currency(mapping.currency.column) : defaults.currency;
  const count = (target: MapTarget): number | null => {
    const mark = markOf(mapping[target]);
    return sumOf(
      columnsIn(row, mapping[target]),
      (name) => row.count(name, { mark, blank: NO_AMOUNT }),
      (a, b) => a + b,
    );
  };
  const amount = (target: MapTarget): Decimal | null => {
    const style = {
      mark: markOf(mapping[target]),
      currency: unit,
      currencyHint: CURRENCY_HINT,
      blank: NO_AMOUNT,
    };
    return sumOf(
      columnsIn(row, mapping[target]),
      (name) => row.amount(name, style),
      (a, b) => a.plus(b),
    );
  };

  const when = defaults.date ?? whenOf(row, mapping.date, defaults.timezone);
  const own = (mapping.provider && providerIn(row, mapping.provider.column)) ?? defaults.provider;
  const cost = amount("cost");
  const estimate = amount("estimated_cost");
  const note = text("note");
  const { timestamp, granularity, written } = when;
  const draft: Draft = {
    timestamp,
    granularity,
    written,
    provider: own ?? row.required(column("provider") ?? ""),
    model: row.name(column("model") ?? ""),
    project: { id: null, name: row.name(column("project") ?? "") },
    apiKey: { id: null, name: row.name(column("key") ?? "") },
    cost,
    value: cost === null ? estimate : null,
    currency: unit,
    basis: cost !== null ? "billed" : estimate !== null ? "estimated" : "none",
    input: count("input_tokens"),
    output: count("output_tokens"),
    cacheRead: count("cache_read_tokens"),
    cacheWrite: count("cache_write_tokens"),
    tokens: count("tokens"),
    requests: count("requests"),
    key: [own, ...keyOf(row, mapping, when)],
    ...(note !== null && { metadata: { note: capped(note, NOTE_LENGTH) } }),
  };
  refuseLargerPart(draft, mapping);
  return draft;
};

const whenOf = (row: Row, date: MappedColumn | undefined, timezone: string): When => {
  const { column = "", style } = date ?? {};
  const order = DATE_ORDERS.find((order) => order === style);
  const unit = style === "ms" || style === "excel" ? style : undefined;
  return row.when(column, { timezone, order, unit });
};

/** The columns to add; the one that has the name of all together is the sum already. */
const columnsIn = (row: Row, mapped: MappedColumn | undefined): readonly string[] => {
  if (mapped === undefined) return [];
  return mapped.parts === undefined || row.has(mapped.column) ? [mapped.column] : mapped.parts;
};

/** Of what the columns hold; null if all are empty. */
const sumOf = <T>(
  columns: readonly string[],
  read: (column: string) => T | null,
  plus: (a: T, b: T) => T,
): T | null => {
  let sum: T | null = null;
  for (const column of columns) {
    const value = read(column);
    if (value !== null) sum = sum === null ? value : plus(sum, value);
  }
  return sum;
};

const markOf = (mapped: MappedColumn | undefined): DecimalMark | undefined =>
  MARKS.find((mark) => mark === mapped?.style);

/** Cached tokens are a part of the input: if they are more, a column of the input is missing from the mapping. */
const refuseLargerPart = ({ input, cacheRead, cacheWrite }: Draft, mapping: Mapping): void => {
  const cached = (cacheRead ?? 0) + (cacheWrite ?? 0);
  if (input === null || input === undefined || cached <= input) return;
  const whole = mapping.input_tokens?.column ?? "";
  const larger =
    (cacheRead ?? 0) >= (cacheWrite ?? 0) ? mapping.cache_read_tokens : mapping.cache_write_tokens;
  const parts = [whole, mapping.cache_read_tokens?.column, mapping.cache_write_tokens?.column]
    .filter((column) => column !== undefined)
    .map(bareOrQuoted);
  throw new RowProblem(
    larger?.column ?? whole,
    String(cached),
    `cached tokens are more than the input tokens (${input}), which include them; if the columns are apart, add them: input_tokens=${parts.join("+")}`,
  );
};

/** By the kind of each cell, not by its target: so a row keeps its key if the next file is mapped in a better way. */
const keyOf = (row: Row, mapping: Mapping, { written, granularity }: When): string[] => {
  const id = mapping.id && row.text(mapping.id.column);
  if (id) return [id];
  const cells = row.othersThan([mapping.date?.column ?? ""]).flatMap((other) => {
    const cell = granularity === "event" ? textOrNumber(row, other) : textOnly(other.text);
    return cell === null ? [] : [`${other.column}=${cell}`];
  });
  return [written, ...cells.sort()];
};

/** A text as it enters a key, however a spreadsheet writes it; null for a number, and for what is no text at all. */
const textOnly = (text: string): string | null => {
  let known = texts.get(text);
  if (known === undefined) {
    if (texts.size >= MOST_TEXTS) texts.clear();
    known = identifyingText(text);
    texts.set(text, known);
  }
  return known;
};

/** Models, teams and the like are the same in most rows. */
const texts = new Map<string, string | null>();
const MOST_TEXTS = 5000;

const identifyingText = (text: string): string | null => {
  if (!/\p{L}/u.test(text) || looksLikeDate(text)) return null;
  if (/\d/.test(text) && amountReadings(text) !== null) return null;
  return flagOf(text)?.toLowerCase() ?? text;
};

const textOrNumber = (row: Row, cell: OtherCell): string | null => {
  const amount = row.numberIn(cell);
  // Beyond that, `1e99999` is 100,000 characters.
  if (amount !== null) return Math.abs(amount.e) <= MOST_DIGITS ? plain(amount) : cell.text;
  return textOnly(cell.text);
};

/** As `providers` spells it: `Azure OpenAI` → `azure-openai`. */
const providerName = (text: string | null | undefined): string | null =>
  text?.trim().toLowerCase().replace(/\s+/g, "-") || null;

const providerIn = (row: Row, column: string): string | null => {
  const name = providerName(row.text(column));
  if (name === null || isProviderName(name)) return name;
  throw new RowProblem(
    column,
    row.required(column),
    "cannot be the name of a provider; write at most 100 letters, digits, dots and dashes",
  );
};

const givenProvider = (text: string | undefined): string | null => {
  const name = providerName(text);
  if (name === null || isProviderName(name)) return name;
  throw new UserError(
    "provider_name",
    `“${text}” cannot be the name of a provider.`,
    "Write at most 100 letters, digits, dots and dashes, for example --provider my-gateway",
  );
};

const givenCurrency = (text = "USD"): string => {
  if (isCurrencyCode(text)) return text.toUpperCase();
  throw new UserError("bad_currency", `“${text}” is not a currency code.`, "Write it like --currency EUR");
};

/** The config file holds mappings as JSON that a person may have edited. @throws UserError `map_damaged` */
export const checkMapping = (name: string, value: unknown): Mapping => {
  try {
    return parseMapping(textOf(value));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      "map_damaged",
      `The saved mapping “${name}” cannot be used. ${error.message}`,
      `Save it again: aicost import FILE --map … --save-map ${name}`,
    );
  }
};

const textOf = (value: unknown): string => {
  if (typeof value !== "object" || value === null) throw syntax(JSON.stringify(value));
  const pairs = Object.entries(value as Record<string, Partial<MappedColumn> | null>).map(
    ([target, mapped]) => {
      const { column, parts = [column] } = mapped ?? {};
      if (!Array.isArray(parts) || parts.some((part) => typeof part !== "string"))
        throw syntax(`${target}=${JSON.stringify(mapped)}`);
      const styles = [mapped?.style, mapped?.zone].filter((style) => style !== undefined);
      const columns = parts.map((part) => `"${String(part).replaceAll('"', '""')}"`).join("+");
      return `${[target, ...styles].join(":")}=${columns}`;
    },
  );
  return pairs.join(",");
};
