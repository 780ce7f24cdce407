import type { Coverage } from "../api.js";
import { daysIn } from "../dates/days.js";
import type { DateRange, Span } from "../dates/ranges.js";
import { counted } from "../money.js";
import type { ProviderCoverage, ReportCoverage } from "./report.js";
import { groupsOf } from "./groups.js";

/** More gaps of one provider are counted, not named. */
const MOST_GAPS = 3;

/** More unfinished imports are counted, not named. */
const MOST_NAMED = 3;

/**
 * Gaps in the data of a report, and how far they go.
 * @param to the last day that they could go to: that of the report, or today
 */
export const coverageWarnings = ({ providers }: ReportCoverage, to: string | null): string[] => [
  ...providers.filter(({ gaps }) => gaps.length > 0).map(gapWarning),
  ...(to === null ? [] : endWarnings(providers, to)),
];

/** All that is missing in a range up to today, imports that are not complete among it. */
export const missingWarnings = (
  known: ReportCoverage,
  coverage: Coverage,
  { to }: DateRange,
  today?: string,
): string[] => [
  ...coverageWarnings(known, to !== null && today !== undefined && today < to ? today : to),
  ...unfinishedWarnings(coverage),
  ...rateWarnings(coverage),
];

/** One line for each currency whose charges are due and cannot be counted. */
export const rateWarnings = ({ without_rate = [] }: Coverage): string[] =>
  groupsOf(without_rate, ({ currency }) => currency).map((charges) => {
    const [{ currency, due_on, name }] = charges;
    const which =
      charges.length === 1
        ? `The charge of ${name} on ${due_on} does not count`
        : `${charges.length} charges in ${currency} do not count, the first of ${name} on ${due_on}`;
    return `${which}: there is no exchange rate. Add one: aicost rates set ${currency} NUMBER, or aicost rates update`;
  });

const gapWarning = ({ provider, gaps }: ProviderCoverage): string => {
  const named = gaps.slice(0, MOST_GAPS).map(spanText);
  const more = gaps.length - named.length;
  const all = daysIn(gaps);
  const rest = more === 0 ? "" : ` and in ${counted(more, "more gap")}`;
  return `No data of ${provider} ${named.join(", ")}${rest} (${counted(all, "day")}). See: aicost coverage`;
};

const endWarnings = (providers: readonly ProviderCoverage[], to: string): string[] =>
  groupsOf(providers, ({ data_to }) => data_to)
    .filter(([{ data_to }]) => data_to < to)
    .map((group) => {
      const names =
        group.length === providers.length ? "" : ` of ${group.map((each) => each.provider).join(", ")}`;
      return `The data${names} end on ${group[0].data_to}: later days are not known.`;
    });

const spanText = ({ from, to }: Span): string => (from === to ? `on ${from}` : `from ${from} to ${to}`);

/** One line if imports are not complete. */
export const unfinishedWarnings = ({ unfinished }: Coverage): string[] => {
  const [first, ...others] = unfinished;
  if (first === undefined) return [];
  if (others.length === 0) {
    const again = first.feed === null ? "import the file again" : "run aicost sync";
    return [
      `The import of ${first.source_name} is not complete: ${again}, or undo it: aicost imports undo ${first.id.slice(0, 8)}`,
    ];
  }
  const names = unfinished.slice(0, MOST_NAMED).map(({ source_name }) => source_name);
  const more = unfinished.length - names.length;
  const all = more === 0 ? names.join(", ") : `${names.join(", ")} and ${more} more`;
  return [`${unfinished.length} imports are not complete: ${all}. See: aicost imports`];
};
