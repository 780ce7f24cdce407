import { groupsOf } from "../../reports/groups.js";
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
import type { ByMonth, Days, ReadModel } from "./read-model.js";

/** The columns of a row, in the order in which it is written. */
const COLUMNS = Object.keys({
  date: 0,
  last_date: 0,
  provider: 0,
  model: 0,
  kind: 0,
  method: 0,
  account: 0,
  project: 0,
  api_key: 0,
  agent: 0,
  cost_usd: 0,
  usage_usd: 0,
  extra_usage_usd: 0,
  subscription_usd: 0,
  fee_usd: 0,
  tax_usd: 0,
  credit_usd: 0,
  estimated_usd: 0,
  hidden_estimate_usd: 0,
  included_usd: 0,
  topup_usd: 0,
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  request_count: 0,
  record_count: 0,
  billed_count: 0,
  unpriced_tokens: 0,
  in_bill_tokens: 0,
} satisfies Record<keyof DailySpend, 0>) as (keyof DailySpend)[];

/** How `months` of a model are split. */
export const BRIEF = { split_by: ["model", "kind", "method"] } as const;

/** Whether only `who` of a model is split so. */
export const isOfWho = (key: SplitKey): boolean => !(BRIEF.split_by as readonly SplitKey[]).includes(key);

/** The days of one month as they stand in a file; of many months, few are read. */
export const daysOfLine = (line: Buffer): Days => ({
  get text() {
    return line.toString("utf8");
  },
  rows: () =>
    (JSON.parse(line.toString("utf8")) as unknown[][]).map(
      (cells) =>
        Object.fromEntries(COLUMNS.map((column, at) => [column, cells[at]])) as unknown as DailySpend,
    ),
});

const daysOf = (rows: readonly DailySpend[]): Days => ({
  text: JSON.stringify(rows.map((row) => COLUMNS.map((column) => row[column]))),
  rows: () => [...rows],
});

export const byMonth = (rows: readonly DailySpend[]): Map<string, Days> =>
  new Map(groupsOf(rows, monthOf).map((group) => [monthOf(group[0]), daysOf(group)]));

/** @param rows all rows of these dates, in order */
export const withDates = (
  months: ByMonth,
  dates: ReadonlySet<string>,
  rows: readonly DailySpend[],
): Map<string, Days> => {
  const fresh = new Map(groupsOf(rows, monthOf).map((group) => [monthOf(group[0]), group]));
  const touched = new Set([...dates].map((date) => date.slice(0, 7)));
  const changed = [...touched].flatMap((month): [string, Days][] => {
    const kept =
      months
        .get(month)
        ?.rows()
        .filter(({ date }) => !dates.has(date)) ?? [];
    const all = [...kept, ...(fresh.get(month) ?? [])].sort(
      (a, b) => Number(a.date > b.date) - Number(a.date < b.date),
    );
    return all.length > 0 ? [[month, daysOf(all)]] : [];
  });
  const others = [...months].filter(([month]) => !touched.has(month));
  return inOrder([...others, ...changed]);
};

/** The sums of each month; those of months that are the same as before stay. */
export const sumsOf = (days: ByMonth, before?: NonNullable<ReadModel["who"]>): Map<string, Days> =>
  new Map(
    [...days].map(([month, rows]) => {
      const same = before?.days.get(month) === rows ? before.sums.get(month) : undefined;
      return [month, same ?? daysOf(gathered(rows.rows(), { split_by: SPLIT_KEYS, by_month: true }))];
    }),
  );

const inOrder = (months: [string, Days][]): Map<string, Days> =>
  new Map(months.sort(([a], [b]) => Number(a > b) - Number(a < b)));

const monthOf = ({ date }: DailySpend): string => date.slice(0, 7);

/** What `get_daily_spend` answers, from a model. */
export const dailySpend = (
  { months, who }: Pick<ReadModel, "months" | "who">,
  { from_date, to_date, ...split }: DailySpendQuery,
): DailySpend[] => {
  const from = from_date ?? "";
  const to = to_date ?? "9999-12-31";
  const days = who !== null && split.split_by.some(isOfWho) ? who.days : months;
  const sums = days === who?.days && split.by_month === true ? who.sums : undefined;
  const rows = [...days]
    .filter(([month]) => month >= from.slice(0, 7) && month <= to.slice(0, 7))
    .flatMap(([month, rows]) => {
      const isWhole = `${month}-01` >= from && lastOfMonth(`${month}-01`) <= to;
      if (isWhole) return (sums?.get(month) ?? rows).rows();
      return rows.rows().filter(({ date }) => date >= from && date <= to);
    });
  return gathered(rows, split);
};

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
    return { ...first, ...plain, ...dates, ...sumSpend(group) };
  });
};
