import type { CheckName, CheckResult } from "../care/check.js";
import type { RefreshResult } from "../care/refresh.js";
import type { MonthPartition } from "../api.js";
import { formatBytes } from "../bytes.js";
import { tinted } from "./color.js";
import { formatCount } from "./money-text.js";
import { type Screen, table } from "./table.js";
import { printable, wrap } from "./text.js";

/** What a refresh did, in one line. */
export const refreshReceipt = ({ stale_days, seconds, done }: RefreshResult): string => {
  if (!done) return "Somebody else is refreshing the daily sums just now.";
  const days = stale_days === 1 ? "one day" : `${formatCount(stale_days)} days`;
  return `Refreshed the daily sums in ${seconds.toFixed(1)} s: ${stale_days === 0 ? "no day" : days} had changed.`;
};

/** What a vacuum gave back, in one line. @param before bytes @param after bytes */
export const vacuumReceipt = (before: number, after: number): string =>
  `The database takes ${formatBytes(after)}; before, it took ${formatBytes(before)}.`;

/** The months of a database, a line each. @param made months that were made just now; null where none was asked for */
export const partitionLines = (
  partitions: readonly MonthPartition[],
  made: readonly string[] | null,
  screen: Screen,
): string => {
  const list = table(
    [
      { header: "Month", cell: ({ month }) => month },
      { header: "Records", cell: ({ records }) => formatCount(records), align: "right" },
      { header: "Size", cell: ({ bytes }) => formatBytes(bytes), align: "right" },
    ],
    partitions,
    screen,
  );
  return made === null ? list : [list, "", ...wrap(madeText(made), screen.width, 2)].join("\n");
};

const madeText = (made: readonly string[]): string =>
  made.length === 0 ? "All of these months were there already." : `Made just now: ${made.join(", ")}.`;

/** What is checked, as a sentence that is true where all is well. */
const CLAIMS: Record<CheckName, string> = {
  storage: "All tables and indexes can be read, and lead to the same rows.",
  indexes: "Every month has all indexes.",
  partitions: "Every month is a partition of its own, shut by row-level security.",
  references: "No row refers to one that is not there.",
  imports: "Every import has the records that it wrote, and no more.",
  daily_sums: "The daily sums are those of the records, or marked as changed.",
  totals: "Reports count every record once.",
};

/** As wide as the mark before a claim. */
const INDENT = " ".repeat("failed  ".length);

const itemLines = (text: string, width: number): string[] =>
  wrap(`- ${text}`, width - INDENT.length, 2).map((line) => `${INDENT}${line}`);

/** What was checked, a line each, and below a failed one what is wrong. */
export const checkLines = (checks: readonly CheckResult[], { width, color }: Screen): string =>
  checks
    .flatMap(({ check, ok, found, problems }) => {
      const mark = ok ? tinted("ok    ", "green", color) : tinted("failed", "red", color);
      const more = found - problems.length;
      return [
        `${mark}  ${wrap(CLAIMS[check], width - INDENT.length).join(`\n${INDENT}`)}`,
        ...problems.flatMap((problem) => itemLines(printable(problem), width)),
        ...(more > 0 ? itemLines(`and ${formatCount(more)} more`, width) : []),
      ];
    })
    .join("\n");
