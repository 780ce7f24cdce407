import type { Coverage } from "../api.js";
import type { DateRange } from "../dates/ranges.js";
import { type DaySpans, gapsIn, spansJson, together, within, without } from "./day-spans.js";
import { byName } from "./groups.js";
import type { ProviderCoverage, ReportCoverage } from "./report.js";

/** The providers with known days, by name. @param wanted those that count; all by default */
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
