import type { Period } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { type Decimal, ZERO, decimal } from "../money.js";
import { GROUP_KEYS, type GroupKey, type SpendRow } from "./report.js";

/** `key` stands for `api_key`. */
const typed = (key: GroupKey): string => (key === "api_key" ? "key" : key.replace("_", "-"));

/** As people type them. */
export const GROUP_NAMES = GROUP_KEYS.map((key) => typed(key));

/** One key, or two with a comma. @throws UserError `bad_group`, `bad_groups` */
export const parseGroups = (text: string): GroupKey[] => {
  const groups = text.split(",").map((group) => keyNamed(group.trim().toLowerCase().replace("-", "_")));
  const wrong = groups.find((group) => !(GROUP_KEYS as readonly string[]).includes(group));
  if (wrong !== undefined) {
    throw new UserError(
      "bad_group",
      `A report cannot be grouped by “${wrong.replace("_", "-")}”.`,
      `Group by ${GROUP_NAMES.join(", ")}, or by two of them: --by month,provider`,
    );
  }
  const keys = groups as GroupKey[];
  if (keys.length > 2 || new Set(keys).size < keys.length || keys.filter(isTimeKey).length > 1) {
    throw new UserError(
      "bad_groups",
      `A report cannot be grouped by ${text}.`,
      "Give one key, or two with at most one period: --by month,provider",
    );
  }
  return keys;
};

const keyNamed = (name: string): string => (name === "key" ? "api_key" : name);

export const isTimeKey = (key: GroupKey): key is Period => key === "day" || key === "week" || key === "month";

export const firstKey = (groupBy: readonly GroupKey[]): GroupKey => groupBy[0] ?? "day";

/** The key that `--top` cuts to the biggest groups: the first that is not a period, else the first. */
export const rankedKey = (groupBy: readonly GroupKey[]): GroupKey =>
  groupBy.find((key) => !isTimeKey(key)) ?? firstKey(groupBy);

/**
 * The rows in the order of a report: periods ascending, other groups by descending cost, then by name; the sum of the
 * others comes last. In a pivot, the groups of the first key are in this order, and so are the rows in each.
 */
export const sorted = (rows: readonly SpendRow[], groupBy: readonly GroupKey[]): SpendRow[] => {
  const ranked = rankedKey(groupBy);
  const orders = groupBy.map((key, i) => {
    const groupCosts = costsOf(rows, key);
    const costOf = (row: SpendRow): Decimal =>
      i === groupBy.length - 1 ? decimal(row.cost_usd) : (groupCosts.get(row[key] ?? null) ?? ZERO);
    return (a: SpendRow, b: SpendRow): number => {
      const last = key === ranked ? Number(a.others !== undefined) - Number(b.others !== undefined) : 0;
      const bigger = isTimeKey(key) ? 0 : costOf(b).cmp(costOf(a));
      return last || bigger || byName(a[key] ?? null, b[key] ?? null);
    };
  });
  return rows.toSorted((a, b) => orders.reduce((order, compare) => order || compare(a, b), 0));
};

export const costsOf = (rows: readonly SpendRow[], key: GroupKey): Map<string | null, Decimal> => {
  const costs = new Map<string | null, Decimal>();
  for (const row of rows) {
    const value = row[key] ?? null;
    costs.set(value, (costs.get(value) ?? ZERO).plus(row.cost_usd));
  }
  return costs;
};

export type Group<Item> = [Item, ...Item[]];

/** In the order in which the keys first appear. */
export const groupsOf = <Item>(
  items: readonly Item[],
  keyOf: (item: Item, index: number) => string,
): Group<Item>[] => {
  const groups = new Map<string, Group<Item>>();
  items.forEach((item, index) => {
    const key = keyOf(item, index);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  });
  return [...groups.values()];
};

/** By code unit, the same on every machine; items without a name come last. */
export const byName = (a: string | null, b: string | null): number => {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
};
