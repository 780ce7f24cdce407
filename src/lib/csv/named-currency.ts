import { amountReadings } from "../money.js";

/** A sign anywhere, a code in brackets, or a code as a word of its own in a name that is not all capitals. */
const NAMED = /\p{Sc}|[([](\p{Lu}{3})[)\]]|(?<![\p{L}\p{N}])(\p{Lu}{3})(?![\p{L}\p{N}])/gu;

/** The currencies that each sign or code in the name of a column may mean: `Betrag (EUR)`, `Cost $`. */
export const currenciesInName = (name: string): (readonly string[])[] => {
  const isLoud = !/\p{Ll}/u.test(name);
  return [...name.matchAll(NAMED)].flatMap(([sign, bracketed, word]) => {
    if (word !== undefined && isLoud && word !== name) return [];
    return amountReadings(`1 ${bracketed ?? sign}`)?.currencies ?? [];
  });
};

/** Whether a column names the hundredth part of its currency. */
export const isInCents = (name: string): boolean =>
  /¢|(?<!\p{L})(?:cents?|pence|rappen|öre|øre)(?!\p{L})/iu.test(name);
