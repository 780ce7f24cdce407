import type { Mark } from "./table.js";
import { NOTHING_STATED } from "./money-text.js";

/** What stands in a table of spend instead of a number, and the zero that is one. Each means one thing. */
export const SPEND_MARKS: readonly Mark[] = [
  [NOTHING_STATED, "no source says"],
  ["", "nothing is recorded"],
  ["$0.00", "nothing was charged"],
  ["in the bill", "a bill of the same days has the money"],
];
