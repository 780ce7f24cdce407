import type { Subscription } from "../api.js";
import { today } from "../dates/ranges.js";
import { loadMemory } from "../scan/memory.js";
import type { Store } from "../store/store.js";
import { rateOf } from "./exchange.js";
import { daysOfUse, type SubscriptionNote, subscriptionNotes } from "./notes.js";
import {
  type ListedSubscription,
  listedSubscription,
  type SubscriptionTotals,
  subscriptionTotals,
} from "./totals.js";

/** All that there is to say of the user's subscriptions. */
export interface Subscriptions {
  /** The next one to renew first. */
  subscriptions: ListedSubscription[];
  totals: SubscriptionTotals;
  notes: SubscriptionNote[];
}

/** The user's subscriptions, the next one to renew first, with what they cost, and that in sum. */
export const listSubscriptions = async (
  store: Pick<Store, "call">,
): Promise<Pick<Subscriptions, "subscriptions" | "totals">> => {
  const { timezone, currency } = await store.call("get_preferences", {});
  const subscriptions = await store.call("list_subscriptions", {});
  const convert = await rateOf(store, [currency, ...currenciesOf(subscriptions)], today(timezone));
  return {
    subscriptions: subscriptions.map((each) => listedSubscription(each, convert)),
    totals: subscriptionTotals(subscriptions, convert, currency),
  };
};

/** @param place where this machine notes its scans */
export const lookAtSubscriptions = async (
  store: Pick<Store, "call">,
  place: { dataDir: string; profile: string },
): Promise<Subscriptions> => {
  const { timezone } = await store.call("get_preferences", {});
  const listed = await listSubscriptions(store);
  const { subscriptions } = listed;
  return {
    ...listed,
    notes: subscriptions.length === 0 ? [] : await notesOf(store, subscriptions, today(timezone), place),
  };
};

export const currenciesOf = (priced: readonly { currency: string }[]): string[] =>
  priced.map(({ currency }) => currency);

const notesOf = async (
  store: Pick<Store, "call">,
  subscriptions: readonly Subscription[],
  day: string,
  { dataDir, profile }: { dataDir: string; profile: string },
): Promise<SubscriptionNote[]> => {
  const split = { split_by: ["kind", "agent"], by_month: false } as const;
  const [days, coverage, scans] = await Promise.all([
    store.call("get_daily_spend", { ...daysOfUse(day), ...split }),
    store.call("get_coverage", {}),
    store.call("list_scans", {}),
  ]);
  const scannedAt = loadMemory(dataDir, profile)?.scanned_at ?? null;
  return subscriptionNotes(subscriptions, { days, coverage, scans, scannedAt }, day);
};
