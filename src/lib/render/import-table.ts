import { isWholeMonth } from "../dates/days.js";
import { localTime } from "../dates/ranges.js";
import type { Import, ImportDay } from "../api.js";
import { decimal } from "../money.js";
import { NOTHING_STATED, formatCount, formatUsd, usdOrDash } from "./money-text.js";
import { type Column, type Screen, countColumn, table } from "./table.js";
import { fileName } from "./file-name.js";
import { importWarnings } from "./import-warnings.js";
import { fieldLines, shortId, wrap } from "./text.js";

export const importTable = (imports: readonly Import[], timezone: string, screen: Screen): string =>
  table(importColumns(timezone), imports, screen);

const importColumns = (timezone: string): Column<Import>[] => [
  { header: "Id", cell: ({ id }) => shortId(id) },
  { header: "Imported", cell: ({ created_at }) => localTime(created_at, timezone) },
  { header: "File", cell: ({ source_name }) => fileName(source_name), shrinkTo: 22 },
  { header: "Format", cell: ({ format }) => format, shrinkTo: 16, priority: 15 },
  { header: "Covers", cell: datesCovered, priority: 10 },
  countColumn("Rows", ({ row_count }) => row_count, 20),
  countColumn("New", ({ inserted }) => inserted, 40),
  { header: "Cost", cell: ({ cost_usd }) => usdOrDash(cost_usd), align: "decimal" },
  { header: "Counts", cell: countsNow, align: "decimal" },
  { header: "Status", cell: ({ status }) => STATUSES[status], tint: ({ status }) => STATUS_TINTS[status] },
];

export const importDetail = (found: Import, timezone: string, { width }: Screen): string =>
  fieldLines(
    [
      ["Id", found.id],
      ["File", found.source_name],
      ["SHA-256", found.sha256],
      ["Format", found.format],
      ["Status", STATUSES[found.status]],
      ["Imported", localTime(found.created_at, timezone, "second")],
      ["Undone", found.undone_at && localTime(found.undone_at, timezone, "second")],
      ["Covers", datesCovered(found)],
      ["Rows", formatCount(found.row_count)],
      ["New", formatCount(found.inserted)],
      ["Updated", formatCount(found.updated)],
      ["Unchanged", formatCount(found.unchanged)],
      ["Skipped", formatCount(found.skipped)],
      ["Rejected", formatCount(found.rejected)],
      ["Left out", someRows(found.covered)],
      ["Kept edits", someRows(found.kept_edits)],
      ["Replaced", someRows(found.replaced)],
      ["Cost", usdOrDash(found.cost_usd)],
      ["Counts now", found.status === "undone" ? null : countsText(found)],
    ],
    width,
  );

/** What an import says of each day, what of it counts, and what counts there instead. */
export const importDays = (days: readonly ImportDay[], screen: Screen): string =>
  table(dayColumns(days), days, screen);

const dayColumns = (days: readonly ImportDay[]): Column<ImportDay>[] => [
  { header: "Day", cell: daysText },
  ...textColumn(days, "Account", ({ account }) => account),
  ...textColumn(days, "Project", ({ project }) => project),
  { header: "Rows", cell: ({ rows }) => formatCount(rows), align: "right" },
  { header: "Cost", cell: ({ cost_usd }) => usdOrDash(cost_usd), align: "decimal" },
  { header: "Counts", cell: ({ counted_usd }) => usdOrDash(counted_usd), align: "decimal" },
  ...textColumn(days, "Instead", ({ hidden_by }) =>
    [...new Set(hidden_by.map(({ id, source_name }) => `${fileName(source_name)} (${shortId(id)})`))].join(
      ", ",
    ),
  ),
];

/** `2026-11`, or the first and the last of several days. */
const daysText = ({ day, last_day }: ImportDay): string => {
  if (day === last_day) return day;
  return isWholeMonth(day, last_day) ? day.slice(0, 7) : `${day} to ${last_day}`;
};

/** Only if a row has some text there. */
const textColumn = (
  days: readonly ImportDay[],
  header: string,
  text: (day: ImportDay) => string | null,
): Column<ImportDay>[] =>
  days.some((day) => text(day)) ? [{ header, cell: (day) => text(day) ?? "", shrinkTo: 12 }] : [];

/** What is to be known of an import, a line each. */
export const importNotes = (found: Import, { width }: Screen): string =>
  importWarnings(found)
    .flatMap((warning) => wrap(warning, width, 2))
    .join("\n");

const countsText = (found: Import): string =>
  `${countsNow(found)} (${formatCount(found.counted_rows)} of its rows)`;

function countsNow({ status, counted_usd, cost_usd }: Import): string {
  return status === "undone" || decimal(cost_usd).eq(0) ? NOTHING_STATED : formatUsd(counted_usd);
}

const someRows = (count: number): string | null => (count === 0 ? null : formatCount(count));

/** A command that sees a running import reports one that was interrupted. */
const STATUSES = { running: "incomplete", done: "done", undone: "undone" } as const;

const STATUS_TINTS = { running: "yellow", done: undefined, undone: "dim" } as const;

const datesCovered = ({ first_date, last_date }: Import): string => {
  if (first_date === null || last_date === null) return NOTHING_STATED;
  return first_date === last_date ? first_date : `${first_date} to ${last_date}`;
};
