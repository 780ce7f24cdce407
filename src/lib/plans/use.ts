import type { DailySpend } from "../api.js";
import { daysAfter, daysCount } from "../dates/days.js";
import type { Span } from "../dates/ranges.js";
import { type Decimal, decimal, plain, quotient, sum, toScale, ZERO } from "../money.js";
import { isMetered } from "../record/kinds.js";
import { planProvider } from "../subscriptions/plans.js";

/** So far back use is looked at: three months of 30 days. */
export const USE_DAYS = 90;
const MONTH_DAYS = 30;

/** Use of a plan in 30 days, or in as many as are known. Part of the JSON contract of `aicost plans --json`. */
export interface MonthOfUse extends Span {
  days: number;
  /** What the plan covered, at API list price. */
  included_usd: string;
  /** What was charged beyond the plan. */
  extra_usd: string;
}

export interface PlanUse {
  /** Days with use in the last 90. */
  days_of_use: number;
  /** The first of them, or the first day of the plan if that is later. */
  from: string;
  to: string;
  /** In order. Whole months only, or one part of a month if there is no whole one. */
  months: MonthOfUse[];
  /** Tokens that have no price: what they are worth is not known. */
  unpriced_tokens: number;
}

interface Looked {
  /** Of at least the last 90 days, by kind and agent. */
  days: readonly DailySpend[];
  provider: string;
  /** The first day of the plan. */
  since: string;
  today: string;
}

/** What is known of the use of a plan; null if no use was seen. */
export const useOf = ({ days, provider, since, today }: Looked): PlanUse | null => {
  const agents = planProvider(provider)?.agents ?? [];
  const window = daysAfter(today, 1 - USE_DAYS);
  const first = since > window ? since : window;
  const used = days
    .filter(({ date }) => date >= first && date <= today)
    .map((day) => ({ day, ...partsOf(day, provider, agents) }))
    .filter(({ included, extra, unpriced }) => !included.eq(0) || !extra.eq(0) || unpriced > 0);
  const dates = used.map(({ day }) => day.date).sort();
  const [from] = dates;
  if (from === undefined) return null;
  return {
    days_of_use: new Set(dates).size,
    from,
    to: today,
    months: monthsOf(from, today).map(({ from, to }) => {
      const within = used.filter(({ day }) => day.date >= from && day.date <= to);
      return {
        ...{ from, to, days: daysCount(from, to) },
        included_usd: plain(total(within.map(({ included }) => included))),
        extra_usd: plain(total(within.map(({ extra }) => extra))),
      };
    }),
    unpriced_tokens: used.reduce((count, { unpriced }) => count + unpriced, 0),
  };
};

/** What of a day is use of a plan: what it covered, and what its provider charged beyond it. */
const partsOf = (day: DailySpend, provider: string, agents: readonly string[]) => {
  const isOfAgent = day.agent !== null && agents.includes(day.agent);
  const isOfProvider = day.provider === provider && day.kind !== null && isMetered(day.kind);
  const included = isOfAgent || isOfProvider ? decimal(day.included_usd) : ZERO;
  const extra = isOfProvider ? sum([day.usage_usd, day.extra_usage_usd, day.estimated_usd]) : ZERO;
  return { included, extra, unpriced: isOfProvider ? day.unpriced_tokens : 0 };
};

const total = (amounts: readonly Decimal[]): Decimal =>
  amounts.reduce((before, amount) => before.plus(amount), ZERO);

/** Whole months of 30 days up to today; one shorter one if there is none. */
const monthsOf = (from: string, today: string): Span[] => {
  const count = Math.floor(daysCount(from, today) / MONTH_DAYS);
  if (count === 0) return [{ from, to: today }];
  return Array.from({ length: count }, (_, at) => {
    const to = daysAfter(today, -MONTH_DAYS * (count - 1 - at));
    return { from: daysAfter(to, 1 - MONTH_DAYS), to };
  });
};

/** An amount of some days as that of 30. */
export const asMonth = (usd: string, days: number): Decimal =>
  days === MONTH_DAYS
    ? decimal(usd)
    : toScale(quotient(decimal(usd).times(MONTH_DAYS), decimal(String(days))));
