import limits from "./limits.json" with { type: "json" };

/** What is known of how much a plan includes. Its file is read when this module is. */
export interface PlanLimits {
  /** At API list price; null if the provider does not say it in money. */
  usd_a_month: string | null;
  /** In words; null if there is nothing to say. */
  limits: string | null;
}

/** When the list was made, a calendar date. */
export const LIMITS_DATE: string = limits.as_of;

export const limitsOf = (provider: string, plan: string): PlanLimits => {
  const found = limits.plans.find((each) => each.provider === provider && each.plan === plan);
  return { usd_a_month: found?.usd_a_month ?? null, limits: found?.limits ?? null };
};
