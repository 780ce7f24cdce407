import { localTime } from "../dates/ranges.js";
import { kindText } from "../record/kinds.js";
import type { Original } from "../record/rates.js";
import type { CostBasis } from "../record/record.js";
import type { NamedKey, Names, StoredRecord } from "../api.js";
import { nameOf } from "../reports/who.js";
import { recordCost } from "./cost-text.js";
import { SPEND_MARKS } from "./marks.js";
import { formatCount, formatUsd } from "./money-text.js";
import { RATE_SOURCES, shortRate } from "./rates-used.js";
import { type Column, type Screen, countColumn, table } from "./table.js";
import { fieldLines, printable, shortId } from "./text.js";

/** @param inBill whether a bill of the same day has the money of a record without a price */
export const recordTable = (
  records: readonly StoredRecord[],
  timezone: string,
  screen: Screen,
  inBill: (record: StoredRecord) => boolean = () => false,
): string => table(recordColumns(records, timezone, inBill), records, { ...screen, marks: SPEND_MARKS });

const recordColumns = (
  records: readonly StoredRecord[],
  timezone: string,
  inBill: (record: StoredRecord) => boolean,
): Column<StoredRecord>[] => [
  { header: "Id", cell: ({ id }) => shortId(id) },
  { header: "Date", cell: (record) => recordTime(record, timezone) },
  { header: "Provider", cell: ({ provider }) => provider, shrinkTo: 14 },
  { header: "Model", cell: modelOrKind, shrinkTo: 12 },
  { header: "Cost", cell: (record) => recordCost(record, inBill(record)), align: "decimal" },
  countColumn("Tokens", ({ tokens_used }) => tokens_used, 20),
  ...(records.some(({ kind, model_name }) => kind !== "usage" && model_name !== null) ? [kindColumn] : []),
  { header: "Method", cell: ({ collection_method }) => METHODS[collection_method], priority: 10 },
];

const kindColumn: Column<StoredRecord> = {
  header: "Kind",
  cell: ({ kind }) => kindText(kind),
  priority: 15,
};

/** What was paid for, if it is not a model. */
const modelOrKind = ({ model_name, kind, topup_usd }: StoredRecord): string => {
  if (model_name !== null) return model_name;
  if (topup_usd !== null) return `(top-up ${formatUsd(topup_usd)})`;
  return kind === "usage" ? "–" : `(${kindText(kind)})`;
};

/** @param names what accounts, projects and keys are called that have an id */
export const recordDetail = (
  record: StoredRecord,
  timezone: string,
  { width }: Screen,
  names: Names = {},
): string => {
  const { metadata } = record;
  const fields: [string, string | null][] = [
    ["Id", record.id],
    ["Date", recordTime(record, timezone, "second")],
    ["Granularity", record.granularity],
    ["Provider", record.provider],
    ["Model", record.model_name],
    ["Kind", kindText(record.kind)],
    ["Cost", record.kind === "top_up" ? null : recordCost(record)],
    ["Top-up", record.topup_usd && formatUsd(record.topup_usd)],
    ["Estimated", record.estimated_cost_usd && formatUsd(record.estimated_cost_usd)],
    ["Input tokens", countOrNull(record.input_tokens)],
    ["Output tokens", countOrNull(record.output_tokens)],
    ["Cache read tokens", countOrNull(record.cache_read_tokens)],
    ["Cache write tokens", countOrNull(record.cache_write_tokens)],
    ["Tokens", countOrNull(record.tokens_used)],
    ["Requests", countOrNull(record.request_count)],
    ["Account", named(record, "account", names)],
    ["Project", named(record, "project", names)],
    ["Key", named(record, "api_key", names)],
    ["Agent", record.agent && printable(record.agent)],
    ["Session", record.session && printable(record.session)],
    ["Method", METHODS[record.collection_method]],
    ["Import", record.import_id],
    ["Amount", BASES[metadata.cost_basis]],
    ["Converted", metadata.original ? originalText(metadata.original) : null],
    ...Object.entries(metadata)
      .filter(([key]) => key !== "cost_basis" && key !== "original")
      .map(([key, value]): [string, string] => [wordsOf(key), metadataText(value)]),
  ];
  return fieldLines(fields, width);
};

const named = (record: StoredRecord, key: NamedKey, names: Names): string | null => {
  const id = record[key];
  if (id === null) return null;
  const name = nameOf(names, key, id);
  return printable(name === id ? id : `${name} (${id})`);
};

/** What an amount is, in ordinary words. */
const BASES = {
  billed: "charged",
  estimated: "estimated from tokens",
  included: "covered by a plan",
  none: "not named by the source",
} satisfies Record<CostBasis, string>;

/** `30 CNY at 0.151351 (ECB, 2026-11-27)`. */
const originalText = ({ amount, currency, rate, rate_date, rate_source }: Original): string => {
  const source = rate_source === undefined ? [] : [RATE_SOURCES[rate_source]];
  const from = [...source, ...(rate_date === undefined ? [] : [rate_date])].join(", ");
  return `${amount} ${currency} at ${shortRate(rate)}${from === "" ? "" : ` (${from})`}`;
};

/** `api_key_id` is `API key id`. */
const wordsOf = (key: string): string => {
  const words = printable(key)
    .replaceAll("_", " ")
    .replace(/\bapi\b/g, "API");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** How a record came in, in words. */
export const METHODS = {
  api_automated: "api",
  manual_entry: "manual",
  csv_import: "csv",
  agent_log: "log",
} satisfies Record<StoredRecord["collection_method"], string>;

/** A `day` or `month` bucket is the date that its provider named, in every time zone. */
const recordTime = (
  { timestamp, granularity }: StoredRecord,
  timezone: string,
  precision: "minute" | "second" = "minute",
): string => {
  if (granularity === "month") return timestamp.slice(0, 7);
  if (granularity === "day") return timestamp.slice(0, 10);
  return localTime(timestamp, timezone, precision);
};

const countOrNull = (count: number | null): string | null => (count === null ? null : formatCount(count));

const metadataText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
