import { textWidth } from "../../src/lib/render/text.js";

/** What moves the cursor, erases, colors or sets the title; or one character that shows. */
const PIECE =
  /\u001b\[(?<values>[\d;?]*)(?<verb>[A-Za-z])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[^[\]]|[\r\n\b\u0007]|[^\u001b\r\n\b\u0007]+/gu;

const characters = new Intl.Segmenter("en", { granularity: "grapheme" });

/**
 * What a terminal shows in the end of the bytes that it got, from the first line on. Lines are not broken at the edge of
 * the terminal, so that those which are too wide are seen. @returns the lines, without spaces at their ends
 */
export const screenOf = (bytes: string): string[] => {
  const rows: (string[] | undefined)[] = [[]];
  let y = 0;
  let x = 0;
  const row = (): string[] => (rows[y] ??= []);
  const control: Record<string, (count: number) => void> = {
    A: (count) => (y = Math.max(0, y - count)),
    B: (count) => (y += count),
    C: (count) => (x += count),
    D: (count) => (x = Math.max(0, x - count)),
    G: (count) => (x = count - 1),
  };
  const erase: Record<string, (part: number) => void> = {
    K: (part) => (part === 0 ? row().splice(x) : part === 2 ? row().splice(0) : row().fill(" ", 0, x)),
    J: (part) => {
      if (part === 0) row().splice(x);
      rows.splice(part === 0 ? y + 1 : 0);
    },
  };
  const show = (text: string): void => {
    for (const { segment } of characters.segment(text)) {
      const width = textWidth(segment);
      while (row().length < x) row().push(" ");
      row().splice(
        x,
        Math.max(1, width),
        segment,
        ...Array.from({ length: Math.max(0, width - 1) }, () => ""),
      );
      x += width;
    }
  };
  for (const { 0: piece, groups: { values = "", verb } = {} } of bytes.matchAll(PIECE)) {
    if (verb !== undefined) {
      control[verb]?.(Number(values) || 1);
      erase[verb]?.(Number(values) || 0);
    } else if (piece === "\r") x = 0;
    else if (piece === "\n") y += 1;
    else if (piece === "\b") x = Math.max(0, x - 1);
    else if (!piece.startsWith("\u001b") && piece !== "\u0007") show(piece);
  }
  return Array.from(rows, (cells) => (cells ?? []).join("").trimEnd());
};
