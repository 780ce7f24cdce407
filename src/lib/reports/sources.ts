import type { DateRange } from "../dates/ranges.js";
import { daysAfter } from "../dates/days.js";
import { decimal, plain, sum } from "../money.js";
import type { Answers, DailySpend, ImportName, SourceDay } from "../api.js";
import type { SpendFilters } from "./filters.js";
import { byName, groupsOf } from "./groups.js";
import { billedDays } from "./in-bill.js";

/** What one source says of a provider on a date. Money is decimal strings in US dollars. */
export interface SpendSource extends Pick<SourceDay, "date" | "provider" | "account" | "method" | "imports"> {
  record_count: number;
  /** What of it is in the total, estimates included. */
  counted_usd: string;
  /** The part of it that is estimated. */
  estimated_usd: string;
  /** What is not in the total, because another source shows the same. */
  hidden_usd: string;
  /** The imports that show it. */
  hidden_by: ImportName[];
  /** A bill hides its estimates. */
  in_bill?: true;
}

/** What answers about the sources of spend. */
type SourceAnswers = Answers<"get_daily_spend" | "list_sources">;

/** @param days split by account, of the same dates */
export const sourcesOf = (
  stated: readonly SourceDay[],
  days: readonly DailySpend[],
  { providers = [] }: SpendFilters,
): SpendSource[] => {
  const isBilled = billedDays(days);
  const wanted = stated.filter(({ provider }) => providers.length === 0 || providers.includes(provider));
  return groupsOf(wanted, ({ date, provider }) => JSON.stringify([date, provider])).flatMap((group) => {
    const bills = group
      .filter(({ counts, cost_usd }) => counts && cost_usd !== "0")
      .flatMap(({ imports }) => imports);
    return group.map((source) => sourceOf(source, isBilled(source), bills));
  });
};

const sourceOf = (
  { counts, cost_usd, estimated_usd, hidden_by, ...source }: SourceDay,
  isBilled: boolean,
  bills: readonly ImportName[],
): SpendSource => {
  const whole = plain(sum([cost_usd, estimated_usd]));
  if (!counts) return { ...source, counted_usd: "0", estimated_usd: "0", hidden_usd: whole, hidden_by };
  if (isBilled && estimated_usd !== "0") {
    const others = bills.filter(({ id }) => source.imports.every((own) => own.id !== id));
    return {
      ...source,
      counted_usd: cost_usd,
      estimated_usd: "0",
      hidden_usd: estimated_usd,
      hidden_by: [...new Map(others.map((each) => [each.id, each])).values()],
      in_bill: true,
    };
  }
  return { ...source, counted_usd: whole, estimated_usd, hidden_usd: "0", hidden_by };
};

/** Consecutive days on which a source says the same, added up. */
export interface SourceSpan extends Omit<SpendSource, "date"> {
  from: string;
  to: string;
}

/** In order of their first days. */
export const sourceSpans = (sources: readonly SpendSource[]): SourceSpan[] =>
  groupsOf(sources, alike)
    .flatMap(inARow)
    .toSorted((a, b) => byName(a.from, b.from) || byName(a.provider, b.provider));

const alike = ({
  provider,
  account,
  method,
  imports,
  hidden_by,
  hidden_usd,
  in_bill,
}: SpendSource): string => {
  const ids = (names: readonly ImportName[]): string[] => names.map(({ id }) => id);
  const isHidden = !decimal(hidden_usd).eq(0);
  return JSON.stringify([provider, account, method, ids(imports), ids(hidden_by), isHidden, in_bill]);
};

const inARow = (days: readonly SpendSource[]): SourceSpan[] => {
  const spans: SourceSpan[] = [];
  for (const { date, ...day } of days) {
    const last = spans.at(-1);
    if (last === undefined || date > daysAfter(last.to, 1)) spans.push({ ...day, from: date, to: date });
    else spans[spans.length - 1] = { ...added(last, day), to: date };
  }
  return spans;
};

const added = (span: SourceSpan, day: Omit<SpendSource, "date">): SourceSpan => ({
  ...span,
  record_count: span.record_count + day.record_count,
  counted_usd: plain(sum([span.counted_usd, day.counted_usd])),
  estimated_usd: plain(sum([span.estimated_usd, day.estimated_usd])),
  hidden_usd: plain(sum([span.hidden_usd, day.hidden_usd])),
});

/** Asks for the sources of a range. */
export const spendSources = async (
  store: SourceAnswers,
  { from, to }: DateRange,
  filters: SpendFilters,
): Promise<SpendSource[]> => {
  const dates = { from_date: from, to_date: to };
  const [stated, days] = [
    await store.call("list_sources", dates),
    await store.call("get_daily_spend", { ...dates, split_by: ["account"] }),
  ];
  return sourcesOf(stated, days, filters);
};
