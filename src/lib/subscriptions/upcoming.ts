import type { Budget, DueCharge } from "../api.js";
import type { ComingExpiry, ComingTopUp, CreditAhead } from "../credits/ahead.js";
import type { ExpectedDay } from "../reports/expected.js";
import type { Span } from "../dates/ranges.js";
import type { InCurrency } from "../forecast/in-currency.js";
import { type Decimal, decimal, plain, toScale, ZERO } from "../money.js";

/** What there is to pay, or to lose, on a day to come. Part of the JSON contract of `aicost upcoming --json`. */
export type UpcomingRow = Renewal | ExpectedUse | ComingTopUp | ComingExpiry | ComingCrossing;

interface Renewal extends Omit<DueCharge, "due_on"> {
  kind: "renewal";
  date: string;
}

interface ExpectedUse extends ExpectedDay {
  kind: "usage";
}

/** A budget that is likely to be exceeded from a day on. It costs nothing by itself, and is in no total. */
export interface ComingCrossing extends Pick<Budget, "name" | "period" | "amount" | "currency"> {
  kind: "budget";
  date: string;
  /** What tells of it: the stored forecast, or what the days so far cost. */
  by: "forecast" | "pace";
}

export interface Upcoming extends Span {
  upcoming: UpcomingRow[];
  totals: {
    renewals_usd: string;
    /** Null without a fresh forecast. */
    usage_usd: string | null;
    /** Renewals and usage. */
    total_usd: string;
    /** Top-ups with their fees, planned and expected. */
    topups_usd: string;
    /** Credit that expires unused. */
    expiring_usd: string;
    /** The usage that prepaid credit pays for; at most all that is expected, and null without a forecast. */
    paid_by_credit_usd: string | null;
    /** What leaves the account: renewals, top-ups with their fees, and usage that no credit pays for. */
    cash_usd: string;
    /** Renewals that are left out, for want of a rate. */
    not_counted: number;
    /** Top-ups of an unknown amount, which are left out. */
    unknown_topups: number;
  };
}

const NO_CREDIT: CreditAhead = { rows: [], paid: ZERO };

/**
 * What is to come in a span of days, in their order: renewals, top-ups, credit that expires, if there is a fresh
 * forecast, the usage that it expects, and budgets that are exceeded.
 * @param expected what the forecast expects of the days; null if there is no fresh one
 */
export const upcomingOf = (
  span: Span,
  charges: readonly DueCharge[],
  expected: readonly ExpectedDay[] | null,
  credit: CreditAhead = NO_CREDIT,
  crossings: readonly ComingCrossing[] = [],
): Upcoming => {
  const renewals = charges.map(({ due_on, ...charge }): Renewal => ({
    kind: "renewal",
    date: due_on,
    ...charge,
  }));
  const usage = (expected ?? []).map((day): ExpectedUse => ({ kind: "usage", ...day }));
  const topUps = credit.rows.filter((row) => row.kind === "top_up");
  const renewalsSum = sumOf(renewals);
  const usageSum = sumOf(usage);
  const topUpSum = sumOf(topUps).plus(sumOf(topUps.map(({ fee_usd }) => ({ usd: fee_usd }))));
  const paid = credit.paid.gt(usageSum) ? usageSum : credit.paid;
  return {
    ...span,
    // Sorting keeps renewals before the usage of their day, and what exceeds a budget before that.
    upcoming: [...renewals, ...credit.rows, ...usage, ...crossings].sort((a, b) =>
      a.date < b.date ? -1 : Number(a.date > b.date),
    ),
    totals: {
      renewals_usd: textOf(renewalsSum),
      usage_usd: expected === null ? null : textOf(usageSum),
      total_usd: textOf(renewalsSum.plus(usageSum)),
      topups_usd: textOf(topUpSum),
      expiring_usd: textOf(sumOf(credit.rows.filter(({ kind }) => kind === "expiry"))),
      paid_by_credit_usd: expected === null ? null : textOf(paid),
      cash_usd: textOf(renewalsSum.plus(topUpSum).plus(usageSum.minus(paid))),
      not_counted: renewals.filter(({ usd }) => usd === null).length,
      unknown_topups: topUps.filter(({ usd }) => usd === null).length,
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
