import { decimal } from "../money.js";
import type { StoredRates } from "../record/rates.js";
import { Exchange, roundedCost } from "../reports/currency.js";
import type { ForecastReport } from "./report.js";

/** The answer, in dollars, that also says what it comes to in another currency. */
export type ReportInCurrency = ForecastReport & { currency?: string; usd_rate?: string };

interface Currency {
  currency: string;
  rates: StoredRates;
  /** Today. */
  day: string;
}

/**
 * The report as people see it, and as JSON has it: in dollars, with what one of them is in the other currency.
 * All at the rate of today, because those of later days are not known.
 * @param to null for dollars @throws UserError `currency_rate_missing`
 */
export const reportIn = (
  report: ForecastReport,
  to: Currency | null,
): { shown: ForecastReport; answer: ReportInCurrency } => {
  if (to === null) return { shown: report, answer: report };
  const { currency, rates, day } = to;
  const exchange = new Exchange(currency, rates);
  const factor = decimal(exchange.amount("1", day));
  const converted = <Part extends object>(part: Part): Part =>
    Object.fromEntries(
      Object.entries(part).map(([name, value]: [string, unknown]) => [
        name,
        typeof value === "string" && isMoney(name) ? decimal(value).times(factor).toFixed() : value,
      ]),
    ) as Part;
  const shown: ForecastReport = {
    ...report,
    forecast: report.forecast.map(converted),
    totals: report.totals.map(converted),
    known_charges: report.known_charges.map(converted),
    month: report.month && converted(report.month),
    history: report.history.map(converted),
  };
  return { shown, answer: { ...report, currency, usd_rate: roundedCost(factor.toFixed()) } };
};

const isMoney = (name: string): boolean => /(?:^|_)usd$|_bound_/.test(name);
