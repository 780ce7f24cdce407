import { plain, type Decimal, ZERO, decimal } from "../money.js";
import type { Draft } from "../record/draft.js";

/** What a total is called, in the languages of exports and spreadsheets. */
const WORDS = [
  "totals?",
  "sum",
  "sous-total",
  "somme",
  "(?:zwischen|gesamt|end)?summe",
  "gesamt(?:betrag|kosten)?",
  "insgesamt",
  "(?:del)?summa",
  "totalt",
  "(?:sub)?totale",
  "(?:sub)?totaal",
  "suma",
  "(?:gesamt|teil|zwischen)?ergebnis",
  "total(?:summa|summe)",
  "slutsumma",
  "(?:sous-)?total",
  "i alt",
  "yhteensä",
  "razem",
  "celkem",
  "összesen",
  "toplam",
  "итого",
  "всего",
  "[合小总][计計]",
  "[総總小][計计]",
  "합계|총계|소계",
].join("|");
const BEFORE = "grand|overall|service|rounded|running|sub|net|gross|invoice";
const BEHIND = "amount|charges|costs?|spend|usage|usd|general|général|geral|generale|generaal";
const NAME = `(?:(?:${BEFORE})[ -]?)?(?:${WORDS})(?: (?:${BEHIND}))?`;

/** All that a cell says; `Total recall` is a name. */
const WORD = new RegExp(`^${NAME}\\s*:?$`, "i");

/** What the first cell of a row without a date says, and nothing more: `Total (USD): 12`, `Total of 3 items`. */
const LINE = new RegExp(`^(?:${NAME}(?: of \\d+ \\w+)?|rounding error)(?:\\s*[:(].*)?$`, "i");

/** A part of each of the words. */
const PART =
  /[Tt]ota|TOTA|[Ss]um|SUM|[Ss]omm|SOMM|[Gg]esamt|GESAMT|[Ee]rgebnis|ERGEBNIS|[Ii] alt|hteens|azem|RAZEM|elkem|CELKEM|sszesen|oplam|TOPLAM|того|ТОГО|сего|СЕГО|[合小总総總][計计]|[합총소]계/;

/** Longer cells are not one word for a total. */
const LONGEST = 24;
const LONGEST_LABEL = 80;

/** False if no cell of a row can be a word for a total: most rows are done with then. */
export const mayHaveTotalWord = (rowText: string): boolean => PART.test(rowText);

/** The cell that calls a row a total; undefined if none does. */
export const totalWordIn = (cells: readonly string[]): string | undefined => {
  for (const cell of cells) {
    const text = cell.length > LONGEST ? "" : cell.trim();
    if (text.length >= 2 && WORD.test(text)) return text;
  }
  return undefined;
};

/** Whether the first cell of a row without a date calls it a total. */
export const beginsTotalLine = (first: string): boolean => LINE.test(first);

/** `gpt-5 Total`, `Total for November`, `Summe gpt-5`: what a spreadsheet calls the sums of groups. */
const GROUP = new RegExp(`^(?:(?:${NAME})[ :].+|.+[ -](?:${NAME}))$`, "i");

/** Whether the first cell of a row without a date calls it the total of a group. */
export const beginsGroupTotal = (first: string): boolean =>
  first.length <= LONGEST_LABEL && GROUP.test(first);

/** What the amount of a row is, by its currency: money, or else tokens, or else requests. */
interface Measured {
  kind: string;
  amount: Decimal;
}

const measured = ({ cost, value, currency = "USD", tokens, input, output, requests }: Draft): Measured[] => {
  const counts = { input, output, tokens, requests };
  const money = cost ?? value ?? null;
  return [
    ...(money === null ? [] : [{ kind: `money in ${currency}`, amount: money }]),
    ...Object.entries(counts).flatMap(([kind, count]) =>
      typeof count === "number" ? [{ kind, amount: decimal(String(count)) }] : [],
    ),
  ];
};

/** Sums by what is summed. */
type Sums = ReadonlyMap<string, Decimal>;

/** So many totals of one file are looked back at. */
const MOST_TOTALS = 1000;

/** Adds up rows, to know a row that repeats the sum of those above it. */
export class Totals {
  readonly #sums = new Map<string, Decimal>();
  /** What the sums were at the start, and behind each total. */
  readonly #starts: Sums[] = [new Map()];

  add(draft: Draft): void {
    for (const { kind, amount } of measured(draft)) this.#sums.set(kind, this.#at(kind).plus(amount));
  }

  /**
   * Looks at a row that is called a total: it must be the sum of all rows above it, or of those since a total above it.
   * @returns null if it is, else the predicate of a sentence about it
   */
  problem(draft: Draft): string | null {
    const stated = measured(draft);
    const isSum = this.#starts.some((start) =>
      stated.every(({ kind, amount }) =>
        this.#at(kind)
          .minus(start.get(kind) ?? ZERO)
          .eq(amount),
      ),
    );
    if (this.#starts.length < MOST_TOTALS) this.#starts.push(new Map(this.#sums));
    if (isSum) return null;
    const [first] = stated;
    const sum = first === undefined ? "" : plain(this.#at(first.kind));
    return `calls the row a total, but its amount ${first === undefined ? "" : plain(first.amount)} is not the sum of the rows above it (${sum}); correct the file, or leave such rows out with --except`;
  }

  #at(kind: string): Decimal {
    return this.#sums.get(kind) ?? ZERO;
  }
}
