import { parseMoment } from "../dates/ranges.js";
import type { Decimal } from "../money.js";
import { isCurrencyCode } from "../record/rates.js";
import { RowProblem, type AmountStyle, type DateStyle, type Row, type When } from "./format.js";
import {
  isoOrder,
  plausible,
  readAmount,
  readCount,
  readDay,
  readEpoch,
  readMoment,
  type Reading,
} from "./values.js";

/** By name: trimmed, without case. */
export class Columns {
  readonly #positions = new Map<string, number>();
  /** Names as formats spell them, so that each is folded once a file and not once a row. */
  readonly #asked = new Map<string, number>();

  constructor(names: readonly string[]) {
    names.forEach((name, position) => {
      const folded = fold(name);
      if (folded !== "" && !this.#positions.has(folded)) this.#positions.set(folded, position);
    });
  }

  /** @returns -1 if the column is missing */
  position(name: string): number {
    let position = this.#asked.get(name);
    if (position === undefined) {
      position = this.#positions.get(fold(name)) ?? -1;
      this.#asked.set(name, position);
    }
    return position;
  }
}

export const fold = (name: string): string => name.trim().toLowerCase();

export interface Bounds {
  /** The latest calendar date that is believed. */
  lastDate: string;
  /** Semicolons stand between the fields, so that a comma may be the one of a decimal number. */
  semicolons: boolean;
}

/** The column of the database holds as many. */
const NAME_LENGTH = 200;

export class CellRow implements Row {
  readonly #amounts: [Decimal, string][] = [];

  constructor(
    private readonly columns: Columns,
    private readonly cells: readonly string[],
    private readonly bounds: Bounds,
  ) {}

  has(column: string): boolean {
    return this.columns.position(column) !== -1;
  }

  text(column: string): string | null {
    return this.cells[this.columns.position(column)]?.trim() || null;
  }

  required(column: string): string {
    const text = this.text(column);
    if (text === null) throw new RowProblem(column, "", "is empty");
    return text;
  }

  name(column: string): string | null {
    const text = this.text(column);
    if (text !== null && text.length > NAME_LENGTH)
      throw new RowProblem(column, text, `is longer than ${NAME_LENGTH} characters`);
    return text;
  }

  amount(column: string, style: AmountStyle = {}): Decimal | null {
    const text = this.text(column);
    if (text === null) return null;
    if (style.words?.some((word) => word.toLowerCase() === text.toLowerCase())) return null;
    const amount = this.#take(column, text, readAmount(text, { ...this.bounds, ...style }));
    this.#amounts.push([amount, column]);
    return amount;
  }

  columnOf(amount: Decimal): string | undefined {
    return this.#amounts.find(([read]) => read === amount)?.[1];
  }

  currency(column: string): string {
    const text = this.text(column) ?? "USD";
    if (!isCurrencyCode(text))
      throw new RowProblem(column, text, "is not a currency code such as USD or EUR");
    return text.toUpperCase();
  }

  count(column: string): number | null {
    const text = this.text(column);
    return text === null ? null : this.#take(column, text, readCount(text, this.bounds));
  }

  epoch(column: string): string {
    return this.#time(column, this.required(column), readEpoch);
  }

  day(column: string): string {
    return this.#time(column, this.required(column), readDay);
  }

  moment(column: string): string {
    return this.#time(column, this.required(column), readMoment);
  }

  when(column: string, { timezone, order }: DateStyle): When {
    const written = this.required(column);
    const text = this.#take(column, written, isoOrder(written, order));
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
      return { timestamp: this.#time(column, text, readDay), granularity: "day" };
    }
    const read = /^[\d.]+$/.test(text) ? readEpoch : momentIn(timezone);
    return { timestamp: this.#time(column, text, read), granularity: "event" };
  }

  all(): (string | null)[] {
    return this.allBut([]);
  }

  allBut(columns: readonly string[]): (string | null)[] {
    const left = new Set(columns.map((column) => this.columns.position(column)));
    return this.cells.flatMap((cell, position) => (left.has(position) ? [] : [cell.trim() || null]));
  }

  #time(column: string, text: string, read: (text: string) => Reading<string>): string {
    const timestamp = this.#take(column, text, read(text));
    return this.#take(column, text, plausible(timestamp, this.bounds.lastDate));
  }

  #take<T>(column: string, text: string, reading: Reading<T>): T {
    if ("wrong" in reading) throw new RowProblem(column, text, reading.wrong);
    return reading.value;
  }
}

const momentIn =
  (timezone: string) =>
  (text: string): Reading<string> => {
    const value = parseMoment(text, timezone);
    return value === null ? readMoment(text) : { value };
  };
