import { COLUMN_FIELDS, type ColumnName } from "../reports/columns.js";
import { type FilledReport, isBlank, type SpendRow } from "../reports/report.js";
import { MEASURES } from "../reports/sum.js";
import { csvText } from "./csv-text.js";

/**
 * A spend report as CSV: rows with the field names of the JSON output, at full precision, without a total. A value that
 * no source states is an empty cell. @param chosen the measures to show, in order; by default all
 */
export const spendCsv = (report: FilledReport, chosen?: readonly ColumnName[]): string => {
  const fields = chosen?.map((name) => COLUMN_FIELDS[name]) ?? measuresOf(report);
  const columns: (keyof SpendRow)[] = [...report.group_by, ...fields];
  return csvText(
    columns,
    report.rows.map((row) => columns.map((column) => (row as Partial<SpendRow>)[column])),
    new Set(report.group_by),
  );
};

const measuresOf = ({ rows }: FilledReport): (keyof SpendRow)[] => {
  const comparison = ["previous_usd", "change_usd", "change_percent"] as const;
  const spent = rows.filter((row) => !isBlank(row));
  return [
    ...MEASURES,
    "share",
    ...(spent.some((row) => row.previous_usd !== undefined) ? comparison : []),
    ...(spent.some((row) => row.others !== undefined) ? (["others"] as const) : []),
  ];
};
