import { daysCount } from "../dates/days.js";
import { UserError } from "../errors.js";
import { type Decimal, decimal, plain, quotient, rounded } from "../money.js";
import { own } from "../system/own.js";

/** What a currency is converted with. It may go to another thread. */
export interface Rates {
  /** US dollars for one unit, by currency, as decimal strings: what was typed for this call. It holds on every day. */
  given?: Readonly<Record<string, string>>;
  /** By currency. What is stored of one that is absent was not asked. */
  stored?: Readonly<Record<string, StoredRates>>;
}

/** What is stored of one currency. Days are UTC dates, in ascending order; amounts are decimal strings. */
export interface StoredRates {
  /** US dollars for one unit on days without a dated rate; null if the user set none. */
  undated: string | null;
  /** Set by the user: US dollars for one unit. */
  set: readonly (readonly [day: string, usd: string])[];
  /** Of the European Central Bank: US dollars and units of the currency for one euro; null if it names none that day. */
  ecb: readonly (readonly [day: string, usd: string, units: string | null])[];
}

/** What the European Central Bank says of one day: units of each currency for one euro, as decimal strings. */
export interface RateDay {
  /** Calendar date. */
  day: string;
  /** By code in upper case, without those that have no rate; with that of the dollar. */
  rates: Record<string, string>;
}

export const NOTHING_STORED: StoredRates = { undated: null, set: [], ecb: [] };

/** `given` with the command, `set` by the user for good, or of the European Central Bank. */
export type RateSource = "given" | "set" | "ecb";

/** How one currency is converted to another: `to` units of it for `from` units. */
export interface Rate {
  from: Decimal;
  to: Decimal;
  /** The day of the rate; null if it holds on every day. */
  date: string | null;
  source: RateSource | null;
}

/** Why there is no rate. */
export interface NoRate {
  currency: string;
  /** `unknown_currency`: no file of the European Central Bank has it. */
  error: "no_rate" | "unknown_currency";
  /** As the second half of a sentence. */
  why: string;
}

/** Older rates say nothing of a day. */
export const MOST_DAYS = 7;

/** All that the European Central Bank has or had a rate of, and the euro. */
const OF_ECB: ReadonlySet<string> = new Set(
  (
    "EUR USD JPY BGN CYP CZK DKK EEK GBP HUF LTL LVL MTL PLN ROL RON SEK SIT SKK CHF ISK NOK HRK RUB TRL TRY AUD " +
    "BRL CAD CNY HKD IDR ILS INR KRW MXN MYR NZD PHP SGD THB ZAR"
  ).split(" "),
);

const ONE = decimal("1");
const DOLLARS: Rate = { from: ONE, to: ONE, date: null, source: null };

/**
 * The rate of a day: both currencies against the dollar, by the newest dated rate of each on or before the day, at most
 * seven days old, else by one without a date. An ECB day on which a currency has no rate is one without.
 * @param day calendar date
 */
export const rateBetween = (from: string, to: string, day: string, rates: Rates): Rate | NoRate => {
  const [first, second] = [inDollars(from, day, rates), inDollars(to, day, rates)];
  if ("error" in first) return first;
  if ("error" in second) return second;
  return {
    from: first.from.times(second.to),
    to: first.to.times(second.from),
    date: [first.date, second.date].filter((date) => date !== null).sort()[0] ?? null,
    source: first.source ?? second.source,
  };
};

/** US dollars for units of a currency. */
const inDollars = (currency: string, day: string, { given = {}, stored = {} }: Rates): Rate | NoRate => {
  if (currency === "USD") return DOLLARS;
  const typed = own(given, currency);
  if (typed !== undefined) return { from: ONE, to: decimal(typed), date: null, source: "given" };
  const known = own(stored, currency) ?? NOTHING_STORED;
  const set = upTo(known.set, day);
  const bank = upTo(known.ecb, day);
  const isOfBank = bank !== undefined && bank[2] !== null && isNear(bank[0], day);
  if (set !== undefined && isNear(set[0], day) && !(isOfBank && bank[0] > set[0]))
    return { from: ONE, to: decimal(set[1]), date: set[0], source: "set" };
  if (isOfBank) return { from: decimal(bank[2] ?? "1"), to: decimal(bank[1]), date: bank[0], source: "ecb" };
  if (known.undated !== null) return { from: ONE, to: decimal(known.undated), date: null, source: "set" };
  return noRate(currency, day, known);
};

/** The last one on or before a day. */
const upTo = <Dated extends readonly [string, ...unknown[]]>(
  dated: readonly Dated[],
  day: string,
): Dated | undefined => {
  let [low, high] = [0, dated.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((dated[middle]?.[0] ?? "") <= day) low = middle + 1;
    else high = middle;
  }
  return dated[low - 1];
};

/** In days. */
const ageOf = (date: string, day: string): number => daysCount(date, day) - 1;

const isNear = (date: string, day: string): boolean => ageOf(date, day) <= MOST_DAYS;

const noRate = (currency: string, day: string, { set, ecb }: StoredRates): NoRate => {
  if (!OF_ECB.has(currency) && set.length === 0 && ecb.every(([, , units]) => units === null))
    return { currency, error: "unknown_currency", why: `${currency} is in no ECB file` };
  return { currency, error: "no_rate", why: whyNot(currency, day, { set, ecb }) };
};

const whyNot = (currency: string, day: string, { set, ecb }: Pick<StoredRates, "set" | "ecb">): string => {
  const bank = upTo(ecb, day);
  if (bank !== undefined && bank[2] === null && isNear(bank[0], day))
    return `${currency} is N/A on ${bank[0]}`;
  const named = ecb.flatMap(([date, , units]) => (units === null ? [] : [date]));
  const dates = [...named, ...set.map(([date]) => date)].sort();
  const newest = dates.findLast((date) => date <= day);
  if (newest !== undefined)
    return `newest rate on or before that day is of ${newest}, ${ageOf(newest, day)} days older (limit ${MOST_DAYS})`;
  return dates[0] === undefined ? `no rate of ${currency} is stored` : `first rate is of ${dates[0]}`;
};

/** @param currency in upper case @param day calendar date @throws UserError `currency_rate_missing` */
export const rateOn = (currency: string, day: string, rates: Rates): Rate => {
  const rate = rateBetween(currency, "USD", day, rates);
  if ("error" in rate) throw rateMissing(rate, day, `--rate ${currency}=NUMBER, or for good: `);
  return rate;
};

/** No rate is ever guessed. @param forOnce how to give one with the command, if it takes any */
export const rateMissing = ({ currency, error, why }: NoRate, day: string, forOnce = ""): UserError => {
  const set = `aicost rates set ${currency} NUMBER`;
  const ways = [
    `Give the US dollars for one ${currency}: ${forOnce}${set} (with --date ${day} for that day and the week after it)`,
    ...(error === "unknown_currency"
      ? []
      : [
          "Or use those of the European Central Bank: aicost rates update, or aicost rates import eurofxref-hist.zip",
        ]),
  ];
  return new UserError(
    "currency_rate_missing",
    `There is no rate for ${currency} on ${day}: ${why}.`,
    ways.join("\n"),
    { details: { currency, day, reason: error } },
  );
};

/** Exact to forty decimals: to be rounded when it is shown, or kept. */
export const converted = (amount: Decimal, { from, to }: Pick<Rate, "from" | "to">): Decimal =>
  from.eq(ONE) ? amount.times(to) : quotient(amount.times(to), from);

/** So many digits of a quotient that an amount times the rate is right to the last decimal that is kept. */
const RATE_DECIMALS = 20;

/** A rate as a decimal string. */
export const rateText = (rate: Pick<Rate, "from" | "to">): string =>
  plain(rate.from.eq(ONE) ? rate.to : rounded(converted(ONE, rate), RATE_DECIMALS));

/** What is kept of an amount that was converted. */
export interface Original {
  /** ISO 4217. */
  currency: string;
  amount: string;
  /** US dollars for one unit. */
  rate: string;
  /** Calendar date; absent for one that holds on every day. */
  rate_date?: string;
  /** Absent in what an older version kept. */
  rate_source?: RateSource;
}

export const originalOf = (currency: string, amount: Decimal, rate: Rate): Original => ({
  currency,
  amount: plain(amount),
  rate: rateText(rate),
  ...(rate.date !== null && { rate_date: rate.date }),
  ...(rate.source !== null && { rate_source: rate.source }),
});
