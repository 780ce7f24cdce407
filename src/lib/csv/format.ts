import type { Draft } from "../record/draft.js";
import type { CollectionMethod, CostRecord } from "../record/record.js";
import type { Decimal, DecimalMark } from "../money.js";
import type { DateOrder } from "./dates.js";
import type { RowFilter } from "./filter.js";
import { capped } from "./short-text.js";

export interface CsvFormat {
  /** Stable id, kebab-case: what `--format` takes and `imports` shows, for example `openai-cost`. */
  id: string;
  title: string;
  provider: string;
  /** Provider and kind of source: the first part of every record's identity, for example `openai/cost`. */
  source: string;
  /** Columns that must all be in the header; of a group, at least one. Compared trimmed, without case. */
  requires: readonly (string | readonly string[] | SummedColumns)[];
  excludes?: readonly string[];
  /** The header has the required columns and no other. */
  exact?: true;
  /**
   * Every other column that `read` uses or knowingly leaves out; the user is told of the rest. `product_*` stands for all
   * columns that begin so.
   */
  knows: readonly string[];
  /**
   * What a column is called here, however the file spells it: `Cost (€)` is `Cost`, `lineItem/UsageType` is
   * `line_item_usage_type`. `requires`, `knows` and `read` use these names.
   */
  nameOf?: (column: string, position: number, columns: readonly string[]) => string;
  /** The column of a row's date; a line that is called a total and has no date there is not a charge. Empty if none is. */
  date: string;
  /**
   * What the name of a file says, for files without dates: their rows are sums over a period. If it is not in the name,
   * the user has to say it.
   */
  ofName?: (name: string) => NameFacts;
  /** Files may have a row a month instead of a row a day, which only their dates tell. */
  mayBeByMonth?: true;
  /** The order of its dates such as 03/04/2026, if no date of the file decides that. */
  order?: DateOrder;
  /**
   * The provider itself writes such dates. A spreadsheet that saves them with semicolons may have read them in its own order,
   * or left them as they are, so that no order is assumed there.
   */
  ownOrder?: true;
  /** Sources of one series describe the same money or tokens: what counts on a day is chosen among them. */
  series: string;
  /** Of some rows, if they show the same money as other files of their provider, or as scans of their agent. */
  seriesOf?: (row: Pick<CostRecord, "provider" | "agent">) => string;
  /** How its records came to be, if not by being imported: what a program made of agents' logs is of these logs. */
  method?: CollectionMethod;
  /** What its receipt says besides, with what to type. */
  note?: string;
  /** What counts instead of its days stays, even with `--replace`. */
  neverReplaces?: true;
  /** The providers that it names are added without asking: they are those of coding agents. */
  namesOwnProviders?: true;
  /** Of the name of an account or project, what other files of the provider call it. */
  ownName?: (name: string) => string;
  /**
   * Its rows have an identity of their own, so files of the same day are joined by it: each is one call or one charge,
   * not a bucket that another download may cut otherwise. `moments`: those rows that name a moment.
   */
  events?: true | "moments";
  /** Files of its header may be of several sources, such as two cards: those that share no row on any day are. */
  manySources?: true;
  /** Dimension columns: the more of them a file fills, the finer it is. */
  dimensions: readonly string[];
  /** Of two formats of one series whose files fill dimensions of the same weight, the one with 1 is the finer. */
  band?: 0 | 1;
  /** The column that says whose money it is: that of different accounts is never compared. */
  account?: string;
  /** The column of a project, or of what the provider calls so: different ones are different money. */
  project?: string;
  /** Each column has its own style of numbers: the files are of no known program. */
  ownStyles?: true;
  /** What `--map` calls a column. */
  targetOf?: (column: string) => string | undefined;
  /** The zone of moments without an offset, and whether the user named it for this file or an earlier one. */
  zone?: { name: string; isGiven: boolean; isKept?: true };
  /** The same format, but for that zone; absent if the user named one. */
  inZone?: (zone: string) => CsvFormat;
  /** Of amounts, if it is not US dollars and no column says it: ISO 4217; null if a column does. */
  currency?: string | null;
  /** Which rows count, if the mapping says so. */
  filter?: RowFilter | undefined;
  /** What besides the format's id decides what records its files give; see `CsvFile.reading`. */
  reading?: string;
  /** What the columns of a file decide: its source, if its rows are of no other than files with the same ones, or its title. */
  ofColumns?: (columns: readonly string[]) => Partial<Pick<CsvFormat, "source" | "series" | "title">>;
  /** Rows of the same key are parts of one record: their amounts and counts are added. They are kept until the end. */
  joins?: true;
  /** Turns one row into a record, several or none, or says why it is not a charge. @throws RowProblem */
  read(row: Row): Draft | readonly Draft[] | Skip;
}

/** The format of an export of a provider. */
export interface ExportFormat extends CsvFormat {
  /** Where a user finds the download, for example `platform.openai.com, Usage: Export`. */
  where: string;
}

/** What the name of a file says of all its rows. */
export interface NameFacts {
  account?: string;
  period?: FilePeriod;
}

/** When all charges of a file were, if it has no dates. */
export interface FilePeriod {
  /** Midnight UTC of the first day. */
  timestamp: string;
  granularity: "day" | "month";
  /** The last day. */
  until: string;
  /** `2026-11-05`, `2026-11`, or `2026-11-01..2026-11-06`. */
  written: string;
}

/** An export that aicost refuses, because it does not say what was spent, or when. */
export interface UnusableExport {
  /** As of a format. */
  requires: readonly string[];
  excludes?: readonly string[];
  /** What it is and what is wrong with it: the predicate of a sentence about the file. */
  problem: string;
  /** The right one, and how to get it. */
  hint: string;
  /** It cannot be mapped either. */
  neverMapped?: true;
}

/** Where a provider offers its CSV exports, and how a document that is not one says that it is of this provider. */
export interface ExportPage {
  named: RegExp;
  /** A sentence. */
  where: string;
}

/** Columns that are added, unless the file has one that is called like all of them together: `A+B`. */
export interface SummedColumns {
  whole: string;
  parts: readonly string[];
}

/** An empty bucket, a total line. Counted by reason and shown in the receipt. */
export interface Skip {
  skip: string;
  /** The date that the row is about, if it says that nothing was used then. */
  day?: string;
}

/** Names are compared trimmed, without case. A getter throws `RowProblem` for a cell that holds something else. */
export interface Row {
  has(column: string): boolean;
  /** The name of a column as the file spells it: `Cost (€)`. */
  spelling(column: string): string;
  /** The cell behind this one in a line above the header, such as `Currency,EUR`; null without such a line. */
  above(label: string): string | null;
  /** The date in that cell, in any form → midnight UTC of that date; null without such a line. */
  dayAbove(label: string): string | null;
  /** Whether the file has a row a month: only for a format that may. */
  isByMonth(): boolean;
  /** The days that the file is about, if its format has no dates. */
  period(): FilePeriod;
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
  count(column: string, style?: Pick<AmountStyle, "mark" | "blank">): number | null;
  /** Epoch seconds → RFC 3339 in UTC. */
  epoch(column: string): string;
  /** A date in any form → midnight UTC of that date. */
  day(column: string): string;
  /** The date that a cell with a date or a moment has in its text, whatever its offset → midnight UTC of that date. */
  writtenDay(column: string): string;
  /** A moment in any form; without an offset it is taken as UTC. → RFC 3339 in UTC. */
  moment(column: string): string;
  /** A date or a moment in UTC, whichever the cell holds. */
  dayOrMoment(column: string): { timestamp: string; hasTime: boolean; isWholeHour: boolean };
  /** A month, a date, a moment or an epoch number, whichever the cell holds: for files whose format is not known. */
  when(column: string, style: DateStyle): When;
  /** The cell of a column of flags, in any case: `True` or `False`, as most exports write it; other text as it is. */
  flag(column: string): string | null;
  /** All cells but those of these columns, with the names of their columns, in the order of the file. */
  othersThan(columns: readonly string[]): OtherCell[];
  /** Such a cell as a number, by the style of its column; null if it is none. */
  numberIn(cell: OtherCell): Decimal | null;
}

/** A cell that nothing but the key of its row looks at. */
export interface OtherCell {
  column: string;
  position: number;
  text: string;
}

export interface AmountStyle {
  /** Words for “no amount”, in any case, such as `Included` or `--`. Any other word is a problem. */
  words?: readonly string[];
  /** More such words, as a form: those that people and spreadsheets write. */
  blank?: RegExp;
  /** How the column writes decimals, if that is not to be found out. */
  mark?: DecimalMark | undefined;
  /** ISO 4217, by default US dollars: a sign or code of another one is a problem. */
  currency?: string;
  /** What to do about that, after the predicate that says so. */
  currencyHint?: string;
}

export interface DateStyle {
  /** The zone of moments without an offset. */
  timezone: string;
  /** Of dates such as 03/04/2026, if it is not to be found out. */
  order?: DateOrder | undefined;
  /** Cells are milliseconds since 1970, or days of Excel. */
  unit?: "ms" | "excel" | undefined;
}

/** Midnight UTC of a date, or a moment; RFC 3339 in UTC. */
export interface When {
  timestamp: string;
  granularity: "month" | "day" | "event";
  /** The month, date or moment as the file has it, whatever the time zone is; one with an offset in UTC. */
  written: string;
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
