import type { DailySpend } from "../../api.js";
import type { Span } from "../../dates/ranges.js";
import { byName, groupsOf } from "../../reports/groups.js";
import { datesOf } from "../../reports/sum.js";
import type { ByMonth, Days } from "./read-model.js";

/** A row without anything. Its columns are in the order in which they are written; the date is the first. */
const BLANK = {
  date: null,
  last_date: null,
  provider: null,
  model: null,
  kind: null,
  method: null,
  account: null,
  project: null,
  api_key: null,
  agent: null,
  cost_usd: "0",
  usage_usd: "0",
  extra_usage_usd: "0",
  subscription_usd: "0",
  fee_usd: "0",
  tax_usd: "0",
  credit_usd: "0",
  estimated_usd: "0",
  hidden_estimate_usd: "0",
  included_usd: "0",
  topup_usd: "0",
  input_tokens: null,
  output_tokens: null,
  cache_read_tokens: null,
  cache_write_tokens: null,
  request_count: null,
  record_count: 0,
  billed_count: 0,
  unpriced_tokens: 0,
  in_bill_tokens: 0,
  estimated_by: null,
  included_by: null,
} satisfies Record<keyof DailySpend, unknown>;

type Column = keyof DailySpend;

const COLUMNS = Object.keys(BLANK) as Column[];

/** A copy that is filled is made much faster than one with columns that come one after the other. */
const rowOf = (columns: readonly Column[], cells: readonly unknown[]): DailySpend => {
  const row: Record<Column, unknown> = { ...BLANK };
  for (let at = 0; at < columns.length; at++) row[columns[at] as Column] = cells[at];
  return row as DailySpend;
};

/** Those that some row has something in. */
const columnsOf = (rows: readonly DailySpend[]): Column[] =>
  COLUMNS.filter((column) => rows.some((row) => row[column] !== BLANK[column]));

/** All days. */
export const EVER: Span = { from: "", to: "9999-12-31" };

/** Thrown if a part of the file is not as it was written. */
export const DAMAGED = new Error("A part of the read model is damaged.");

/**
 * The days of one month as they stand in a file: a line of names of columns, and a line of cells for each row, in order of
 * dates. Only the rows of the dates that are asked for are parsed. @param read throws `DAMAGED`
 */
export const daysIn = (span: Span, read: () => Buffer): Days => ({
  span,
  get bytes() {
    return read();
  },
  rows: ({ from, to } = EVER) => {
    const bytes = read();
    const head = bytes.indexOf(LINE_END) + 1;
    const columns = JSON.parse(bytes.toString("utf8", 0, head)) as Column[];
    const start = firstLine(bytes, head, (date) => date >= from);
    const lines = bytes.toString(
      "utf8",
      start,
      firstLine(bytes, start, (date) => date > to),
    );
    const rows = JSON.parse(`[${lines.trimEnd().replaceAll("\n", ",")}]`) as unknown[][];
    return rows.map((cells) => rowOf(columns, cells));
  },
});

const LINE_END = "\n".charCodeAt(0);

/** Where the first line with such a date begins; the end if there is none. @param after where the first line begins */
const firstLine = (bytes: Buffer, after: number, isSuch: (date: string) => boolean): number => {
  let [low, high] = [after, bytes.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const line = Math.max(bytes.lastIndexOf(LINE_END, middle - 1) + 1, low);
    if (isSuch(dateAt(bytes, line))) high = line;
    else low = bytes.indexOf(LINE_END, middle) + 1;
  }
  return low;
};

/** The date of a line, its first cell. @param line where it begins */
const dateAt = (bytes: Buffer, line: number): string =>
  bytes.toString("latin1", line + DATE_AT, line + DATE_AT + "2026-11-05".length);

/** Where the date stands in a line. */
const DATE_AT = '["'.length;

/** Days as they are written: the rows themselves would take several times the memory. */
export const daysOf = (rows: readonly DailySpend[]): Days => {
  const columns = columnsOf(rows);
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const { from, to } = datesOf(rows);
  return daysIn({ from: from ?? EVER.from, to: to ?? EVER.to }, () => bytes);
};

export const byMonth = (rows: readonly DailySpend[]): Map<string, Days> =>
  new Map(groupsOf(rows, monthOf).map((group) => [monthOf(group[0]), daysOf(group)]));

/** @param fresh all rows of these dates */
export const withDates = (months: ByMonth, dates: ReadonlySet<string>, fresh: ByMonth): Map<string, Days> => {
  const touched = new Set([...dates].map((date) => date.slice(0, 7)));
  const changed = [...touched].flatMap((month): [string, Days][] => {
    const kept =
      months
        .get(month)
        ?.rows()
        .filter(({ date }) => !dates.has(date)) ?? [];
    const added = fresh.get(month);
    if (kept.length === 0) return added === undefined ? [] : [[month, added]];
    const all = [...kept, ...(added?.rows() ?? [])].sort((a, b) => byName(a.date, b.date));
    return [[month, daysOf(all)]];
  });
  const others = [...months].filter(([month]) => !touched.has(month));
  return inOrder([...others, ...changed]);
};

const inOrder = (months: [string, Days][]): Map<string, Days> =>
  new Map(months.sort(([a], [b]) => byName(a, b)));

export const monthOf = ({ date }: Pick<DailySpend, "date">): string => date.slice(0, 7);
