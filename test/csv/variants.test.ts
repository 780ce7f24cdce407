import { describe, expect, it } from "vitest";
import type { RowResult } from "../../src/lib/csv/reader.js";
import { allTables, hasAmericanDates, type SampleTable } from "../fuzz/sample-tables.js";
import { RATES, read } from "./tables.js";

interface Variant {
  name: string;
  /** Where the columns go; as they are without. */
  places?: (columns: number) => number[];
  /** Columns that no format knows. */
  extra?: readonly string[];
  delimiter?: string;
  newline?: string;
  mark?: string;
  /** Every cell in quotes. */
  isQuoted?: true;
  hasBom?: true;
}

const all = (columns: number): number[] => Array.from({ length: columns }, (_, index) => index);

const VARIANTS: readonly Variant[] = [
  { name: "its columns in reverse", places: (columns) => all(columns).reverse() },
  {
    name: "its columns in the order of their names, quoted",
    places: (columns) => all(columns).map((place) => (place * 7 + 3) % columns),
    isQuoted: true,
  },
  { name: "columns that nobody knows", extra: ["tomorrow_tokens", "Notes, and more"] },
  { name: "line ends of Windows, and a mark of its byte order", newline: "\r\n", hasBom: true },
  { name: "tabs", delimiter: "\t" },
  { name: "semicolons", delimiter: ";" },
  { name: "semicolons and decimal commas", delimiter: ";", mark: "," },
];

/** A plain decimal with a point becomes one with another mark; thousands lose theirs. */
const remarked = (cell: string, mark: string | undefined): string => {
  if (mark === undefined) return cell;
  const plain = /^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(cell) ? cell.replaceAll(",", "") : cell;
  return /^-?\d+\.\d+(?:e[+-]?\d+)?$/i.test(plain) ? plain.replace(".", mark) : plain;
};

const written = ({ header, rows, above }: SampleTable, variant: Variant): string => {
  const { places = all, extra = [], delimiter = ",", newline = "\n", mark, isQuoted, hasBom } = variant;
  const order =
    new Set(places(header.length)).size === header.length ? places(header.length) : all(header.length);
  const quoted = (cell: string) =>
    isQuoted || cell.includes(delimiter) || /["\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  const line = (cells: readonly string[]) => cells.map(quoted).join(delimiter);
  const ordered = (cells: readonly string[]) => order.map((place) => cells[place] ?? "");
  const lines = [
    ...above.map(line),
    line([...ordered(header), ...extra]),
    ...rows.map(({ cells }) =>
      line([...ordered(cells).map((cell) => remarked(cell, mark)), ...extra.map((_, index) => `x ${index}`)]),
    ),
  ];
  return `${hasBom ? "\ufeff" : ""}${lines.join(newline)}${newline}`;
};

/** What a row became, but for its line. */
const outcome = (result: RowResult): unknown => {
  if (result.kind === "record") return result.record;
  return result.kind === "skip" ? result.reason : result.kind;
};

/** A spreadsheet of another country than the file's cannot tell the day of such dates from the month. */
const orderOf = (table: SampleTable) => (hasAmericanDates(table) ? { given: { order: "MDY" } as const } : {});

const PERIOD = {
  timestamp: "2026-10-01T00:00:00Z",
  granularity: "month",
  until: "2026-10-31",
  written: "2026-10",
} as const;

describe.each(VARIANTS)("a sample with $name", (variant) => {
  const tables = allTables.filter(({ name, header }) => {
    // What an export without usage is like is known by its only columns.
    if (variant.extra !== undefined) return name !== "openai_usage_empty.csv";
    // Columns without a name cannot change places, and a line that somebody added calls itself a total in its first cell.
    const isFixed = header.some((column) => column.trim() === "") || name.includes("preamble_total");
    return variant.places === undefined || !isFixed;
  });

  it.each(tables)("$name gives the same records", async (table) => {
    const options = { rates: RATES, period: PERIOD, ...orderOf(table) };
    const { results, file } = await read(written(table, variant), options);
    // The records of one row of a pivot table come in the order of its columns.
    const sorted = (found: readonly RowResult[]) =>
      found.map((result) => JSON.stringify(outcome(result))).sort();
    expect(sorted(results)).toEqual(sorted(table.answers));
    if (variant.extra !== undefined && file.format.id !== "aws-cost-explorer")
      expect(file.ignoredColumns).toEqual(expect.arrayContaining([...variant.extra]));
  });
});
