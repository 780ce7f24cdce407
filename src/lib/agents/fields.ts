/** Values of logs, which may be anything: what is not as it should be counts as absent. */

const MOST_TOKENS = 1e12;
const LONGEST_NAME = 1_000;

/** A number of tokens. */
export const countOf = (value: unknown): number =>
  typeof value === "number" && value > 0 && value < MOST_TOKENS ? Math.floor(value) : 0;

/** A name or an id, cut if something has written far more than that. */
export const nameOf = (value: unknown): string | null => {
  if (typeof value !== "string" || value === "") return null;
  const isFine = value.length <= LONGEST_NAME && !value.includes("\0");
  return isFine ? value : value.slice(0, LONGEST_NAME).replaceAll("\0", "") || null;
};

const shared = new Map<string, string>();

/** Of names that many lines say, such as a session, equal ones as one text: they would fill the memory. */
export const sharedName = (name: string | null): string | null => {
  if (name === null) return null;
  const known = shared.get(name);
  if (known === undefined) shared.set(name, name);
  return known ?? name;
};

const HAS_ZONE = /(?:z|[+-]\d\d:?\d\d)$/i;
const EARLIEST = Date.UTC(2020, 0);
const LATEST = Date.UTC(2200, 0);

/** As `instantOf` writes it, on a day and at an hour that are there for sure. Most logs write it so. */
const WRITTEN =
  /^20[2-9]\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** @param value RFC 3339, without a zone in UTC; or milliseconds since 1970 @returns RFC 3339 in UTC */
export const instantOf = (value: unknown): string | null => {
  if (typeof value === "string" && WRITTEN.test(value)) return value;
  const ms = typeof value === "string" ? msOf(value) : typeof value === "number" ? value : NaN;
  return ms >= EARLIEST && ms < LATEST ? new Date(ms).toISOString() : null;
};

/** Milliseconds since 1970; 0 for what is not a moment. @param value such milliseconds */
export const momentOf = (value: unknown): number =>
  typeof value === "number" && value >= EARLIEST && value < LATEST ? Math.floor(value) : 0;

const msOf = (text: string): number => Date.parse(HAS_ZONE.test(text) ? text : `${text.replace(" ", "T")}Z`);

/** @param value US dollars as a number of JSON @returns a decimal */
export const dollarsOf = (value: unknown): string | null =>
  typeof value === "number" && value >= 0 && value < 1e9 ? decimalOf(value) : null;

/** JavaScript writes small numbers as `1e-7`. */
const decimalOf = (value: number): string => {
  const text = String(value);
  return text.includes("e") ? value.toFixed(20).replace(/\.?0+$/, "") : text;
};
