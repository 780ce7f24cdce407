import type { DailySpend } from "../api.js";
import { grouped } from "../money.js";
import { modelName } from "../record/model-name.js";
import { typedWord } from "../terminal/shell-word.js";
import { byName, groupsOf } from "./groups.js";
import type { NotPriced } from "./report.js";

/** Tokens that no price, bill or plan accounts for, by provider and model, most first. */
export const notPriced = (days: readonly DailySpend[]): NotPriced[] =>
  groupsOf(
    days.filter(({ unpriced_tokens }) => unpriced_tokens !== 0),
    ({ provider, model }) => JSON.stringify([provider, model && modelName(provider, model)]),
  )
    .map(([first, ...rest]) => ({
      provider: first.provider,
      model: first.model && modelName(first.provider, first.model),
      tokens: rest.reduce((sum, day) => sum + day.unpriced_tokens, first.unpriced_tokens),
    }))
    .filter(({ tokens }) => tokens > 0)
    .toSorted(
      (a, b) => b.tokens - a.tokens || byName(a.provider, b.provider) || byName(a.model ?? "", b.model ?? ""),
    );

/** What is missing in the sums of these days, a sentence for each provider. */
export const unpricedWarnings = (days: readonly DailySpend[]): string[] =>
  byProvider(notPriced(days)).map((models) => `${withoutPrice(models)}.`);

/**
 * The same with the names of the models, and what to type.
 * @param costExports providers whose cost export can be imported
 */
export const notPricedWarnings = (
  unpriced: readonly NotPriced[],
  costExports: ReadonlySet<string> = new Set(),
): string[] =>
  byProvider(unpriced).map((models) => {
    const [{ provider }] = models;
    return `${withoutPrice(models)}${namesOf(models)}. ${hintFor(models, costExports.has(provider))}`;
  });

/** Most tokens first. */
const byProvider = (unpriced: readonly NotPriced[]): [NotPriced, ...NotPriced[]][] =>
  groupsOf(unpriced, ({ provider }) => provider).toSorted(
    (a, b) => tokensOf(b) - tokensOf(a) || byName(a[0].provider, b[0].provider),
  );

const tokensOf = (models: readonly NotPriced[]): number =>
  models.reduce((sum, { tokens }) => sum + tokens, 0);

const withoutPrice = (models: readonly [NotPriced, ...NotPriced[]]): string =>
  `${grouped(String(tokensOf(models)))} tokens of ${models[0].provider} have no price and are not in the cost`;

/** So many models are named. */
const MOST_NAMED = 3;

const namesOf = (models: readonly NotPriced[]): string => {
  const names = models.flatMap(({ model }) => model ?? []);
  if (names.length === 0) return "";
  const others = names.length - MOST_NAMED;
  return `: ${names.slice(0, MOST_NAMED).join(", ")}${others > 0 ? ` and ${others} more` : ""}`;
};

const hintFor = (models: readonly [NotPriced, ...NotPriced[]], hasExport: boolean): string => {
  const model = models.find((each) => each.model !== null)?.model ?? null;
  if (model === null) {
    return hasExport
      ? "Import its cost export to count them."
      : `Enter what they cost with: aicost add --provider ${models[0].provider} --cost AMOUNT`;
  }
  const price = `a price: aicost prices set ${typedWord(model)} --input USD --output USD`;
  return hasExport ? `Import its cost export, or set ${price}` : `Set ${price}`;
};
