import { tinted } from "./color.js";
import type { Screen } from "./table.js";
import { wrap } from "./text.js";

/** Warnings about the numbers of an answer, one below the other. */
export const warningLines = (warnings: readonly string[], { width, color }: Screen): string =>
  warnings
    .flatMap((warning) => wrap(`! ${warning}`, width, 2))
    .map((line) => tinted(line, "yellow", color))
    .join("\n");

/** An answer with its warnings below. */
export const withWarnings = (answer: string, warnings: readonly string[], screen: Screen): string =>
  warnings.length === 0 ? answer : `${answer}\n\n${warningLines(warnings, screen)}`;
