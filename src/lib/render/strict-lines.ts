import type { Screen } from "./table.js";
import { wrap } from "./text.js";

/** That a report is not certain, and why. @param uncertain whole sentences */
export const strictLines = (uncertain: readonly string[], { width }: Screen): string =>
  ["This number is not certain:", ...uncertain.flatMap((sentence) => wrap(`- ${sentence}`, width, 2))].join(
    "\n",
  );
