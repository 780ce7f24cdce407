import { groupsOf } from "../../reports/groups.js";
import { sumSpend } from "../../reports/sum.js";
import type { DailySpend, DailySpendQuery } from "../../api.js";
import type { Days, ReadModel } from "./read-model.js";

/** The columns of a row, in the order in which it is written. */
const COLUMNS = Object.keys({
  date: 0,
  provider: 0,
  model: 0,
  kind: 0,
  method: 0,
  cost_usd: 0,
  usage_usd: 0,
  extra_usage_usd: 0,
  subscription_usd: 0,
  fee_usd: 0,
  tax_usd: 0,
  credit_usd: 0,
  estimated_usd: 0,
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
} satisfies Record<keyof DailySpend, 0>) as (keyof DailySpend)[];

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

export const monthsOf = (rows: readonly DailySpend[]): Map<string, Days> =>
  new Map(groupsOf(rows, monthOf).map((group) => [monthOf(group[0]), daysOf(group)]));

/** @param rows all rows of these dates, in order */
export const withDates = (
  months: ReadModel["months"],
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
  return new Map([...others, ...changed].sort(([a], [b]) => Number(a > b) - Number(a < b)));
};

const monthOf = ({ date }: DailySpend): string => date.slice(0, 7);

/** What `get_daily_spend` answers, from a model. */
export const dailySpend = (
  { months }: Pick<ReadModel, "months">,
  { from_date, to_date, in_detail }: DailySpendQuery,
): DailySpend[] => {
  const from = from_date ?? "";
  const to = to_date ?? "9999-12-31";
  const rows = [...months]
    .filter(([month]) => month >= from.slice(0, 7) && month <= to.slice(0, 7))
    .flatMap(([, days]) => days.rows())
    .filter(({ date }) => date >= from && date <= to);
  return in_detail ? rows : inBrief(rows);
};

const inBrief = (rows: readonly DailySpend[]): DailySpend[] =>
  groupsOf(rows, ({ date, provider, model }) => JSON.stringify([date, provider, model])).map((group) => {
    const [{ date, provider, model }] = group;
    return group.length === 1
      ? { ...group[0], kind: null, method: null }
      : { date, provider, model, kind: null, method: null, ...sumSpend(group) };
  });
