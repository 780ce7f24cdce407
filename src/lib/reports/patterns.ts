/** A part of a name or, with `*`, a whole one; in any case. */
export const partPattern = (text: string): RegExp =>
  text.includes("*") ? wholePattern(text) : new RegExp(escaped(text), "isu");

/** A whole name, in which `*` stands for anything; in any case. */
export const wholePattern = (text: string): RegExp =>
  new RegExp(`^${text.split("*").map(escaped).join(".*")}$`, "isu");

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
