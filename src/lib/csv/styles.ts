import type { DecimalMark } from "../money.js";
import { DATE_ORDERS, isoDay, type DateOrder, type DateReadings, type WrittenDate } from "./dates.js";

/** How a file writes what can be written in several ways, as its cells decided. Plain JSON: it goes to other threads. */
export interface FileStyles {
  /** By the position of a column; that of all columns is the first one if they share it. */
  marks: Readonly<Record<number, DecimalMark>>;
  order: DateOrder | null;
  /** How many empty fields each row has beyond the header. */
  surplus: number;
  /** A row is called a total: the rows above it are added up, which takes time. */
  hasTotals: boolean;
  /** The columns in which halves of amounts stand: see `Halves`. */
  halves: readonly number[];
}

/** What the user and the kind of file say of its styles before it is read. */
export interface StyleRules {
  /** All numbers of the file share one decimal mark, as in a file that one program wrote. */
  pooled: boolean;
  /** What is taken if no cell decides; null if that is refused. */
  fallback: { mark: DecimalMark | null; order: DateOrder | null };
  /** No order of dates is taken because of decimal commas. */
  isOrderOpen?: boolean;
  /** What the user said of the whole file: nothing is decided then. */
  given: { mark?: DecimalMark | undefined; order?: DateOrder | undefined };
}

/** A cell can be read in two ways, and no earlier one decides: the whole file must be surveyed. */
export class Undecided extends Error {
  override readonly name = "Undecided";
}

interface Ways<T> {
  point: T | null;
  comma: T | null;
}

/** What a cell says of the style of its column. */
interface Vote {
  slot: number;
  /** Null if it can be read by either mark. */
  only: DecimalMark | null;
  /** False for a cell that only tells rows apart. */
  isAsked: boolean;
}

/**
 * Decides how cells are read that can be read in two ways: by the other cells of their column. While a file is read for
 * the first time, the first cell that can be read in one way only decides; if a later one contradicts, or one that can be
 * read in two ways comes first, `Undecided` is thrown. After a survey nothing is decided any more.
 */
export class Styles {
  readonly #rules: StyleRules;
  /** Nothing is decided any more. */
  readonly isFinal: boolean;
  hasTotals: boolean;
  readonly #marks: Record<number, DecimalMark> = {};
  #order: DateOrder | null = null;
  #assumedOrder = false;
  surplus: number | null = null;
  readonly #halves: readonly number[];

  constructor(rules: StyleRules, settled: FileStyles | undefined) {
    this.#rules = rules;
    this.isFinal = settled !== undefined;
    this.hasTotals = settled?.hasTotals ?? false;
    this.#halves = settled?.halves ?? [];
    if (settled === undefined) return;
    Object.assign(this.#marks, settled.marks);
    this.#order = settled.order;
    this.surplus = settled.surplus;
  }

  /** The mark of a column that is decided. */
  markOf(position: number): DecimalMark | undefined {
    return this.#rules.given.mark ?? this.#marks[this.#rules.pooled ? 0 : position];
  }

  /** All numbers share one mark. */
  get isPooled(): boolean {
    return this.#rules.pooled;
  }

  get givenMark(): DecimalMark | undefined {
    return this.#rules.given.mark;
  }

  get givenOrder(): DateOrder | undefined {
    return this.#rules.given.order;
  }

  /** The mark by which a cell is read that has these values by either. @throws Undecided */
  mark<T>(position: number, ways: Ways<T>, isSame: (a: T, b: T) => boolean, isAsked = true): DecimalMark {
    const { point, comma } = ways;
    if (point !== null && comma !== null && isSame(point, comma)) return "point";
    const slot = this.#rules.pooled ? 0 : position;
    const only = point === null ? "comma" : comma === null ? "point" : null;
    return this.decide({ slot, only, isAsked });
  }

  protected decide({ slot, only }: Vote): DecimalMark {
    const known = this.#marks[slot];
    if (this.isFinal) return known ?? this.#rules.fallback.mark ?? "point";
    if (known !== undefined) {
      if (only !== null && only !== known) throw new Undecided();
      return known;
    }
    const { mark } = this.#rules.fallback;
    // An export with a single decimal comma may be damaged.
    if (only === "comma" && mark === "point") throw new Undecided();
    if (only === null) {
      if (mark === null) throw new Undecided();
      return mark;
    }
    this.#marks[slot] = only;
    return only;
  }

  /** Takes note that a row is called a total. @throws Undecided if the rows above it were not added up */
  noteTotal(): void {
    if (this.isFinal) return;
    this.hasTotals = true;
    throw new Undecided();
  }

  /**
   * Takes note that a column of texts is filled. @param isHalf it may be the half of an amount
   * @returns whether it is @throws Undecided if other rows must be asked
   */
  noteFilled(position: number, isHalf: boolean): boolean {
    if (this.isFinal) return isHalf && this.#halves.includes(position);
    if (isHalf) throw new Undecided();
    return false;
  }

  /**
   * The meaning of a date among those in each order; null if that of the file's order is none.
   * @param usable the readings that can be believed @throws Undecided
   */
  date(usable: DateReadings): WrittenDate | null | "ambiguous" {
    const found = DATE_ORDERS.filter((order) => usable[order] !== null);
    const [first] = found;
    if (first === undefined) return null;
    const one = usable[first] as WrittenDate;
    const isOne = found.every((order) => isoDay(usable[order] as WrittenDate) === isoDay(one));
    if (isOne && found.length > 1) return one;
    const order = this.decideOrder(found);
    return order === null ? "ambiguous" : usable[order];
  }

  /** @param found the orders that a date can be in, which are one or mean several dates */
  protected decideOrder(found: readonly DateOrder[]): DateOrder | null {
    const [only] = found.length === 1 ? found : [];
    if (this.isFinal) return this.#order ?? only ?? this.#rules.fallback.order;
    if (this.#order !== null) {
      if (!found.includes(this.#order)) throw new Undecided();
      return this.#order;
    }
    const { order } = this.#rules.fallback;
    if (only === undefined) {
      if (order === null) throw new Undecided();
      this.#assumedOrder = true;
      return order;
    }
    if (this.#assumedOrder && only !== order) throw new Undecided();
    this.#order = only;
    return only;
  }

  /** What was decided, for the next reading of the file. */
  get settled(): FileStyles {
    const order = this.#order ?? (this.#assumedOrder ? this.#rules.fallback.order : null);
    return {
      marks: { ...this.#marks },
      order,
      surplus: this.surplus ?? 0,
      hasTotals: this.hasTotals,
      halves: [],
    };
  }
}

/** How many cells of a column say what. */
interface Votes {
  point: number;
  comma: number;
  either: number;
  isAsked: boolean;
}

/** So many decimal commas are not a damaged cell of an export with decimal points. */
const LEAST_COMMAS = 2;

/** Counts what all cells of a file say of its styles. */
export class StyleSurvey extends Styles {
  readonly #fallback: StyleRules["fallback"];
  readonly #isOrderOpen: boolean;
  readonly #votes = new Map<number, Votes>();
  readonly #orders: Record<DateOrder, number> = { DMY: 0, MDY: 0, YMD: 0 };
  #dates = 0;
  /** The columns of texts that are filled, and whether all that stands there may be halves of amounts. */
  readonly #filled = new Map<number, boolean>();

  constructor(rules: StyleRules) {
    super(rules, undefined);
    this.#fallback = rules.fallback;
    this.#isOrderOpen = rules.isOrderOpen ?? false;
  }

  protected override decide({ slot, only, isAsked }: Vote): DecimalMark {
    const votes = this.#votes.get(slot) ?? { point: 0, comma: 0, either: 0, isAsked: false };
    this.#votes.set(slot, votes);
    votes[only ?? "either"]++;
    votes.isAsked ||= isAsked;
    return only ?? "point";
  }

  override noteTotal(): void {
    this.hasTotals = true;
  }

  override noteFilled(position: number, isHalf: boolean): boolean {
    this.#filled.set(position, isHalf && (this.#filled.get(position) ?? true));
    return false;
  }

  protected override decideOrder(found: readonly DateOrder[]): DateOrder | null {
    this.#dates++;
    for (const order of found) this.#orders[order]++;
    return found[0] ?? null;
  }

  /** The columns that nothing decides, by position. */
  get ambiguous(): number[] {
    return [...this.#votes].flatMap(([slot, { point, comma, either, isAsked }]) => {
      const isOpen = point + comma === 0 && this.#fallback.mark === null;
      // Thousands beside a damaged cell, or decimals of three digits.
      const isOdd = point === 0 && comma > 0 && comma < LEAST_COMMAS && this.#fallback.mark === "point";
      return isAsked && either > 0 && (isOpen || isOdd) ? [slot] : [];
    });
  }

  /** The orders in which all dates that can be read in several ways are dates, if nothing decides. */
  get ambiguousOrders(): DateOrder[] {
    if (this.settled.order !== null || this.#fallback.order !== null) return [];
    const orders = DATE_ORDERS.filter((order) => this.#dates > 0 && this.#orders[order] === this.#dates);
    return orders.length > 1 ? orders : [];
  }

  override get settled(): FileStyles {
    const marks: Record<number, DecimalMark> = {};
    const least = this.#fallback.mark === "point" ? LEAST_COMMAS : 1;
    for (const [slot, { point, comma }] of this.#votes)
      if (point > 0 || comma >= least) marks[slot] = comma > point && comma >= least ? "comma" : "point";
    // A column that only tells rows apart follows the others.
    const all = Object.values(marks);
    const most: DecimalMark =
      all.filter((mark) => mark === "comma").length * 2 > all.length ? "comma" : "point";
    for (const [slot, { isAsked }] of this.#votes) if (!isAsked) marks[slot] ??= most;
    const order = this.#orderOfAll(Object.values(marks));
    const halves = [...this.#filled].flatMap(([position, isOnlyHalves]) => (isOnlyHalves ? [position] : []));
    return { marks, order, surplus: this.surplus ?? 0, hasTotals: this.hasTotals, halves };
  }

  #orderOfAll(marks: readonly DecimalMark[]): DateOrder | null {
    if (this.#dates === 0) return null;
    const most = Math.max(...Object.values(this.#orders));
    const candidates = DATE_ORDERS.filter((order) => this.#orders[order] === most);
    if (candidates.length === 1) return candidates[0] ?? null;
    // No country writes decimal commas and the month first.
    const isComma = this.isPooled && marks[0] === "comma" && !this.#isOrderOpen;
    const dayFirst = this.#fallback.order ?? (isComma ? "DMY" : null);
    return dayFirst !== null && candidates.includes(dayFirst) ? dayFirst : null;
  }
}
