import type { ErrorCode } from "../error-codes.js";
import { UserError } from "../errors.js";
import { dateReadings } from "./dates.js";
import { likeliest } from "./detect.js";
import { type CsvInput, readBytes } from "./decode.js";
import type { ExportPage } from "./format.js";
import type { Header } from "./header.js";

/** Text that is not a table, known by how it begins. */
const FOREIGN_TEXT: readonly { begins: RegExp; code: ErrorCode; what: string; hint: string }[] = [
  {
    begins: /^\s*(?:\[\s*(?:[{[]|\])|\{\s*(?:"|\}))/,
    code: "file_json",
    what: "JSON",
    hint: "Choose CSV where you downloaded it. Several providers need no download: see aicost credentials add --help",
  },
  {
    begins: /^\s*(?:<!--[^]*?-->\s*)?<(?:!doctype html|html|head|body|meta|script|table)\b/i,
    code: "file_html",
    what: "a web page, perhaps the one to sign in, or a table that was saved as one",
    hint: "Sign in with your browser, open the usage or cost page, and use its button to export CSV. If a spreadsheet can open the file, save it from there as “CSV UTF-8”.",
  },
  {
    begins: /^\s*<\?xml\b/i,
    code: "file_xml",
    what: "XML",
    hint: "Choose CSV where you downloaded it; save a workbook as “CSV UTF-8” in a spreadsheet.",
  },
  {
    begins: /^\s*\{\\rtf/,
    code: "file_binary",
    what: "a document of a word processor",
    hint: "Download the usage or cost export of the provider as CSV.",
  },
];

/**
 * Refuses what is not a table of characters between delimiters.
 * @param text the beginning of a file @throws UserError `file_json`, `file_html`, `file_xml`, `file_binary`
 */
export const refuseForeignText = (text: string, name: string): void => {
  const found = FOREIGN_TEXT.find(({ begins }) => begins.test(text.slice(0, 4000)));
  if (found)
    throw new UserError(found.code, `The file ${name} is not a CSV file: it is ${found.what}.`, found.hint);
};

const FOREIGN_CODES: readonly ErrorCode[] = ["file_json", "file_html", "file_xml", "file_pdf"];

/**
 * The same error; if it says that a file is a document that names one provider, with where its exports are.
 * @param pages of all providers
 */
export const withExportPage = async (
  error: unknown,
  input: CsvInput,
  pages: readonly ExportPage[],
): Promise<unknown> => {
  if (!(error instanceof UserError) || !FOREIGN_CODES.includes(error.code)) return error;
  let start = "";
  for await (const bytes of readBytes(input)) {
    start = bytes.toString("latin1");
    break;
  }
  const [page, other] = pages.filter(({ named }) => named.test(start));
  if (page === undefined || other !== undefined) return error;
  return new UserError(error.code, error.message, `${error.hint ?? ""} ${page.where}`.trim());
};

/** So many columns with the name of a date are not a coincidence. */
const LEAST_DATES = 2;
const LEAST_MONTHS = 3;

/** The name of a day, a month or a quarter. @param columns all of them: months without a year are side by side */
const isPeriod = (column: string, columns: readonly string[]): boolean =>
  (/\d/.test(column) || columns.filter(isMonth).length >= LEAST_MONTHS) &&
  isPeriodName(/\d/.test(column) ? column : `${column} 2000`);

const isMonth = (column: string): boolean => !/\d/.test(column) && dateReadings(`${column} 2000`) !== null;

const isPeriodName = (column: string): boolean =>
  dateReadings(column) !== null || /^(?:q[1-4][ -]?\d{4}|\d{4}[ -]?q[1-4])$/i.test(column);

/**
 * Refuses a table with days or months side by side, which says only in its header when a charge was.
 * @throws UserError `table_pivot`
 */
export const refusePivot = (candidates: readonly Header[], name: string): void => {
  const likely = likeliest(candidates);
  for (const { columns, line } of candidates) {
    // A row below a header of names, such as one with the start and the end of a period.
    if (likely?.looksRight && line > likely.line && columns.length <= likely.width) continue;
    const periods = columns.filter((column) => isPeriod(column, columns));
    if (periods.length < LEAST_DATES || columns.length - periods.length > periods.length + 3) continue;
    const [first = ""] = periods;
    throw new UserError(
      "table_pivot",
      `The file ${name} has a column for each period (${first} … ${periods.at(-1) ?? ""} in line ${line}), so its rows have no date.`,
      "Download it as a list with one row a day or month: a column with the date, one with the cost, and one with the model or service.",
    );
  }
};
