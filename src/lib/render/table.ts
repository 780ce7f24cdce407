import CliTable from "cli-table3";
import { type Tint, tinted } from "./color.js";
import { compactCount, formatCount } from "./money-text.js";
import { cutApart, printable, widest } from "./text.js";

/** What the terminal allows. The caller knows it; renderers read no environment. */
export interface Screen {
  /** Columns of the terminal. Everything fits from 60 on; with fewer, numbers stay whole and lines run over. */
  width: number;
  color: boolean;
}

/** One column of a table, and how to read its cells from a row. A cell is shown as one line of printable text. */
export interface Column<Row> {
  header: string;
  cell(row: Row): string;
  /** A shorter form of the cell, taken in all such columns where the table is too wide. */
  compact?(row: Row): string;
  /** `decimal` sets amounts so that their points are below each other. Left if absent. */
  align?: "left" | "right" | "decimal";
  /**
   * Text that may be cut down to this many columns where the table is too wide, different texts to different ones;
   * numbers are never cut.
   */
  shrinkTo?: number;
  /** What still does not fit is left out, the lowest number first. A column without a priority always stays. */
  priority?: number;
  tint?(row: Row): Tint | undefined;
}

/** A column of counts, with few digits where the table is too wide; a dash for what no source states. */
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

/** A column as it is drawn. */
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

/** True if a table with all of these columns fits, if need be with text cut. */
export const fits = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): boolean =>
  lineWidth(layout(columns, rows, "compact", width)) <= width;

/** The first layout that fits: in full, with compact numbers, with cut text, and then with ever fewer columns. */
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

/** Amounts padded on the right, so that their decimal points are below each other once they are right-aligned. */
export const pointsAligned = (texts: readonly string[]): string[] => {
  const fraction = (text: string): number => /\.\d+$/.exec(text)?.[0].length ?? 0;
  const longest = texts.reduce((max, text) => Math.max(max, fraction(text)), 0);
  // A word or a dash has no point: it stays at the right edge.
  return texts.map((text) => (/\d$/.test(text) ? text + " ".repeat(longest - fraction(text)) : text));
};

const lineWidth = (columns: readonly { width: number }[]): number =>
  columns.reduce((total, { width }) => total + width, 0) + GAP.length * (columns.length - 1);

/** Takes columns from the widest text, down to what each may be cut to, until the line fits. */
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
 * So many lines are drawn at once, each column of them as one cell: cli-table3 takes its time for a cell, compares it with
 * all above it, and looks at the whole of it for each of its lines.
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
