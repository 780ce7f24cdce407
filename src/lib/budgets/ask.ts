import {
  type Answers,
  type Budget,
  type Coverage,
  type DailySpend,
  type DailySpendQuery,
  type DueCharge,
  type Names,
  type Preferences,
  SPLIT_KEYS,
  type SplitKey,
  type StoredForecast,
} from "../api.js";
import { today as dateToday } from "../dates/ranges.js";
import type { StoredRates } from "../record/rates.js";
import { budgetSpan } from "./period.js";

/** What the state of budgets is made of. */
export interface BudgetAnswers {
  budgets: readonly Budget[];
  /** Rows of at least `budgetQuery`. */
  rows: readonly DailySpend[];
  coverage: Coverage;
  names: Names;
  preferences: Pick<Preferences, "timezone" | "metadata">;
  /** By currency, for budgets in another one than dollars. */
  rates: Readonly<Record<string, StoredRates>>;
  /** The newest of all spend (`""`), and of providers by name; those that are absent are not known. */
  forecasts: Readonly<Record<string, StoredForecast | null>>;
  /** Charges of subscriptions after today, as far as any budget goes. */
  charges: readonly DueCharge[];
}

/** What answers of budgets: a store, or a part of one. */
type Source = Answers<
  | "list_budgets"
  | "get_preferences"
  | "get_coverage"
  | "get_daily_spend"
  | "list_names"
  | "get_rates"
  | "list_forecasts"
  | "list_charges"
>;

/** The rows that budgets look at, and no finer than they need. @param day today @param day budgets at least one */
export const budgetQuery = (
  budgets: readonly Budget[],
  day: string,
): DailySpendQuery & { from_date: string; to_date: string } => {
  const spans = budgets.map((budget) => budgetSpan(budget, day));
  const wanted = new Set<SplitKey>(["model"]);
  if (budgets.some(({ kinds }) => kinds.length > 0)) wanted.add("kind");
  if (needNames(budgets)) for (const key of ["account", "project", "api_key"] as const) wanted.add(key);
  return {
    from_date: spans.map(({ from }) => from).sort()[0] ?? day,
    to_date:
      spans
        .map(({ to }) => to)
        .sort()
        .at(-1) ?? day,
    split_by: SPLIT_KEYS.filter((key) => wanted.has(key)),
  };
};

/** Whether any is about projects or tags. */
export const needNames = (budgets: readonly Budget[]): boolean =>
  budgets.some(({ projects, tags }) => projects.length > 0 || tags.length > 0);

/** The currencies, other than dollars, that budgets are in. */
export const currenciesOf = (budgets: readonly Budget[]): string[] => [
  ...new Set(budgets.map(({ currency }) => currency).filter((currency) => currency !== "USD")),
];

/** The series whose forecast tells of a budget: all spend (`""`), a provider, or null for none. */
export const seriesOf = ({ providers, models, projects, tags, kinds }: Budget): string | null => {
  const isWhole = kinds.length === 0 || (kinds.includes("usage") && kinds.includes("extra_usage"));
  if (!isWhole || [models, projects, tags].some((names) => names.length > 0)) return null;
  return providers.length > 1 ? null : (providers[0] ?? "");
};

/** Asks for all that the budgets of the user need; null if there are none. @param now to be replaced by tests of rollovers */
export const askOfBudgets = async (
  source: Source,
  now = new Date(),
): Promise<{ answers: BudgetAnswers; day: string } | null> => {
  const budgets = await source.call("list_budgets", {});
  if (budgets.length === 0) return null;
  const preferences = await source.call("get_preferences", {});
  const day = dateToday(preferences.timezone, now);
  const query = budgetQuery(budgets, day);
  const coverage = await source.call("get_coverage", {});
  const rows = await source.call("get_daily_spend", query);
  const names = needNames(budgets) ? await source.call("list_names", {}) : {};
  const rates: Record<string, StoredRates> = {};
  for (const currency of currenciesOf(budgets))
    rates[currency] = await source.call("get_rates", { currency, from_day: query.from_date, to_day: day });
  const forecasts: Record<string, StoredForecast | null> = {};
  if (preferences.forecast_enabled) {
    for (const provider of new Set(budgets.flatMap((budget) => seriesOf(budget) ?? [])))
      forecasts[provider] = await newestForecast(source, provider);
  }
  const charges = await source.call("list_charges", { from_day: day, to_day: query.to_date });
  return { answers: { budgets, rows, coverage, names, preferences, rates, forecasts, charges }, day };
};

const newestForecast = async (source: Source, provider: string): Promise<StoredForecast | null> => {
  const all = { from_date: null, to_date: null, max_rows: 1 };
  const [newest = null] = await source.call(
    "list_forecasts",
    provider === "" ? all : { ...all, of_provider: provider },
  );
  return newest;
};
