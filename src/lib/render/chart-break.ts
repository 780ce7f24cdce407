import { type Decimal, ZERO, rounded } from "../money.js";

/** An amount that is drawn shorter than it is, so that others can be told apart. */
export interface Break {
  /** Which of the amounts. */
  at: number;
  /** The highest of the others, without its sign. */
  next: Decimal;
  /** How many times the next it is, in words: `98 times`. */
  times: string;
}

/** An amount this many times the next highest would flatten all others. */
const TIMES = 5;

/** Undefined if no amount is more than five times the next highest; refunds count by their size. */
export const breakOf = (amounts: readonly Decimal[]): Break | undefined => {
  const sizes = amounts.map((amount, at) => ({ at, size: amount.abs() }));
  const [highest, second] = sizes.toSorted((a, b) => b.size.cmp(a.size) || a.at - b.at);
  if (highest === undefined || second === undefined || second.size.eq(0)) return undefined;
  if (!highest.size.gt(second.size.times(TIMES))) return undefined;
  const times = rounded(highest.size.div(second.size), 0).toFixed();
  return { at: highest.at, next: second.size, times: `${times} times` };
};

/** The highest size of some amounts. */
export const highestOf = (amounts: readonly Decimal[]): Decimal =>
  amounts.reduce((most, amount) => (amount.abs().gt(most) ? amount.abs() : most), ZERO);
