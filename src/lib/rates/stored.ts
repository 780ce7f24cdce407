import { UserError } from "../errors.js";
import { own } from "../system/own.js";
import type { Rates, StoredRates } from "../record/rates.js";
import type { Store } from "../store/store.js";

/**
 * Does work that may convert amounts. Most does not: so the stored rates of a currency are asked for when the work first
 * lacks one of it, and the work is begun again.
 * @returns its result, and the rates that it needed
 * @throws what the work throws; UserError `currency_rate_missing` if none is stored either
 */
export const withStoredRates = async <Result>(
  given: Rates,
  open: () => Promise<Pick<Store, "call">>,
  work: (rates: Rates) => Result | Promise<Result>,
): Promise<{ result: Result; rates: Rates }> => {
  let rates = given;
  for (;;) {
    try {
      return { result: await work(rates), rates };
    } catch (error) {
      const currency = notAsked(error, rates);
      if (currency === null) throw error;
      const store = await open();
      rates = withStored(rates, currency, await store.call("get_rates", { currency }));
    }
  }
};

const withStored = (rates: Rates, currency: string, stored: StoredRates): Rates => ({
  ...rates,
  stored: { ...rates.stored, [currency]: stored },
});

/** The currency of an error for want of its rate, if what is stored of it was not asked for yet. */
const notAsked = (error: unknown, { stored = {} }: Rates): string | null => {
  if (!(error instanceof UserError) || error.code !== "currency_rate_missing") return null;
  const { currency } = error.details as { currency: string };
  return own(stored, currency) === undefined ? currency : null;
};
