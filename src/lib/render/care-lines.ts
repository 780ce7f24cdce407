import type { CheckName, CheckResult } from "../care/check.js";
import type { RefreshResult } from "../care/refresh.js";
import type { MonthPartition } from "../api.js";
import { formatBytes } from "../bytes.js";
import { tinted } from "./color.js";
import { formatCount } from "./money-text.js";
import { type Screen, table } from "./table.js";
import { printable, wrap } from "./text.js";

export const refreshReceipt = ({ stale_days, seconds, done }: RefreshResult): string => {
  if (!done) return "Another session is already refreshing the daily sums.";
  const days = stale_days === 1 ? "one day" : `${formatCount(stale_days)} days`;
  return `Refreshed the daily sums in ${seconds.toFixed(1)} s: ${stale_days === 0 ? "no day" : days} had changed.`;
};

export const vacuumReceipt = (before: number, after: number): string =>
  `Database size: ${formatBytes(before)} → ${formatBytes(after)}`;

/** @param made months that were created just now; null if none was asked for */
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
  made.length === 0 ? "All of these months exist already." : `Created: ${made.join(", ")}.`;

const CLAIMS: Record<CheckName, string> = {
  storage: "All tables and indexes are readable, and agree.",
  indexes: "Every month has all of its indexes.",
  partitions: "Every month is its own partition, protected by row-level security.",
  references: "No row refers to a missing row.",
  imports: "What counts is of an import, and whole.",
  daily_sums: "The daily sums match the records, or are marked as outdated.",
  totals: "Reports count every record once.",
};

/** As wide as the mark before a claim. */
const INDENT = " ".repeat("failed  ".length);

const itemLines = (text: string, width: number): string[] =>
  wrap(`- ${text}`, width - INDENT.length, 2).map((line) => `${INDENT}${line}`);

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
