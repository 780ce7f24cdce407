import { byName, type Group, groupsOf } from "../../reports/groups.js";
import { listsOf } from "../../reports/price-lists.js";
import { datesOf, sumSpend } from "../../reports/sum.js";
import {
  type DailySpend,
  type DailySpendQuery,
  type FineSpend,
  type FineSpendQuery,
  SPLIT_KEYS,
  type SplitKey,
} from "../../api.js";
import { daysAfter, lastOfMonth, spansOf } from "../../dates/days.js";
import type { Span } from "../../dates/ranges.js";
import {
  type ByMonth,
  CUT_NAMES,
  type CutName,
  CUTS,
  type Days,
  type Form,
  FORMS,
  type ReadModel,
  type Who,
} from "./read-model.js";

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

/** How `months` of a model are split. */
export const BRIEF = { split_by: ["model", "kind", "method"] } as const;

/** Whether only `who` of a model is split so. */
export const isOfWho = (key: SplitKey): boolean => !(BRIEF.split_by as readonly SplitKey[]).includes(key);

const EVER: Span = { from: "", to: "9999-12-31" };

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

/**
 * By whose they are.
 * @param days split by all that there is; what was made of months that are the same as before stays
 */
export const whoOf = (days: ByMonth, before: Who | null): Who => {
  const who = Object.fromEntries(
    CUT_NAMES.map((name) => [name, { days: new Map(), fives: new Map(), sums: new Map() }]),
  ) as Record<CutName, Record<Form, Map<string, Days>>>;
  // The rows of one month at a time.
  for (const [month, of] of days) {
    const kept = before?.all.days.get(month) === of ? before : null;
    const rows = kept === null ? of.rows() : [];
    for (const name of CUT_NAMES) {
      const made = kept === null ? formsOf(of, rows, name) : formsIn(kept[name], month);
      for (const [form, days] of made) who[name][form].set(month, days);
    }
  }
  return who;
};

/** @param rows those of a month split by all that there is, which also are the days of the last cut */
const formsOf = (days: Days, rows: readonly DailySpend[], name: CutName): [Form, Days][] => {
  const split_by = CUTS[name];
  const ofDays = gathered(rows, { split_by });
  const ofFives = summed(ofDays, split_by, fiveOf);
  return [
    ["days", name === "all" ? days : daysOf(ofDays)],
    ["fives", daysOf(ofFives)],
    ["sums", daysOf(gathered(ofFives, { split_by, by_month: true }))],
  ];
};

const formsIn = (cut: Who[CutName], month: string): [Form, Days][] =>
  FORMS.flatMap((form) => {
    const days = cut[form].get(month);
    return days === undefined ? [] : [[form, days]];
  });

const inOrder = (months: [string, Days][]): Map<string, Days> =>
  new Map(months.sort(([a], [b]) => byName(a, b)));

const dateOf = ({ date }: Pick<DailySpend, "date">): string => date;

export const monthOf = ({ date }: Pick<DailySpend, "date">): string => date.slice(0, 7);

/** What `get_daily_spend` answers, from a model. */
export const dailySpend = (
  { months, who }: Pick<ReadModel, "months" | "who">,
  { from_date, to_date, ...split }: DailySpendQuery,
): DailySpend[] => {
  const asked = { from: from_date ?? EVER.from, to: to_date ?? EVER.to };
  // Sums by whose they are also are the shortest way to those of whole days.
  const isBrief = split.split_by.length > 0 && !split.split_by.some(isOfWho);
  const cut = who !== null && !isBrief ? who[cutFor(split.split_by)] : null;
  const rows = [...(cut?.days ?? months)]
    .filter(([month]) => month >= asked.from.slice(0, 7) && month <= asked.to.slice(0, 7))
    .flatMap(([month, days]) =>
      cut !== null && split.by_month === true ? fewestRows(cut, month, asked) : days.rows(asked),
    );
  return gathered(rows, split);
};

/** The sums of a month if all of its days with records are asked for; else those of its fives, and the days beside these. */
const fewestRows = (cut: Who[CutName], month: string, asked: Span): DailySpend[] => {
  const [days, fives, sums] = FORMS.map((form) => cut[form].get(month));
  if (!days || !fives || !sums) return [];
  const [first, last] = [`${month}-01`, lastOfMonth(month)];
  const from = sums.span.from >= asked.from ? first : asked.from;
  const to = sums.span.to <= asked.to ? last : asked.to;
  if (from === first && to === last) return sums.rows();
  const whole = spansOf(first, last, FIVE).filter((five) => five.from >= from && five.to <= to);
  const [one, other] = [whole[0], whole.at(-1)];
  if (!one || !other) return days.rows({ from, to });
  const beside = (span: Span): DailySpend[] => (span.from <= span.to ? days.rows(span) : []);
  return [
    ...beside({ from, to: daysAfter(one.from, -1) }),
    ...fives.rows({ from: one.from, to: other.to }),
    ...beside({ from: daysAfter(other.to, 1), to }),
  ];
};

/** So many days of a month are one of its fives: the sixth ends on its 30th day, and its 31st is the seventh. */
const FIVE = 5;

const fiveOf = ({ date }: Pick<DailySpend, "date">): string =>
  `${date.slice(0, 7)} ${Math.ceil(Number(date.slice(8)) / FIVE)}`;

/** The first that tells apart all that is asked for. */
const cutFor = (wanted: readonly SplitKey[]): CutName =>
  CUT_NAMES.find((name) => {
    const keys: readonly SplitKey[] = CUTS[name];
    return wanted.every((key) => keys.includes(key));
  }) ?? "all";

/** Sums what is not to be told apart. */
export const gathered = <Row extends DailySpend | FineSpend>(
  rows: readonly Row[],
  { split_by, by_month = false }: Pick<FineSpendQuery, "split_by" | "by_month">,
): Row[] => {
  const merged = SPLIT_KEYS.filter((key) => !split_by.includes(key));
  const isMerged = by_month || merged.some((key) => rows.some((row) => row[key] !== null));
  return isMerged ? summed(rows, split_by, by_month ? monthOf : dateOf) : [...rows];
};

const summed = <Row extends DailySpend | FineSpend>(
  rows: readonly Row[],
  split_by: FineSpendQuery["split_by"],
  timeOf: (row: Row) => string,
): Row[] => {
  const merged = SPLIT_KEYS.filter((key) => !split_by.includes(key));
  const plain = Object.fromEntries(merged.map((key) => [key, null]));
  return alike(rows, split_by as (keyof Row)[], timeOf).map((group) => {
    const [first] = group;
    if (group.length === 1) return { ...first, ...plain };
    const { from, to } = datesOf(group);
    const dates = { date: from ?? first.date, last_date: to ?? first.last_date };
    return { ...first, ...plain, ...dates, ...sumSpend(group), ...listsOf(group) };
  });
};

/** Rows of the same time, provider and what else there is to tell apart, in the order in which they first appear. */
const alike = <Row extends DailySpend | FineSpend>(
  rows: readonly Row[],
  split_by: readonly (keyof Row)[],
  timeOf: (row: Row) => string,
): Group<Row>[] => {
  const groups: Group<Row>[] = [];
  const known: Branch<Row> = new Map();
  for (const row of rows) {
    let branch = branchOf(known, timeOf(row));
    for (const key of split_by) branch = branchOf(branch, row[key]);
    const group = branch.get(row.provider) as Group<Row> | undefined;
    if (group) group.push(row);
    else {
      const made: Group<Row> = [row];
      branch.set(row.provider, made);
      groups.push(made);
    }
  }
  return groups;
};

/** Several times as fast as a text of all values as the key. */
type Branch<Row> = Map<unknown, Branch<Row> | Group<Row>>;

const branchOf = <Row>(branch: Branch<Row>, value: unknown): Branch<Row> => {
  const found = branch.get(value) as Branch<Row> | undefined;
  if (found) return found;
  const made: Branch<Row> = new Map();
  branch.set(value, made);
  return made;
};
