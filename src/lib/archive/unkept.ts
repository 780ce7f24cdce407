/** What JSON may say of a sign that is none, before it is looked for in earnest. */
const SUSPECT = /\\u(?:0000|d[89a-f])/i;

/** A NUL, or half of a sign. */
const NO_TEXT = /\0|\p{Surrogate}/u;

/** Nothing that the program writes is nested half as deep. */
const MOST_DEPTH = 50;

/**
 * What of a row JSON can say and the database cannot keep, as a predicate; null if there is nothing.
 * @param text the JSON of the row
 */
export const unkept = (text: string, row: unknown): string | null => {
  if (isDeeper(row, MOST_DEPTH)) return "is nested too deeply";
  return SUSPECT.test(text) && holdsNoText(row) ? "contains text that is not valid Unicode" : null;
};

const partsOf = (value: unknown): unknown[] =>
  typeof value === "object" && value !== null ? Object.values(value) : [];

const isDeeper = (value: unknown, depth: number): boolean =>
  partsOf(value).some((part) => depth === 0 || isDeeper(part, depth - 1));

const holdsNoText = (value: unknown): boolean =>
  typeof value === "string"
    ? NO_TEXT.test(value)
    : partsOf(value).some(holdsNoText) ||
      (typeof value === "object" && value !== null && Object.keys(value).some((key) => NO_TEXT.test(key)));
