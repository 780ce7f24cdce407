import { type Draft, recordOf } from "../record/draft.js";
import { UserError } from "../errors.js";
import { plain } from "../money.js";
import type { Rates } from "../record/rates.js";
import { Identities, type CostRecord } from "../record/record.js";
import { cellsOf, type Cells } from "./cells.js";
import { changedFile, readBytes, readText } from "./decode.js";
import { Dimensions } from "./detail.js";
import { RowProblem, type Skip } from "./format.js";
import { halfProblem, Halves } from "./halves.js";
import { refuseWide } from "./header.js";
import type { CsvFile } from "./open.js";
import { namesIn } from "./detect.js";
import { columnsOfFilter, selecting, type Selects } from "./filter.js";
import { joined } from "./join.js";
import { fold } from "./fold.js";
import { CellRow, Columns, type Bounds } from "./row.js";
import { RowSplitter, type Delimiter, type RawRow } from "./split.js";
import { Styles, type StyleRules } from "./styles.js";
import { beginsGroupTotal, beginsTotalLine, mayHaveTotalWord, Totals, totalWordIn } from "./totals.js";
import { isDateLike, lastDate } from "./values.js";

export interface ReadOptions {
  rates: Rates;
  /** For the check of dates. */
  now?: Date;
  onProgress?: (bytesRead: number) => void;
  onBytes?: (bytes: Buffer) => void;
  /** False spares the ids of records, which are empty then: they are what costs most. */
  ids?: boolean;
  /** Only rows that begin on these lines are read. */
  lines?: LineSpan;
  /** Decides what the file leaves open. By default that of the file, from the first cells on. */
  styles?: Styles;
}

/** What is known of the styles of a file before it is read. */
export const styleRulesOf = ({ format, delimiter, given }: CsvFile): StyleRules => {
  const pooled = format.ownStyles !== true;
  // The exports themselves have commas: a spreadsheet of a country with decimal commas wrote the semicolons.
  const isForeign = delimiter === ";";
  const isOrderOpen = isForeign && format.ownOrder === true;
  return {
    pooled,
    given: given ?? {},
    fallback: {
      mark: pooled && !isForeign ? "point" : null,
      order: pooled && isForeign ? (isOrderOpen ? null : "DMY") : (format.order ?? null),
    },
    isOrderOpen,
  };
};

/** Physical lines of a file, from the first to the last one. */
export interface LineSpan {
  first: number;
  last: number;
}

/**
 * What one row turned out to be; `line` is the physical line on which it starts. A row may give several records: those
 * after the first are `beside` it; one that gives none is a `part` of nothing. Rows that are parts of one record come
 * first, then the record, `beside` them all.
 */
export type RowResult =
  | ({ kind: "record"; line: number; lastLine?: number; beside?: true } & ReadRecord)
  | { kind: "part"; line: number }
  | ({ kind: "skip"; line: number; reason: string; day?: string } & Partial<LeftOut>)
  | { kind: "reject"; line: number; problems: CellProblem[]; raw: string; beside?: true };

/** What a row that is left out would have been: its draft, and the cell that is why. */
export interface LeftOut {
  draft: Draft | undefined;
  cell: string;
}

/** Why rows are left out that could have been read. */
export const FILTERED = "not selected";
export const TOTAL_LINE = "total line";

/** A record, and what the row says besides: what the sheet is that it belongs to. */
export interface ReadRecord {
  record: CostRecord;
  draft: Draft;
  /** Whose money it is; null if neither the row nor the user says so. */
  account: string | null;
  /** Null if the row names none. */
  project: string | null;
  /** See `Fineness`. */
  filled: number;
}

/** `reason` is the predicate of a sentence about the value; column and value are empty if the whole row is wrong. */
export type CellProblem = Pick<RowProblem, "column" | "value" | "reason">;

/**
 * In bounded memory, past bad rows; the same results each time. They come piece by piece of the file, because a hundred
 * thousand promises would take as long as the rows.
 * @throws UserError `csv_no_rows`, `file_changed`; `Undecided` if the styles of the file are not settled
 */
export async function* readCsv(file: CsvFile, options: ReadOptions): AsyncGenerator<RowResult[]> {
  const reader = new RowReader(file, options);
  const { first, last } = options.lines ?? { first: 0, last: Infinity };
  let rows = 0;
  for await (const batch of rowBatches(file, options)) {
    rows += batch.length;
    const wanted = batch.filter(({ line }) => line >= first && line <= last);
    yield reader.readAll(wanted);
    if ((batch.at(-1)?.line ?? 0) >= last) break;
  }
  yield [...reader.end()];
  if (rows === 0) {
    throw new UserError(
      "csv_no_rows",
      `The file ${file.name} has a header in line ${file.headerLine}, but no rows below it.`,
      "Download it again for a period with usage.",
    );
  }
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

/** How a delimiter comes into a field without quotes. */
const UNQUOTED: Partial<Record<Delimiter, string>> = {
  ",": "a number with a comma",
  ";": "a text with a semicolon",
  "\t": "a text with a tab",
};

class RowReader {
  readonly #columns: Columns;
  readonly #identities: Pick<Identities, "next">;
  readonly #dimensions: Dimensions;
  readonly #bounds: Bounds;
  readonly #styles: Styles;
  /** Folded names of columns that each row must have. */
  readonly #needed: ReadonlySet<string>;
  readonly #selects: Selects | undefined;
  readonly #halves: Halves;
  /** Undefined if no row is called a total, or if not all rows are read, which were looked at before. */
  readonly #totals: Totals | undefined;
  /** With the rows that are left out, which a total may include. */
  readonly #totalsOfAll: Totals | undefined;
  /** By their keys. */
  readonly #joined = new Map<string, Joined>();
  /** The date of the last record, as its cell has it; undefined before the first one, and in files without dates. */
  #lastDate: string | undefined;

  constructor(
    private readonly file: CsvFile,
    private readonly options: ReadOptions,
  ) {
    this.#columns = new Columns(file.columns, file.format.nameOf);
    this.#identities = options.ids === false ? { next: () => "" } : new Identities();
    this.#dimensions = new Dimensions(file.format, this.#columns);
    this.#styles = options.styles ?? new Styles(styleRulesOf(file), file.styles);
    const filtered = file.filter === undefined ? [] : columnsOfFilter(file.filter);
    this.#needed = new Set([...file.format.requires.flatMap(namesIn), ...filtered].map(fold));
    this.#selects = file.filter && selecting(file.filter);
    this.#halves = new Halves(file.columns, file.width, file.delimiter);
    this.#totals = this.#styles.hasTotals && options.lines === undefined ? new Totals() : undefined;
    this.#totalsOfAll = this.#totals && this.#selects && new Totals();
    const { period, above, isByMonth } = file;
    this.#bounds = {
      lastDate: lastDate(options.now ?? new Date()),
      styles: this.#styles,
      period,
      above,
      isByMonth,
    };
  }

  readAll(rows: readonly RawRow[]): RowResult[] {
    const cells = cellsOf(rows, this.file.delimiter);
    return rows.flatMap((row, index) => this.#read(row, cells[index] ?? []));
  }

  #read(row: RawRow, cells: Cells): readonly RowResult[] {
    const { line } = row;
    if (!Array.isArray(cells)) return [this.#rejected(row, new RowProblem("", "", cells.broken))];
    refuseWide(this.file.name, line, cells.length);
    if (cells.every((cell) => cell.trim() === "")) return [{ kind: "skip", line, reason: "blank row" }];
    try {
      return this.#results(row, cells);
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      if (!this.#isTotal(cells)) return [this.#rejected(row, this.#isHeader(cells) ? HEADER_AGAIN : error)];
      const total = this.#undatedTotal(cells);
      return [
        total instanceof RowProblem
          ? this.#rejected(row, total)
          : { kind: "skip", line, reason: TOTAL_LINE, ...total },
      ];
    }
  }

  /** The records whose parts are several rows, once all rows were read. */
  *end(): Generator<RowResult> {
    for (const { first, lastLine, ...stated } of this.#joined.values()) {
      try {
        yield { ...this.#recorded(first.line, stated), lastLine, beside: true };
      } catch (error) {
        if (!(error instanceof RowProblem)) throw error;
        yield { ...this.#rejected(first, error), beside: true };
      }
    }
  }

  /** A total in a row without a date: what it sums, or what is wrong with it. Known formats are taken at their word. */
  #undatedTotal(cells: readonly string[]): { draft: Draft; cell: string } | RowProblem | undefined {
    const { format, columns } = this.file;
    if (!format.ownStyles || this.#lastDate === undefined) return undefined;
    const dated = cells.with(this.#columns.position(format.date), this.#lastDate);
    const draft = draftIn(format, new CellRow(this.#columns, dated.slice(0, columns.length), this.#bounds));
    if (draft === undefined) return undefined;
    if (this.#totals === undefined) this.#styles.noteTotal();
    const position = cells.findIndex((cell) => cell.trim() !== "");
    const cell = cells[position]?.trim() ?? "";
    const problem = this.#totals?.problem(draft) ?? null;
    if (problem === null || this.#totalsOfAll?.problem(draft) === null) return { draft, cell };
    return new RowProblem(columns[position] ?? "", cell, problem);
  }

  /** A row that has the name of its column instead of a date. */
  #isHeader(cells: readonly string[]): boolean {
    const { date } = this.file.format;
    return (
      date !== "" && fold(cells[this.#columns.position(date)] ?? "") === fold(this.#columns.spelling(date))
    );
  }

  #isTotal(cells: readonly string[]): boolean {
    const first = cells.find((cell) => cell.trim() !== "") ?? "";
    const date = cells[this.#columns.position(this.file.format.date)] ?? "";
    if (isDateLike(date.trim())) return false;
    // Only the sum of rows above is left out of a mapped file, so that its labels may be of many kinds.
    const isOfGroup = this.file.format.ownStyles === true && beginsGroupTotal(first.trim());
    return isOfGroup || beginsTotalLine(first.trim());
  }

  #results(raw: RawRow, cells: readonly string[]): RowResult[] {
    this.#refuseWidth(raw, cells);
    const { line } = raw;
    const { format, account: given, accountInName } = this.file;
    const row = new CellRow(this.#columns, cells.slice(0, this.file.columns.length), this.#bounds);
    const isSelected = this.#selects === undefined || this.#selects((column) => row.text(column) ?? "");
    if (!isSelected) {
      const draft = draftIn(format, row);
      if (draft !== undefined) this.#totalsOfAll?.add(draft);
      return [{ kind: "skip", line, reason: FILTERED, draft, cell: "" }];
    }
    const drafts = draftsOf(format.read(row));
    if ("skip" in drafts) {
      const { skip: reason, day } = drafts;
      return [{ kind: "skip", line, reason, ...(day !== undefined && { day }) }];
    }
    if (drafts.length === 0) return [{ kind: "part", line }];
    this.#refuseHalves(row, cells);
    // Rows of several records, or of a part of one, do not say their sum.
    const isWhole = drafts.length === 1 && !format.joins;
    const total = isWhole && drafts[0] ? this.#totalIn(drafts[0], raw, cells) : undefined;
    if (total !== undefined)
      return [{ kind: "skip", line, reason: TOTAL_LINE, draft: drafts[0], cell: total }];
    const nameIn = (column: string | undefined): string | null => {
      const name = column === undefined ? null : row.name(column);
      return name === null ? null : (format.ownName?.(name) ?? name);
    };
    const named = nameIn(format.account) ?? accountInName ?? null;
    const project = nameIn(format.project);
    const filled = this.#dimensions.filledBy(cells);
    const results = drafts.map((draft, index): RowResult => {
      const stated = { draft, account: named ?? given, isNamed: named !== null, project, filled, row };
      if (format.joins) return this.#join(raw, stated);
      return { ...this.#recorded(line, stated), ...(index > 0 && { beside: true }) };
    });
    this.#lastDate = cells[this.#columns.position(format.date)];
    return results;
  }

  /** @throws RowProblem for an amount that a decimal comma without quotes has cut in two */
  #refuseHalves(row: CellRow, cells: readonly string[]): void {
    for (const { position, isHalf } of this.#halves.in(cells)) {
      const [before = "", half = ""] = cells.slice(position - 1);
      if (!this.#styles.noteFilled(position, isHalf && row.hasAmountAt(position - 1))) continue;
      const { columns } = this.file;
      throw new RowProblem(
        columns[position - 1] ?? "",
        before.trim(),
        halfProblem(before, half, columns[position] ?? ""),
      );
    }
  }

  /** @throws RowProblem for numbers that the database cannot hold */
  #recorded(line: number, { draft, row, isNamed, ...stated }: Stated): RowResult & { kind: "record" } {
    const { provider, source, method = "csv_import" } = this.file.format;
    const record = recordOf(draft, {
      provider,
      source,
      method,
      rates: this.options.rates,
      identities: this.#identities,
      account: isNamed ? null : stated.account,
      wrong: (amount, reason) =>
        amount === null
          ? new RowProblem("", "", reason)
          : new RowProblem(row.columnOf(amount) ?? "", plain(amount), reason),
    });
    return { kind: "record", line, record, draft, ...stated };
  }

  #join(raw: RawRow, stated: Stated): RowResult {
    const { line } = raw;
    const { draft, account, project, filled } = stated;
    const key = JSON.stringify([account, project, ...draft.key]);
    const before = this.#joined.get(key);
    this.#joined.set(
      key,
      before === undefined
        ? { ...stated, first: raw, lastLine: line }
        : {
            ...before,
            draft: joined(before.draft, draft),
            filled: before.filled | filled,
            lastLine: line,
          },
    );
    return { kind: "part", line };
  }

  /** The problem names the column as the file spells it. */
  #rejected(row: RawRow, { column, value, reason }: RowProblem): RowResult & { kind: "reject" } {
    const spelled = column === "" ? "" : this.#columns.spelling(column);
    return { kind: "reject", line: row.line, problems: [{ column: spelled, value, reason }], raw: row.text };
  }

  /**
   * The word that calls a row a total of those above it; it is a row like others if the user asks for rows with the word.
   * @throws RowProblem if it is not their sum
   */
  #totalIn(draft: Draft, { text }: RawRow, cells: readonly string[]): string | undefined {
    const word = mayHaveTotalWord(text) ? totalWordIn(cells) : undefined;
    if (word === undefined || this.file.filter?.only.some(({ value }) => fold(value) === fold(word))) {
      this.#totals?.add(draft);
      this.#totalsOfAll?.add(draft);
      return undefined;
    }
    if (this.#totals === undefined) this.#styles.noteTotal();
    const problem = this.#totals?.problem(draft) ?? null;
    const isOfAll = this.#totalsOfAll?.problem(draft) === null;
    if (problem === null || isOfAll) return word;
    const position = cells.findIndex((cell) => cell.trim() === word);
    throw new RowProblem(this.file.columns[position] ?? "", word, problem);
  }

  /**
   * Whether a row may end before the last column: spreadsheets leave out empty cells at the end of a row. Not the last row
   * of a file that is cut off, and none that lacks a needed column, or may have a number that a comma cut in two.
   */
  #mayEnd({ isOpen }: RawRow, cells: readonly string[]): boolean {
    const { columns, delimiter } = this.file;
    if (isOpen || columns.slice(cells.length).some((column) => this.#needed.has(fold(column)))) return false;
    return (
      delimiter !== "," || !cells.some((cell, at) => DIGITS.test(cell) && DIGITS.test(cells[at + 1] ?? ""))
    );
  }

  /**
   * Even empty ones: in a row whose last columns are empty, they are what `1,23` without quotes leaves. Only if no number
   * can be cut in two by the delimiter, all rows may end in delimiters that the header lacks.
   */
  #refuseWidth(row: RawRow, cells: readonly string[]): void {
    const { columns, width, delimiter } = this.file;
    const filled = cells.findLastIndex((cell) => cell.trim() !== "") + 1;
    const mayEnd = delimiter !== "," && filled <= columns.length && cells.length > width;
    this.#styles.surplus ??= mayEnd ? cells.length - width : 0;
    const most = width + this.#styles.surplus;
    if (
      filled <= columns.length &&
      (cells.length === most || (cells.length < most && this.#mayEnd(row, cells)))
    )
      return;
    const count = filled > columns.length ? filled : cells.length;
    const expected = filled > columns.length ? columns.length : width;
    const fields = count === 1 ? "1 field" : `${count} fields`;
    if (count === expected)
      throw new RowProblem("", "", `the row has ${fields}, but the rows above have ${most}`);
    const cause = UNQUOTED[delimiter] ?? `a text with “${delimiter}”`;
    const unquoted = count > expected ? `; perhaps ${cause} is not in quotes` : "";
    const surplus =
      count > filled && unquoted ? ", or the line ends in delimiters that the header lacks" : "";
    throw new RowProblem(
      "",
      "",
      `the row has ${fields}, but the header has ${expected} columns${unquoted}${surplus}`,
    );
  }
}

const HEADER_AGAIN = new RowProblem(
  "",
  "",
  "a header comes again, so several tables stand one below the other; put each into a file of its own",
);

/** A part of a number that a comma without quotes cuts in two. */
const DIGITS = /^\s*\d+\s*$/;

/** What is known of a row besides its line. `isNamed`: the file says whose it is. */
type Stated = Omit<ReadRecord, "record"> & { row: CellRow; isNamed: boolean };

/** A record whose parts are several rows. */
interface Joined extends Stated {
  first: RawRow;
  lastLine: number;
}

const isSeveral = (read: Draft | readonly Draft[] | Skip): read is readonly Draft[] => Array.isArray(read);

const draftsOf = (read: Draft | readonly Draft[] | Skip): readonly Draft[] | Skip =>
  isSeveral(read) || "skip" in read ? read : [read];

/** The first record of a row that is left out anyway; undefined if it cannot be read. */
const draftIn = (format: CsvFile["format"], row: CellRow): Draft | undefined => {
  try {
    const drafts = draftsOf(format.read(row));
    return "skip" in drafts ? undefined : drafts[0];
  } catch (error) {
    if (error instanceof RowProblem) return undefined;
    throw error;
  }
};
