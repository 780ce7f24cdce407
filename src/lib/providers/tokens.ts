import { type Decimal, rounded } from "../money.js";
import { own } from "../system/own.js";

/** The sum of the counts that are known; null if none is. */
export const sumOfKnown = (...counts: (number | null)[]): number | null => {
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
};

/** Tokens of a meter, by where they went. */
export interface MeterTokens {
  input?: number;
  output?: number;
  cacheRead?: number;
  cacheWrite?: number;
  /** If the meter does not say which they are. */
  tokens?: number;
}

const SCALES: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  million: 1e6,
  b: 1e9,
  billion: 1e9,
};

/** `1K`, `1M tokens`, `1000 Tokens`, `count`: how many tokens one unit is; null for another unit. */
const tokensAUnit = (unit: string): number | null => {
  if (/^counts?$/i.test(unit)) return 1;
  const [found, digits = "", scale = ""] = /^([\d,]{0,15}) ?([a-z]*?) ?(?:tokens?)?$/i.exec(unit) ?? [];
  const factor = own(SCALES, scale.toLowerCase());
  if (!found || factor === undefined) return null;
  return Number(digits.replaceAll(",", "") || "1") * factor;
};

const CACHE_WRITE = /cache[ _-]?(?:write|creation)/i;
const CACHE_READ = /cache[ _-]?(?:read|hit)|cached|caching|cchd/i;
const OUTPUT = /output|completion|\b(?:outp|outpt|outp|opt)\b/i;
const INPUT = /input|prompt|\b(?:inp|inpt)\b/i;

/**
 * The tokens that a meter of a cloud counts, such as 2.5 of `GPT 5 Inpt Glbl 1M Tokens`. Input includes what was cached.
 * @param unit as the bill has it; a unit that is not of tokens gives none
 */
export const meterTokens = (meter: string, quantity: Decimal | null, unit: string | null): MeterTokens => {
  if (quantity === null || unit === null) return {};
  const factor = /token/i.test(`${meter} ${unit}`) ? tokensAUnit(unit.trim()) : null;
  if (factor === null) return {};
  const count = rounded(quantity.times(factor), 0).toNumber();
  if (CACHE_WRITE.test(meter)) return { input: count, cacheWrite: count };
  if (OUTPUT.test(meter)) return { output: count };
  if (CACHE_READ.test(meter)) return { input: count, cacheRead: count };
  return INPUT.test(meter) ? { input: count } : { tokens: count };
};
