import type { Answers, Coverage, CreditFact, CreditFacts, DailySpend, StoredCredential } from "../api.js";
import { daysAfter } from "../dates/days.js";
import { today } from "../dates/ranges.js";
import { decimal, plain, ZERO } from "../money.js";
import { averageOf } from "../reports/average.js";
import type { Average } from "../reports/report.js";
import { coverageOf } from "../reports/coverage.js";
import { type Ledger, lastDayOf, ledgersOf } from "./ledger.js";
import { outlookOf } from "./outlook.js";
import { type KnownBalance, knownBalances } from "./known-balances.js";

/** Prepaid credit at one provider. Part of the JSON contract of `aicost credits --json`; amounts are US dollars. */
export interface ListedCredit {
  provider: string;
  balance_usd: string;
  /** The UTC day on which the ledger started last. */
  since: string;
  /** Since then. They add up to the balance. */
  added_usd: string;
  used_usd: string;
  lapsed_usd: string;
  /** What a day with data used in the last 30 days; null if no usage is known. */
  usd_per_day: string | null;
  /** How many days that is of, and which: those with data or, if nothing tells of any, those of the calendar. */
  over_days: number | null;
  over: Average["over"] | null;
  /** At that pace; null if there is none, or if it does not run out within five years. */
  runs_out_on: string | null;
  /** What expires unused at that pace: the first day without it, and how much. */
  will_lapse: { on: string; usd: string }[];
  /** What is left, in the order in which it came. */
  lots: { id: string | null; kind: string; since: string; left_usd: string; expires_on: string | null }[];
  /** What the provider said when `aicost sync` asked it last; null if it does not say. */
  checked: (Omit<KnownBalance, "provider"> & { ledger_usd: string; difference_usd: string }) | null;
}

/** A top-up, a grant, or a balance that was set. */
export interface ListedEntry extends Omit<CreditFact, "expires_on"> {
  expires_on: string | null;
  /** False if a balance was set later, or if its day has not come. */
  counts: boolean;
}

export interface Credits {
  credits: ListedCredit[];
  entries: ListedEntry[];
  totals: { balance_usd: string };
}

/** What answers about credit: a database. */
export type CreditAnswers = Answers<
  "get_preferences" | "get_credits" | "get_daily_spend" | "get_coverage" | "list_credentials"
>;

/** The usage of so many days is taken for that of the days ahead. */
const PACE_DAYS = 30;

/** The prepaid credit of the user, by provider. @param provider only of this one */
export const lookAtCredits = async (store: CreditAnswers, provider?: string): Promise<Credits> => {
  const { timezone } = await store.call("get_preferences", {});
  const day = today(timezone);
  const all = await store.call("get_credits", {});
  const isWanted = (each: { provider: string }): boolean =>
    provider === undefined || each.provider === provider;
  const facts = { ...all, entries: all.entries.filter(isWanted) };
  if (facts.entries.length === 0) return { credits: [], entries: [], totals: { balance_usd: "0" } };
  const pace = await paceOf(store, day);
  const { credentials } = await store.call("list_credentials", {});
  return creditsOf(facts, { day, timezone, pace, credentials });
};

interface Known {
  /** Today. */
  day: string;
  timezone: string;
  pace: Pace;
  credentials: readonly StoredCredential[];
}

export const creditsOf = (facts: CreditFacts, { day, timezone, pace, credentials }: Known): Credits => {
  const ledgers = ledgersOf(facts, day);
  const counted = new Set(ledgers.flatMap((ledger) => [...ledger.counted]));
  const balances = knownBalances(credentials);
  /** Against the ledger of the day on which the provider said it. */
  const checked = ({ provider, at, balance_usd }: KnownBalance): ListedCredit["checked"] => {
    const on = today(timezone, new Date(at));
    const then = ledgersOf(facts, on).find((ledger) => ledger.provider === provider);
    if (then === undefined) return null;
    const difference = decimal(balance_usd).minus(then.balance);
    return { at, balance_usd, ledger_usd: plain(then.balance), difference_usd: plain(difference) };
  };
  return {
    credits: ledgers.map((ledger): ListedCredit => {
      const known = balances.find(({ provider }) => provider === ledger.provider);
      return { ...listed(ledger, pace(ledger.provider), day), checked: known ? checked(known) : null };
    }),
    entries: facts.entries.map((entry) => ({
      ...entry,
      expires_on: lastDayOf(entry),
      counts: counted.has(entry.id),
    })),
    totals: { balance_usd: plain(ledgers.reduce((sum, { balance }) => sum.plus(balance), ZERO)) },
  };
};

const listed = (ledger: Ledger, pace: PaceOf | null, day: string): Omit<ListedCredit, "checked"> => {
  const known = pace === null ? ZERO : decimal(pace.usd_per_day);
  const perDay = known.lt(0) ? ZERO : known;
  const { runs_out_on, lapses } = outlookOf(ledger, { perDay, today: day });
  return {
    provider: ledger.provider,
    balance_usd: plain(ledger.balance),
    since: ledger.since,
    added_usd: plain(ledger.added),
    used_usd: plain(ledger.used),
    lapsed_usd: plain(ledger.lapsed),
    usd_per_day: pace?.usd_per_day ?? null,
    over_days: pace?.days ?? null,
    over: pace?.over ?? null,
    runs_out_on,
    will_lapse: lapses.map(({ on, usd }) => ({ on, usd: plain(usd) })),
    lots: ledger.lots.map(({ id, kind, since, left, expires_on }) => ({
      id,
      kind,
      since,
      left_usd: plain(left),
      expires_on,
    })),
  };
};

/** What a provider's usage costs on an average day with data. */
type PaceOf = Average;
export type Pace = (provider: string) => PaceOf | null;

/** Of the last 30 days. */
export const paceOf = async (store: Pick<CreditAnswers, "call">, day: string): Promise<Pace> => {
  const range = { from: daysAfter(day, 1 - PACE_DAYS), to: day };
  const days = await store.call("get_daily_spend", {
    from_date: range.from,
    to_date: range.to,
    split_by: [],
  });
  const coverage = await store.call("get_coverage", {});
  return (provider) => paceIn(days, coverage, { provider, range, day });
};

const paceIn = (
  days: readonly DailySpend[],
  coverage: Coverage,
  { provider, range, day }: { provider: string; range: { from: string; to: string }; day: string },
): PaceOf | null => {
  const found = days.filter((each) => each.provider === provider);
  const { covered } = coverageOf(coverage, range, [provider]);
  const { average } = averageOf(found, { covered, range, today: day });
  return average ?? null;
};
