import { UserError } from "../errors.js";
import { isByMonth } from "./by-month.js";
import type { CsvInput, Encoding } from "./decode.js";
import { detect, force, isKnown, namesIn, type Detected } from "./detect.js";
import { refuseForeignText, refusePivot, withExportPage } from "./foreign.js";
import type { CsvFormat, ExportPage, FilePeriod, UnusableExport } from "./format.js";
import { headerCandidates, linesAbove, readHead, type Head, type Header } from "./header.js";
import { columnsOfFilter, filterText, type RowFilter } from "./filter.js";
import { nearest } from "../nearest.js";
import { fold } from "./fold.js";
import { namesOf } from "./row.js";
import { digested } from "./short-text.js";
import type { Delimiter } from "./split.js";
import type { FileStyles, StyleRules } from "./styles.js";

export interface CsvFile extends CsvInput {
  readonly format: CsvFormat;
  /** Differs if the same bytes may give other records. Rates are not part of it. At most 2,000 characters. */
  readonly reading: string;
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** Physical line number of the header. */
  readonly headerLine: number;
  readonly headerText: string;
  /** In the decoded text. */
  readonly headerOffset: number;
  readonly columns: readonly string[];
  /** How many fields each row must have: those of the header, with empty names at its end included. */
  readonly width: number;
  readonly ignoredColumns: readonly string[];
  /** Whose money it is, where its rows do not say so: as the user named it. */
  readonly account: string | null;
  /** The same, as the name of the file has it. */
  readonly accountInName?: string;
  /** When all its charges were, if it has no dates. */
  readonly period?: FilePeriod;
  /** It has a row a month: see `CsvFormat.mayBeByMonth`. */
  readonly isByMonth?: true;
  /** What the lines above the header say: the second cell by the first one, folded. */
  readonly above?: Readonly<Record<string, string>>;
  /** What the user says of the styles of the whole file. */
  readonly given?: GivenStyles;
  /** Which rows count; all of them without. */
  readonly filter?: RowFilter;
  /** What its cells decide, once all of it was read. */
  readonly styles?: FileStyles;
}

/** How all numbers and dates of a file are written, if the user says so. */
export type GivenStyles = StyleRules["given"];

export interface OpenOptions {
  formats: readonly CsvFormat[];
  /** The id of the format that the user named, of `formats` or `saved`. */
  format?: string | undefined;
  /** Saved mappings, consulted only if no format matches. */
  saved?: readonly CsvFormat[];
  /** Whose money the files are that do not say so. */
  account?: string | undefined;
  given?: GivenStyles;
  /** Exports that are refused by their columns. */
  unusable?: readonly UnusableExport[] | undefined;
  /** Where providers offer their exports. */
  pages?: readonly ExportPage[] | undefined;
  /** Instead of that of the format. */
  filter?: RowFilter | undefined;
  /** When all charges of a file without dates were. */
  period?: FilePeriod | undefined;
}

/** As much as the database keeps. */
const READING_LENGTH = 2000;

/** Reads no further than the header. @throws UserError `csv_duplicate_column` */
export const openCsv = async <Input extends CsvInput>(
  input: Input,
  options: OpenOptions,
): Promise<Input & CsvFile> => {
  const head = await headOf(input, options);
  const { header, format: found } = formatOf(input.name, headerCandidates(head, input.name), options);
  const format = found.ofColumns ? { ...found, ...found.ofColumns(header.columns) } : found;
  const { account = null, given = {}, filter = format.filter } = options;
  const known = new Set([...format.requires.flatMap(namesIn), ...format.knows].map(fold));
  const names = namesOf(header.columns, format.nameOf);
  const above = linesAbove(head, header);
  const order = given.order ?? (header.delimiter === ";" ? "DMY" : (format.order ?? "MDY"));
  const byMonth = format.mayBeByMonth && isByMonth(head, header, names.indexOf(format.date), order);
  const named = format.ofName?.(input.name);
  const period = named && (options.period ?? named.period);
  if (named && period === undefined) throw periodMissing(input.name, format);
  refuseDuplicates(input.name, { ...header, columns: [...names] }, known);
  if (filter) refuseMissing(input.name, header, filter);
  return {
    ...input,
    format,
    reading: digested(
      [
        format.reading ?? format.id,
        ...(account === null ? [] : [`account=${account}`]),
        ...(given.mark === undefined ? [] : [`numbers=${given.mark}`]),
        ...(given.order === undefined ? [] : [`dates=${given.order}`]),
        ...(filter === undefined ? [] : [filterText(filter)]),
        ...(period === undefined ? [] : [`period=${period.written}`]),
      ].join(" "),
      READING_LENGTH,
    ),
    encoding: head.encoding,
    delimiter: header.delimiter,
    headerLine: header.line,
    headerText: header.text,
    headerOffset: header.offset,
    columns: header.columns,
    width: header.width,
    ignoredColumns: header.columns.filter((column, position) => {
      const name = fold(names[position] ?? "");
      return column !== "" && !known.has(name) && !isOfGroup(name, format.knows);
    }),
    account,
    ...(named?.account !== undefined && { accountInName: named.account }),
    ...(period && { period }),
    ...(above !== undefined && { above }),
    ...(byMonth && { isByMonth: true as const }),
    ...((given.mark ?? given.order) !== undefined && { given }),
    ...(filter && { filter }),
  };
};

const headOf = async (input: CsvInput, { pages = [] }: OpenOptions): Promise<Head> => {
  try {
    const head = await readHead(input);
    refuseForeignText(head.text, input.name);
    return head;
  } catch (error) {
    throw await withExportPage(error, input, pages);
  }
};

/** Whether a column is one of those that `product_*` stands for. */
const isOfGroup = (folded: string, knows: readonly string[]): boolean =>
  knows.some((name) => name.endsWith("*") && folded.startsWith(fold(name.slice(0, -1))));

const periodMissing = (name: string, { title }: CsvFormat): UserError =>
  new UserError(
    "period_missing",
    `${name} (${title}) has sums without dates, and its name does not say which days they cover.`,
    "Say when it was: --period YYYY-MM for a month, or --date YYYY-MM-DD for a day. Or give the file the name again that it was downloaded with.",
  );

const formatOf = (
  name: string,
  candidates: readonly Header[],
  { formats, format, saved = [], unusable = [] }: OpenOptions,
): Detected => {
  refuseUnusable(
    name,
    candidates,
    unusable.filter(({ neverMapped }) => neverMapped),
  );
  const useSaved = format === undefined && !isKnown(candidates, formats) && isKnown(candidates, saved);
  try {
    if (format !== undefined) return force(name, candidates, [...formats, ...saved], format);
    return detect(name, candidates, useSaved ? saved : formats);
  } catch (error) {
    // A file that cannot be used for another reason is told that one.
    refusePivot(candidates, name);
    if (format === undefined) refuseUnusable(name, candidates, unusable);
    throw error;
  }
};

const refuseUnusable = (
  name: string,
  candidates: readonly Header[],
  unusable: readonly UnusableExport[],
): void => {
  for (const { columns } of candidates) {
    const has = new Set(columns.map(fold));
    const found = unusable.find(
      ({ requires, excludes = [] }) =>
        requires.every((column) => has.has(fold(column))) &&
        !excludes.some((column) => has.has(fold(column))),
    );
    if (found) throw new UserError("export_unusable", `The file ${name} ${found.problem}.`, found.hint);
  }
};

const refuseMissing = (name: string, { columns }: Header, filter: RowFilter): void => {
  const has = new Set(columns.map(fold));
  const lacking = columnsOfFilter(filter).find((column) => !has.has(fold(column)));
  if (lacking === undefined) return;
  const [closest] = nearest(lacking, columns);
  throw new UserError(
    "csv_missing_column",
    `The file ${name} lacks the column “${lacking}”, which decides what rows count.`,
    closest === undefined ? `The file has: ${columns.join(", ")}.` : `Did you mean ${closest}?`,
  );
};

const refuseDuplicates = (name: string, header: Header, known: ReadonlySet<string>): void => {
  const seen = new Set<string>();
  for (const column of header.columns) {
    const folded = fold(column);
    if (seen.has(folded) && known.has(folded)) {
      throw new UserError(
        "csv_duplicate_column",
        `The file ${name} has two columns “${column}” in line ${header.line}.`,
        "Remove or rename the one that does not count.",
      );
    }
    seen.add(folded);
  }
};
