import type { Store } from "../store/store.js";
import { daysAfter } from "../dates/days.js";
import { type Span, today } from "../dates/ranges.js";
import { plainSum } from "../money.js";
import { own } from "../system/own.js";
import { listSubscriptions } from "../subscriptions/look.js";
import { planProvider } from "../subscriptions/plans.js";
import { adviceOn, type PlanAdvice } from "./advice.js";
import { USE_DAYS, useOf } from "./use.js";

/** The JSON contract of `aicost plans --json`. */
export interface Plans {
  /** The days of use that are looked at. */
  range: Span;
  plans: PlanAdvice[];
  /** Agents whose logs tell of use that a plan covers, but no subscription of theirs is there. */
  without_subscription: { agent: string; included_usd: string }[];
}

/** What each subscription gave for its price. */
export const lookAtPlans = async (store: Pick<Store, "call">): Promise<Plans> => {
  const { timezone } = await store.call("get_preferences", {});
  const day = today(timezone);
  const range = { from: daysAfter(day, 1 - USE_DAYS), to: day };
  const { subscriptions } = await listSubscriptions(store);
  const goingOn = subscriptions.filter(({ next }) => next !== null);
  const days = await store.call("get_daily_spend", {
    ...{ from_date: range.from, to_date: range.to },
    split_by: ["kind", "agent"],
  });
  const [coverage, scans] = [await store.call("get_coverage", {}), await store.call("list_scans", {})];
  const agentsOf = (provider: string): readonly string[] => planProvider(provider)?.agents ?? [];
  const isTold = (provider: string): boolean =>
    own(coverage.providers, provider) !== undefined ||
    agentsOf(provider).some((agent) => (own(scans, agent)?.standing ?? 0) > 0);
  const paid = new Set(goingOn.flatMap(({ provider }) => agentsOf(provider)));
  const unpaid = new Map<string, string[]>();
  for (const { agent, included_usd } of days)
    if (agent !== null && !paid.has(agent) && included_usd !== "0")
      unpaid.set(agent, [...(unpaid.get(agent) ?? []), included_usd]);
  return {
    range,
    plans: goingOn.map((subscription) =>
      adviceOn({
        subscription,
        use: useOf({ days, provider: subscription.provider, since: subscription.since, today: day }),
        isTold: isTold(subscription.provider),
        ofProvider: goingOn.filter(({ provider }) => provider === subscription.provider).length,
        today: day,
      }),
    ),
    without_subscription: [...unpaid].map(([agent, amounts]) => ({ agent, included_usd: plainSum(amounts) })),
  };
};
