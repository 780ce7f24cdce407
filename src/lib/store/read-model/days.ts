import { byName, groupsOf } from "../../reports/groups.js";
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
import { lastOfMonth } from "../../dates/days.js";
import {
  type ByMonth,
  CUT_NAMES,
  type CutName,
  CUTS,
  type Days,
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

const LAST_DAY = "9999-12-31";

/** Thrown if a part of the file is not as it was written. */
export const DAMAGED = new Error("A part of the read model is damaged.");

/**
 * The days of one month as they stand in a file: a line of names of columns, and a line of cells for each row. Only the rows
 * of the dates that are asked for are parsed. @param read throws `DAMAGED`
 */
export const daysIn = (read: () => Buffer): Days => ({
  get bytes() {
    return read();
  },
  rows: (from = "", to = LAST_DAY) => {
    const [head = "[]", ...lines] = read().toString("utf8").trimEnd().split("\n");
    const wanted = lines.filter((line) => {
      const date = line.slice(DATE_AT, DATE_AT + "2026-11-05".length);
      return date >= from && date <= to;
    });
    const columns = JSON.parse(head) as Column[];
    return (JSON.parse(`[${wanted.join(",")}]`) as unknown[][]).map((cells) => rowOf(columns, cells));
  },
});

/** Where the date stands in a line. */
const DATE_AT = '["'.length;

/** Days as they are written: the rows themselves would take several times the memory. */
export const daysOf = (rows: readonly DailySpend[]): Days => {
  const columns = columnsOf(rows);
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return daysIn(() => bytes);
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
    CUT_NAMES.map((name) => [name, { days: name === "all" ? days : new Map(), sums: new Map() }]),
  ) as Record<CutName, { days: Map<string, Days>; sums: Map<string, Days> }>;
  // The rows of one month at a time.
  for (const [month, of] of days) {
    const isSame = before !== null && before.all.days.get(month) === of;
    const rows = isSame ? [] : of.rows();
    for (const name of CUT_NAMES) {
      const split_by = CUTS[name];
      const made = (kept: ByMonth | undefined, by_month: boolean): Days =>
        (isSame ? kept?.get(month) : undefined) ?? daysOf(gathered(rows, { split_by, by_month }));
      if (name !== "all") who[name].days.set(month, made(before?.[name].days, false));
      who[name].sums.set(month, made(before?.[name].sums, true));
    }
  }
  return who;
};

const inOrder = (months: [string, Days][]): Map<string, Days> =>
  new Map(months.sort(([a], [b]) => byName(a, b)));

export const monthOf = ({ date }: Pick<DailySpend, "date">): string => date.slice(0, 7);

/** What `get_daily_spend` answers, from a model. */
export const dailySpend = (
  { months, who }: Pick<ReadModel, "months" | "who">,
  { from_date, to_date, ...split }: DailySpendQuery,
): DailySpend[] => {
  const from = from_date ?? "";
  const to = to_date ?? LAST_DAY;
  // Sums by whose they are also are the shortest way to those of whole days.
  const isBrief = split.split_by.length > 0 && !split.split_by.some(isOfWho);
  const cut = who !== null && !isBrief ? who[cutFor(split.split_by)] : null;
  const sums = split.by_month === true ? cut?.sums : undefined;
  const rows = [...(cut?.days ?? months)]
    .filter(([month]) => month >= from.slice(0, 7) && month <= to.slice(0, 7))
    .flatMap(([month, rows]) => {
      if (`${month}-01` >= from && lastOfMonth(`${month}-01`) <= to) return (sums?.get(month) ?? rows).rows();
      return wholeIn(sums?.get(month), from, to) ?? rows.rows(from, to);
    });
  return gathered(rows, split);
};

/** The sums of a month, if all of its days with records are between two dates. */
const wholeIn = (sums: Days | undefined, from: string, to: string): DailySpend[] | null => {
  const rows = sums?.rows();
  return rows?.every(({ date, last_date }) => date >= from && last_date <= to) ? rows : null;
};

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
  const plain = Object.fromEntries(merged.map((key) => [key, null]));
  const isMerged = by_month || merged.some((key) => rows.some((row) => row[key] !== null));
  if (!isMerged) return [...rows];
  const keyOf = (row: Row): string => {
    const date = by_month ? monthOf(row) : row.date;
    return JSON.stringify([date, row.provider, ...split_by.map((key) => (row as FineSpend)[key])]);
  };
  return groupsOf(rows, keyOf).map((group) => {
    const [first] = group;
    if (group.length === 1) return { ...first, ...plain };
    const { from, to } = datesOf(group);
    const dates = { date: from ?? first.date, last_date: to ?? first.last_date };
    return { ...first, ...plain, ...dates, ...sumSpend(group), ...listsOf(group) };
  });
};
