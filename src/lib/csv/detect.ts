import { UserError } from "../errors.js";
import type { CsvFormat } from "./format.js";
import type { Header } from "./header.js";
import { didYouMean, nearest } from "../nearest.js";
import { amountReadings } from "../money.js";
import { fold } from "./fold.js";
import { isDateLike } from "./values.js";
import { namesOf } from "./row.js";

export interface Detected {
  header: Header;
  format: CsvFormat;
}

/** @param candidates in the order of the file @throws UserError `format_unknown`, `format_ambiguous` */
export const detect = (
  name: string,
  candidates: readonly Header[],
  formats: readonly CsvFormat[],
): Detected => {
  const found = firstMatch(candidates, formats);
  if (!found) throw unknownFormat(name, candidates, formats);
  const [format, other] = found.formats;
  if (!format || other) throw ambiguousFormat(name, found.formats);
  return { header: found.header, format };
};

export const isKnown = (candidates: readonly Header[], formats: readonly CsvFormat[]): boolean =>
  firstMatch(candidates, formats) !== undefined;

/** @throws UserError `no_such_format`, `csv_missing_column` */
export const force = (
  name: string,
  candidates: readonly Header[],
  formats: readonly CsvFormat[],
  id: string,
): Detected => {
  const format = formats.find((format) => format.id === id);
  if (!format) throw noSuchFormat(id, formats);
  const columnsMissing = (header: Header) => missing(format, namesFor(format, header)).length;
  const [header] = candidates.toSorted((a, b) => columnsMissing(a) - columnsMissing(b));
  const lacking = header ? missing(format, namesFor(format, header)) : format.requires;
  if (!header || lacking.length > 0) throw missingColumn(name, format, lacking, likeliest(candidates));
  return { header, format };
};

const firstMatch = (candidates: readonly Header[], formats: readonly CsvFormat[]) => {
  for (const header of candidates) {
    const columns = new Set(header.columns.map(fold));
    const matching = formats.filter((format) =>
      matches(format, format.nameOf === undefined ? columns : namesFor(format, header)),
    );
    if (matching.length > 0) return { header, formats: matching };
  }
  return undefined;
};

/** The columns as a format calls them, folded. */
const namesFor = ({ nameOf }: CsvFormat, { columns }: Header): ReadonlySet<string> =>
  new Set(namesOf(columns, nameOf).map(fold));

const matches = (format: CsvFormat, columns: ReadonlySet<string>): boolean =>
  missing(format, columns).length === 0 &&
  !format.excludes?.some((column) => columns.has(fold(column))) &&
  (!format.exact || columns.size === format.requires.length);

type Need = CsvFormat["requires"][number];

const missing = (format: CsvFormat, columns: ReadonlySet<string>): Need[] =>
  format.requires.filter((need) => !isMet(need, (column) => columns.has(fold(column))));

const isMet = (need: Need, has: (column: string) => boolean): boolean => {
  if (typeof need === "string") return has(need);
  return "whole" in need ? has(need.whole) || need.parts.every(has) : need.some(has);
};

/** All columns that a need names. */
export const namesIn = (need: Need): readonly string[] => {
  if (typeof need === "string") return [need];
  return "whole" in need ? [need.whole, ...need.parts] : need;
};

const written = (need: Need): string =>
  typeof need === "object" && "whole" in need ? need.parts.join(" + ") : namesIn(need).join(" or ");

/** A line that may be the header of a table; it looks right if no cell of it is a number or a date, and a row follows. */
export type LikelyHeader = Header & { looksRight: boolean };

/** The row that looks most like a header: the first of those with the most columns, names rather than numbers. */
export const likeliest = (candidates: readonly Header[]): LikelyHeader | undefined => {
  const named = candidates.filter(
    (header) => header.columns.every(isName) && candidates.some((other) => isBelow(other, header)),
  );
  const among = named.length > 0 ? named : candidates;
  const [header] = among.toSorted((a, b) => b.columns.length - a.columns.length);
  return header && { ...header, looksRight: named.length > 0 };
};

const isName = (cell: string): boolean => amountReadings(cell) === null && !isDateLike(cell);

const isBelow = (other: Header, { line, delimiter, columns }: Header): boolean =>
  other.delimiter === delimiter && other.line > line && other.width >= columns.length;

const MOST_NAMES = 40;

const listed = (columns: readonly string[]): string =>
  columns.length > MOST_NAMES
    ? `${columns.slice(0, MOST_NAMES).join(", ")} and ${columns.length - MOST_NAMES} more`
    : columns.join(", ");

const unknownFormat = (
  name: string,
  candidates: readonly Header[],
  formats: readonly CsvFormat[],
): UserError => {
  const header = likeliest(candidates);
  const found = header
    ? `${name} is not an export that aicost knows. Its columns: ${listed(header.columns)}.`
    : `No line of ${name} looks like the header of a table.`;
  return new UserError(
    "format_unknown",
    found,
    [
      ...(header ? closest(header, formats) : []),
      'Say what its columns are: --map date=Day,cost="Amount (USD)",model=Model --provider NAME',
      "See the exports that aicost knows, and where to download them: aicost providers",
    ].join("\n"),
  );
};

const MOST_CLOSE = 2;

/** Says which formats the file comes close to: it has more than half of their columns. */
const closest = (header: Header, formats: readonly CsvFormat[]): string[] =>
  formats
    .map((format) => ({ format, lacking: missing(format, namesFor(format, header)) }))
    .filter(({ format, lacking }) => 2 * lacking.length < format.requires.length)
    .toSorted((a, b) => a.lacking.length - b.lacking.length)
    .slice(0, MOST_CLOSE)
    .map(({ format: { id, title }, lacking }) =>
      lacking.length === 0
        ? `It looks like ${title}. If it is one, use --format ${id}`
        : `It looks like ${title} (${id}), but lacks ${listed(lacking.map(written))}.`,
    );

const ambiguousFormat = (name: string, formats: readonly CsvFormat[]): UserError =>
  new UserError(
    "format_ambiguous",
    `The columns of ${name} fit more than one format: ${formats.map(({ title }) => title).join(", ")}.`,
    `Say which one it is: ${formats.map(({ id }) => `--format ${id}`).join(" or ")}`,
  );

const noSuchFormat = (id: string, formats: readonly CsvFormat[]): UserError => {
  const ids = formats.map((format) => format.id);
  const meant = nearest(id, ids).slice(0, 1);
  return new UserError(
    "no_such_format",
    `There is no format “${id}”.`,
    `${didYouMean(meant.map((closest) => `--format ${closest}`))}The formats are ${ids.join(", ")}.`,
  );
};

const missingColumn = (
  name: string,
  format: CsvFormat,
  lacking: readonly Need[],
  header: Header | undefined,
): UserError => {
  const columns = header?.columns ?? [];
  const close = lacking.flatMap(namesIn).flatMap((column) => nearest(column, columns));
  const what = lacking.length === 1 ? "a column that is" : "columns that are";
  return new UserError(
    "csv_missing_column",
    `The file ${name} lacks ${what} needed for “${format.title}”: ${lacking.map(written).join(", ")}.`,
    `${didYouMean([...new Set(close)])}The file has: ${listed(columns) || "no line that looks like a header"}.`,
  );
};
