import type { Sheet } from "../api.js";
import type { CsvFile } from "./open.js";
import { FILTERED, type RowResult, TOTAL_LINE } from "./reader.js";
import type { FileStyles } from "./styles.js";
import { type Decimal, plain, ZERO } from "../money.js";
import type { Draft } from "../record/draft.js";
import type { Original } from "../record/rates.js";

/** How a file was read, and what of it was left out: what its receipt says besides what became of its rows. */
export interface ReadFacts {
  /** Calendar dates with rows. */
  days?: number;
  /** How the numbers are written, if a cell decided that or the user said so. */
  numbers?: "point" | "comma" | "both";
  /** What comes first in its dates. */
  dates?: "DMY" | "MDY" | "YMD";
  /**
   * The zone of moments without an offset; `assumed` if the user did not name it for the file, `kept` if it is that of an
   * earlier file with these columns, not the one that would be taken now.
   */
  zone?: { name: string; assumed: boolean; rows: number; kept?: true };
  /** Of its amounts, if the file does not say so: ISO 4217. */
  currency?: string;
  /** At which its amounts in other currencies were converted: US dollars for one unit. */
  rates?: Record<string, string[]>;
  /** The currencies among them whose rate was given with the command. */
  rates_given?: string[];
  /** Rows that the user left out, with their amounts by currency. */
  filtered?: LeftOutFacts;
  /** Rows that repeat the sum of those above them. */
  totals?: LeftOutFacts & { named: { line: number; word: string }[] };
}

export interface LeftOutFacts {
  rows: number;
  /** Decimal strings by currency. */
  amounts: Record<string, string>;
}

/** Whether what instant a row names depends on a time zone. */
export const isLocal = ({ granularity, written }: Draft): boolean =>
  granularity === "event" && written !== undefined && !written.endsWith("Z");

export const readFacts = (
  { format, given }: CsvFile,
  { marks, order }: FileStyles,
  {
    sheets,
    localMoments,
    originals,
    left,
  }: {
    sheets: readonly Pick<Sheet, "day">[];
    localMoments: number;
    originals: readonly Original[];
    left: Pick<ReadFacts, "filtered" | "totals">;
  },
): ReadFacts => {
  const numbers = given?.mark ?? oneOf(Object.values(marks));
  const dates = given?.order ?? order ?? undefined;
  const { zone, currency } = format;
  return {
    ...(format.ownStyles && { days: new Set(sheets.map(({ day }) => day)).size }),
    ...(numbers !== undefined && (format.ownStyles || numbers !== "point") && { numbers }),
    ...(dates !== undefined && { dates }),
    ...(zone &&
      localMoments > 0 && {
        zone: {
          ...{ name: zone.name, assumed: !zone.isGiven, rows: localMoments },
          ...(zone.isKept && { kept: true }),
        },
      }),
    ...(currency && { currency }),
    ...ratesIn(originals),
    ...left,
  };
};

/** @param originals one for each rate */
const ratesIn = (originals: readonly Original[]): Pick<ReadFacts, "rates" | "rates_given"> => {
  if (originals.length === 0) return {};
  const rates: Record<string, string[]> = {};
  for (const { currency, rate } of originals) (rates[currency] ??= []).push(rate);
  const given = originals.filter(({ rate_source }) => rate_source === "given");
  return { rates, ...(given.length > 0 && { rates_given: given.map(({ currency }) => currency) }) };
};

const oneOf = (marks: readonly ("point" | "comma")[]): ReadFacts["numbers"] => {
  const [first] = marks;
  return marks.every((mark) => mark === first) ? first : "both";
};

/** So many totals are named. */
const MOST_NAMED = 3;

/** Adds up the rows that are left out. */
export class LeftOutGauge {
  readonly #filtered = new Tally();
  readonly #totals = new Tally();
  readonly #named: { line: number; word: string }[] = [];

  note(row: RowResult & { kind: "skip" }): void {
    if (row.reason === FILTERED) this.#filtered.add(row.draft);
    if (row.reason !== TOTAL_LINE || row.cell === undefined) return;
    this.#totals.add(row.draft);
    if (this.#named.length < MOST_NAMED) this.#named.push({ line: row.line, word: row.cell });
  }

  get facts(): Pick<ReadFacts, "filtered" | "totals"> {
    return {
      ...(this.#filtered.rows > 0 && { filtered: this.#filtered.facts }),
      ...(this.#totals.rows > 0 && { totals: { ...this.#totals.facts, named: this.#named } }),
    };
  }
}

class Tally {
  rows = 0;
  readonly #amounts = new Map<string, Decimal>();

  add(draft: Draft | undefined): void {
    this.rows++;
    const amount = draft?.cost ?? draft?.value ?? null;
    const currency = draft?.currency ?? "USD";
    if (amount !== null) this.#amounts.set(currency, (this.#amounts.get(currency) ?? ZERO).plus(amount));
  }

  get facts(): LeftOutFacts {
    const amounts = [...this.#amounts].map(([currency, amount]) => [currency, plain(amount)] as const);
    return { rows: this.rows, amounts: Object.fromEntries(amounts) };
  }
}
