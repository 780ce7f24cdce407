import { recordOf } from "../record/draft.js";
import { UserError } from "../errors.js";
import { plain } from "../money.js";
import type { Rates } from "../record/rates.js";
import { Identities, type CostRecord } from "../record/record.js";
import { cellsOf, type Cells } from "./cells.js";
import { changedFile, readBytes, readText } from "./decode.js";
import { DetailGauge } from "./detail.js";
import { RowProblem } from "./format.js";
import { refuseWide } from "./header.js";
import type { CsvFile } from "./open.js";
import { CellRow, Columns, type Bounds } from "./row.js";
import { ScopeGauge } from "./scope.js";
import { RowSplitter, type Delimiter, type RawRow } from "./split.js";
import { lastDate, looksLikeDate } from "./values.js";

export interface ReadOptions {
  rates: Rates;
  /** For the check of dates. */
  now?: Date;
  onProgress?: (bytesRead: number) => void;
  onBytes?: (bytes: Buffer) => void;
  /** False spares the ids of records, which are empty then: they are what costs most. */
  ids?: boolean;
}

/** What one row turned out to be; `line` is the physical line on which it starts. */
export type RowResult =
  | { kind: "record"; line: number; record: CostRecord }
  | { kind: "skip"; line: number; reason: string }
  | { kind: "reject"; line: number; problems: CellProblem[]; raw: string };

/** `reason` is the predicate of a sentence about the value; column and value are empty if the whole row is wrong. */
export type CellProblem = Pick<RowProblem, "column" | "value" | "reason">;

/** In bounded memory, past bad rows; the same results each time. @throws UserError `csv_no_rows`, `file_changed` */
export async function* readCsv(file: CsvFile, options: ReadOptions): AsyncGenerator<RowResult> {
  const reader = new RowReader(file, options);
  let rows = 0;
  for await (const batch of rowBatches(file, options)) {
    const cells = cellsOf(batch, file.delimiter);
    for (const [index, row] of batch.entries()) {
      rows++;
      yield reader.read(row, cells[index] ?? []);
    }
  }
  if (rows === 0) {
    throw new UserError(
      "csv_no_rows",
      `The file ${file.name} has a header in line ${file.headerLine}, but no rows below it.`,
      "Download it again for a period with usage.",
    );
  }
  file.detail = reader.detail;
  file.series = reader.series;
}

/** Below the header, without blank lines. */
async function* rowBatches(file: CsvFile, { onProgress, onBytes }: ReadOptions): AsyncGenerator<RawRow[]> {
  const splitter = new RowSplitter(file.name, file.delimiter, file.headerLine);
  let offset = file.headerOffset;
  let atHeader = true;
  const below = (rows: Iterable<RawRow>): RawRow[] => {
    const batch = [...rows];
    if (atHeader && batch.length > 0) {
      if (batch.shift()?.text !== file.headerText) throw changedFile(file.name);
      atHeader = false;
    }
    return batch.filter(({ text }) => text.trim() !== "");
  };
  for await (const { text, bytesRead } of readText(file, watched(readBytes(file), onBytes))) {
    yield below(splitter.push(text.slice(offset)));
    offset = Math.max(0, offset - text.length);
    onProgress?.(bytesRead);
  }
  yield below(splitter.end());
}

async function* watched(
  pieces: AsyncIterable<Buffer>,
  onBytes?: (bytes: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    onBytes?.(piece);
    yield piece;
  }
}

/** What the first cell of a total line says, and nothing more: `Total Wine AI` is a name. */
const TOTAL =
  /^(?:(?:grand|overall|service|rounded|running)[ -])?(?:(?:sub[ -]?)?totals?|sum|summe|gesamt\w*|rounding error)(?: (?:amount|charges|costs?|spend|usage|usd)| of \d+ \w+)?(?:\s*[:(].*)?$/i;

/** How a delimiter comes into a field without quotes. */
const UNQUOTED: Record<Delimiter, string> = {
  ",": "a number with a comma",
  ";": "a text with a semicolon",
  "\t": "a text with a tab",
};

class RowReader {
  readonly #columns: Columns;
  readonly #identities: Pick<Identities, "next">;
  readonly #gauge: DetailGauge;
  readonly #scopes: ScopeGauge;
  readonly #bounds: Bounds;

  constructor(
    private readonly file: CsvFile,
    private readonly options: ReadOptions,
  ) {
    this.#columns = new Columns(file.columns);
    this.#identities = options.ids === false ? { next: () => "" } : new Identities();
    this.#gauge = new DetailGauge(file.format, this.#columns);
    this.#scopes = new ScopeGauge(file.format, this.#columns);
    this.#bounds = { lastDate: lastDate(options.now ?? new Date()), semicolons: file.delimiter === ";" };
  }

  get detail(): number {
    return this.#gauge.detail;
  }

  get series(): string | null {
    return this.#scopes.series;
  }

  read(row: RawRow, cells: Cells): RowResult {
    const { line } = row;
    if (!Array.isArray(cells)) return rejected(row, new RowProblem("", "", cells.broken));
    refuseWide(this.file.name, line, cells.length);
    if (cells.every((cell) => cell.trim() === "")) return { kind: "skip", line, reason: "blank row" };
    try {
      const record = this.#record(cells);
      return "skip" in record
        ? { kind: "skip", line, reason: record.skip }
        : { kind: "record", line, record };
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      return this.#isTotal(cells) ? { kind: "skip", line, reason: "total line" } : rejected(row, error);
    }
  }

  #isTotal(cells: readonly string[]): boolean {
    const first = cells.find((cell) => cell.trim() !== "") ?? "";
    const date = cells[this.#columns.position(this.file.format.date)] ?? "";
    return TOTAL.test(first.trim()) && !looksLikeDate(date.trim());
  }

  #record(cells: readonly string[]) {
    this.#refuseWidth(cells);
    const row = new CellRow(this.#columns, cells.slice(0, this.file.columns.length), this.#bounds);
    const draft = this.file.format.read(row);
    if ("skip" in draft) return draft;
    const { provider, source } = this.file.format;
    const record = recordOf(draft, {
      provider,
      source,
      method: "csv_import",
      rates: this.options.rates,
      identities: this.#identities,
      wrong: (amount, reason) =>
        amount === null
          ? new RowProblem("", "", reason)
          : new RowProblem(row.columnOf(amount) ?? "", plain(amount), reason),
    });
    this.#gauge.note(cells, draft.granularity);
    this.#scopes.note(cells);
    return record;
  }

  /** Even empty ones: in a row whose last columns are empty, they are what `1,23` without quotes leaves. */
  #refuseWidth(cells: readonly string[]): void {
    const { columns, width, delimiter } = this.file;
    const filled = cells.findLastIndex((cell) => cell.trim() !== "") + 1;
    if (cells.length === width && filled <= columns.length) return;
    const count = filled > columns.length ? filled : cells.length;
    const expected = filled > columns.length ? columns.length : width;
    const fields = count === 1 ? "1 field" : `${count} fields`;
    const unquoted = count > expected ? `; perhaps ${UNQUOTED[delimiter]} is not in quotes` : "";
    const surplus =
      count > filled && unquoted ? ", or the line ends in delimiters that the header lacks" : "";
    throw new RowProblem(
      "",
      "",
      `the row has ${fields}, but the header has ${expected} columns${unquoted}${surplus}`,
    );
  }
}

const rejected = (row: RawRow, { column, value, reason }: RowProblem): RowResult => ({
  kind: "reject",
  line: row.line,
  problems: [{ column, value, reason }],
  raw: row.text,
});
