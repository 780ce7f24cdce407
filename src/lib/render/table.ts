import CliTable from "cli-table3";
import { type Tint, tinted } from "./color.js";
import { compactCount, formatCount } from "./money-text.js";
import { cutApart, printable, widest } from "./text.js";

/** The limits of the terminal. The caller passes them; renderers read no environment. */
export interface Screen {
  /** Columns of the terminal. From 60 on, everything fits; below, numbers stay whole and lines wrap. */
  width: number;
  color: boolean;
}

/** One column of a table, and how to read its cells from a row. A cell is shown as one line of printable text. */
export interface Column<Row> {
  header: string;
  cell(row: Row): string;
  /** A shorter form of the cell, used in all such columns if the table is too wide. */
  compact?(row: Row): string;
  /** `decimal` aligns amounts at their decimal points. Default: left. */
  align?: "left" | "right" | "decimal";
  /**
   * Text may be cut to this many columns if the table is too wide; different texts stay different, and
   * numbers are never cut.
   */
  shrinkTo?: number;
  /** Columns that still do not fit are left out, the lowest number first. Without a priority, a column always stays. */
  priority?: number;
  tint?(row: Row): Tint | undefined;
}

/** A column of counts, with fewer digits if the table is too wide; a dash if no source states the count. */
export const countColumn = <Row>(
  header: string,
  count: (row: Row) => number | null,
  priority: number,
): Column<Row> => ({
  header,
  cell: (row) => formatCount(count(row)),
  compact: (row) => compactCount(count(row)),
  align: "right",
  priority,
});

export interface TableOptions<Row> extends Screen {
  /** The last line, below a rule. */
  total?: Row;
}

interface FittedColumn<Row> {
  column: Column<Row>;
  /** The header, then a cell for each row, aligned. */
  texts: string[];
  width: number;
}

const GAP = "  ";

/** A light table, with a rule below the header and above the total, in at most `width` columns. */
export const table = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width, color, total }: TableOptions<Row>,
): string => {
  const all = total === undefined ? rows : [...rows, total];
  const fitted = fit(columns, all, width).map(withTextsCut);
  const rule = tinted("─".repeat(lineWidth(fitted)), "dim", color);
  const [head = "", ...lines] = draw(fitted, all, color);
  const foot = lines.slice(rows.length).flatMap((line) => [rule, tinted(line, "bold", color)]);
  return [tinted(head, "bold", color), rule, ...lines.slice(0, rows.length), ...foot].join("\n");
};

/** True if a table with all of these columns fits, perhaps with cut text. */
export const fits = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): boolean =>
  lineWidth(layout(columns, rows, "compact", width)) <= width;

/** The first layout that fits: in full, with compact numbers, with cut text, then with fewer and fewer columns. */
const fit = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): FittedColumn<Row>[] => {
  for (const form of ["cell", "compact"] as const) {
    const natural = layout(columns, rows, form, Infinity);
    if (lineWidth(natural) <= width) return natural;
  }
  const shortest = layout(columns, rows, "compact", width);
  const fewer = withoutLeast(columns);
  return lineWidth(shortest) <= width || fewer === undefined ? shortest : fit(fewer, rows, width);
};

const layout = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  form: "cell" | "compact",
  width: number,
): FittedColumn<Row>[] => {
  const natural = columns.map((column) => {
    const texts = textsOf(column, rows, form);
    return { column, texts, width: widest(texts) };
  });
  return shrunk(natural, width);
};

const textsOf = <Row>(column: Column<Row>, rows: readonly Row[], form: "cell" | "compact"): string[] => {
  const texts = rows.map((row) =>
    form === "compact" && column.compact ? column.compact(row) : column.cell(row),
  );
  const shown = texts.map(printable);
  return [column.header, ...(column.align === "decimal" ? pointsAligned(shown) : shown)];
};

/** Pads amounts on the right, so that right-aligning them aligns their decimal points. */
export const pointsAligned = (texts: readonly string[]): string[] => {
  const fraction = (text: string): number => /\.\d+$/.exec(text)?.[0].length ?? 0;
  const longest = texts.reduce((max, text) => Math.max(max, fraction(text)), 0);
  // A word or a dash stays at the right edge.
  return texts.map((text) => (/\d$/.test(text) ? text + " ".repeat(longest - fraction(text)) : text));
};

const lineWidth = (columns: readonly { width: number }[]): number =>
  columns.reduce((total, { width }) => total + width, 0) + GAP.length * (columns.length - 1);

/** Narrows the widest text that may be cut until the line fits. */
const shrunk = <Row>(natural: readonly FittedColumn<Row>[], width: number): FittedColumn<Row>[] => {
  const columns = natural.map((column) => ({ ...column }));
  while (lineWidth(columns) > width) {
    const [widestText] = columns
      .filter((each) => each.width > (each.column.shrinkTo ?? Infinity))
      .toSorted((a, b) => b.width - a.width);
    if (widestText === undefined) break;
    widestText.width -= 1;
  }
  return columns;
};

const withTextsCut = <Row>(fitted: FittedColumn<Row>): FittedColumn<Row> => {
  if (fitted.column.shrinkTo === undefined) return fitted;
  const texts = cutApart(fitted.texts, fitted.width);
  return { ...fitted, texts, width: widest(texts) };
};

const withoutLeast = <Row>(columns: readonly Column<Row>[]): readonly Column<Row>[] | undefined => {
  const priorities = columns.flatMap(({ priority }) => priority ?? []);
  if (priorities.length === 0) return undefined;
  const last = columns.findLastIndex(({ priority }) => priority === Math.min(...priorities));
  return columns.toSpliced(last, 1);
};

/**
 * Lines drawn at once, each column as one cell: cli-table3 is slow per cell, compares each with all above it, and scans
 * a whole cell for each of its lines.
 */
const SLICE = 12;

const draw = <Row>(columns: readonly FittedColumn<Row>[], rows: readonly Row[], color: boolean): string[] => {
  const cells = columns.map(({ column, texts: [header = "", ...texts] }) => {
    const tints = texts.map((text, y) => {
      const row = rows[y];
      const tint = row === undefined ? undefined : column.tint?.(row);
      return tint === undefined ? text : tinted(text, tint, color);
    });
    return [header, ...tints];
  });
  const lines: string[] = [];
  for (let start = 0; start <= rows.length; start += SLICE) {
    const slice = new CliTable({
      chars: NO_BORDERS,
      style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
      colWidths: columns.map(({ width }) => width),
      colAligns: columns.map(({ column: { align = "left" } }) => (align === "left" ? "left" : "right")),
    });
    slice.push(cells.map((column) => column.slice(start, start + SLICE).join("\n")));
    lines.push(...slice.toString().split("\n"));
  }
  return lines.map((line) => line.trimEnd());
};

const NO_BORDERS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: GAP,
};
