import { textWidth } from "../../src/lib/render/text.js";
import type { TerminalSize } from "../support/cli.js";
import type { Shown } from "./play.js";

/** What only a bug shows. */
const BUGS = /\bundefined\b|\bNaN\b|\bnull\b|\[object |Invalid Date|\bInfinity\b|^ +at .+:\d+:\d+|\bE[A-Z]{4,}\b:|a bug in aicost/;

const RULE = /^─+$/;

/** A column of a table: from one place of a line to another, in columns of the terminal. */
interface Column {
  header: string;
  from: number;
  to: number;
}

interface Table {
  head: string[];
  /** The rows, and a rule above a total. */
  lines: string[];
}

/** A line as the cells of the terminal: a wide character takes two. */
const cellsOf = (line: string): string[] =>
  [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(line)].flatMap(({ segment }) => {
    const width = textWidth(segment);
    return width === 0 ? [] : [segment, ...Array.from({ length: width - 1 }, () => "")];
  });

/** The lines from the one after a blank line to the one before the next. */
const paragraphsOf = (rows: readonly string[]): string[][] => {
  const paragraphs: string[][] = [[]];
  for (const row of rows) {
    if (row === "") paragraphs.push([]);
    else paragraphs.at(-1)?.push(row);
  }
  return paragraphs.filter((lines) => lines.length > 0);
};

/** What may stand below a table without a blank line: how many rows there are, a question about them. */
const BELOW = /^(?:✔ |[\d,]+ of [\d,]+ |\d+ models? changed less)/;

/** The table of a paragraph: what is above its first rule is the header; null if it is text. */
const tableOf = (lines: readonly string[]): Table | null => {
  const rule = lines.findIndex((line) => RULE.test(line));
  if (rule === -1) return null;
  const end = lines.findIndex((line) => BELOW.test(line));
  return { head: lines.slice(0, rule), lines: lines.slice(rule, end === -1 ? undefined : end) };
};

/** Where two or more columns of the terminal are empty in all lines, columns of the table end. */
const columnsOf = ({ head, lines }: Table): Column[] => {
  const cells = [...head, ...lines.filter((line) => !RULE.test(line))].map(cellsOf);
  const width = Math.max(...cells.map(({ length }) => length));
  const isEmpty = (at: number): boolean => cells.every((line) => (line[at] ?? " ") === " ");
  const columns: Column[] = [];
  let from: number | null = null;
  for (let at = 0; at <= width; at += 1) {
    const ends = at === width || (isEmpty(at) && isEmpty(at + 1));
    if (from === null && !isEmpty(at)) from = at;
    else if (from !== null && ends) {
      columns.push({ header: textIn(head, from, at), from, to: at });
      from = null;
    }
  }
  return columns;
};

const textIn = (lines: readonly string[], from: number, to: number): string =>
  lines.map((line) => cellsOf(line).slice(from, to).join("").trim()).join(" ");

/** What is wrong with a table: its headers, its width, what is cut. */
const tableFaults = (table: Table): string[] => {
  const faults: string[] = [];
  const columns = columnsOf(table);
  const headers = table.head.map((line) => line.trim().split(/ {2,}/)).at(-1) ?? [];
  if (headers.length > columns.length)
    faults.push(`a row crosses from one column into the next: ${table.head.join("/")}`);
  const rule = table.lines[0]?.length ?? 0;
  const wider = table.lines.filter((line) => textWidth(line) > rule);
  faults.push(...wider.map((line) => `wider than its table: ${line}`));
  if (table.lines.filter((line) => RULE.test(line)).some(({ length }) => length !== rule))
    faults.push("the rules of a table differ in length");
  columns.forEach(({ from, to }, place) => {
    for (const line of table.lines) {
      const cell = cellsOf(line).slice(from, to).join("").trim();
      if (!cell.includes("…") || IS_MASKED.test(cell)) continue;
      if (place === 0 || /[$€]|\d\.\d/.test(cell)) faults.push(`cut: ${cell}`);
    }
  });
  return faults;
};

/** A key is never shown whole, nor is the path of an address to which notices go. */
const IS_MASKED = /\badmin-?(?:01-)?…\S{4}\b|:\/\/[^/]+\/…/;

/** What stands in charts and bars. */
const DRAWN = /[┤█▌▏▎▍▋▊▉▒░╭╮╯╰│╱]|^[A-Z*]{5,}|[A-Z]{12,}/;

/** The words outside of tables and charts, as one line. */
export const wordsOn = (rows: readonly string[]): string =>
  paragraphsOf(rows)
    .filter((lines) => tableOf(lines) === null && !lines.some((line) => DRAWN.test(line)))
    .map((lines) => lines.join(" ").replaceAll(/\s+/g, " ").replace(NO_ROOM, "").replaceAll(MARKS, "").trim())
    .filter((text) => text !== "")
    .join("\n");

/** What a table of one width needs below it, and of the other does not. */
const NO_ROOM = /^No room for [^:]+: use a wider terminal, or [^.]+\./;
const MARKS = /(?:^| )(?:–|Blank|\$0\.00|in the bill|\+): [^.]+\./g;

/** How many tables there are. */
export const tablesOn = (rows: readonly string[]): number =>
  paragraphsOf(rows).filter((lines) => tableOf(lines) !== null).length;

/** What is wrong with what one session left on a screen of this size, in words. */
export const faultsOf = ({ session, rows, exit }: Shown, { columns }: TerminalSize): string[] => {
  const faults: string[] = [];
  if (exit !== (session.exit ?? 0)) faults.push(`ended with ${exit}:\n${rows.join("\n")}`);
  if (session.isData) return faults;
  faults.push(...rows.filter((row) => isTooWide(row, columns)).map((row) => `too wide: ${row}`));
  faults.push(...rows.filter((row) => BUGS.test(row)).map((row) => `a bug: ${row}`));
  for (const lines of paragraphsOf(rows)) {
    const table = tableOf(lines);
    if (table !== null) faults.push(...tableFaults(table));
    else faults.push(...lines.filter(isCutText).map((line) => `cut: ${line}`));
  }
  const isCut = rows.some((row) => IS_CUT.test(row) && !IS_MASKED.test(row));
  const isSaid = rows.some((row) => row.includes("whole names (…)"));
  if (isCut && !isSaid) faults.push("nothing says how to see whole names");
  return faults;
};

/** An ellipsis within or behind a word. */
const IS_CUT = /\S…/;

const isCutText = (line: string): boolean => IS_CUT.test(line) && !IS_MASKED.test(line);

/** A path or a name that has no room is broken by the terminal, so that it can be copied. */
const isTooWide = (row: string, columns: number): boolean =>
  textWidth(row) > columns && row.trim().includes(" ");
