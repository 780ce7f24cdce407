// Line breaks, terminal escapes and marks that turn the writing direction: a file can hold any of them.
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** Text from outside as one line that cannot control the terminal. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, " ").trim();
