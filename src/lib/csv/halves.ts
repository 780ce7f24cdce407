import { fold } from "./fold.js";
import type { Delimiter } from "./split.js";

/** What a column of texts is called, which says nothing as a bare number. */
const TEXT =
  /^(?:notes?|notiz(?:en)?|notas?|anmerkung(?:en)?|anteckning(?:ar)?|comments?|commentaires?|kommentare?|bemerkung(?:en)?|remarks?|remarques?|memo|descriptions?|beschreibung|descripción|description|details?|text|currency|währung|devise|moneda|valuta|unit|einheit|status|備考|备注|摘要)?$/;

/** What stands before and behind a decimal comma. */
const WHOLE = /^\s*[-+\u2212]?\d{1,3}(?:[.'’\u00a0\u202f ]?\d{3})*\s*$/;
const FRACTION = /^\s*\d+\s*$/;

/**
 * Finds amounts that a decimal comma without quotes has cut in two: `1,50` before the end of a row gives 1, and 50 in the
 * next column. It shows only in a column that is for texts, and has nothing but such halves.
 */
export class Halves {
  readonly #positions: readonly number[];

  constructor(columns: readonly string[], width: number, delimiter: Delimiter) {
    const names = Array.from({ length: width }, (_, position) => fold(columns[position] ?? ""));
    this.#positions =
      delimiter === ","
        ? names.flatMap((name, position) => (position > 0 && TEXT.test(name) ? [position] : []))
        : [];
  }

  /** The columns of texts that are filled in a row, and whether each may be the half of an amount. */
  in(cells: readonly string[]): { position: number; isHalf: boolean }[] {
    const last = cells.findLastIndex((cell) => cell.trim() !== "");
    return this.#positions.flatMap((position) => {
      if ((cells[position] ?? "").trim() === "") return [];
      const isHalf =
        position === last && WHOLE.test(cells[position - 1] ?? "") && FRACTION.test(cells[position] ?? "");
      return [{ position, isHalf }];
    });
  }
}

/** Why a row with such an amount is refused. */
export const halfProblem = (before: string, half: string, column: string): string => {
  const amount = `${before.trim()},${half.trim()}`;
  const place = column === "" ? "a column without a name" : `the column “${column}”`;
  return `may be the first half of ${amount}, cut by its comma: ${half.trim()} is in ${place}, which has no text in any row; write "${amount}" in quotes, or a text in ${place}`;
};
