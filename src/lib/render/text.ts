import stringWidth from "string-width";

/** How many terminal columns a text takes: East Asian wide characters take two, colour codes none. */
export const textWidth = (text: string): number => stringWidth(text);

/** How many terminal columns the widest of some texts takes. */
export const widest = (texts: readonly string[]): number =>
  texts.reduce((max, text) => Math.max(max, textWidth(text)), 0);

// Line breaks, terminal escapes and marks that turn the writing direction: a file can hold any of them.
const UNPRINTABLE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** Text from outside as one line that cannot control the terminal. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, " ").trim();

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** A text in at most `width` columns, cut in its middle with `…`: both ends of a model's name tell it apart. */
export const cut = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text;
  if (width < 1) return "";
  const characters = [...graphemes.segment(text)].map(({ segment }) => segment);
  const head = take(characters, Math.ceil((width - 1) / 2));
  const tail = take(characters.toReversed(), width - 1 - textWidth(head.join("")));
  return `${head.join("")}…${tail.toReversed().join("")}`;
};

const take = (characters: readonly string[], width: number): string[] => {
  let used = 0;
  const end = characters.findIndex((character) => (used += textWidth(character)) > width);
  return characters.slice(0, end === -1 ? undefined : end);
};

/** Pads a text with spaces on its right to `width` columns. */
export const padRight = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - textWidth(text)));

/** Breaks a text between words into lines of at most `width` columns; lines after the first are indented. */
export const wrap = (text: string, width: number, indent = 0): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line === "" || textWidth(longer) <= width) {
      line = longer;
    } else {
      lines.push(line);
      line = " ".repeat(indent) + word;
    }
  }
  return [...lines, line].map((each) => cut(each.trimEnd(), width));
};

/** The first characters of an id: as many as commands accept in its place. */
export const shortId = (id: string): string => id.slice(0, 8);

/** Names and their values, a field a line, the values below each other; a field without a value is left out. */
export const fieldLines = (fields: readonly (readonly [string, string | null])[], width: number): string => {
  const stated = fields.filter((field): field is [string, string] => field[1] !== null);
  const names = widest(stated.map(([name]) => name));
  return stated
    .flatMap(([name, value]) => wrap(`${padRight(name, names)}  ${printable(value)}`, width, names + 2))
    .join("\n");
};
