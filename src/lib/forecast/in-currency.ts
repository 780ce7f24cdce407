import { type Decimal, decimal } from "../money.js";
import type { StoredRates } from "../record/rates.js";
import { Exchange, roundedCost } from "../reports/currency.js";
import type { ForecastReport } from "./report.js";

/** What people see amounts of days to come in, instead of dollars. */
export interface Currency {
  currency: string;
  rates: StoredRates;
  /** Today. */
  day: string;
}

/** An answer, in dollars, that also says what one of them is in another currency. */
export type AlsoIn<Answer> = Answer & { currency?: string; usd_rate?: string };

/** At the rate of today, because those of later days are not known. */
export interface InCurrency {
  /** All amounts of dollars in it, converted. */
  converted: <Part extends object>(part: Part) => Part;
  /** The answer as JSON has it. */
  answer: <Answer extends object>(answer: Answer) => AlsoIn<Answer>;
}

/** @param to null for dollars @throws UserError `currency_rate_missing` */
export const inCurrency = (to: Currency | null): InCurrency => {
  if (to === null) return { converted: (part) => part, answer: (answer) => answer };
  const { currency, rates, day } = to;
  const factor = decimal(new Exchange(currency, rates).amount("1", day));
  return {
    converted: (part) => withAmounts(part, (usd) => decimal(usd).times(factor)),
    answer: (answer) => ({ ...answer, currency, usd_rate: roundedCost(factor.toFixed()) }),
  };
};

const withAmounts = <Part extends object>(part: Part, amountOf: (usd: string) => Decimal): Part =>
  Object.fromEntries(
    Object.entries(part).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "string" && isMoney(name) ? amountOf(value).toFixed() : value,
    ]),
  ) as Part;

const isMoney = (name: string): boolean => /(?:^|_)usd$|_bound_|^(?:lower|upper)_\d/.test(name);

/** The report as people see it. */
export const shownReport = (report: ForecastReport, { converted }: InCurrency): ForecastReport => ({
  ...report,
  forecast: report.forecast.map(converted),
  totals: report.totals.map(converted),
  known_charges: report.known_charges.map(converted),
  month: report.month && converted(report.month),
  history: report.history.map(converted),
});
