import { decimal, plain } from "../money.js";

/**
 * A number of a price list as an exact decimal. A float is never multiplied: its shortest text is what the list has.
 * @param shift how many digits the point goes to the right: 6 for a price of a token as one of a million
 * @returns for what is not a number, a text that no price has
 */
export const priceText = (value: unknown, shift = 0): string => {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || !/^-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,2})?$/i.test(text))
    return "not a number";
  return plain(decimal(text).times(decimal(`1e${shift}`)));
};
