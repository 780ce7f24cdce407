import type { Coverage, DailySpend } from "../api.js";
import { daysAfter, daysBetween, runsOf } from "../dates/days.js";
import type { DateRange, Span } from "../dates/ranges.js";
import { isUsage } from "./average.js";
import { coverageOf, knownProviders } from "./coverage.js";
import { unfinishedWarnings } from "./coverage-warnings.js";
import { byName } from "./groups.js";
import type { ProviderCoverage } from "./report.js";

/** The JSON contract of `aicost coverage --json`. */
export interface CoverageReport {
  /** Calendar dates, ends included: of an open range, from the first day with data to today; null without any. */
  range: DateRange & { timezone: string };
  /** Those with data in the range, by name. */
  providers: CoverageRow[];
  /** Providers whose spend in the range is only entered by hand, which tells of no day. */
  by_hand: string[];
  /** Whole sentences. */
  warnings: string[];
}

export interface CoverageRow extends Pick<ProviderCoverage, "provider" | "gaps" | "data_to"> {
  /** Days with data, in order: `data` if anything is recorded, `empty` if it is known that nothing was used. */
  ranges: (Span & { state: "data" | "empty" })[];
  /** What to do about its gaps, or about days after its last one; null if nothing lacks. */
  hint: string | null;
}

export interface CoverageOptions {
  range: DateRange;
  timezone: string;
  /** Today's date. */
  today: string;
  /** Only these; all by default. */
  providers?: readonly string[] | undefined;
  /** Where a user finds the exports of these formats, or of a provider without any. */
  whereOf: (provider: string, formats: readonly string[]) => string[];
}

/** A provider whose data end longer ago than this is not asked for more. */
const ALIVE_DAYS = 92;

/** @param days spend of the range by provider and day */
export const coverageReport = (
  days: readonly DailySpend[],
  coverage: Coverage,
  options: CoverageOptions,
): CoverageReport => {
  const { timezone, providers } = options;
  const range = endsOf(coverage, options);
  const known = coverageOf(coverage, range, providers);
  const told = new Set(known.providers.map(({ provider }) => provider));
  const usage = days.filter(isUsage);
  const others = new Set(days.map(({ provider }) => provider).filter((name) => !told.has(name)));
  const wanted = providers?.map((name) => name.toLowerCase());
  return {
    range: { ...range, timezone },
    providers: known.providers.map(({ provider, covered, gaps, data_to }) => ({
      provider,
      ranges: rangesOf(
        covered,
        usage.filter((day) => day.provider === provider),
      ),
      gaps,
      data_to,
      hint: hintFor({ provider, gaps, data_to }, coverage, options),
    })),
    by_hand: [...others].filter((name) => wanted?.includes(name.toLowerCase()) ?? true).sort(byName),
    warnings: unfinishedWarnings(coverage),
  };
};

/** An open range begins with the data and goes to today. */
const endsOf = (coverage: Coverage, { range, today, providers }: CoverageOptions): DateRange => {
  const first = knownProviders(coverage, providers)
    .map(([, spans]) => spans[0]?.[0] ?? today)
    .sort()[0];
  if (first === undefined) return range;
  return { from: range.from ?? first, to: range.to ?? (today > first ? today : first) };
};

const rangesOf = (covered: readonly Span[], usage: readonly DailySpend[]): CoverageRow["ranges"] => {
  const used = new Set(usage.map(({ date }) => date));
  const days = covered.flatMap(({ from, to }) => daysBetween(from, to));
  const runs = (state: "data" | "empty"): CoverageRow["ranges"] =>
    runsOf(days.filter((day) => used.has(day) === (state === "data"))).map((run) => ({ ...run, state }));
  return [...runs("data"), ...runs("empty")].sort((a, b) => byName(a.from, b.from));
};

const hintFor = (
  { provider, gaps, data_to }: Pick<CoverageRow, "provider" | "gaps" | "data_to">,
  coverage: Coverage,
  { range, today, whereOf }: CoverageOptions,
): string | null => {
  const end = range.to === null || today < range.to ? today : range.to;
  const isOver = data_to < end && data_to > daysAfter(today, -ALIVE_DAYS);
  const since = gaps[0]?.from ?? (isOver ? daysAfter(data_to, 1) : null);
  const { collected = false, formats = [] } = coverage.providers[provider] ?? {};
  if (since === null) return null;
  if (collected) return `aicost sync --provider ${provider} --since ${since}`;
  if (formats.length > 0 && formats.every((format) => format.startsWith("agent/"))) return "aicost scan";
  const where = whereOf(provider, formats);
  const download = where.length === 0 ? "" : `Download ${where.join("; or ")}. Then: `;
  return `${download}aicost import FILE`;
};
