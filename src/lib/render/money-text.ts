import { decimal, formatUsd, grouped } from "../money.js";

export { formatUsd };

export const formatUsdChange = (amount: string): string =>
  decimal(amount).gt(0) ? `+${formatUsd(amount)}` : formatUsd(amount);

export const NOTHING_STATED = "–";

export const formatCount = (count: number | null): string =>
  count === null ? NOTHING_STATED : grouped(String(count));

/** A dash for zero, which here means that no amount is known. */
export const usdOrDash = (amount: string): string =>
  decimal(amount).eq(0) ? NOTHING_STATED : formatUsd(amount);

/** Blank for zero, which here means that nothing is recorded. */
export const usdOrBlank = (amount: string): string => (decimal(amount).eq(0) ? "" : formatUsd(amount));

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

export const formatPercent = (percent: string | null): string =>
  percent === null ? NOTHING_STATED : `${percent}%`;

export const formatPercentChange = (percent: string | null): string =>
  percent !== null && Number(percent) > 0 ? `+${percent}%` : formatPercent(percent);
