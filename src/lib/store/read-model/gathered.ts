import { type FineSpend, type DailySpend, type FineSpendQuery, SPLIT_KEYS } from "../../api.js";
import type { Group } from "../../reports/groups.js";
import { listsOf } from "../../reports/price-lists.js";
import { datesOf, sumSpend } from "../../reports/sum.js";
import { monthOf } from "./days.js";

const dateOf = ({ date }: Pick<DailySpend, "date">): string => date;

/** Sums what is not to be told apart. */
export const gathered = <Row extends DailySpend | FineSpend>(
  rows: readonly Row[],
  { split_by, by_month = false }: Pick<FineSpendQuery, "split_by" | "by_month">,
): Row[] => {
  const merged = SPLIT_KEYS.filter((key) => !split_by.includes(key));
  const isMerged = by_month || merged.some((key) => rows.some((row) => row[key] !== null));
  return isMerged ? summed(rows, split_by, by_month ? monthOf : dateOf) : [...rows];
};

/** @param timeOf what tells apart rows of different days */
export const summed = <Row extends DailySpend | FineSpend>(
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
