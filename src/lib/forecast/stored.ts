import type { Api, ForecastHead } from "../api.js";
import { typedDay } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { didYouMean, nearest } from "../nearest.js";

type Args = Api["list_stored_forecasts"]["args"];
type Result = Api["list_stored_forecasts"]["result"];

/** What is looked at, at once. */
const PAGE = 500;

/** Days as they were typed, each once. @param today in the user's time zone @throws UserError `bad_date` */
export const typedDays = (texts: readonly string[], today: string): string[] => [
  ...new Set(
    texts.map((text) => {
      const day = typedDay(text, today);
      if (day !== null) return day;
      throw new UserError(
        "bad_date",
        `“${text}” is not a date.`,
        "For example: aicost forecast remove 2026-11-29",
      );
    }),
  ),
];

/**
 * Stored forecasts by the last days of their history, or all of them.
 * @throws UserError `forecast_unknown` if there is none of a day
 */
export const storedForecasts = async (
  store: { call(name: "list_stored_forecasts", args: Args): Promise<Result> },
  last_days: readonly string[] | null,
): Promise<ForecastHead[]> => {
  const all = async (days: readonly string[] | null): Promise<ForecastHead[]> => {
    const found: ForecastHead[] = [];
    for (let total = 1; found.length < total;) {
      const page = await store.call("list_stored_forecasts", {
        last_days: days,
        max_rows: PAGE,
        skip_rows: found.length,
      });
      if (page.forecasts.length === 0) break;
      found.push(...page.forecasts);
      total = page.total;
    }
    return found;
  };
  const found = await all(last_days);
  const missing = last_days?.find((day) => !found.some(({ training_data_end }) => training_data_end === day));
  if (missing === undefined) return found;
  const there = (await all(null)).flatMap(({ training_data_end }) => training_data_end ?? []);
  throw new UserError(
    "forecast_unknown",
    `There is no stored forecast of data to ${missing}.`,
    `${didYouMean(nearest(missing, there))}See them with: aicost forecast list`,
  );
};
