import { localTime } from "../dates/ranges.js";
import type { Import } from "../api.js";
import { NOTHING_STATED, formatCount, usdOrDash } from "./money-text.js";
import { type Column, type Screen, countColumn, table } from "./table.js";
import { fieldLines, printable, shortId } from "./text.js";

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
  countColumn("Updated", ({ updated }) => updated, 40),
  { header: "Cost", cell: ({ cost_usd }) => usdOrDash(cost_usd), align: "decimal" },
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
      ["Covered", someRows(found.covered, "left out: another import has these days in more detail")],
      ["Kept edits", someRows(found.kept_edits, "left out: edited by hand")],
      [
        "Replaced",
        someRows(found.replaced, "less detailed records of the same days, replaced by this import"),
      ],
      ["Cost", usdOrDash(found.cost_usd)],
    ],
    width,
  );

const someRows = (count: number, remark: string): string | null =>
  count === 0 ? null : `${formatCount(count)} ${remark}`;

/** A command that sees a running import reports one that was interrupted. */
const STATUSES = { running: "incomplete", done: "done", undone: "undone" } as const;

const STATUS_TINTS = { running: "yellow", done: undefined, undone: "dim" } as const;

/** A file's name without its folders; `standard input` for `-`. */
export const fileName = (source: string): string =>
  source === "-" ? "standard input" : printable(source.replace(/^.*[\\/](?=.)/s, ""));

const datesCovered = ({ first_date, last_date }: Import): string => {
  if (first_date === null || last_date === null) return NOTHING_STATED;
  return first_date === last_date ? first_date : `${first_date} to ${last_date}`;
};
