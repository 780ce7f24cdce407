import type { Api } from "../../api.js";
import type { InReadModel } from "../functions.js";
import type { StoredRates } from "../../record/rates.js";
import { own } from "../../system/own.js";
import type { SpendSource } from "../store.js";
import { currentModel } from "./current.js";
import { dailySpend } from "./daily-spend.js";
import { DAMAGED } from "./days.js";
import { resultOf } from "./known-files.js";
import type { ReadModel } from "./read-model.js";

/**
 * Null if there is no read model, or it is out of date.
 * @param otherwise opens the database, which answers if what is asked for is damaged
 */
export const spendSource = (dataDir: string, otherwise: () => Promise<SpendSource>): SpendSource | null => {
  const model = currentModel(dataDir);
  if (model === null) return null;
  return {
    files: { find: (file) => resultOf(model.files, file) },
    call: async (name, args) => {
      try {
        return ANSWERS[name](model, args);
      } catch (error) {
        if (error !== DAMAGED) throw error;
        return (await otherwise()).call(name, args);
      }
    },
  };
};

/** Only those of the currency that reports are shown in and of budgets, and all of their days, whatever range is asked for. */
const displayRates = (
  { preferences, rates, budget_rates }: ReadModel,
  { currency }: Api["get_rates"]["args"],
): StoredRates => {
  const found = currency === preferences.currency ? rates : own(budget_rates, currency);
  if (!found) throw new Error(`The read model has no rates of ${currency}.`);
  return found;
};

const ANSWERS: {
  [Name in InReadModel]: (model: ReadModel, args: Api[Name]["args"]) => Api[Name]["result"];
} = {
  get_preferences: ({ preferences }) => preferences,
  get_rates: displayRates,
  list_providers: ({ providers }) => providers,
  list_budgets: ({ budgets }) => budgets,
  list_names: ({ names }) => names,
  get_coverage: ({ coverage }) => coverage,
  list_scans: ({ scans }) => scans,
  get_forecast: ({ forecast }) => forecast,
  get_due: ({ due }) => due,
  get_daily_spend: dailySpend,
};
