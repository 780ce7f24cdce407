import type { RateDayCounts, RateList } from "../api.js";
import { counted } from "../money.js";
import type { ListedRate } from "../rates/list.js";
import type { RatesUpdate } from "../rates/update.js";
import { RATE_SOURCES, shortRate } from "./rates-used.js";
import { type Screen, table } from "./table.js";
import { wrap } from "./text.js";

/** Rates, and which days of the European Central Bank are stored. */
export const rateTable = (
  rates: readonly ListedRate[],
  ecb: Omit<NonNullable<RateList["ecb"]>, "rates"> | null,
  screen: Screen,
): string => {
  const listed = table(
    [
      { header: "Currency", cell: ({ currency }) => currency },
      { header: "US dollars for one", cell: ({ usd }) => shortRate(usd), align: "decimal" },
      { header: "Date", cell: ({ date }) => date ?? "other days" },
      { header: "Source", cell: ({ source }) => RATE_SOURCES[source] },
    ],
    rates,
    screen,
  );
  if (ecb === null) return listed;
  const stored = `European Central Bank: ${counted(ecb.days, "day")}, ${ecb.first_day} to ${ecb.last_day}. The rates of the last one are shown.`;
  return [listed, wrap(stored, screen.width).join("\n")].join("\n\n");
};

/** What became of the days of a file. */
export const rateDaysText = ({ inserted, updated, unchanged }: RateDayCounts): string =>
  [
    inserted > 0 ? `${counted(inserted, "day")} added` : "",
    updated > 0 ? `${counted(updated, "day")} changed` : "",
    unchanged > 0 ? `${counted(unchanged, "day")} already there` : "",
  ]
    .filter((part) => part !== "")
    .join(", ");

/** `Exchange rates of the European Central Bank: 1 day added; the last one is 2026-11-27.` */
export const ratesUpdateText = ({ last_day, ...counts }: RatesUpdate): string => {
  const what = rateDaysText(counts) || "nothing new";
  return `Exchange rates of the European Central Bank: ${what}; the last day is ${last_day ?? "unknown"}.`;
};
