import { daysCount } from "../dates/days.js";
import type { Span } from "../dates/ranges.js";
import { counted } from "../money.js";
import type { CoverageReport, CoverageRow } from "../reports/coverage-report.js";
import { tinted } from "./color.js";
import { axisOf, blocksOf, type Cells, type CellState, stateOf } from "./coverage-cells.js";
import { spendTitle } from "./spend-table.js";
import type { Screen } from "./table.js";
import { cutApart, padRight, widest, wrap } from "./text.js";
import { warningLines } from "./warning-lines.js";

const MARKS: Record<"utf8" | "ascii", Record<CellState, string>> = {
  utf8: { data: "█", empty: "·", partly: "▒", unknown: " " },
  ascii: { data: "#", empty: ".", partly: "+", unknown: " " },
};

const MEANINGS: [CellState, string][] = [
  ["data", "data"],
  ["empty", "nothing was used"],
  ["partly", "some of its days"],
  ["unknown", "not known"],
];

/** Names before the strips are cut to this. */
const LONGEST_NAME = 20;

/** More gaps of one provider are counted, not named. */
const MOST_GAPS = 5;

const NOTHING = "No days are known. Import a file with: aicost import FILE";

/** A strip for each provider, what its marks mean, and below it what is missing and what to type. */
export const coverageText = (report: CoverageReport, screen: Screen): string => {
  const { providers, by_hand, range, warnings } = report;
  const { from, to } = range;
  const { width } = screen;
  const byHand = by_hand.length === 0 ? "" : `Entered by hand, which tells of no day: ${by_hand.join(", ")}.`;
  const below = [wrap(byHand, width).join("\n"), warningLines(warnings, screen)];
  const parts =
    providers.length === 0 || from === null || to === null
      ? [wrap(NOTHING, width).join("\n")]
      : [
          spendTitle(report, "Days with data", screen),
          strips(providers, { from, to }, screen),
          notes(providers, to, screen),
        ];
  return [...parts, ...below].filter((part) => part !== "").join("\n\n");
};

const strips = (providers: readonly CoverageRow[], range: Span, { width, color, ascii }: Screen): string => {
  const names = namesOf(providers);
  const indent = widest(names) + 2;
  const blocks = blocksOf(range, width - indent);
  const marks = MARKS[ascii ? "ascii" : "utf8"];
  const used = new Set<CellState>();
  const drawn = blocks.flatMap((cells) => [
    `${" ".repeat(indent)}${axisOf(cells)}`.trimEnd(),
    ...providers.map(({ ranges }, at) => {
      const states = cells.spans.map((span) => stateOf(span, ranges));
      for (const state of states) used.add(state);
      const strip = states.map((state) => marks[state]).join("");
      return `${padRight(names[at] ?? "", indent)}${tinted(strip.trimEnd(), "cyan", color)}`.trimEnd();
    }),
    "",
  ]);
  return [...drawn, ...wrap(legend(used, blocks, marks), width)].join("\n");
};

const legend = (
  used: ReadonlySet<CellState>,
  [first]: readonly Cells[],
  marks: Record<CellState, string>,
): string => {
  const parts = MEANINGS.filter(([state]) => used.has(state)).map(
    ([state, meaning]) => `${state === "unknown" ? "blank:" : marks[state]} ${meaning}`,
  );
  const unit = first?.unit ?? "day";
  const each = /^\d/.test(unit) ? unit : `a ${unit}`;
  return `${parts.join(", ")}.${unit === "day" ? "" : ` A character is ${each}.`}`;
};

/** What each provider lacks, and what to type. */
const notes = (providers: readonly CoverageRow[], to: string, { width }: Screen): string => {
  const names = namesOf(providers);
  const indent = widest(names) + 2;
  const lines = providers.flatMap((row, at) => {
    const lacking = lackOf(row, to);
    if (lacking === "") return [];
    const below = row.hint === null ? [] : wrap(row.hint, width - indent);
    return [...wrap(lacking, width - indent), ...below].map(
      (line, number) => `${padRight(number === 0 ? (names[at] ?? "") : "", indent)}${line}`,
    );
  });
  return lines.length === 0 ? "No gaps." : lines.join("\n");
};

const lackOf = ({ gaps, data_to }: CoverageRow, to: string): string => {
  const named = gaps.slice(0, MOST_GAPS).map(spanText);
  const more = gaps.length - named.length;
  const rest = more === 0 ? "" : ` and ${counted(more, "more gap")}`;
  return [
    ...(gaps.length === 0 ? [] : [`no data ${named.join(", ")}${rest}`]),
    ...(data_to < to ? [`data to ${data_to}`] : []),
  ].join("; ");
};

const spanText = ({ from, to }: Span): string =>
  from === to ? `on ${from}` : `${from} to ${to} (${counted(daysCount(from, to), "day")})`;

const namesOf = (providers: readonly CoverageRow[]): string[] =>
  cutApart(
    providers.map(({ provider }) => provider),
    LONGEST_NAME,
  );
