import { decimal } from "../money.js";
import type { RatesUsed, SpendReport } from "../reports/report.js";
import type { RateSource } from "../record/rates.js";
import type { Screen } from "./table.js";
import { wrap } from "./text.js";

/** Where a rate comes from, in a word. */
export const RATE_SOURCES: Record<RateSource, string> = { ecb: "ECB", set: "yours", given: "--rate" };

/** As many digits as rates are published with. */
const DIGITS = 6;

/** US dollars for one unit, for people. */
export const shortRate = (usd: string): string => decimal(usd).prec(DIGITS).toFixed();

const SOURCES: Record<RateSource, string> = {
  ecb: "European Central Bank",
  set: "your own",
  given: "your own",
};

/** `In EUR, each day at its rate: European Central Bank, 2026-10-30 to 2026-11-27.`; empty for dollars. */
export const ratesText = (
  { totals: { currency }, rates = [] }: Pick<SpendReport, "totals" | "rates">,
  { width }: Screen,
): string => {
  if (currency === undefined || rates.length === 0) return "";
  return wrap(`In ${currency}, each day at its rate: ${rates.map(usedText).join("; ")}.`, width, 2).join(
    "\n",
  );
};

const usedText = ({ source, from, to }: RatesUsed): string => {
  if (from === null || to === null) return `${SOURCES[source]}, for days without a dated one`;
  return from === to ? `${SOURCES[source]}, ${from}` : `${SOURCES[source]}, ${from} to ${to}`;
};
