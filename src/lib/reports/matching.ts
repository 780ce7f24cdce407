import type { DailySpend, Names } from "../api.js";
import { modelName } from "../record/model-name.js";
import type { SpendFilters } from "./filters.js";
import { partPattern, wholePattern } from "./patterns.js";
import { idOf, isCalled, WHO_KEYS } from "./who.js";

/** The model's name, whatever its source calls it. */
export const modelOf = ({ provider, model }: DailySpend): string | null =>
  model === null ? null : modelName(provider, model);

/** Whether spend fits all filters. @param known names by id */
export const matching = (filters: SpendFilters, known: Names) => {
  const { providers = [], models = [], kinds = [], noSubscriptions = false, who = {} } = filters;
  const names = new Set(providers.map((name) => name.toLowerCase()));
  const patterns = models.map(partPattern);
  const isWanted = (day: DailySpend): boolean => {
    const names = [day.model, modelOf(day)];
    if (names.some((name) => name !== null && patterns.some((pattern) => pattern.test(name)))) return true;
    // Another spelling of a name stands for the same model.
    return models.some((model) => modelName(day.provider, model) === modelOf(day));
  };
  const wanted = WHO_KEYS.map((key) => ({ key, patterns: who[key]?.map(wholePattern) }));
  const isOf = (day: DailySpend): boolean =>
    wanted.every(
      ({ key, patterns }) => patterns?.some((each) => isCalled(known, key, idOf(day, key), each)) ?? true,
    );
  return (day: DailySpend): boolean =>
    (names.size === 0 || names.has(day.provider.toLowerCase())) &&
    (kinds.length === 0 || (day.kind !== null && kinds.includes(day.kind))) &&
    isOf(day) &&
    !(noSubscriptions && day.kind === "subscription") &&
    (patterns.length === 0 || isWanted(day));
};
