import type { DueCharge } from "../api.js";
import type { ExpectedDay } from "../reports/expected.js";
import type { Span } from "../dates/ranges.js";
import type { InCurrency } from "../forecast/in-currency.js";
import { type Decimal, decimal, plain, toScale, ZERO } from "../money.js";

/** What there is to pay on a day to come. Part of the JSON contract of `aicost upcoming --json`. */
export type UpcomingRow = Renewal | ExpectedUse;

interface Renewal extends Omit<DueCharge, "due_on"> {
  kind: "renewal";
  date: string;
}

interface ExpectedUse extends ExpectedDay {
  kind: "usage";
}

export interface Upcoming extends Span {
  upcoming: UpcomingRow[];
  totals: {
    renewals_usd: string;
    /** Null without a fresh forecast. */
    usage_usd: string | null;
    total_usd: string;
    /** Renewals that are left out, for want of a rate. */
    not_counted: number;
  };
}

/**
 * What is to come in a span of days, in their order: renewals and, if there is a fresh forecast, the usage that it expects.
 * @param expected what the forecast expects of the days; null if there is no fresh one
 */
export const upcomingOf = (
  span: Span,
  charges: readonly DueCharge[],
  expected: readonly ExpectedDay[] | null,
): Upcoming => {
  const renewals = charges.map(({ due_on, ...charge }): Renewal => ({
    kind: "renewal",
    date: due_on,
    ...charge,
  }));
  const usage = (expected ?? []).map((day): ExpectedUse => ({ kind: "usage", ...day }));
  const renewalsSum = sumOf(renewals);
  const usageSum = sumOf(usage);
  return {
    ...span,
    // Sorting keeps renewals before the usage of their day.
    upcoming: [...renewals, ...usage].sort((a, b) => (a.date < b.date ? -1 : Number(a.date > b.date))),
    totals: {
      renewals_usd: textOf(renewalsSum),
      usage_usd: expected === null ? null : textOf(usageSum),
      total_usd: textOf(renewalsSum.plus(usageSum)),
      not_counted: renewals.filter(({ usd }) => usd === null).length,
    },
  };
};

/** As people see it. */
export const shownUpcoming = (found: Upcoming, { converted }: InCurrency): Upcoming => ({
  ...found,
  upcoming: found.upcoming.map(converted),
  totals: converted(found.totals),
});

const sumOf = (rows: readonly { usd: string | null }[]): Decimal =>
  rows.reduce((sum, { usd }) => (usd === null ? sum : sum.plus(decimal(usd))), ZERO);

const textOf = (amount: Decimal): string => plain(toScale(amount));
