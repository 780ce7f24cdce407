import { type Decimal, halfEven, rounded, SCALE, storedUnits } from "../money.js";

/**
 * An exact amount where a hundred thousand of them are made of each other: as a number in units of 1e-12 US dollars, which
 * most prices of a token are whole numbers of; as a bigint, a hundred times as slow, in units of 1e-30.
 */
export type Fine = number | bigint;

const NUMBER_SCALE = 12;
/** Enough for a price of a token with 24 decimals for a million. */
const BIGINT_SCALE = 30;
const BIGINTS_IN_NUMBER = 10n ** BigInt(BIGINT_SCALE - NUMBER_SCALE);

/** @param power of ten by which it is divided */
export const fine = (amount: Decimal, power = 0): Fine => {
  const inUnits = amount.times(`1e${NUMBER_SCALE - power}`).toFixed();
  const number = Number(inUnits);
  if (Number.isSafeInteger(number) && !inUnits.includes(".")) return number;
  const decimals = BIGINT_SCALE - power;
  return BigInt(rounded(amount, decimals).times(`1e${decimals}`).toFixed());
};

const asBigint = (amount: Fine): bigint =>
  typeof amount === "bigint" ? amount : BigInt(amount) * BIGINTS_IN_NUMBER;

export const plus = (one: Fine, other: Fine): Fine => {
  if (typeof one === "number" && typeof other === "number") {
    const total = one + other;
    if (Number.isSafeInteger(total)) return total;
  }
  return asBigint(one) + asBigint(other);
};

/** @param count a whole number */
export const times = (amount: Fine, count: number): Fine => {
  if (typeof amount === "number") {
    const total = amount * count;
    if (Number.isSafeInteger(total)) return total;
  }
  return asBigint(amount) * BigInt(count);
};

/** So many tenths of an amount. */
export const tenthsOf = (amount: Fine, tenths: bigint): Fine => (asBigint(amount) * tenths) / 10n;

/** As `stored`. */
export const storedFine = (amount: Fine): string | null =>
  storedUnits(typeof amount === "number" ? roundedNumber(amount) : halfEven(amount, BIGINTS_KEPT));

const NUMBERS_KEPT = 10 ** (NUMBER_SCALE - SCALE);
const BIGINTS_KEPT = 10n ** BigInt(BIGINT_SCALE - SCALE);

/** As `halfEven`. */
const roundedNumber = (amount: number): number => {
  const size = Math.abs(amount);
  const rest = size % NUMBERS_KEPT;
  const below = (size - rest) / NUMBERS_KEPT;
  const isUp = rest * 2 > NUMBERS_KEPT || (rest * 2 === NUMBERS_KEPT && below % 2 === 1);
  const kept = isUp ? below + 1 : below;
  return amount < 0 ? -kept : kept;
};
