import type { Coverage, DailySpend, Scans, Subscription } from "../api.js";
import { daysAfter, daysCount, dateOf } from "../dates/days.js";
import { isMetered } from "../record/kinds.js";
import { decimal, formatUsd } from "../money.js";
import { own } from "../system/own.js";
import { findPlan, listPriceOn, planProvider } from "./plans.js";

/** Something about a subscription that its owner should know. Part of the JSON contract. */
export interface SubscriptionNote {
  name: string;
  about: "price" | "unused" | "trial" | "rate";
  /** A whole sentence, with its full stop. */
  says: string;
  /** What to type. */
  type: string;
}

/** What is known of the use of plans. */
export interface Use {
  /** By provider, kind and agent, of at least `UNUSED_DAYS`. */
  days: readonly DailySpend[];
  coverage: Coverage;
  scans: Scans;
  /** When this machine read the logs of coding agents last, RFC 3339: a scan that finds nothing stores nothing. */
  scannedAt: string | null;
}

/** So long without use is said. */
export const UNUSED_DAYS = 40;
/** How far back use is looked for. */
const LOOK_BACK_DAYS = 400;
/** The end of a trial is said so many days ahead. */
const TRIAL_DAYS = 14;

/** The days to ask for: those in which use is looked for. */
export const daysOfUse = (today: string): { from_date: string; to_date: string } => ({
  from_date: daysAfter(today, -LOOK_BACK_DAYS),
  to_date: today,
});

/** @param today in the user's time zone */
export const subscriptionNotes = (
  subscriptions: readonly Subscription[],
  use: Use,
  today: string,
): SubscriptionNote[] =>
  subscriptions.flatMap((subscription) => [
    ...priceNote(subscription, today),
    ...trialNote(subscription, today),
    ...unusedNote(subscription, use, today),
    ...rateNote(subscription, use.coverage),
  ]);

/** Only if the price came from the list: what a user typed is what they pay. */
const priceNote = ({ name, provider, plan, period, currency, prices, next }: Subscription, today: string) => {
  const price = prices.findLast(({ from }) => from <= (next?.due_on ?? today));
  const listed = findPlan(provider, plan);
  if (!price?.is_listed || next === null || listed === undefined) return [];
  const now = listPriceOn(listed, period, today);
  if (now === null || decimal(now).eq(price.cost)) return [];
  const amount = (cost: string): string => (currency === "USD" ? formatUsd(cost) : `${cost} ${currency}`);
  const says = `The list price of ${listed.name} is ${amount(now)} a ${period} now; ${name} has ${amount(price.cost)}.`;
  return [note(name, "price", says, `aicost subscriptions change ${name} --cost ${now} --from DATE`)];
};

const trialNote = ({ name, trial_until, next }: Subscription, today: string) => {
  if (trial_until === null || next?.due_on !== trial_until || daysCount(today, trial_until) > TRIAL_DAYS + 1)
    return [];
  const says = `The trial of ${name} ends on ${trial_until}, and the first charge is due.`;
  return [note(name, "trial", says, `aicost subscriptions cancel ${name} --on ${trial_until}`)];
};

const unusedNote = ({ name, provider, next, since }: Subscription, use: Use, today: string) => {
  if (next === null || since > daysAfter(today, -UNUSED_DAYS)) return [];
  const last = lastUse(provider, use);
  if (last === null || daysCount(last.on, last.knownTo) - 1 < UNUSED_DAYS) return [];
  const says = `No use of ${name} is known since ${last.on}.`;
  return [note(name, "unused", says, `aicost subscriptions cancel ${name} --on ${next.due_on}`)];
};

/**
 * When a plan of a provider was used last, and until when it is known whether it was; null if no use of it was ever
 * seen: then nothing tells of it.
 */
const lastUse = (
  provider: string,
  { days, coverage, scans, scannedAt }: Use,
): { on: string; knownTo: string } | null => {
  const agents = planProvider(provider)?.agents ?? [];
  const uses = days.filter(
    (day) =>
      (day.agent !== null && agents.includes(day.agent) && !decimal(day.included_usd).eq(0)) ||
      (day.provider === provider && day.kind !== null && isMetered(day.kind)),
  );
  const on = uses
    .map(({ last_date }) => last_date)
    .sort()
    .at(-1);
  if (on === undefined) return null;
  const seen = [
    ...(own(coverage.providers, provider)?.ranges ?? []).map(([, to]) => to),
    ...agents
      .flatMap((agent) => {
        const last = own(scans, agent)?.last_at ?? null;
        return last === null ? [] : [last, scannedAt ?? last];
      })
      .map(dateOf),
  ];
  return { on, knownTo: seen.sort().at(-1) ?? on };
};

const rateNote = ({ name, currency }: Subscription, { without_rate = [] }: Coverage) => {
  const [first, ...others] = without_rate.filter((charge) => charge.name === name);
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : `, and ${others.length} more,`;
  const says = `The charge of ${name} on ${first.due_on}${more} does not count: there is no exchange rate for ${currency}.`;
  return [note(name, "rate", says, `aicost rates set ${currency} NUMBER`)];
};

const note = (
  name: string,
  about: SubscriptionNote["about"],
  says: string,
  type: string,
): SubscriptionNote => ({ name, about, says, type });
