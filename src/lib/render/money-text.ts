import { type Decimal, decimal, formatUsd, grouped, roundedOnce } from "../money.js";

export { formatUsd };

/** ISO 4217: the currencies whose amounts are not written with two decimals. */
const DECIMALS: Readonly<Record<number, string>> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
  3: "BHD IQD JOD KWD LYD OMR TND",
};

/** With how many decimals amounts of a currency are written. */
export const decimalsOf = (currency: string): number =>
  Number(Object.keys(DECIMALS).find((count) => DECIMALS[Number(count)]?.includes(currency)) ?? 2);

/** Signs that mean one currency wherever they are read; others have their code. */
const SIGNS: Readonly<Record<string, string>> = {
  ...{ USD: "$", EUR: "€", GBP: "£", JPY: "¥", INR: "₹", KRW: "₩", ILS: "₪", TRY: "₺", UAH: "₴", VND: "₫" },
  ...{ PHP: "₱", NGN: "₦", THB: "฿", BRL: "R$", CAD: "CA$", AUD: "A$", NZD: "NZ$", SGD: "S$", HKD: "HK$" },
  ...{ TWD: "NT$", MXN: "MX$", CNY: "CN¥" },
};

/** What stands before an amount: `€`, or a code and a space that breaks no line. */
export const signOf = (currency = "USD"): string => SIGNS[currency] ?? `${currency}\u00a0`;

/**
 * A decimal string for people: `$1,235.50`, `€12.30`, `¥1,250`. Dollars are rounded half-even, and what was converted
 * half away from zero. An amount below the smallest unit has two significant digits, `$0.00017`, so that only zero is
 * `$0.00`.
 * @param currency ISO 4217, in upper case
 */
export const formatMoney = (amount: string, currency = "USD"): string => {
  if (currency === "USD") return formatUsd(amount);
  const value = decimal(amount);
  const digits = moneyDigits(value.abs(), currency);
  return `${value.lt(0) ? "-" : ""}${signOf(currency)}${digits}`;
};

export const formatMoneyChange = (amount: string, currency?: string): string =>
  `${decimal(amount).gt(0) ? "+" : ""}${formatMoney(amount, currency)}`;

/** Of an amount that is always in dollars. */
export const formatUsdChange = (amount: string): string => formatMoneyChange(amount);

const moneyDigits = (amount: Decimal, currency: string): string => {
  const decimals = decimalsOf(currency);
  if (amount.eq(0) || amount.gte(`1e-${decimals}`))
    return grouped(roundedOnce(amount, decimals).toFixed(decimals));
  const [whole = "0", part = ""] = roundedOnce(amount, 1 - amount.e)
    .toFixed()
    .split(".");
  return `${whole}.${part.padEnd(2, "0")}`;
};

export const NOTHING_STATED = "–";

export const formatCount = (count: number | null): string =>
  count === null ? NOTHING_STATED : grouped(String(count));

/** A dash for zero, which here means that no amount is known. */
export const usdOrDash = (amount: string): string =>
  decimal(amount).eq(0) ? NOTHING_STATED : formatUsd(amount);

/** Blank for zero, which here means that nothing is recorded. */
export const moneyOrBlank = (amount: string, currency?: string): string =>
  decimal(amount).eq(0) ? "" : formatMoney(amount, currency);

export const usdOrBlank = (amount: string): string => moneyOrBlank(amount);

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
