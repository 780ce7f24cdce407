import { UserError } from "../errors.js";
import { type Decimal, ZERO, decimal } from "../money.js";
import { byValue, groupOf, isInOrder, rankedKey } from "./groups.js";
import { tokensOf } from "./ratios.js";
import { type BlankRow, type GroupKey, isBlank, type SpendRow } from "./report.js";

export const SORT_KEYS = ["cost", "name", "tokens", "change"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface Order {
  /** Without it, groups with an order of their own are in that, and others by cost. */
  sort?: SortKey | undefined;
  /** Turns the order round; the sum of the others, and what is not known, stay last. */
  reverse?: boolean;
}

/** @param compared whether the rows are compared @throws UserError `bad_sort` */
export const checkOrder = ({ sort }: Order, compared: boolean): void => {
  if (sort !== "change" || compared) return;
  throw new UserError(
    "bad_sort",
    "--sort change needs a comparison of each row.",
    "Add --compare, and group by something else than a period, for example: --by provider --compare",
  );
};

type Row = SpendRow | BlankRow;

/**
 * The rows in order: the biggest or the most first, names from A to Z, periods from early to late. In a pivot, the groups
 * of the first key are in this order, and so are the rows in each. Equal ones are by name.
 */
export const sorted = <Each extends Row>(
  rows: readonly Each[],
  groupBy: readonly GroupKey[],
  { sort, reverse = false }: Order = {},
): Each[] => {
  const orders = groupBy.map((key, i) => {
    const by = sort ?? (isInOrder(key) ? "name" : "cost");
    const keys = groupBy.slice(0, i + 1);
    const amountOf =
      by === "name" ? () => null : amountsOf(rows, by, keys.length < groupBy.length ? keys : null);
    return comparator<Each>(key, { by, reverse, amountOf, ranked: rankedKey(groupBy) });
  });
  return rows.toSorted((a, b) => orders.reduce((order, compare) => order || compare(a, b), 0));
};

interface Comparing<Each> {
  by: SortKey;
  reverse: boolean;
  /** What the group of a row sums to; null if that is not known. */
  amountOf: (row: Each) => Decimal | null;
  /** The key that has a sum of the others. */
  ranked: GroupKey;
}

const comparator =
  <Each extends Row>(key: GroupKey, { by, reverse, amountOf, ranked }: Comparing<Each>) =>
  (a: Each, b: Each): number => {
    const last = key === ranked ? Number(isOther(a)) - Number(isOther(b)) : 0;
    const sign = reverse ? -1 : 1;
    const name = byValue(key)(a[key] ?? null, b[key] ?? null);
    return last || sign * mostFirst(amountOf(a), amountOf(b), sign) || (by === "name" ? sign * name : name);
  };

const isOther = (row: Row): boolean => !isBlank(row) && row.others !== undefined;

const mostFirst = (a: Decimal | null, b: Decimal | null, sign: number): number => {
  if (a === null || b === null) return sign * (Number(a === null) - Number(b === null));
  return b.cmp(a);
};

/** What each group of some keys sums to. @param keys null if each row is a group of its own */
const amountsOf = <Each extends Row>(
  rows: readonly Each[],
  by: Exclude<SortKey, "name">,
  keys: readonly GroupKey[] | null,
): ((row: Each) => Decimal | null) => {
  const own = new Map(rows.map((row) => [row, isBlank(row) ? null : MEASURES[by](row)]));
  if (keys === null) return (row) => own.get(row) ?? null;
  const sums = new Map<string, Decimal>();
  for (const [row, amount] of own) {
    const key = groupOf(row, keys);
    if (amount !== null) sums.set(key, (sums.get(key) ?? ZERO).plus(amount));
  }
  const amounts = new Map(rows.map((row) => [row, sums.get(groupOf(row, keys)) ?? null]));
  return (row) => amounts.get(row) ?? null;
};

const MEASURES: Record<Exclude<SortKey, "name">, (row: SpendRow) => Decimal | null> = {
  cost: (row) => decimal(row.cost_usd),
  tokens: (row) => {
    const tokens = tokensOf(row);
    return tokens === null ? null : decimal(String(tokens));
  },
  change: ({ change_usd = null }) => (change_usd === null ? null : decimal(change_usd)),
};
