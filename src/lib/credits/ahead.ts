import type { CreditFact, CreditFacts } from "../api.js";
import { type Decimal, decimal, plain, ZERO } from "../money.js";
import { daysAfter, daysCount } from "../dates/days.js";
import type { Span } from "../dates/ranges.js";
import { lastDayOf, ledgersOf, type Lot } from "./ledger.js";
import type { Pace } from "./look.js";
import { outlookOf } from "./outlook.js";
import { feeOf } from "./rules.js";

/** A purchase of credit to come. */
export interface ComingTopUp {
  kind: "top_up";
  date: string;
  provider: string;
  /** US dollars, without the fee. Null: credit runs out, and no earlier purchase says how much is bought. */
  usd: string | null;
  /** What the provider charges on top; null if that is nothing. */
  fee_usd: string | null;
  /** Whether it is expected because credit runs out; else it is entered for that day. */
  expected: boolean;
}

/** Credit that is not used in time. */
export interface ComingExpiry {
  kind: "expiry";
  /** The last day on which it can be used. */
  date: string;
  provider: string;
  usd: string;
}

export interface CreditAhead {
  rows: (ComingTopUp | ComingExpiry)[];
  /** The usage of the span that credit pays for, US dollars. */
  paid: Decimal;
}

/**
 * What is to come of prepaid credit, if each provider is used at its pace, and what was bought last is bought again whenever
 * nothing is left. A provider whose balance is below zero is left out: nobody knows whether it is still prepaid.
 * @param span from tomorrow on
 */
export const creditAhead = (facts: CreditFacts, span: Span, pace: Pace): CreditAhead => {
  const today = daysAfter(span.from, -1);
  const found: CreditAhead = { rows: [], paid: ZERO };
  const ledgers = ledgersOf(facts, today);
  for (const provider of new Set(facts.entries.map((entry) => entry.provider))) {
    const own = facts.entries.filter((entry) => entry.provider === provider);
    const known = own.filter(({ kind, date, usd }) => kind !== "set" && date > today && !usd.startsWith("-"));
    found.rows.push(
      ...known
        .filter(isBought)
        .filter(({ date }) => date <= span.to)
        .map(planned),
    );
    const ledger = ledgers.find((each) => each.provider === provider) ?? {
      provider,
      lots: [],
      balance: ZERO,
    };
    if (ledger.balance.lt(0)) continue;
    const usual = lastBought(own, today);
    const { runs_out_on, lapses, bought, paid } = outlookOf(ledger, {
      perDay: perDayOf(pace, provider),
      today,
      days: daysCount(span.from, span.to),
      coming: known.map(lotOf),
      usual,
    });
    found.paid = found.paid.plus(paid);
    found.rows.push(...bought.map(({ on, usd }) => topUp(provider, on, plain(usd))));
    if (usual === null && runs_out_on !== null) found.rows.push(topUp(provider, runs_out_on, null));
    found.rows.push(
      ...lapses.map(({ on, usd }): ComingExpiry => ({
        kind: "expiry",
        date: daysAfter(on, -1),
        provider,
        usd: plain(usd),
      })),
    );
  }
  return found;
};

const perDayOf = (pace: Pace, provider: string): Decimal => {
  const average = pace(provider);
  const usd = average === null ? ZERO : decimal(average.usd_per_day);
  return usd.lt(0) ? ZERO : usd;
};

const isBought = ({ kind }: CreditFact): boolean => kind === "top_up";

const lastBought = (entries: readonly CreditFact[], today: string): Decimal | null => {
  const last = entries
    .filter((entry) => isBought(entry) && entry.date <= today && !entry.usd.startsWith("-"))
    .toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
    .at(-1);
  return last === undefined ? null : decimal(last.usd);
};

const lotOf = (entry: CreditFact): Lot => ({
  id: entry.id,
  kind: entry.kind,
  since: entry.date,
  usd: decimal(entry.usd),
  left: decimal(entry.usd),
  expires_on: lastDayOf(entry),
});

/** Its fee, if any, is a charge of its own. */
const planned = ({ date, provider, usd }: CreditFact): ComingTopUp => ({
  kind: "top_up",
  date,
  provider,
  usd,
  fee_usd: null,
  expected: false,
});

const topUp = (provider: string, date: string, usd: string | null): ComingTopUp => ({
  kind: "top_up",
  date,
  provider,
  usd,
  fee_usd: usd === null ? null : feeOf(provider, usd),
  expected: true,
});
