import type { Draft } from "../record/draft.js";
import type { Decimal } from "../money.js";
import { capped } from "./short-text.js";

export interface CsvFormat {
  /** Stable id, kebab-case: what `--format` takes and `imports` shows, for example `openai-cost`. */
  id: string;
  title: string;
  provider: string;
  /** Provider and kind of source: the first part of every record's identity, for example `openai/cost`. */
  source: string;
  /** Columns that must all be in the header; of a group, at least one. Compared trimmed, without case. */
  requires: readonly (string | readonly string[])[];
  excludes?: readonly string[];
  /** The header has the required columns and no other. */
  exact?: true;
  /** Every other column that `read` uses or knowingly leaves out; the user is told of the rest. */
  knows: readonly string[];
  /** The column of a row's date; a line that is called a total and has no date there is not a charge. */
  date: string;
  /** Sources of one series describe the same money or tokens: a day counts once, in its finest detail. Null for none. */
  series: string | null;
  /** Dimension columns: the more of them a file fills, the finer it is. */
  dimensions: readonly string[];
  /** Of two formats of one series whose files fill dimensions of the same weight, the one with 1 is the finer. */
  band?: 0 | 1;
  /** The column that says whose money it is: files of different owners are in series of their own. */
  scope?: string;
  /** What besides the format's id decides what records its files give; see `CsvFile.reading`. */
  reading?: string;
  /** Turns one row into one record, or says why it is not a charge. @throws RowProblem */
  read(row: Row): Draft | Skip;
}

/** An empty bucket, a total line. Counted by reason and shown in the receipt. */
export interface Skip {
  skip: string;
}

/** Names are compared trimmed, without case. A getter throws `RowProblem` for a cell that holds something else. */
export interface Row {
  has(column: string): boolean;
  /** The trimmed cell; null if it is empty or the file has no such column. */
  text(column: string): string | null;
  /** Like `text`, but a problem if it is empty. */
  required(column: string): string;
  /** Like `text`, but a problem if it is longer than a model name can be: 200 characters. */
  name(column: string): string | null;
  /** Exact amount; null for an empty cell, and for the words that this column writes instead of an amount. */
  amount(column: string, style?: AmountStyle): Decimal | null;
  /** ISO 4217 in capitals; `USD` for an empty cell. */
  currency(column: string): string;
  /** A whole number of things, 0 or more, `4.0` and `1,204` accepted; null for an empty cell. */
  count(column: string): number | null;
  /** Epoch seconds → RFC 3339 in UTC. */
  epoch(column: string): string;
  /** `YYYY-MM-DD` → midnight UTC of that date. */
  day(column: string): string;
  /** A moment; without an offset it is taken as UTC. → RFC 3339 in UTC. */
  moment(column: string): string;
  /** A date, a moment or epoch seconds, whichever the cell holds: for files whose format is not known. */
  when(column: string, style: DateStyle): When;
  /** All cells, in the order of the file: the key of a source without row ids. */
  all(): (string | null)[];
  allBut(columns: readonly string[]): (string | null)[];
}

export interface AmountStyle {
  /** Words for “no amount”, in any case, such as `Included` or `--`. Any other word is a problem. */
  words?: readonly string[];
  /** `1.234,56` instead of `1,234.56`. */
  decimalComma?: boolean;
  /** What `--map` calls the column, if it was named so: a problem then says how to give its style. */
  mapTarget?: string;
}

export interface DateStyle {
  /** The zone of moments without an offset. */
  timezone: string;
  /** Of dates such as 03/04/2026, which are refused without it. */
  order?: "DMY" | "MDY";
}

/** Midnight UTC of a date, or a moment; RFC 3339 in UTC. */
export interface When {
  timestamp: string;
  granularity: "day" | "event";
}

const VALUE_LENGTH = 200;

/** One cell that is not what its column asks for; the column is empty if the whole row is wrong. */
export class RowProblem extends Error {
  override readonly name = "RowProblem";
  /** The cell, or its first 200 characters. */
  readonly value: string;

  constructor(
    readonly column: string,
    value: string,
    readonly reason: string,
  ) {
    super(`${column}: ${reason}`);
    this.value = capped(value, VALUE_LENGTH);
  }
}
