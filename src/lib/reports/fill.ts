import {
  daysOfPeriod,
  type Period,
  periodCount,
  periodOf,
  periodsBetween,
  type Span,
} from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { counted, decimal } from "../money.js";
import { groupOf, groupsOf, isTimeKey, rankedKey } from "./groups.js";
import { sorted } from "./order.js";
import type { BlankRow, FilledReport, GroupKey, SpendReport, SpendRow } from "./report.js";
import { BLANK_SPEND, sumSpend } from "./sum.js";

/** More rows than this are a mistake: a range of thousands of years has as many days. */
const MOST_ROWS = 100_000;

/** @param top whether only the biggest groups are shown @throws UserError `fill_group` */
export const checkFill = (groupBy: readonly GroupKey[], top: boolean): void => {
  if (!groupBy.some(isTimeKey)) {
    throw new UserError(
      "fill_group",
      "--fill needs a day, week or month to fill.",
      "For example: --by day --fill",
    );
  }
  if (top && isTimeKey(rankedKey(groupBy))) {
    throw new UserError(
      "fill_group",
      "--fill shows every period, and --top leaves some out.",
      "Use one of the two.",
    );
  }
};

/**
 * Adds a row for each period of the range without records: with two keys, one for each group that the report has. It is
 * blank unless all days of the period have data.
 * @throws UserError `fill_too_long`
 */
export const filledReport = (report: SpendReport): FilledReport => {
  const { group_by, range, rows } = report;
  const time = group_by.find(isTimeKey);
  const { from, to } = range;
  if (time === undefined || from === null || to === null) return report;
  const beside = group_by.filter((key) => key !== time);
  const named = rows.filter((row) => row.others === undefined);
  const groups =
    beside.length === 0 ? [{}] : groupsOf(named, (row) => groupOf(row, beside)).map(([row]) => row);
  checkSize({ from, to }, time, groups.length);
  const known = new Set(rows.map((row) => groupOf(row, group_by)));
  const blanks = periodsBetween(periodOf(from, time), periodOf(to, time), time)
    .flatMap((period) => groups.map((group) => ({ ...group, [time]: period })))
    .filter((row) => !known.has(groupOf(row, group_by)))
    .map((row) => (isKnownEmpty(row, time, report) ? emptyRow(row, report) : blankRow(row, group_by)));
  return { ...report, rows: sorted([...rows, ...blanks], group_by) };
};

type Keys = Partial<Record<GroupKey, string | null>>;

/** Whether all days of a period that the report has are known to have nothing. */
const isKnownEmpty = (row: Keys, time: Period, { range, coverage, group_by }: SpendReport): boolean => {
  const { from, to } = daysOfPeriod(row[time] ?? "", time);
  const span = {
    from: range.from !== null && range.from > from ? range.from : from,
    to: range.to !== null && range.to < to ? range.to : to,
  };
  const known = group_by.includes("provider")
    ? coverage?.providers.find(({ provider }) => provider === row.provider)?.covered
    : coverage?.covered;
  return known?.some((each) => each.from <= span.from && span.to <= each.to) ?? false;
};

const keysOf = (row: Keys, groupBy: readonly GroupKey[]): Keys =>
  Object.fromEntries(groupBy.map((key) => [key, row[key] ?? null]));

const emptyRow = (row: Keys, { group_by, totals }: SpendReport): SpendRow => ({
  ...keysOf(row, group_by),
  ...sumSpend([]),
  share: decimal(totals.cost_usd).gt(0) ? "0.0" : null,
  known_empty: true,
});

const blankRow = (row: Keys, groupBy: readonly GroupKey[]): BlankRow => ({
  ...keysOf(row, groupBy),
  ...BLANK_SPEND,
  share: null,
});

const checkSize = ({ from, to }: Span, time: Period, groups: number): void => {
  const count = periodCount(periodOf(from, time), periodOf(to, time), time) * groups;
  if (count <= MOST_ROWS) return;
  throw new UserError(
    "fill_too_long",
    `--fill would show ${counted(count, "row")}.`,
    "Use a shorter --range, or --by month.",
  );
};
