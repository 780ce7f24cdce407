import stringWidth from "string-width";
import { printable } from "../terminal/clean.js";

export { printable };

/** How many terminal columns a text takes: East Asian wide characters take two, colour codes none. */
export const textWidth = (text: string): number => stringWidth(text);

export const widest = (texts: readonly string[]): number =>
  texts.reduce((max, text) => Math.max(max, textWidth(text)), 0);

// Created on first use: it takes longer than the rest of a report.
let segmenter: Intl.Segmenter | undefined;
const graphemes = (): Intl.Segmenter => (segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" }));

/**
 * A text in at most `width` columns, cut in its middle with `…`: both ends of a model's name tell it apart.
 * @param headWidth how much of it is before the `…`
 */
export const cut = (text: string, width: number, headWidth = Math.ceil((width - 1) / 2)): string => {
  // A cell can hold a million characters; only those that may be shown are examined.
  const enough = width * LONGEST_CHARACTER;
  if (text.length <= 2 * enough && textWidth(text) <= width) return text;
  if (width < 1) return "";
  const head = take(charactersOf(text.slice(0, enough)), headWidth).join("");
  const tail = take(charactersOf(text.slice(-enough)).reverse(), width - 1 - textWidth(head));
  return `${head}…${tail.reverse().join("")}`;
};

/** In UTF-16 units: a family of four with skin tones has 19. */
const LONGEST_CHARACTER = 32;

const charactersOf = (text: string): string[] => [...graphemes().segment(text)].map(({ segment }) => segment);

const take = (characters: readonly string[], width: number): string[] => {
  let used = 0;
  const end = characters.findIndex((character) => (used += textWidth(character)) > width);
  return characters.slice(0, end === -1 ? undefined : end);
};

/** The date of a model's snapshot at the end of its name: `-2026-07-09`, `-20260709`, `@20260709`. */
const DATE_AT_END = /(?<=.)[-@_]\d{4}(?:-\d{2}-\d{2}|\d{4})$/;

/**
 * Cuts texts to `width` columns so that different ones stay different. A text that is too long loses the date at its
 * end, else its middle, else any part that keeps it different from the others; if nothing does, it gets a number.
 */
export const cutApart = (texts: readonly string[], width: number): string[] => {
  const shown = new Map<string, string>();
  const taken = new Set<string>();
  const show = (text: string, short: string): void => {
    shown.set(text, short);
    taken.add(short);
  };
  const long = [...new Set(texts)].filter((text) => {
    const isLong = cut(text, width) !== text;
    if (!isLong) show(text, text);
    return isLong;
  });
  for (const shorten of waysToCut(width)) {
    if (long.every((text) => shown.has(text))) break;
    const shorts = long.map((text) => ({ text, short: shorten(text) }));
    const counts = countsOf(shorts.map(({ short }) => short));
    for (const { text, short } of shorts) {
      if (!shown.has(text) && counts.get(short) === 1 && !taken.has(short)) show(text, short);
    }
  }
  for (const text of long.filter((each) => !shown.has(each))) show(text, numbered(text, width, taken));
  return texts.map((text) => shown.get(text) ?? text);
};

const waysToCut = (width: number): ((text: string) => string)[] => {
  const half = Math.ceil((width - 1) / 2);
  const heads = Array.from({ length: width }, (_, i) => i).toSorted(
    (a, b) => Math.abs(a - half) - Math.abs(b - half),
  );
  return [
    (text) => cut(text.replace(DATE_AT_END, ""), width),
    ...heads.map((head) => (text: string) => cut(text, width, head)),
  ];
};

const countsOf = (texts: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
};

const numbered = (text: string, width: number, taken: ReadonlySet<string>): string => {
  let short = "";
  for (let n = 2; short === "" || taken.has(short); n += 1) {
    const room = width - String(n).length;
    short = `${cut(text, room, room - 1)}${n}`;
  }
  return short;
};

/** What the parts of a name end with. */
const PART = /[^\s\-_/:@,]*[\s\-_/:@,]*/gu;

/**
 * A text in lines of at most `width` columns, broken between words and, in a name, after what divides its parts; the
 * lines after the first are indented. A part that is longer than a line is broken anywhere.
 * @returns null if it takes more than `most` lines
 */
export const broken = (text: string, width: number, most: number, indent = 2): string[] | null => {
  // A cell can hold a million characters.
  if (text.length > most * width * LONGEST_CHARACTER) return null;
  const needed = textWidth(text);
  if (needed <= width) return [text];
  if (needed > most * width) return null;
  const lines: string[] = [];
  let line = "";
  const end = (): void => {
    lines.push(line.trimEnd());
    line = " ".repeat(indent);
  };
  for (const [part] of text.matchAll(PART)) {
    if (textWidth((line + part).trimEnd()) > width && line.trim() !== "") end();
    for (const piece of textWidth((line + part).trimEnd()) > width ? charactersOf(part) : [part]) {
      if (textWidth((line + piece).trimEnd()) > width) end();
      line += piece;
    }
    if (lines.length > most) return null;
  }
  if (line.trim() !== "") end();
  return lines.length > most ? null : lines;
};

export const padRight = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - textWidth(text)));

/** Makes a text printable and breaks it between words; lines after the first are indented. A longer word is broken, too. */
export const wrap = (text: string, width: number, indent = 0): string[] =>
  wrapWhole(text, width, indent).flatMap((line) => {
    if (cut(line, width) === line) return [line];
    const lead = /^ */.exec(line)?.[0] ?? "";
    const room = width - lead.length;
    return (broken(line.trimStart(), room, MOST_OF_WORD, 0) ?? [cut(line.trimStart(), room)]).map(
      (each) => lead + each,
    );
  });

/** A word that takes more lines is cut. */
const MOST_OF_WORD = 20;

/** As `wrap`, for what people copy: a word that is longer than a line stays whole, and the terminal breaks it. */
export const wrapWhole = (text: string, width: number, indent = 0): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of printable(text).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || textWidth(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = " ".repeat(indent) + word;
    }
  }
  return [...lines, line].map((each) => each.trimEnd());
};

/** Lines that are further indented than the hint of an error are items of a list. */
const HINT = 2;

/** A line of its own that people copy: with a line's end in it, it would be two commands. */
const COMMAND = /^ +aicost /;

/**
 * A text whose lines that are too wide are wrapped, as far indented as they were; an item of a list two more. What has
 * colors fits already, and a command stays whole.
 */
export const fitted = (text: string, width: number): string =>
  text
    .split("\n")
    .flatMap((line) => {
      if (COMMAND.test(line) || line.includes("\u001b") || textWidth(line) <= width) return [line];
      const indent = /^ */.exec(line)?.[0] ?? "";
      const hanging = indent.length > HINT ? 2 : 0;
      return wrapWhole(line.trimStart(), width - indent.length, hanging).map((each) => indent + each);
    })
    .join("\n");

/** The first characters of an id, which commands accept in its place. */
export const shortId = (id: string): string => id.slice(0, 8);

/** A field without a value is left out. */
export const fieldLines = (fields: readonly (readonly [string, string | null])[], width: number): string => {
  const stated = fields.filter((field): field is [string, string] => field[1] !== null);
  const names = widest(stated.map(([name]) => name));
  return stated
    .flatMap(([name, value]) => wrap(`${padRight(name, names)}  ${value}`, width, names + 2))
    .join("\n");
};
