import { previousSpan } from "../dates/previous-span.js";
import { type DateRange, parseRange, today } from "../dates/ranges.js";
import type { Answers } from "../api.js";
import type { PriceChain } from "../prices/chain.js";
import type { PriceAnswers } from "../prices/pricer.js";
import { type AsCash, type AskedReport, type FineAnswers, reportsIn, type SpendAnswers } from "./ask.js";
import { compareReports } from "./compare.js";
import { coverageOf } from "./coverage.js";
import { withCosts } from "./currency.js";
import { askedProviders, checkProviders, type SpendFilters } from "./filters.js";
import type { FilledReport, GroupKey, SpendReport } from "./report.js";
import { topGroups } from "./top.js";
import { shownReport, type View } from "./view.js";

/** What answers a whole report: spend, and how the user wants to see it. */
type ReportAnswers = Answers<Parameters<SpendAnswers["call"]>[0] | "get_preferences" | "list_providers">;

/** What a person asks for. */
export interface ReportRequest {
  /** As it was typed; the range of the preferences if there is none. */
  range?: string | undefined;
  groupBy: readonly GroupKey[];
  filters: SpendFilters;
  view: View;
  compare: boolean;
  /** So many of the biggest groups. */
  top?: number | undefined;
  /** If it is to be of what left the account. */
  asCash?: AsCash | undefined;
}

export interface MadeReport {
  /** As people see it, in their currency. */
  shown: FilledReport;
  /** As JSON has it, in dollars. */
  answer: FilledReport;
  /** With all groups, in the currency. */
  whole: SpendReport;
  /** With the biggest groups only. */
  top: SpendReport;
  range: DateRange;
  asked: AskedReport;
}

/**
 * @param openFine what knows hours, sessions and prices, if the report looks at any
 * @throws UserError `bad_range`, `no_period_before`, `provider_unknown`, `currency_rate_missing`, `fill_too_long`
 */
export const makeReport = async (
  source: ReportAnswers,
  openFine: () => Promise<FineAnswers & PriceAnswers>,
  { groupBy, filters, view, compare, ...request }: ReportRequest,
): Promise<MadeReport> => {
  const [{ timezone, default_date_range, currency, metadata }, coverage] = await Promise.all([
    source.call("get_preferences", {}),
    source.call("get_coverage", {}),
  ]);
  const day = today(timezone);
  const range = parseRange(request.range ?? default_date_range, day);
  const providers = askedProviders(filters);
  const { data_to } = coverageOf(coverage, range, providers);
  const before = compare ? previousSpan(range, day, data_to) : null;
  if (providers !== undefined) checkProviders(filters, await source.call("list_providers", {}));

  const asked: AskedReport = {
    timezone,
    groupBy,
    filters,
    rules: metadata.tags ?? [],
    coverage,
    today: day,
    openFine,
    asCash: request.asCash,
    prices: view.columns?.includes("saved") ? await pricesOf(await openFine()) : undefined,
  };
  const ranges = before === null ? [range] : [range, before];
  const { reports, shown } = await reportsIn(currency, source, ranges, asked);
  const made = (parts: readonly SpendReport[]) => {
    const whole = parts.reduce((now, earlier) => compareReports(now, earlier, before ?? {}));
    const top = request.top === undefined ? whole : topGroups(whole, request.top);
    return { whole, top, shown: shownReport(top, view) };
  };
  const people = made(shown);
  const answer = shown === reports ? people.shown : withCosts(made(reports).shown, currency);
  return { ...people, answer, range, asked };
};

/** A report starts sooner without them. */
const pricesOf = async (store: PriceAnswers): Promise<PriceChain> => {
  const { pricerOf } = await import("../prices/pricer.js");
  return (await pricerOf(store)).chain;
};
