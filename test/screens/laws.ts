import { textWidth } from "../../src/lib/render/text.js";
import { steady, type TerminalSize } from "../support/cli.js";
import type { Shown } from "./play.js";

/** What only a bug shows. */
const BUGS =
  /\bundefined\b|\bNaN\b|\bnull\b|\[object |Invalid Date|\bInfinity\b|^ +at .+:\d+:\d+|\bE[A-Z]{4,}\b:|a bug in aicost/;

const RULE = /^─+$/;

/** A column of a table: from one place of a line to another, in columns of the terminal. */
interface Column {
  from: number;
  to: number;
}

interface Table {
  header: string;
  /** The rows, and a rule above a total. */
  lines: string[];
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A line as the cells of the terminal: a wide character takes two. */
const cellsOf = (line: string): string[] =>
  [...graphemes.segment(line)].flatMap(({ segment }) => {
    const width = textWidth(segment);
    return width === 0 ? [] : [segment, ...Array.from({ length: width - 1 }, () => "")];
  });

/** What may stand below a table without a blank line: how many rows there are, a question about them. */
const BELOW = /^(?:✔ |[\d,]+ of [\d,]+ |\d+ models? changed less)/;

/** The lines from the one after a blank line to the one before the next, a table by itself. */
const paragraphsOf = (rows: readonly string[]): string[][] => {
  const paragraphs: string[][] = [[]];
  rows.forEach((row, at) => {
    const isHeader = RULE.test(rows[at + 1] ?? "") && !paragraphs.at(-1)?.some((line) => RULE.test(line));
    if (row === "" || BELOW.test(row) || isHeader) paragraphs.push([]);
    if (row !== "") paragraphs.at(-1)?.push(row);
  });
  return paragraphs.filter((lines) => lines.length > 0);
};

/** The table that a paragraph is; null if it is text. */
const tableOf = ([header = "", ...lines]: readonly string[]): Table | null =>
  RULE.test(lines[0] ?? "") ? { header, lines } : null;

/** Where two or more columns of the terminal are empty in all lines, columns of the table end. */
const columnsOf = (lines: readonly string[][]): Column[] => {
  const width = Math.max(...lines.map(({ length }) => length));
  const isEmpty = (at: number): boolean => lines.every((cells) => (cells[at] ?? " ") === " ");
  const columns: Column[] = [];
  let from: number | null = null;
  for (let at = 0; at <= width; at += 1) {
    const ends = at === width || (isEmpty(at) && isEmpty(at + 1));
    if (from === null && !isEmpty(at)) from = at;
    else if (from !== null && ends) {
      columns.push({ from, to: at });
      from = null;
    }
  }
  return columns;
};

/** What is wrong with a table: its columns, its width, what is cut. */
const tableFaults = ({ header, lines }: Table): string[] => {
  const rows = lines.filter((line) => !RULE.test(line)).map(cellsOf);
  const columns = columnsOf([cellsOf(header), ...rows]);
  const [{ length: width } = { length: 0 }, ...others] = lines.filter((line) => RULE.test(line));
  const cells = columns.flatMap(({ from, to }, place) =>
    rows.map((row) => ({ place, cell: row.slice(from, to).join("").trim() })),
  );
  const isWhole = ({ place, cell }: { place: number; cell: string }): boolean =>
    !isCut(cell) || (place > 0 && !/[$€]|\d\.\d/.test(cell));
  return [
    ...(header.trim().split(/ {2,}/).length > columns.length
      ? [`columns run into each other: ${header}`]
      : []),
    ...lines.filter((line) => textWidth(line) > width).map((line) => `wider than its table: ${line}`),
    ...others.filter(({ length }) => length !== width).map(() => "the rules of a table differ in length"),
    ...cells.filter((each) => !isWhole(each)).map(({ cell }) => `cut: ${cell}`),
  ];
};

/** An ellipsis within or behind a word. */
const IS_CUT = /[^\s(]…/;

/** A key is never shown whole, nor is the path of an address to which notices go. */
const IS_MASKED = /\badmin-?(?:01-)?…\S{4}\b|:\/\/[^/]+\/…/;

const isCut = (text: string): boolean => IS_CUT.test(text) && !IS_MASKED.test(text);

/** What stands in charts and bars. */
const DRAWN = /[┤█▌▏▎▍▋▊▉▒░╭╮╯╰│╱]|^[A-Z*]{5,}|[A-Z]{12,}/;

/** The words outside of tables and charts without spaces, a paragraph a line; what differs from home to home has a name. */
export const wordsOn = ({ rows, stage: { home, names } }: Shown): string => {
  let words = steady(textOf(rows), home)
    .replaceAll(/(?<![\d.])[\d.]+ ?(?:ms|s|kB|MB|GB)\b/g, "SIZE")
    .replaceAll(/[^\S\n]/g, "")
    .replaceAll(home.folder, "HOME");
  for (const [name, value] of Object.entries(names))
    words = words.replaceAll(value.replaceAll(" ", ""), `{${name}}`);
  return words.replaceAll(/v-\d{4}-\d\d-\d\d-[0-9a-f]{6}\b/g, "VAULT-KEY");
};

const textOf = (rows: readonly string[]): string =>
  paragraphsOf(rows)
    .filter((lines) => tableOf(lines) === null && !lines.some((line) => DRAWN.test(line)))
    .map((lines) => lines.join(" ").replaceAll(/\s+/g, " "))
    .map((text) => text.replace(NO_ROOM, "").replaceAll(MARKS, "").trim())
    .filter((text) => text !== "")
    .join("\n");

/** What a table of one width needs below it, and of the other does not. */
const NO_ROOM = /^No room for [^:]+: use a wider terminal, or [^.]+\./;
const MARKS = /(?:^| )(?:–|Blank|\$0\.00|in the bill|\+): [^.]+\./g;

/** How many tables there are. */
export const tablesOn = ({ rows }: Shown): number =>
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
    else faults.push(...lines.filter(isCut).map((line) => `cut: ${line}`));
  }
  if (rows.some(isCut) && !rows.some((row) => row.includes("whole names (…)")))
    faults.push("nothing says how to see whole names");
  return faults;
};

/** A path or a name that has no room is broken by the terminal, so that it can be copied. */
const isTooWide = (row: string, columns: number): boolean =>
  textWidth(row) > columns && row.trim().includes(" ");
