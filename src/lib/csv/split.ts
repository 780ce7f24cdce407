import { UserError } from "../errors.js";

/** One character: a comma, a semicolon, a tab, a pipe, or what the first line of a file says after `sep=`. */
export type Delimiter = string;

/** Without its line end; `line` is the physical one on which it starts. */
export interface RawRow {
  line: number;
  text: string;
  /** It is the last one, and no line end follows it: it may be cut off. */
  isOpen?: true;
}

/** No row of a real export is longer than this many characters. */
export const MAX_ROW_LENGTH = 1024 * 1024;

const LINE_END = /\r\n|\n|\r/g;

/**
 * Cuts text into rows at LF, CRLF or CR outside of quotes. It stands before the CSV parser because that one neither
 * keeps physical line numbers across quoted line breaks, nor goes on after a row with a broken quote.
 */
export class RowSplitter {
  #text = "";
  /** How much of it has been looked at: whole lines. */
  #looked = 0;
  #rowLine: number;
  #line: number;
  /** The line on which a quoted field opened that is still open. */
  #quoteLine: number | null = null;

  /** @param line the number of the first line that is pushed */
  constructor(
    private readonly name: string,
    private readonly delimiter: Delimiter,
    line = 1,
  ) {
    this.#line = line;
    this.#rowLine = line;
  }

  /** @throws UserError `csv_line_too_long`, `csv_unclosed_quote` */
  *push(piece: string): Generator<RawRow> {
    const text = this.#text + piece;
    let rowStart = 0;
    let lineStart = this.#looked;
    let quote = text.indexOf('"', lineStart);
    for (;;) {
      LINE_END.lastIndex = lineStart;
      const end = LINE_END.exec(text);
      // A CR at the very end may be the first half of a CRLF.
      if (!end || (end[0] === "\r" && end.index === text.length - 1)) break;
      if (quote !== -1 && quote < lineStart) quote = text.indexOf('"', lineStart);
      if (quote !== -1 && quote < end.index) this.#look(text, lineStart, end.index);
      lineStart = end.index + end[0].length;
      this.#line++;
      if (this.#quoteLine !== null) continue;
      this.#refuseLong(end.index - rowStart);
      yield { line: this.#rowLine, text: text.slice(rowStart, end.index) };
      rowStart = lineStart;
      this.#rowLine = this.#line;
    }
    this.#text = text.slice(rowStart);
    this.#looked = lineStart - rowStart;
    this.#refuseLong(this.#text.length);
  }

  /** The last row, if the text does not end with a line end. @throws UserError `csv_unclosed_quote` */
  *end(): Generator<RawRow> {
    const text = this.#text.replace(/\r$/, "");
    this.#look(text, this.#looked, text.length);
    if (this.#quoteLine !== null) throw this.#unclosed(this.#quoteLine, "the end of the file");
    if (text !== "") yield { line: this.#rowLine, text, isOpen: true };
  }

  /** Follows the quotes of one line. A quote opens a field at its start only, as the parser has it. */
  #look(text: string, start: number, end: number): void {
    let at = start;
    for (;;) {
      const quote = text.indexOf('"', at);
      if (quote === -1 || quote >= end) return;
      at = quote + 1;
      if (this.#quoteLine === null) {
        if (quote === start || text[quote - 1] === this.delimiter) this.#quoteLine = this.#line;
      } else if (text[at] === '"') {
        at++;
      } else {
        this.#quoteLine = null;
      }
    }
  }

  #refuseLong(length: number): void {
    if (length <= MAX_ROW_LENGTH) return;
    if (this.#quoteLine !== null) throw this.#unclosed(this.#quoteLine, "1 MB of text");
    throw new UserError(
      "csv_line_too_long",
      `Line ${this.#rowLine} of ${this.name} is longer than 1 MB.`,
      "A CSV export has one short line for each charge; check that this is the file you meant.",
    );
  }

  #unclosed(line: number, where: string) {
    return new UserError(
      "csv_unclosed_quote",
      `The quote that opens in line ${line} of ${this.name} is not closed before ${where}.`,
      "The file may have been cut off: download it again.",
    );
  }
}
