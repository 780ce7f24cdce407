import { parseMoment } from "../dates/ranges.js";
import {
  AMBIGUOUS_COMMA,
  type AmountReadings,
  amountReadings,
  currencyProblem,
  type Decimal,
  decimal,
  type DecimalMark,
  unambiguous,
  unwrapped,
} from "../money.js";
import { isCurrencyCode } from "../record/currency.js";
import {
  atOffset,
  dateReadings,
  epochMilliseconds,
  excelDate,
  isoDay,
  isoMoment,
  looksLikeExcelDay,
  otherTime,
  spoiledCell,
  type DateOrder,
  type DateReadings,
  type WrittenDate,
} from "./dates.js";
import {
  RowProblem,
  type AmountStyle,
  type CsvFormat,
  type DateStyle,
  type FilePeriod,
  type OtherCell,
  type Row,
  type When,
} from "./format.js";
import { fold } from "./fold.js";
import type { Styles } from "./styles.js";
import { bounded, countOf, plausible, readDay, readEpoch, readMoment, type Reading } from "./values.js";
import { own } from "../system/own.js";

/** By name: trimmed, without case. */
export class Columns {
  readonly #spelled: readonly string[];
  readonly #names: readonly string[];
  readonly #positions = new Map<string, number>();
  /** Names as formats spell them, so that each is folded once a file and not once a row. */
  readonly #asked = new Map<string, number>();

  /** @param nameOf what the format calls a column; it is found by the name in the file, too */
  constructor(spelled: readonly string[], nameOf?: CsvFormat["nameOf"]) {
    this.#spelled = spelled;
    this.#names = namesOf(spelled, nameOf).map(fold);
    for (const names of [this.#names, spelled.map(fold)])
      names.forEach((folded, position) => {
        if (folded !== "" && !this.#positions.has(folded)) this.#positions.set(folded, position);
      });
  }

  /** As the file has it. */
  spelling(name: string): string {
    return this.#spelled[this.position(name)] ?? name;
  }

  /** Folded; empty for a column without a name. */
  nameAt(position: number): string {
    return this.#names[position] ?? "";
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

/** Columns as a format calls them. */
export const namesOf = (spelled: readonly string[], nameOf: CsvFormat["nameOf"]): readonly string[] =>
  nameOf === undefined ? spelled : spelled.map((column, position) => nameOf(column, position, spelled));

export interface Bounds {
  /** The latest calendar date that is believed. */
  lastDate: string;
  styles: Styles;
  /** When all charges of the file were, if it has no dates. */
  period?: FilePeriod | undefined;
  /** Its dates are the first ones of months. */
  isByMonth?: boolean | undefined;
  /** What the lines above the header say, by their first cell, folded. */
  above?: Readonly<Record<string, string>> | undefined;
}

/** The column of the database holds as many. */
const NAME_LENGTH = 200;

const INTEGER = /^\d{1,15}$/;
/** A number that has no other meaning: too many or too few digits behind its point for thousands, or 0 before it. */
const DECIMAL = /^(?:\d+\.(?:\d{1,2}|\d{4,60})|0\.\d{1,60})$/;
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
const EPOCH = /^\d{9,19}(?:\.\d*)?$/;
/** ISO 8601 or nearly so, whatever the rest is. */
const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

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

  spelling(column: string): string {
    return this.columns.spelling(column);
  }

  isByMonth(): boolean {
    return this.bounds.isByMonth === true;
  }

  above(label: string): string | null {
    return this.bounds.above?.[fold(label)] ?? null;
  }

  dayAbove(label: string): string | null {
    const text = this.above(label);
    return text === null ? null : this.#midnight(label, text, text);
  }

  period(): FilePeriod {
    const { period } = this.bounds;
    if (period === undefined) throw new Error("A format without dates is read without a period.");
    return period;
  }

  text(column: string): string | null {
    const text = this.#cell(this.columns.position(column));
    if (text !== null && text.length < SHORT && mayBeSpoiled(text)) this.#refuseSpoiled(column, text);
    return text;
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
    const position = this.columns.position(column);
    const text = this.#cell(position);
    if (text === null) return null;
    if (style.words?.some((word) => word.toLowerCase() === text.toLowerCase())) return null;
    if (style.blank?.test(text)) return null;
    const amount = this.#take(column, text, this.#amountOf(position, text, style));
    this.#amounts.push([amount, column]);
    return amount;
  }

  columnOf(amount: Decimal): string | undefined {
    return this.#amounts.find(([read]) => read === amount)?.[1];
  }

  /** Whether the cell of a column was read as an amount. */
  hasAmountAt(position: number): boolean {
    return this.#amounts.some(([, column]) => this.columns.position(column) === position);
  }

  currency(column: string): string {
    const text = this.text(column) ?? "USD";
    if (!isCurrencyCode(text))
      throw new RowProblem(column, text, "is not a currency code such as USD or EUR");
    return text.toUpperCase();
  }

  count(column: string, style: Pick<AmountStyle, "mark" | "blank"> = {}): number | null {
    const position = this.columns.position(column);
    const text = this.#cell(position);
    if (text === null) return null;
    if (INTEGER.test(text)) return Number(text);
    if (style.blank?.test(text)) return null;
    return this.#take(column, text, this.#countOf(position, text, style.mark));
  }

  epoch(column: string): string {
    const text = this.required(column);
    return this.#time(column, text, readEpoch(this.#asEpoch(column, text)));
  }

  day(column: string): string {
    const text = this.required(column);
    if (ISO_DAY.test(text)) return this.#time(column, text, readDay(text));
    const date = this.#date(column, text, undefined, readDay);
    // A spreadsheet may add a midnight to a date.
    const isDay = date.day !== null && (date.time === null || isoMoment(date).endsWith("T00:00:00"));
    if (!isDay) throw new RowProblem(column, text, NOT_A_DAY);
    return this.#time(column, text, { value: `${isoDay(date)}T00:00:00Z` });
  }

  writtenDay(column: string): string {
    const text = this.required(column);
    const [, date = text] = DAY_AND_HOUR.exec(text) ?? [];
    return this.#midnight(column, text, date);
  }

  moment(column: string): string {
    const text = this.required(column);
    if (ISO_MOMENT.test(text)) return this.#time(column, text, readMoment(text));
    const date = this.#date(column, text, undefined, readMoment);
    if (date.time === null) throw new RowProblem(column, text, NOT_A_MOMENT);
    return this.#time(column, text, { value: atOffset(date, date.offset ?? 0) });
  }

  dayOrMoment(column: string): { timestamp: string; hasTime: boolean; isWholeHour: boolean } {
    const text = this.required(column);
    const otherwise = text.includes(":") ? readMoment : readDay;
    const date = ISO_DAY.test(text) ? null : this.#date(column, text, undefined, otherwise);
    if (!date?.time) return { timestamp: this.day(column), hasTime: false, isWholeHour: false };
    const { minute, second, fraction } = date.time;
    const isWholeHour = minute === 0 && second === 0 && !/[1-9]/.test(fraction);
    return { timestamp: this.moment(column), hasTime: true, isWholeHour };
  }

  when(column: string, { timezone, order, unit }: DateStyle): When {
    const text = this.required(column);
    if (unit === "ms") return this.#epochOf(column, text, 1000);
    if (unit === undefined) {
      if (ISO_DAY.test(text))
        return { timestamp: this.#time(column, text, readDay(text)), granularity: "day", written: text };
      if (EPOCH.test(text)) return this.#epochOf(column, text, 1);
      const moment = ISO_MOMENT.test(text) ? readMoment(text) : null;
      if (moment !== null && "value" in moment) return this.#momentIn(column, text, moment.value, timezone);
    }
    const date = unit === "excel" ? this.#excel(column, text) : this.#date(column, text, order, readAny);
    if (date.day === null || date.time === null) {
      const day = isoDay(date);
      const granularity = date.day === null ? "month" : "day";
      const written = date.day === null ? day.slice(0, 7) : day;
      return { timestamp: this.#time(column, text, { value: `${day}T00:00:00Z` }), granularity, written };
    }
    const local = isoMoment(date);
    const timestamp = date.offset === null ? parseMoment(local, timezone) : atOffset(date, date.offset);
    const at = this.#time(column, text, timestamp === null ? { wrong: NOT_A_MOMENT } : { value: timestamp });
    return { timestamp: at, granularity: "event", written: date.offset === null ? local : at };
  }

  flag(column: string): string | null {
    const text = this.text(column);
    return text === null ? null : (flagOf(text) ?? text);
  }

  othersThan(columns: readonly string[]): OtherCell[] {
    const left = columns.map((column) => this.columns.position(column));
    const others: OtherCell[] = [];
    for (let position = 0; position < this.cells.length; position++) {
      if (left.includes(position)) continue;
      const text = this.#cell(position) ?? "";
      others.push({ column: this.columns.nameAt(position), position, text });
    }
    return others;
  }

  numberIn({ position, text }: OtherCell): Decimal | null {
    if (INTEGER.test(text)) return decimal(text);
    if (!/\d/.test(text)) return null;
    const { styles } = this.bounds;
    if (DECIMAL.test(text) && styles.markOf(position) === "point") return decimal(text);
    const readings = amountReadings(text);
    if (readings === null) return null;
    const mark = styles.mark(position, readings, (a, b) => a.eq(b), false);
    return readings[mark] ?? readings.point ?? readings.comma;
  }

  #cell(position: number): string | null {
    const cell = this.cells[position]?.trim();
    if (!cell) return null;
    return cell.startsWith('="') ? unwrapped(cell).trim() || null : cell;
  }

  #amountOf(position: number, text: string, style: AmountStyle): Reading<Decimal> {
    const { styles } = this.bounds;
    const mark = style.mark ?? styles.markOf(position);
    if (INTEGER.test(text) || (mark === "point" && DECIMAL.test(text))) return bounded(decimal(text));
    const readings = amountReadings(text);
    if (readings === null) return { wrong: whyNoAmount(text) ?? notAnAmount(mark) };
    const problem = currencyProblem(readings, style.currency ?? "USD");
    if (problem !== null) return { wrong: `${problem}${style.currencyHint ?? ""}` };
    // The exports write `$1.50`, which a spreadsheet of a country with decimal commas leaves as it is.
    const isLeft = styles.isPooled && readings.currencies.length > 0 && mark !== "point";
    if (isLeft && readings.point !== null && readings.comma === null) return bounded(readings.point);
    const chosen = style.mark ?? styles.givenMark ?? styles.mark(position, readings, (a, b) => a.eq(b));
    const amount = readings[chosen];
    if (amount !== null) return bounded(amount);
    const isAssumed = styles.isPooled && mark === undefined;
    const way = isAssumed && chosen === "point" ? ", or import the file with --numbers comma" : "";
    return { wrong: `${otherMark(chosen, readings)}${way}` };
  }

  #countOf(position: number, text: string, given: DecimalMark | undefined): Reading<number> {
    const spoiled = spoiledCell(text);
    if (spoiled !== null) return { wrong: spoiled };
    const readings = amountReadings(text);
    if (readings === null || readings.currencies.length > 0)
      return { wrong: whyNoAmount(text) ?? "is not a whole number" };
    const counts = { point: countIn(readings.point), comma: countIn(readings.comma) };
    if (counts.point === null && counts.comma === null) {
      const one = countOf(readings.point ?? readings.comma ?? decimal("0.5"));
      return "wrong" in one ? one : { wrong: "is not a whole number" };
    }
    const { styles } = this.bounds;
    const chosen = given ?? styles.givenMark ?? styles.mark(position, counts, (a, b) => a === b);
    // No program is known to write 12 so.
    if (given === undefined && chosen === "point" && /\.0{3}$/.test(text) && counts.comma !== null)
      return { wrong: "is ambiguous, because of its point; write it without" };
    const count = counts[chosen];
    return count === null ? { wrong: "is not a whole number" } : { value: count };
  }

  /** @param value the moment as if it were in UTC if it has no offset */
  #momentIn(column: string, text: string, value: string, timezone: string): When {
    if (OFFSET.test(text)) {
      const timestamp = this.#time(column, text, { value });
      return { timestamp, granularity: "event", written: timestamp };
    }
    const written = value.slice(0, -1);
    const timestamp = timezone === "UTC" ? value : (parseMoment(written, timezone) ?? value);
    return { timestamp: this.#time(column, text, { value: timestamp }), granularity: "event", written };
  }

  #asEpoch(column: string, text: string): string {
    if (/^[\d.]+$/.test(text)) return text;
    this.#refuseSpoiled(column, text);
    // A German spreadsheet writes the decimals of seconds with a comma.
    return text.replace(/^(\d{9,10}),(\d+)$/, "$1.$2");
  }

  #epochOf(column: string, text: string, unit: 1 | 1000): When {
    if (!/^\d{1,19}(?:[.,]\d*)?$/.test(text)) {
      this.#refuseSpoiled(column, text);
      throw new RowProblem(column, text, "is not a number of milliseconds since 1970");
    }
    const number = Number(text.replace(",", "."));
    const time = unit === 1000 ? Math.round(number) : epochMilliseconds(number);
    const timestamp = this.#time(column, text, momentOf(time));
    return { timestamp, granularity: "event", written: timestamp };
  }

  #excel(column: string, text: string): WrittenDate {
    const date = excelDate(text);
    if (date === null) throw new RowProblem(column, text, "is not a day number of Excel, such as 46331");
    return date;
  }

  /** @param otherwise says what is wrong with a cell that is not a date in any form */
  #date(
    column: string,
    text: string,
    given: DateOrder | undefined,
    otherwise: (text: string) => Reading<unknown>,
  ): WrittenDate {
    const readings = dateReadings(text);
    const order = given ?? this.bounds.styles.givenOrder;
    if (readings === null) {
      this.#refuseSpoiled(column, text);
      if (looksLikeExcelDay(text)) throw new RowProblem(column, text, EXCEL_DAY);
      const reading = otherwise(text);
      throw new RowProblem(column, text, "wrong" in reading ? reading.wrong : NOT_A_DATE);
    }
    if (order !== undefined) {
      const date = readings[order];
      if (date === null) throw new RowProblem(column, text, `is not a date in the order ${order}`);
      return date;
    }
    const believed = this.#believed(readings);
    const date = this.bounds.styles.date(believed);
    if (date === "ambiguous") throw new RowProblem(column, text, ambiguousDate(this.bounds.styles.isPooled));
    if (date !== null) return date;
    const any = readings.DMY ?? readings.MDY ?? readings.YMD;
    if (any !== null && believed.DMY === null && believed.MDY === null && believed.YMD === null) return any;
    throw new RowProblem(column, text, "is not a date in the order of the other dates of the file");
  }

  /** Without those that would be refused. */
  #believed(readings: DateReadings): DateReadings {
    const one = (date: WrittenDate | null): WrittenDate | null =>
      date !== null && "value" in plausible(isoDay(date), this.bounds.lastDate) ? date : null;
    return { DMY: one(readings.DMY), MDY: one(readings.MDY), YMD: one(readings.YMD) };
  }

  /** Midnight UTC of the date in a cell. @param date the part of the cell that has it */
  #midnight(column: string, text: string, date: string): string {
    const day = isoDay(this.#date(column, date, undefined, readDay));
    return this.#time(column, text, { value: `${day}T00:00:00Z` });
  }

  #refuseSpoiled(column: string, text: string): void {
    const spoiled = spoiledCell(text) ?? (SCIENTIFIC_TEXT.test(text) ? SPOILED_TEXT : null);
    if (spoiled !== null) throw new RowProblem(column, text, spoiled);
  }

  #time(column: string, text: string, reading: Reading<string>): string {
    const timestamp = this.#take(column, text, reading);
    return this.#take(column, text, plausible(timestamp, this.bounds.lastDate));
  }

  #take<T>(column: string, text: string, reading: Reading<T>): T {
    if ("wrong" in reading) throw new RowProblem(column, text, reading.wrong);
    return reading.value;
  }
}

/** `2026-11-05 14`, `2026110514`: a day and an hour without minutes. */
const DAY_AND_HOUR = /^(\d{4}-?\d{2}-?\d{2})[ T]?\d{2}$/;

const OFFSET = /(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i;

const SHORT = 40;

/** Most texts begin with a letter, which is quickly seen. */
const mayBeSpoiled = (text: string): boolean => {
  const first = text.charCodeAt(0);
  return first === HASH || (first >= ZERO && first <= NINE && /^\d[\d.,]*E\+\d/i.test(text));
};

const HASH = 35;
const ZERO = 48;
const NINE = 57;

/** What a spreadsheet makes of an id such as 12345678901234 or 4e12. */
const SCIENTIFIC_TEXT = /^\d(?:[.,]\d+)?E\+\d{2,3}$/i;
const SPOILED_TEXT =
  "is what a spreadsheet left of a long number, without its last digits; import the file as it was downloaded";

const NOT_A_DATE = "is not a date; write it like 2026-11-05";
const NOT_A_DAY = NOT_A_DATE;
const NOT_A_MOMENT = "is not a date with a time; write it like 2026-11-05 14:30:00";
/** Why a cell is refused whose column must say how it is read. */
export const EXCEL_DAY = "looks like a day number of Excel; write date:excel=… in --map";
/** @param isKnown the format of the file is not made by the user */
const ambiguousDate = (isKnown: boolean): string =>
  isKnown
    ? "can be read as day or month first; say it with --dates DMY or --dates MDY"
    : "can be read as day or month first; write date:DMY=… or date:MDY=… in --map, or --dates DMY or MDY";

/** In any case, as spreadsheets of several languages write them. */
const FLAGS: Readonly<Record<string, string>> = {
  true: "True",
  wahr: "True",
  vrai: "True",
  verdadero: "True",
  sant: "True",
  false: "False",
  falsch: "False",
  faux: "False",
  falso: "False",
  falskt: "False",
};

/** `True` or `False`; undefined for other text. */
export const flagOf = (text: string): string | undefined => own(FLAGS, text.toLowerCase());

const readAny = (text: string): Reading<never> => {
  const other = otherTime(text);
  return {
    wrong:
      other === null
        ? NOT_A_DATE
        : `is ${other}, but each row needs a day or a month; write its first day, like 2026-11-05, or its month, like 2026-11`,
  };
};

const momentOf = (milliseconds: number): Reading<string> =>
  Number.isFinite(milliseconds) && milliseconds < 8.64e15
    ? { value: new Date(milliseconds).toISOString().replace(/\.?0+Z$/, "Z") }
    : { wrong: "is not a number of milliseconds since 1970" };

const countIn = (amount: Decimal | null): number | null => {
  const reading = amount === null ? null : countOf(amount);
  return reading !== null && "value" in reading ? reading.value : null;
};

/** What a cell is that only looks like a number, as the predicate of a sentence; null for other text. */
const whyNoAmount = (text: string): string | null => {
  if (/^[<>≤≥~≈]/.test(text)) return "is only a bound; write the exact number, or 0 if nothing was charged";
  if (/^(?:n\.?\/?a\.?|null|nil|unknown|unbekannt|inconnu)$/i.test(text))
    return "does not say how much it is; write the number, or 0 if there was nothing, or leave such rows out with --except";
  if (/^[-+]?[\d.,]+ ?%$/.test(text)) return "is a percentage; choose the column with the numbers themselves";
  if (/^[-+]?[\d.,]+ ?(?:¢|ct|cents?)$/i.test(text)) return "is in cents; write whole units, like 1.50";
  if (/^\D{0,3}[-+]?[\d.,]+ ?(?:k|m|mm|b|bn|mn|mio|mrd|tsd|million|thousand)\.?$/i.test(text))
    return "is rounded; export exact numbers, or write all digits, like 1234567";
  return null;
};

const notAnAmount = (mark: DecimalMark | undefined): string =>
  `is not an amount; write it like ${mark === "comma" ? "1234,56" : "1234.56"}`;

const otherMark = (mark: DecimalMark, readings: AmountReadings): string =>
  mark === "comma"
    ? "has a decimal point, but the column has decimal commas; write it like 1234,56"
    : `${AMBIGUOUS_COMMA}; write ${unambiguous(readings)}`;
