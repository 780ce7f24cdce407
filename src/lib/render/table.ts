import CliTable from "cli-table3";
import { type Tint, tinted } from "./color.js";
import { NOTHING_STATED, compactCount, formatCount } from "./money-text.js";
import { broken, cutApart, printable, widest, wrap } from "./text.js";

/** The limits of the terminal. The caller passes them; renderers read no environment. */
export interface Screen {
  /** Columns of the terminal. From 60 on, everything fits; below, numbers stay whole and lines wrap. */
  width: number;
  color: boolean;
  /** Whether tables are as wide as what they hold, because no terminal cuts their lines. */
  whole?: boolean;
  /** Whether charts are drawn in characters that every terminal has. */
  ascii?: boolean;
}

/** One column of a table, and how to read its cells from a row. A cell is shown as one line of printable text. */
export interface Column<Row> {
  header: string;
  cell: (row: Row) => string;
  /** A shorter form of the cell, used in all such columns if the table is too wide. */
  compact?: (row: Row) => string;
  /** `decimal` aligns amounts at their decimal points. Default: left. */
  align?: "left" | "right" | "decimal";
  /**
   * Text may take up to `MOST_LINES` lines of this many columns or more if the table is too wide. A longer one is cut;
   * different texts stay different, and numbers are never cut.
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

/** A text of a cell, and what it means. */
export type Mark = readonly [text: string, meaning: string];

export interface TableOptions<Row> extends Screen {
  /** The last line, below a rule. */
  total?: Row;
  /** Explained below the table if they stand in it. */
  marks?: readonly Mark[];
  /** How to see the columns that do not fit, if there is more than a wider terminal. */
  otherWays?: string;
}

interface FittedColumn<Row> {
  column: Column<Row>;
  /** The header, then a cell for each row, aligned. */
  texts: string[];
  width: number;
}

/** A column as it is drawn. */
interface DrawnColumn<Row> extends FittedColumn<Row> {
  /** The lines of each text. */
  lines: string[][];
  /** Whether a text is cut. */
  isCut: boolean;
}

const GAP = "  ";

/** Lines that a row may take. */
const MOST_LINES = 3;

/** A column need not be wider than this to spare its texts a cut. */
const WIDE = 30;

/**
 * A light table, with a rule below the header and above the total, in at most `width` columns. Below it stand what does
 * not fit, and what its marks mean.
 */
export const table = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  options: TableOptions<Row>,
): string => {
  const { color, total } = options;
  const all = total === undefined ? rows : [...rows, total];
  const { shown, hidden } = fit(columns, all, roomOf(options));
  const fitted = shown.map(inLines);
  const rule = tinted("─".repeat(lineWidth(fitted)), "dim", color);
  const [head = [], ...drawn] = draw(fitted, all, color);
  const bold = (lines: readonly string[]): string[] => lines.map((line) => tinted(line, "bold", color));
  const foot = drawn.slice(rows.length).flatMap((lines) => [rule, ...bold(lines)]);
  const lines = [...bold(head), rule, ...drawn.slice(0, rows.length).flat(), ...foot];
  return [lines.join("\n"), notes(fitted, hidden, options)].filter((part) => part !== "").join("\n\n");
};

/** How many columns a table may have. */
export const roomOf = ({ width, whole = false }: Pick<Screen, "width" | "whole">): number =>
  whole ? Infinity : width;

/** What is below a table. */
const notes = <Row>(
  fitted: readonly DrawnColumn<Row>[],
  hidden: readonly string[],
  { width, color, marks = [], otherWays = "--json" }: TableOptions<Row>,
): string => {
  const cells = new Set(
    fitted
      .flatMap(({ column, texts }) => (column.shrinkTo === undefined ? texts.slice(1) : []))
      .map((text) => text.trim()),
  );
  const meanings = meaningsOf(marks, cells);
  // A pivot table cuts names that are its headers.
  const isCut = fitted.some((column) => column.isCut || column.column.header.includes("…"));
  const missing = [...hidden, ...(isCut ? ["whole names (…)"] : [])];
  const left = `No room for ${missing.join(", ")}: use a wider terminal, or ${otherWays}.`;
  return [...(missing.length > 0 ? [left] : []), ...(meanings.length > 0 ? [meanings.join(" ")] : [])]
    .flatMap((note) => wrap(note, width))
    .map((line) => tinted(line, "dim", color))
    .join("\n");
};

/** A sentence for each mark that stands in a cell. */
export const meaningsOf = (marks: readonly Mark[], cells: ReadonlySet<string>): string[] =>
  marks
    .filter(([text]) => cells.has(text))
    .map(([text, meaning]) => `${text === "" ? "Blank" : text}: ${meaning}.`);

/** True if a table with all of these columns fits, perhaps with text in several lines. */
export const fits = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): boolean =>
  lineWidth(layout(columns, rows, "compact", width)) <= width;

interface Fit<Row> {
  shown: FittedColumn<Row>[];
  /** The headers of columns that are left out although they say something. */
  hidden: string[];
}

/**
 * The first layout that fits: in full, with compact numbers, without the columns that say nothing, with text in several
 * lines, then with fewer and fewer columns; if none is left to be left out, texts are cut.
 */
const fit = <Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): Fit<Row> => {
  const whole = uncut(columns, rows, width);
  if (whole !== undefined) return { shown: whole, hidden: [] };
  const telling = columns.filter((column) => column.priority === undefined || !isEmpty(column, rows));
  let kept: readonly Column<Row>[] = telling;
  let shown = uncut(kept, rows, width) ?? layout(kept, rows, "compact", width);
  for (let fewer = withoutLeast(kept); lineWidth(shown) > width && fewer; fewer = withoutLeast(kept)) {
    kept = fewer;
    shown = uncut(kept, rows, width) ?? layout(kept, rows, "compact", width);
  }
  if (lineWidth(shown) > width)
    shown = shrunk(shown, width, ({ column, width: now }) => column.shrinkTo ?? now);
  return {
    shown,
    hidden: telling.filter((column) => !kept.includes(column)).map(({ header }) => header),
  };
};

/** The columns with their texts as they are, or with compact numbers; undefined if neither fits. */
const uncut = <Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): FittedColumn<Row>[] | undefined =>
  (["cell", "compact"] as const)
    .map((form) => layout(columns, rows, form, Infinity))
    .find((natural) => lineWidth(natural) <= width);

const isEmpty = <Row>({ cell }: Column<Row>, rows: readonly Row[]): boolean =>
  rows.every((row) => ["", NOTHING_STATED].includes(cell(row)));

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

/** Narrows the widest text that may take several lines until the line fits. */
const shrunk = <Row>(
  natural: readonly FittedColumn<Row>[],
  width: number,
  leastOf: (column: FittedColumn<Row>) => number = leastWidth,
): FittedColumn<Row>[] => {
  if (lineWidth(natural) <= width) return [...natural];
  const columns = natural.map((column) => ({ ...column, least: leastOf(column) }));
  while (lineWidth(columns) > width) {
    const [widestText] = columns
      .filter(({ width: now, least }) => now > least)
      .toSorted((a, b) => b.width - a.width);
    if (widestText === undefined) break;
    widestText.width -= 1;
  }
  return columns;
};

/** The least width in which no text of a column is cut, unless it is long. */
const leastWidth = <Row>({ column: { shrinkTo }, texts, width }: FittedColumn<Row>): number => {
  if (shrinkTo === undefined || shrinkTo >= width) return width;
  let least = shrinkTo;
  for (const text of new Set(texts)) {
    if (broken(text, WIDE, MOST_LINES) === null) continue;
    while (broken(text, least, MOST_LINES) === null) least += 1;
  }
  return Math.min(least, width);
};

/** A text that needs more lines than a row may have is cut to one. */
const inLines = <Row>(fitted: FittedColumn<Row>): DrawnColumn<Row> => {
  const { column, texts, width } = fitted;
  if (column.shrinkTo === undefined) return { ...fitted, lines: texts.map((text) => [text]), isCut: false };
  const inFull = texts.map((text) => broken(text, width, MOST_LINES));
  const isCut = inFull.includes(null);
  const cuts = isCut ? cutApart(texts, width) : [];
  const lines = inFull.map((each, at) => each ?? [cuts[at] ?? ""]);
  return { ...fitted, lines, isCut, width: widest(lines.flat()) };
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

/** @returns the lines of the header, then those of each row */
const draw = <Row>(
  columns: readonly DrawnColumn<Row>[],
  rows: readonly Row[],
  color: boolean,
): string[][] => {
  const heights = Array.from({ length: rows.length + 1 }, (_, at) =>
    columns.reduce((most, { lines }) => Math.max(most, lines[at]?.length ?? 0), 1),
  );
  const cells = columns.map(({ column, lines }) =>
    heights.flatMap((height, at) => {
      const row = rows[at - 1];
      const tint = row === undefined ? undefined : column.tint?.(row);
      const texts = lines[at] ?? [];
      const filled = [...texts, ...Array.from({ length: height - texts.length }, () => "")];
      return tint === undefined ? filled : filled.map((text) => tinted(text, tint, color));
    }),
  );
  const height = heights.reduce((all, each) => all + each, 0);
  const drawn: string[] = [];
  for (let start = 0; start < height; start += SLICE) {
    const slice = new CliTable({
      chars: NO_BORDERS,
      style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
      colWidths: columns.map(({ width }) => width),
      colAligns: columns.map(({ column: { align = "left" } }) => (align === "left" ? "left" : "right")),
    });
    slice.push(cells.map((column) => column.slice(start, start + SLICE).join("\n")));
    drawn.push(...slice.toString().split("\n"));
  }
  let end = 0;
  return heights.map((each) => drawn.slice(end, (end += each)).map((line) => line.trimEnd()));
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
