import { UserError } from "../errors.js";
import type { CsvFormat } from "./format.js";
import type { Header } from "./header.js";
import { nearest } from "../nearest.js";
import { fold } from "./row.js";

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
  const columnsMissing = (header: Header) => missing(format, new Set(header.columns.map(fold))).length;
  const [header] = candidates.toSorted((a, b) => columnsMissing(a) - columnsMissing(b));
  const lacking = header ? missing(format, new Set(header.columns.map(fold))) : format.requires;
  if (!header || lacking.length > 0) throw missingColumn(name, format, lacking, likeliest(candidates));
  return { header, format };
};

const firstMatch = (candidates: readonly Header[], formats: readonly CsvFormat[]) => {
  for (const header of candidates) {
    const columns = new Set(header.columns.map(fold));
    const matching = formats.filter((format) => matches(format, columns));
    if (matching.length > 0) return { header, formats: matching };
  }
  return undefined;
};

const matches = (format: CsvFormat, columns: ReadonlySet<string>): boolean =>
  missing(format, columns).length === 0 &&
  !format.excludes?.some((column) => columns.has(fold(column))) &&
  (!format.exact || columns.size === format.requires.length);

type Need = CsvFormat["requires"][number];

const missing = (format: CsvFormat, columns: ReadonlySet<string>): Need[] =>
  format.requires.filter((need) => ![need].flat().some((column) => columns.has(fold(column))));

const written = (need: Need): string => [need].flat().join(" or ");

/** The row that looks most like a header: the first of those with the most columns. */
const likeliest = (candidates: readonly Header[]): Header | undefined =>
  candidates.toSorted((a, b) => b.columns.length - a.columns.length)[0];

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
  const known = formats.map(
    ({ id, title, requires }) => `  ${title} (${id}): ${requires.map(written).join(", ")}`,
  );
  return new UserError(
    "format_unknown",
    found,
    [
      "aicost recognizes these exports by their columns:",
      ...known,
      'Name one of them with --format ID, or say what the columns are: --map date=Day,cost="Amount (USD)",model=Model',
    ].join("\n"),
  );
};

const ambiguousFormat = (name: string, formats: readonly CsvFormat[]): UserError =>
  new UserError(
    "format_ambiguous",
    `The columns of ${name} fit more than one format: ${formats.map(({ title }) => title).join(", ")}.`,
    `Say which one it is: ${formats.map(({ id }) => `--format ${id}`).join(" or ")}`,
  );

const noSuchFormat = (id: string, formats: readonly CsvFormat[]): UserError => {
  const ids = formats.map((format) => format.id);
  const [closest] = nearest(id, ids);
  const meant = closest ? `Did you mean --format ${closest}? ` : "";
  return new UserError(
    "no_such_format",
    `There is no format “${id}”.`,
    `${meant}The formats are ${ids.join(", ")}.`,
  );
};

const missingColumn = (
  name: string,
  format: CsvFormat,
  lacking: readonly Need[],
  header: Header | undefined,
): UserError => {
  const columns = header?.columns ?? [];
  const close = lacking.flatMap((need) => [need].flat()).flatMap((column) => nearest(column, columns));
  const what = lacking.length === 1 ? "a column that is" : "columns that are";
  return new UserError(
    "csv_missing_column",
    `The file ${name} lacks ${what} needed for “${format.title}”: ${lacking.map(written).join(", ")}.`,
    close.length > 0
      ? `Did you mean ${[...new Set(close)].join(" or ")}? The file has: ${listed(columns)}.`
      : `The file has: ${listed(columns) || "no line that looks like a header"}.`,
  );
};
