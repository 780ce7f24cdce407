import type { Coverage, DailySpend } from "../api.js";
import type { Span } from "../dates/ranges.js";
import { decimal, type Decimal, plain, toScale } from "../money.js";
import { daysAfter, daysCount, lastOfMonth } from "../dates/days.js";
import { UserError } from "../errors.js";
import type { StoredRates } from "../record/rates.js";
import { coverageOf, knownProviders } from "./coverage.js";
import { missingWarnings } from "./coverage-warnings.js";
import { Exchange, roundedCost } from "./currency.js";
import { countDays, type DaySpans, holdsDay, together, within } from "./day-spans.js";
import { type Ahead, expectedMonth, isFresh, type KnownCharge } from "./expected.js";
import {
  BLANK_SPEND,
  type BlankSpend,
  flatOf,
  type InCurrency,
  meteredIn,
  meteredOf,
  type Spend,
  sumSpend,
} from "./sum.js";
import { unpricedWarnings } from "./not-priced.js";

/** The JSON contract of `aicost today --json`. Money is decimal strings in US dollars. */
export interface TodaySpend {
  date: string;
  timezone: string;
  /** Every field is null if nothing is known of the day. */
  today: Spend | BlankSpend;
  yesterday: Spend | BlankSpend;
  /** From the first of the month to today, ends included. */
  month: Spend | BlankSpend;
  /** The month's total at the rate of its days with data, with renewals to come; null if it has none. */
  pace_usd: string | null;
  /** What it is shown in, if that is another currency than dollars. */
  currency?: string;
  /** The pace in that currency. */
  pace?: string | null;
  /** What it was to be shown in, if a day has no rate: all is in dollars. */
  not_in?: string;
  /** The month's total by a forecast; null without a fresh one, or if forecasts are turned off. */
  expected_usd: string | null;
  /** As of `pace`. */
  expected?: string | null;
  /** The last day with data, today at most; null if no import or key tells of any. */
  data_to: string | null;
  /** When these figures were current, RFC 3339 in UTC. */
  as_of: string;
  /** False if newer spend may exist. */
  current: boolean;
  /** Absent without budgets. */
  budgets?: TodayBudget[];
  /** What the figures leave out. */
  warnings: string[];
}

/** What is spent of a budget. Amounts are decimal strings in its currency, null if nothing is known. */
export interface TodayBudget {
  name: string;
  amount: string;
  currency: string;
  from: string;
  to: string;
  spent: string | null;
  percent: string | null;
  exceeded: boolean | null;
  is_estimated: boolean;
  is_least: boolean;
}

/** The month and the day before it. */
export const daysOfToday = (date: string): Span => {
  const first = firstOf(date);
  const yesterday = daysAfter(date, -1);
  return {
    from: yesterday < first ? yesterday : first,
    to: lastOfMonth(date),
  };
};

/** @param days rows of at least `daysOfToday` */
export const todaySpend = (
  days: readonly DailySpend[],
  coverage: Coverage,
  known: Pick<TodaySpend, "date" | "timezone" | "as_of" | "current">,
  ahead: Ahead = { forecast: null, charges: [] },
): TodaySpend => {
  const { date, timezone, as_of, current } = known;
  const covered = together(knownProviders(coverage).map(([, spans]) => within(spans, until(date))));
  const soFar = { from: firstOf(date), to: date };
  const of = ({ from, to }: Span): Spend | BlankSpend => {
    const found = days.filter((day) => day.date >= from && day.date <= to);
    return found.length > 0 || within(covered, { from, to }).length > 0 ? sumSpend(found) : BLANK_SPEND;
  };
  const yesterday = daysAfter(date, -1);
  return {
    date,
    timezone,
    today: of({ from: date, to: date }),
    yesterday: of({ from: yesterday, to: yesterday }),
    month: of(soFar),
    pace_usd: within(covered, soFar).length > 0 ? pace(days, coverage, date, ahead.charges) : null,
    expected_usd: expectedIn(ahead, { days, coverage, date }),
    data_to: covered.at(-1)?.[1] ?? null,
    as_of,
    current,
    warnings: [
      ...unpricedWarnings(days.filter((day) => day.date <= date)),
      ...missingWarnings(coverageOf(coverage, soFar), coverage, soFar),
    ],
  };
};

const expectedIn = (
  { forecast, charges }: Ahead,
  known: { days: readonly DailySpend[]; coverage: Coverage; date: string },
): string | null => {
  if (forecast === null || !isFresh(forecast, known.date)) return null;
  const expected = expectedMonth(forecast, { ...known, charges });
  return expected && plain(toScale(expected.total));
};

/** What is known of today, in dollars, and as people see it. */
export interface TodaySpends {
  spend: TodaySpend;
  /** In another currency if they prefer that. */
  shown: TodaySpend;
}

/** What today is known by. */
interface TodayAnswers {
  days: readonly DailySpend[];
  coverage: Coverage;
  currency: string;
  /** What is stored of the currency; null for dollars. */
  rates: StoredRates | null;
  ahead: Ahead;
}

/**
 * As `todaySpend`. If a day has no rate, people see dollars, and that they do.
 */
export const todaySpends = (
  { days, coverage, currency, rates, ahead }: TodayAnswers,
  known: Parameters<typeof todaySpend>[2],
): TodaySpends => {
  if (rates === null) {
    const spend = todaySpend(days, coverage, known, ahead);
    return { spend, shown: spend };
  }
  const exchange = new Exchange(currency, rates);
  // No rate is known yet for what is charged later this month.
  const dayOf = ({ date }: DailySpend): string => (date < known.date ? date : known.date);
  try {
    const shown = todaySpend(
      days.map((day) => exchange.shown(day, dayOf(day))),
      coverage,
      known,
      aheadIn(exchange, ahead, known.date),
    );
    const beside = todaySpend(
      days.map((day) => exchange.beside(day, dayOf(day))),
      coverage,
      known,
      ahead,
    );
    const spend = eachPart(beside, ({ cost = "0" }) => ({ currency, cost: roundedCost(cost) }));
    const in_currency = { currency, pace: shown.pace_usd, expected: shown.expected_usd };
    const ofParts = eachPart(shown, () => ({ currency }));
    return { spend: { ...spend, ...in_currency }, shown: { ...ofParts, currency } };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== "currency_rate_missing") throw error;
    const spend = todaySpend(days, coverage, known, ahead);
    const warnings = [...spend.warnings, `${error.message} Amounts are in US dollars.`];
    const told = { ...spend, not_in: currency, warnings };
    return { spend: told, shown: told };
  }
};

/** At the rate of today: that of a later day is not known. */
const aheadIn = (exchange: Exchange, { forecast, charges }: Ahead, today: string): Ahead => ({
  forecast: forecast && {
    ...forecast,
    days: forecast.days.map(([day, cost, ...bands]) => [day, exchange.amount(cost, today), ...bands]),
  },
  charges: charges.map(({ date, usd }) => ({ date, usd: exchange.amount(usd, today) })),
});

/** Also of days without spend. */
const eachPart = (spend: TodaySpend, more: (part: Spend) => InCurrency): TodaySpend => {
  const { today, yesterday, month } = spend;
  const added = (part: Spend | BlankSpend): Spend | BlankSpend =>
    part.cost_usd === null ? part : { ...part, ...more(part) };
  return { ...spend, today: added(today), yesterday: added(yesterday), month: added(month) };
};

/** Whether nothing is recorded and no day is known to have nothing. */
export const isUnknown = ({ month, yesterday, data_to }: TodaySpend): boolean =>
  data_to === null && month.cost_usd === null && yesterday.cost_usd === null;

/**
 * What is metered goes on at the daily rate of each provider, today as a whole day; that of days with data counts as it is.
 * So do the rest, even on future days, and what a provider has without any. Renewals of the month that are to come count, too.
 */
const pace = (
  days: readonly DailySpend[],
  coverage: Coverage,
  date: string,
  charges: readonly KnownCharge[],
): string => {
  const month = days.filter((day) => firstOf(day.date) === firstOf(date));
  const providers = new Map(knownProviders(coverage));
  const metered = [...new Set(month.map(({ provider }) => provider))].map((provider) =>
    meteredPace(
      month.filter((day) => day.provider === provider && day.date <= date),
      within(providers.get(provider) ?? [], { from: firstOf(date), to: date }),
      date,
    ),
  );
  const coming = charges
    .filter((charge) => charge.date > date && charge.date <= lastOfMonth(date))
    .map(({ usd }) => decimal(usd));
  return plain(
    toScale([...metered, ...coming].reduce((sum, each) => sum.plus(each), flatOf(sumSpend(month)))),
  );
};

const meteredPace = (days: readonly DailySpend[], covered: DaySpans, date: string): Decimal => {
  const soFar = meteredIn(days);
  const known = countDays(covered);
  if (known === 0) return soFar;
  const outside = days.filter((day) => !holdsDay(covered, day.date) && !meteredOf(day).eq(0));
  const others = new Set(outside.map((day) => day.date)).size;
  const left = daysCount(firstOf(date), lastOfMonth(date)) - known - others;
  return soFar.plus(meteredIn(days).minus(meteredIn(outside)).times(left).div(known));
};

const firstOf = (date: string): string => `${date.slice(0, 7)}-01`;

const until = (to: string) => ({ from: null, to });
