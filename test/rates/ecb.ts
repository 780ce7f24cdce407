import type { RateDay, StoredRates } from "../../src/lib/record/rates.js";

/** Days of a file as the database has them of one currency. */
export const storedOf = (days: readonly RateDay[], currency: string): StoredRates => ({
  undated: null,
  set: [],
  ecb: days.map(({ day, rates }) => [
    day,
    rates["USD"] ?? "",
    currency === "EUR" ? "1" : (rates[currency] ?? null),
  ]),
});
