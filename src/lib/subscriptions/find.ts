import type { Subscription } from "../api.js";
import { UserError } from "../errors.js";
import { didYouMean, nearest } from "../nearest.js";
import { planName, planProvider } from "./plans.js";

/**
 * The one that a person means: by its name, else by its plan or provider or both, if only one fits.
 * @throws UserError `subscription_unknown`, `subscription_ambiguous`
 */
export const findSubscription = (subscriptions: readonly Subscription[], text: string): Subscription => {
  const wanted = planName(text);
  const exact = subscriptions.find(({ name }) => name === wanted);
  if (exact) return exact;
  const found = subscriptions.filter((each) => waysToName(each).includes(wanted));
  if (found.length === 1 && found[0]) return found[0];
  const names = (found.length > 0 ? found : subscriptions).map(({ name }) => name);
  if (found.length > 1)
    throw new UserError(
      "subscription_ambiguous",
      `“${text}” may be several subscriptions: ${names.join(", ")}.`,
      "Give the name of one.",
    );
  throw new UserError(
    "subscription_unknown",
    `There is no subscription “${text}”.`,
    `${didYouMean(nearest(wanted, names))}See them with: aicost subscriptions`,
  );
};

const waysToName = ({ provider, plan }: Subscription): string[] => {
  const { short, aliases } = planProvider(provider) ?? { short: provider, aliases: [] };
  const providers = [provider, short, ...aliases];
  return [plan, ...providers, ...providers.map((each) => `${each}-${plan}`)];
};
