import { type Decimal, decimal, grouped, rounded } from "../money.js";

const CENT = decimal("0.01");

/**
 * US dollars for people: `$1,235.50`, rounded half-even to cents. An amount below a cent has two significant digits,
 * `$0.00017`, so that only zero is `$0.00`.
 * @param amount a decimal string
 */
export const formatUsd = (amount: string): string => {
  const value = decimal(amount);
  const digits = usdDigits(value.abs());
  return value.lt(0) ? `-$${digits}` : `$${digits}`;
};

/** Like `formatUsd`, with a plus before positive amounts. */
export const formatUsdChange = (amount: string): string =>
  decimal(amount).gt(0) ? `+${formatUsd(amount)}` : formatUsd(amount);

const usdDigits = (amount: Decimal): string => {
  if (amount.eq(0) || amount.gte(CENT)) return grouped(rounded(amount, 2).toFixed(2));
  return rounded(amount, 1 - amount.e)
    .toFixed()
    .replace(/\.(\d)$/, ".$10");
};

/** Stands for a value that no source states. */
export const NOTHING_STATED = "–";

/** A count with commas, `1,234,567`; a dash if no source states it. */
export const formatCount = (count: number | null): string =>
  count === null ? NOTHING_STATED : grouped(String(count));

/** An amount, or a dash for zero, which here means that none is known. @param amount a decimal string */
export const usdOrDash = (amount: string): string =>
  decimal(amount).eq(0) ? NOTHING_STATED : formatUsd(amount);

const UNITS = ["", "k", "M", "B", "T"];

/** A short count with one decimal, `12.7M`; a dash if no source states it. */
export const compactCount = (count: number | null): string => {
  if (count === null) return NOTHING_STATED;
  let value = count;
  let unit = 0;
  // 999,950 is 1.0M, not 1000.0k.
  while (Number(value.toFixed(1)) >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? String(count) : `${value.toFixed(1)}${UNITS[unit]}`;
};

/** A percentage, `12.5%`; a dash if there is none. */
export const formatPercent = (percent: string | null): string =>
  percent === null ? NOTHING_STATED : `${percent}%`;

/** Like `formatPercent`, with a plus before positive values. */
export const formatPercentChange = (percent: string | null): string =>
  percent !== null && Number(percent) > 0 ? `+${percent}%` : formatPercent(percent);
