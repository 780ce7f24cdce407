import Big from "big.js";

/** An exact decimal amount. Money is never a floating-point number in this program. */
export type Decimal = Big;

/** What the database keeps: numeric(18,10). */
const SCALE = 10;
const LIMIT = new Big("1e8");

export const ZERO: Decimal = new Big(0);

/** @throws if the text is not a number */
export const decimal = (text: string): Decimal => new Big(text);

export const sum = (amounts: Iterable<string>): Decimal => {
  let total = ZERO;
  for (const amount of amounts) total = total.plus(amount);
  return total;
};

/** A plain decimal string without exponent, trailing zeros or negative zero: what the JSON output holds. */
export const plain = (amount: Decimal): string => (amount.eq(0) ? "0" : amount.toFixed());

/**
 * Rounded half-even to 10 decimals; null if too large for numeric(18,10). An amount below 5e-11 is kept as 0: a
 * hundred million of them are half a cent.
 */
export const stored = (amount: Decimal): string | null => {
  const kept = rounded(amount, SCALE);
  return kept.abs().gte(LIMIT) ? null : plain(kept);
};

/** As machines write it: most amounts of a large file. */
const PLAIN = /^\d+(?:\.\d+)?$/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,5})?$/;
/** No number with thousands begins with 0: `0,125` is an eighth. */
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/;

/**
 * Reads an amount as providers write it: `1204.50`, `$1,204.50`, `-0.01`, `(0.01)`, `0E-6176`, `1.2e-7`.
 * @returns null if the text is not an unambiguous number; `1,23` is refused, because it may be 1.23 or 123
 */
export const parseAmount = (text: string): Decimal | null => {
  if (PLAIN.test(text)) return new Big(text);
  let body = text.trim();
  const negative = /^\(.*\)$/.test(body);
  if (negative) body = body.slice(1, -1).trim();
  body = body.replace(/^([+-]?)\s*\$\s*/, "$1");
  if (GROUPED.test(body)) body = body.replaceAll(",", "");
  if (!NUMBER.test(body)) return null;
  // (-5) may be -5 or 5.
  if (negative && /^[+-]/.test(body)) return null;
  const amount = new Big(body.replace(/^\+/, ""));
  return negative ? amount.neg() : amount;
};

/** Half-even. */
export const rounded = (amount: Decimal, decimals: number): Decimal =>
  amount.round(decimals, Big.roundHalfEven);

/** With one decimal, for example `12.5`; null if `whole` is zero. */
export const percentOf = (part: Decimal, whole: Decimal): string | null => {
  if (whole.eq(0)) return null;
  const percent = rounded(part.times(100).div(whole), 1);
  return percent.eq(0) ? "0.0" : percent.toFixed(1);
};

/** Digits with a comma between thousands: `1234567.5` → `1,234,567.5`. */
export const grouped = (digits: string): string => digits.replace(/\B(?<!\.\d*)(?=(?:\d{3})+(?!\d))/g, ",");

/** `1 row`, `1,234 rows`. */
export const counted = (count: number, what: string): string =>
  `${grouped(String(count))} ${what}${count === 1 ? "" : "s"}`;
