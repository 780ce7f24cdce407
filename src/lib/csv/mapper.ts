import { UserError } from "../errors.js";
import { nearest } from "../nearest.js";
import { isProviderName } from "../record/provider-name.js";
import { isCurrencyCode } from "../record/rates.js";
import { RowProblem, type CsvFormat, type Row, type When } from "./format.js";
import type { Draft } from "../record/draft.js";
import { fold } from "./row.js";
import { capped, digested } from "./short-text.js";

/** What a column can be mapped to, with what `--map` help says of it. */
export const MAP_TARGETS = {
  date: "the day, moment or epoch seconds of a charge",
  cost: "the amount charged",
  estimated_cost: "an estimated amount, not charged",
  currency: "the currency of the amounts (default: US dollars)",
  provider: "the provider that charged",
  model: "the model",
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
  style?: "DMY" | "MDY" | "comma";
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
const STYLES: Partial<Record<MapTarget, readonly string[]>> = {
  date: ["DMY", "MDY"],
  cost: ["comma"],
  estimated_cost: ["comma"],
};
const NOTE_LENGTH = 1000;
/** As much as the database keeps. */
const READING_LENGTH = 2000;
const EXAMPLE = 'Write it like --map date=Day,cost="Amount (USD)",model=Model';
const PAIR = /\s*([^=:,"]*?)\s*(?::\s*([^=:,"]*?)\s*)?=\s*(?:"((?:[^"]|"")*)"|([^,"]*))\s*(?:,|$)/y;

/**
 * Reads what `--map` takes: `date:DMY=Day,cost:comma="Betrag, brutto",model=Model`.
 * @throws UserError `map_syntax`, `map_unknown_target`, `map_unknown_style`, `map_repeated_target`, `map_incomplete`
 */
export const parseMapping = (text: string): Mapping => {
  const mapping: Mapping = {};
  for (let at = 0; at < text.length; at = PAIR.lastIndex) {
    PAIR.lastIndex = at;
    const [pair, name, style, quoted, bare] = PAIR.exec(text) ?? [];
    const column = (quoted?.replaceAll('""', '"') ?? bare ?? "").trim();
    if (!pair || !name || column === "") throw syntax(text.slice(at));
    const target = targetOf(name);
    if (mapping[target]) {
      throw new UserError("map_repeated_target", `--map names “${target}” twice.`, "Name one column for it.");
    }
    mapping[target] = style === undefined ? { column } : { column, style: styleOf(target, style) };
  }
  refuseIncomplete(mapping);
  return mapping;
};

const syntax = (text: string) =>
  new UserError("map_syntax", `“${text}” in --map is not TARGET=COLUMN.`, EXAMPLE);

const targetOf = (name: string): MapTarget => {
  const target = TARGETS.find((target) => target === name.toLowerCase());
  if (target) return target;
  const [closest] = nearest(name, TARGETS);
  const meant = closest ? `Did you mean ${closest}? ` : "";
  throw new UserError(
    "map_unknown_target",
    `--map has no target called “${name}”.`,
    `${meant}The targets are ${TARGETS.join(", ")}.`,
  );
};

const styleOf = (target: MapTarget, written: string): NonNullable<MappedColumn["style"]> => {
  const styles = STYLES[target] ?? [];
  const style = styles.find((style) => style.toLowerCase() === written.toLowerCase());
  if (style) return style as NonNullable<MappedColumn["style"]>;
  throw new UserError(
    "map_unknown_style",
    `“${target}:${written}” in --map is not a way to write ${target}.`,
    styles.length > 0
      ? `Use ${styles.map((style) => `${target}:${style}`).join(" or ")}.`
      : `Write ${target}=….`,
  );
};

const refuseIncomplete = (mapping: Mapping): void => {
  if (!mapping.date)
    throw new UserError("map_incomplete", "--map does not say which column is the date.", EXAMPLE);
  if (MEASURES.some((target) => mapping[target])) return;
  throw new UserError("map_incomplete", "--map names no column with a cost, tokens or requests.", EXAMPLE);
};

export interface MappedFormatOptions {
  /** Of all rows, if no column is mapped to `provider`. */
  provider?: string | undefined;
  /** IANA zone of moments without an offset. */
  timezone: string;
  /** Of all amounts, if no column is mapped to `currency`; US dollars if absent. */
  currency?: string | undefined;
}

/** The name of a mapping that was not saved. */
export const UNNAMED = "unnamed";

/**
 * The format of a mapping: an ISO date is a day, a moment or epoch seconds an event. The identity of a row is its id
 * if one is mapped; of an event it is its moment and the whole row; of a day it is the row without its measures, so
 * that a later download of the same day replaces it. A mapping is the same source under any name.
 * @throws UserError `map_provider_missing`, `provider_name`, `bad_currency`
 */
export const mappedFormat = (name: string, mapping: Mapping, options: MappedFormatOptions): CsvFormat => {
  const provider = givenProvider(options.provider);
  const currency = givenCurrency(options.currency);
  if (provider === null && !mapping.provider) {
    throw new UserError(
      "map_provider_missing",
      "aicost cannot tell which provider the rows of the file belong to.",
      "Add --provider NAME, or provider=COLUMN to --map.",
    );
  }
  const targets = TARGETS.filter((target) => mapping[target]);
  const columns = [...new Set(targets.map((target) => mapping[target]?.column ?? ""))];
  const source = `map/${targets.map((target) => written(target, mapping[target])).join(",")}`;
  const reading = `${source} provider=${provider ?? ""} currency=${currency} timezone=${options.timezone}`;
  return {
    id: `map:${name}`,
    title: name === UNNAMED ? "your mapping" : `your mapping “${name}”`,
    provider: provider ?? "",
    source,
    reading: digested(reading, READING_LENGTH),
    requires: columns,
    knows: [],
    date: mapping.date?.column ?? "",
    series: null,
    dimensions: [],
    read: (row) => readMapped(row, mapping, { provider, currency, timezone: options.timezone }),
  };
};

/** A target as it enters the identity of rows: the style decides what they hold, the case of a column nothing. */
const written = (target: MapTarget, { column, style }: MappedColumn = { column: "" }): string =>
  `${target}${style === undefined ? "" : `:${style}`}=${JSON.stringify(fold(column))}`;

interface Defaults {
  provider: string | null;
  currency: string;
  timezone: string;
}

const readMapped = (row: Row, mapping: Mapping, { provider, currency, timezone }: Defaults): Draft => {
  const column = (target: MapTarget) => mapping[target]?.column;
  const text = (target: MapTarget) => row.text(column(target) ?? "");
  const count = (target: MapTarget) => row.count(column(target) ?? "");
  const amount = (target: MapTarget) =>
    row.amount(column(target) ?? "", {
      decimalComma: mapping[target]?.style === "comma",
      mapTarget: target,
    });

  const order = mapping.date?.style;
  const when = row.when(column("date") ?? "", {
    timezone,
    ...((order === "DMY" || order === "MDY") && { order }),
  });
  const own = (mapping.provider && providerIn(row, mapping.provider.column)) ?? provider;
  const cost = amount("cost");
  const estimate = amount("estimated_cost");
  const note = text("note");
  return {
    ...when,
    provider: own ?? row.required(column("provider") ?? ""),
    model: row.name(column("model") ?? ""),
    cost,
    value: cost === null ? estimate : null,
    currency: mapping.currency && text("currency") ? row.currency(mapping.currency.column) : currency,
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
};

const keyOf = (row: Row, mapping: Mapping, { timestamp, granularity }: When): (string | null)[] => {
  const id = mapping.id && row.text(mapping.id.column);
  if (id) return [id];
  if (granularity === "event") return [timestamp, ...row.all()];
  return row.allBut(MEASURES.flatMap((target) => mapping[target]?.column ?? []));
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
      if (typeof mapped?.column !== "string") throw syntax(`${target}=${JSON.stringify(mapped)}`);
      const style = mapped.style === undefined ? "" : `:${mapped.style}`;
      return `${target}${style}="${mapped.column.replaceAll('"', '""')}"`;
    },
  );
  return pairs.join(",");
};
