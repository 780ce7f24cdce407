import type { Coverage } from "../api.js";
import type { DateRange, Span } from "../dates/ranges.js";
import { type DaySpans, gapsIn, spansJson, together, within, without } from "./day-spans.js";
import { byName } from "./groups.js";

/** Of which days of a report something is known. */
export interface ReportCoverage {
  /** Days with data, be it that nothing was spent: some provider tells of them, and none has a gap there. */
  covered: Span[];
  /** The last day that any provider tells of; null if there is none. */
  data_to: string | null;
  /** Those that tell of any day of the report, by name. */
  providers: ProviderCoverage[];
}

export interface ProviderCoverage {
  provider: string;
  covered: Span[];
  /** Days between its first and its last one, in all, that nothing tells of. */
  gaps: Span[];
  /** The last day that it tells of, in the range. */
  data_to: string;
}

/** The providers of which something is known, by name. @param wanted those that count; all by default */
export const knownProviders = ({ providers }: Coverage, wanted?: readonly string[]): [string, DaySpans][] => {
  const names = wanted?.map((name) => name.toLowerCase());
  return Object.entries(providers)
    .filter(([name]) => names === undefined || names.includes(name.toLowerCase()))
    .toSorted(([a], [b]) => byName(a, b))
    .map(([name, { ranges }]) => [name, ranges]);
};

/** What is known of the days of a range. @param wanted the providers of the report; all by default */
export const coverageOf = (
  coverage: Coverage,
  range: DateRange,
  wanted?: readonly string[],
): ReportCoverage => {
  const known = knownProviders(coverage, wanted);
  const gaps = together(known.map(([, spans]) => gapsIn(spans)));
  const told = together(known.map(([, spans]) => within(spans, range)));
  return {
    covered: spansJson(without(told, gaps)),
    data_to: told.at(-1)?.[1] ?? null,
    providers: known.flatMap(([provider, spans]): ProviderCoverage[] => {
      const covered = within(spans, range);
      const last = covered.at(-1);
      if (last === undefined) return [];
      const inRange = within(gapsIn(spans), range);
      return [{ provider, covered: spansJson(covered), gaps: spansJson(inRange), data_to: last[1] }];
    }),
  };
};
