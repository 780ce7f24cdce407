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

interface Scale {
  name: string;
  /** What to do with the numbers. */
  by: string;
}

/** Words in the name of a column by which its numbers are parts or multiples of a unit. */
const SCALES: readonly (Scale & { words: RegExp })[] = [
  { name: "cents", by: "Divide it by 100", words: /¢|(?<!\p{L})(?:cents?|pence|rappen|öre|øre)(?!\p{L})/iu },
  {
    name: "millionths",
    by: "Divide it by 1000000",
    words:
      /(?<!\p{L})(?:micros?|micro[- ]?(?:usd|eur|dollars?|euros?|cents?)|[µμ](?:usd|eur|\$|€))(?!\p{L})/iu,
  },
  {
    name: "billionths",
    by: "Divide it by 1000000000",
    words: /(?<!\p{L})(?:nanos?|nano[- ]?(?:usd|eur|dollars?|euros?))(?!\p{L})/iu,
  },
  {
    name: "thousandths",
    by: "Divide it by 1000",
    words: /(?<!\p{L})(?:mills|millis|milli[- ]?(?:usd|eur|dollars?|euros?|cents?))(?!\p{L})/iu,
  },
  {
    name: "thousands",
    by: "Multiply it by 1000",
    words:
      /[([](?:in )?(?:k|tsd\.?|'?000s?|x ?1[.,]?000)[)\]]|(?<!\p{L})(?:in )?(?:thousands?|tausend|milliers|k(?:usd|eur|\$|€)|t(?:eur|usd|€))(?!\p{L})/iu,
  },
  {
    name: "millions",
    by: "Multiply it by 1000000",
    words:
      /[([](?:in )?(?:m|mm|mio\.?)[)\]]|(?<!\p{L})(?:in )?(?:millions?|millionen|mio\.?|m(?:usd|eur))(?!\p{L})/iu,
  },
];

/** What part or multiple of a unit a column has by its name, such as `cost_micros` or `Tokens (K)`; null if none. */
export const scaleInName = (name: string): Scale | null => {
  const words = name.replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ");
  return SCALES.find((scale) => scale.words.test(words)) ?? null;
};
