import type { Decimal } from "../money.js";

/** How bars are drawn: in eighths of a character or, on a terminal that shows no more than ASCII, in characters. */
export interface BarStyle {
  full: string;
  /** One to seven eighths; none if only whole characters can be drawn. */
  eighths: string;
  refund: string;
  /** Where a bar is drawn shorter than it is. */
  cut: string;
}

const BLOCKS: BarStyle = { full: "█", eighths: "▏▎▍▌▋▊▉", refund: "▒", cut: "╱╱" };
const ASCII: BarStyle = { full: "#", eighths: "", refund: "-", cut: "//" };

export const barStyle = (ascii: boolean): BarStyle => (ascii ? ASCII : BLOCKS);

export interface BarScale {
  /** What fills the room. */
  limit: Decimal;
  /** In columns. */
  room: number;
}

/** A bar of an amount: none of zero, else something, however small; a refund in a pattern of its own. */
export const barOf = (amount: Decimal, { limit, room }: BarScale, style: BarStyle): string => {
  if (amount.eq(0)) return "";
  const parts = amount.lt(0) || style.eighths === "" ? 1 : style.eighths.length + 1;
  // Only the length of a bar is a floating-point number; every printed amount is exact.
  const length = Math.max(1, Math.round(Number(amount.abs().div(limit)) * room * parts));
  if (amount.lt(0)) return style.refund.repeat(Math.min(room, length));
  if (length >= room * parts) return style.full.repeat(room);
  return style.full.repeat(Math.floor(length / parts)) + (style.eighths[(length % parts) - 1] ?? "");
};

/** How many columns of a cut bar come after the cut. */
const END = 2;

/** A bar that fills the room, cut before its end. */
export const cutBar = (isRefund: boolean, room: number, { full, refund, cut }: BarStyle): string => {
  const bar = isRefund ? refund : full;
  return bar.repeat(Math.max(1, room - cut.length - END)) + cut + bar.repeat(END);
};

/** One column of a stacked bar. */
export interface Cell {
  text: string;
  /** Which part it belongs to; undefined for a refund and for a cut. */
  part?: number;
}

/**
 * A bar of several parts, each with its letter, as many columns as its share; what was given back comes last.
 * @param amounts of each part @param isCut whether it fills the room, and is cut before its end
 */
export const stackedBar = (
  amounts: readonly Decimal[],
  letters: readonly string[],
  { limit, room }: BarScale,
  style: BarStyle,
  isCut: boolean,
): Cell[] => {
  const sizes = amounts.map((amount) => Number(amount.div(limit)) * room);
  const paid = sum(sizes.filter((size) => size > 0));
  const back = -sum(sizes.filter((size) => size < 0));
  const whole = room - (isCut ? style.cut.length : 0);
  const asked = Math.round(isCut ? (back * room) / (paid + back) : back);
  const backLength = back > 0 ? Math.max(1, Math.min(whole - (paid > 0 ? 1 : 0), asked)) : 0;
  const most = whole - backLength;
  const length = paid > 0 ? Math.max(1, isCut ? most : Math.min(most, Math.round(paid))) : 0;
  const cells: Cell[] = [
    ...apportioned(sizes, length).flatMap((columns, part) =>
      Array.from({ length: columns }, () => ({ text: letters[part] ?? "", part })),
    ),
    ...Array.from({ length: backLength }, () => ({ text: style.refund })),
  ];
  return isCut ? cells.toSpliced(Math.max(1, cells.length - END), 0, { text: style.cut }) : cells;
};

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

/** Splits columns by size: whole ones first, then those left to the biggest remainders. */
const apportioned = (sizes: readonly number[], columns: number): number[] => {
  const total = sum(sizes.filter((size) => size > 0));
  const exact = sizes.map((size) => (size > 0 ? (size / total) * columns : 0));
  const whole = exact.map(Math.floor);
  const left = columns - sum(whole);
  const first = exact
    .map((size, at) => ({ at, rest: size - Math.floor(size) }))
    .toSorted((a, b) => b.rest - a.rest || a.at - b.at)
    .slice(0, Math.max(0, left))
    .map(({ at }) => at);
  return whole.map((size, at) => size + Number(first.includes(at)));
};
