import type { CreditFacts, DailySpend } from "../api.js";
import { type Decimal, decimal, plain, quotient, sum, toScale, ZERO } from "../money.js";
import type { AsCash } from "../reports/ask.js";
import type { PaidByCredit } from "../reports/sum.js";
import { ledgersOf } from "./ledger.js";

type CashDay = DailySpend & PaidByCredit;

/**
 * Top-ups count on their day. Usage that prepaid credit paid for does not count; usage of before a ledger starts, or that
 * goes below zero, does. So both views differ by exactly the top-ups and what they paid for, on each day, to the last digit.
 */
export const cashView = (facts: CreditFacts): AsCash => {
  const paid = new Map(
    ledgersOf(facts).flatMap(({ provider, paid }) =>
      [...paid].map(([date, usd]) => [keyOf({ provider, date }), usd] as const),
    ),
  );
  return (days) => {
    const groups = new Map<string, DailySpend[]>();
    for (const day of days) {
      const group = groups.get(keyOf(day));
      if (group) group.push(day);
      else groups.set(keyOf(day), [day]);
    }
    const cash = new Map<DailySpend, CashDay>();
    for (const [key, group] of groups) {
      const shares = sharesOf(paid.get(key) ?? ZERO, group.map(usedIn));
      group.forEach((day, at) => cash.set(day, asCashDay(day, shares[at] ?? ZERO)));
    }
    return days.flatMap((day) => cash.get(day) ?? []);
  };
};

/** What a report needs to be of what left the account. */
export interface CashView {
  asCash: AsCash;
  /** Whole sentences. */
  warnings: string[];
}

export const cashOf = (facts: CreditFacts): CashView => ({
  asCash: cashView(facts),
  warnings:
    facts.entries.length > 0
      ? []
      : [
          "No prepaid credit is known, so all usage is taken to be paid as it comes. If you buy credit ahead, add it: aicost credits add PROVIDER AMOUNT",
        ],
});

const keyOf = ({ provider, date }: Pick<DailySpend, "provider" | "date">): string =>
  JSON.stringify([provider, date]);

const USED = ["usage_usd", "extra_usage_usd", "estimated_usd"] as const;

const usedIn = (day: DailySpend): Decimal => sum(USED.map((name) => day[name]));

/** Divides an amount in proportion to parts, each to ten decimals: the shares add up to it exactly. */
const sharesOf = (amount: Decimal, parts: readonly Decimal[]): Decimal[] => {
  const whole = parts.reduce((total, part) => total.plus(part), ZERO);
  if (amount.eq(whole)) return [...parts];
  if (whole.eq(0)) return parts.map((_, at) => (at === 0 ? amount : ZERO));
  let before = ZERO;
  let counted = ZERO;
  return parts.map((part) => {
    counted = counted.plus(part);
    const until = counted.eq(whole) ? amount : toScale(quotient(amount.times(counted), whole));
    const share = until.minus(before);
    before = until;
    return share;
  });
};

const asCashDay = (day: DailySpend, paid: Decimal): CashDay => {
  const [usage = ZERO, extra = ZERO, estimated = ZERO] = sharesOf(
    paid,
    USED.map((name) => decimal(day[name])),
  );
  const less = (name: (typeof USED)[number], share: Decimal): string =>
    plain(decimal(day[name]).minus(share));
  return {
    ...day,
    cost_usd: plain(decimal(day.cost_usd).plus(day.topup_usd).minus(paid)),
    usage_usd: less("usage_usd", usage),
    extra_usage_usd: less("extra_usage_usd", extra),
    estimated_usd: less("estimated_usd", estimated),
    paid_by_credit_usd: plain(paid),
  };
};
