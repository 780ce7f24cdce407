import { distance } from "fastest-levenshtein";

const MOST = 3;

/** The names closest to one that was mistyped, nearest first; only those that are plausibly meant. */
export const nearest = (name: string, names: readonly string[]): string[] =>
  names
    .map((candidate) => ({ candidate, edits: editsBetween(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(2, Math.min(name.length, candidate.length) / 2))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, MOST)
    .map(({ candidate }) => candidate);

/** The beginning of a hint that asks for any of these; empty if there are none. */
export const didYouMean = (meant: readonly string[]): string =>
  meant.length === 0 ? "" : `Did you mean ${meant.join(" or ")}? `;

/** Names that contain each other, as `Amount (USD)` holds `amount`. */
const editsBetween = (a: string, b: string): number =>
  a !== "" && b !== "" && (a.includes(b) || b.includes(a)) ? Math.min(1, distance(a, b)) : distance(a, b);
