import type { StartColumn, TableStart } from "../csv/table-start.js";
import type { CheckedFile } from "../imports/check.js";
import { counted, decimal } from "../money.js";
import { readText, rejectsList, skippedText } from "./import-receipt.js";
import { formatCount, formatUsd } from "./money-text.js";
import { type Column, fits, roomOf, type Screen, table } from "./table.js";
import { wrap } from "./text.js";

const SHOWN_ROWS = 3;
const SHOWN_COLUMNS = 30;
const SHRINK_TO = 12;

/** The header of a file and its first rows: as they stand in it or, if they are too wide, a line for each column. */
export const startTable = ({ columns }: TableStart, screen: Screen): string => {
  const rows = Array.from({ length: Math.min(SHOWN_ROWS, columns[0]?.cells.length ?? 0) }, (_, row) => row);
  const upright = columns.map(({ name, cells }): Column<number> => ({
    header: name,
    cell: (row) => cells[row] ?? "",
    shrinkTo: SHRINK_TO,
  }));
  if (fits(upright, rows, roomOf(screen))) return table(upright, rows, screen);
  const turned: Column<StartColumn>[] = [
    { header: "Column", cell: ({ name }) => name, shrinkTo: SHRINK_TO },
    ...rows.map((row): Column<StartColumn> => ({
      header: `Row ${row + 1}`,
      cell: ({ cells }) => cells[row] ?? "",
      shrinkTo: SHRINK_TO,
    })),
  ];
  const more = columns.length - SHOWN_COLUMNS;
  return [
    table(turned, columns.slice(0, SHOWN_COLUMNS), screen),
    ...(more > 0 ? [`… and ${counted(more, "more column")}`] : []),
  ].join("\n");
};

/** What a file would bring, before the database is asked. */
export const foundText = (checked: CheckedFile, screen: Screen): string => {
  const { records, facts, cost_usd, tokens, from, to, rejected, rejects, rows } = checked;
  const dates = from === null || to === null ? [] : [from === to ? from : `${from} to ${to}`];
  const amounts = [
    ...(decimal(cost_usd).eq(0) ? [] : [formatUsd(cost_usd)]),
    ...(tokens === null ? [] : [`${formatCount(tokens)} tokens`]),
  ];
  const days = facts.days === undefined ? "" : ` of ${counted(facts.days, "day")}`;
  const head = [`${counted(records, "row")}${days} to import`, ...dates, ...amounts].join("   ");
  const skipped = skippedText(checked.skipped);
  const details = [...(skipped === "" ? [] : [skipped]), ...readText({ rows, read: facts })];
  const found = [
    ...wrap(head, screen.width, 2),
    ...details.flatMap((line) => wrap(line, screen.width - 2, 2).map((part) => `  ${part}`)),
  ];
  if (rejected === 0) return found.join("\n");
  const refused = [`${counted(rejected, "row")} cannot be read:`, rejectsList(rejects, rejected, screen)];
  return [...refused, ...(records === 0 ? [] : ["", ...found])].join("\n");
};
