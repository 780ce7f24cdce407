/** Line breaks, what controls a terminal, and marks that turn the writing direction: text from outside can hold any of them. */
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** Text from outside as one line that cannot control the terminal. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, " ").trim();

/** What the text of a whole answer may hold beside printable characters: line breaks, tabs, and our own colors. */
const KEPT = /(\r?\n|\t|\u001b\[(?:0|1|2|22|3[1-69]|90)m)/;

/** Nothing in it controls the terminal. @param color whether our own colors may be in it */
export const clean = (text: string, color: boolean): string =>
  text
    .split(KEPT)
    .map((part) => (isKept(part, color) ? part : part.replace(UNPRINTABLE, " ")))
    .join("");

const isKept = (part: string, color: boolean): boolean =>
  KEPT.test(part) && (color || !part.startsWith("\u001b"));

/** The same JSON, with every character escaped that could control a terminal. */
export const cleanJson = (json: string): string =>
  json.replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
