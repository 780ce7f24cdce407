import { type Period, WEEKDAYS } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { type Decimal, ZERO } from "../money.js";
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

/** Whether groups of this key have an order of their own, that of time. */
export const isInOrder = (key: GroupKey): boolean => isTimeKey(key) || key === "weekday" || key === "hour";

/** The key that `--top` cuts to the biggest groups: the first without an order of its own, else the first. */
export const rankedKey = (groupBy: readonly GroupKey[]): GroupKey =>
  groupBy.find((key) => !isInOrder(key)) ?? firstKey(groupBy);

export const costsOf = (rows: readonly SpendRow[], key: GroupKey): Map<string | null, Decimal> => {
  const costs = new Map<string | null, Decimal>();
  for (const row of rows) {
    const value = row[key] ?? null;
    costs.set(value, (costs.get(value) ?? ZERO).plus(row.cost_usd));
  }
  return costs;
};

type Keys = Partial<Record<GroupKey, string | null>>;

/** Tells the groups of a report apart. */
export const groupOf = (row: Keys, groupBy: readonly GroupKey[]): string =>
  JSON.stringify(groupBy.map((key) => row[key]));

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

/** The order of the groups of a key by their names. */
export const byValue = (key: GroupKey): ((a: string | null, b: string | null) => number) =>
  key === "weekday" ? byWeekday : byName;

const byWeekday = (a: string | null, b: string | null): number =>
  WEEKDAYS.indexOf(a ?? "") - WEEKDAYS.indexOf(b ?? "");

/** By code unit, the same on every machine; items without a name come last. */
export const byName = (a: string | null, b: string | null): number => {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return a < b ? -1 : Number(a > b);
};
