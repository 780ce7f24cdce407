import type { CsvFormat } from "./format.js";
import type { Columns } from "./row.js";
import { digested } from "./short-text.js";

/** As much as the database keeps. */
const SERIES_LENGTH = 300;

/** While the rows pass: two organizations of one provider never share a series. */
export class ScopeGauge {
  readonly #series: string | null;
  readonly #position: number;
  readonly #scopes = new Set<string>();

  constructor({ series, scope }: CsvFormat, columns: Columns) {
    this.#series = series;
    this.#position = scope === undefined ? -1 : columns.position(scope);
  }

  note(cells: readonly string[]): void {
    const scope = cells[this.#position]?.trim();
    if (scope) this.#scopes.add(scope);
  }

  get series(): string | null {
    if (this.#series === null || this.#scopes.size === 0) return this.#series;
    return digested(`${this.#series} ${[...this.#scopes].sort().join(",")}`, SERIES_LENGTH);
  }
}
