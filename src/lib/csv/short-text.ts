import { createHash } from "node:crypto";

/** Text to show or to keep: what is longer than so many characters ends in “…”. */
export const capped = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, "")}…`;

/** Text to compare: what is longer than so many characters (at least 65) ends in the SHA-256 of the whole. */
export const digested = (text: string, length: number): string =>
  text.length <= length
    ? text
    : `${text.slice(0, length - 65)}#${createHash("sha256").update(text).digest("hex")}`;

/** Names in a sentence: so many of them, and how many more there are. */
export const listed = (names: readonly string[], most: number): string =>
  names.length > most
    ? `${names.slice(0, most).join(", ")} and ${names.length - most} more`
    : names.join(", ");
