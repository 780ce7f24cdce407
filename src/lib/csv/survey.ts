import { UserError } from "../errors.js";
import { dateReadings, type DateOrder, isoDay } from "./dates.js";
import { amountReadings, type Decimal, type DecimalMark, plain, ZERO } from "../money.js";
import type { CsvFormat, Row } from "./format.js";
import { selecting } from "./filter.js";
import type { CsvFile } from "./open.js";
import { readCsv, type ReadOptions, styleRulesOf } from "./reader.js";
import { type FileStyles, StyleSurvey } from "./styles.js";

/**
 * Reads a file from end to end to find out how its numbers and dates are written.
 * @returns the file with its styles
 * @throws UserError `numbers_ambiguous`, `dates_ambiguous` if all numbers or dates can be read in several ways
 */
export const surveyed = async <File extends CsvFile>(file: File, options: ReadOptions): Promise<File> => {
  const survey = new StyleSurvey(styleRulesOf(file));
  for await (const _ of readCsv(file, { ...options, ids: false, styles: survey })) continue;
  const { ambiguous, ambiguousOrders, settled } = survey;
  const [position] = ambiguous;
  if (position !== undefined) {
    throw file.format.ownStyles
      ? await ambiguousColumn(file, position, settled, options)
      : await ambiguousFile(file, settled, options);
  }
  if (ambiguousOrders.length > 0) throw await ambiguousDates(file, ambiguousOrders, settled, options);
  return { ...file, styles: settled };
};

/** All dates of a file are such as 03/04/2026. */
const ambiguousDates = async (
  file: CsvFile,
  orders: readonly DateOrder[],
  styles: FileStyles,
  options: ReadOptions,
): Promise<UserError> => {
  const spans: AmbiguousDates["spans"] = {};
  let example = "";
  await eachRow({ ...file, styles }, options, (row) => {
    const text = row.text(file.format.date) ?? "";
    const readings = dateReadings(text);
    const read = orders.flatMap((order) => readings?.[order] ?? []).map(isoDay);
    if (new Set(read).size > 1) example ||= text;
    for (const order of orders) {
      const date = readings?.[order];
      if (!date) continue;
      const day = isoDay(date);
      const { first = day, last = day } = spans[order] ?? {};
      spans[order] = { first: day < first ? day : first, last: day > last ? day : last };
    }
  });
  const { ownStyles } = file.format;
  const ways = Object.entries(spans)
    .map(([order, { first, last }]) => {
      const flag = ownStyles ? `date:${order}=…` : `--dates ${order}`;
      return `${flag} (${first === last ? first : `${first} to ${last}`})`;
    })
    .join(" or ");
  return new UserError(
    "dates_ambiguous",
    `The dates of ${file.name}, such as ${example}, can be read as day or month first, and no date in it decides which.`,
    ownStyles ? `Write ${ways} in --map.` : `Say it: ${ways}.`,
    { details: { example, spans } },
  );
};

/** One column of a mapped file. */
const ambiguousColumn = async (
  file: CsvFile,
  position: number,
  styles: FileStyles,
  options: ReadOptions,
): Promise<UserError> => {
  const column = file.columns[position] ?? "";
  const totals: Record<DecimalMark, Decimal> = { point: ZERO, comma: ZERO };
  let example = "";
  await eachRow({ ...file, styles }, options, (row) => {
    const text = row.text(column) ?? "";
    const { point, comma } = amountReadings(text) ?? { point: null, comma: null };
    totals.point = totals.point.plus(point ?? ZERO);
    totals.comma = totals.comma.plus(comma ?? ZERO);
    if (example === "" && point && comma && !point.eq(comma)) example = text;
  });
  const target = file.format.targetOf?.(column) ?? "cost";
  const way = (mark: DecimalMark) => `${target}:${mark}=… (${column}: ${plain(totals[mark])} in total)`;
  return ambiguous(file.name, column, `Write ${way("point")} or ${way("comma")} in --map.`, {
    target,
    example,
    totals: { point: plain(totals.point), comma: plain(totals.comma) },
  });
};

/** A known export that a spreadsheet saved again. */
const ambiguousFile = async (file: CsvFile, styles: FileStyles, options: ReadOptions): Promise<UserError> => {
  const totalBy = async (mark: DecimalMark): Promise<string> => {
    let total = ZERO;
    const marked = { ...file, styles, given: { ...file.given, mark } };
    for await (const rows of readCsv(marked, { ...options, ids: false })) {
      for (const row of rows) {
        if (row.kind === "record")
          total = total.plus(row.draft.cost ?? row.draft.value ?? row.record.tokens_used ?? 0);
      }
    }
    return plain(total);
  };
  const [point, comma] = [await totalBy("point"), await totalBy("comma")];
  return ambiguous(
    file.name,
    "",
    `Say which mark stands before its decimals: --numbers point (${point} in total) or --numbers comma (${comma} in total).`,
    { totals: { point, comma } },
  );
};

/** The details of `dates_ambiguous`. */
export interface AmbiguousDates {
  example: string;
  /** The first and the last day by each order that is possible. */
  spans: Partial<Record<DateOrder, { first: string; last: string }>>;
}

/** The details of `numbers_ambiguous`. */
export interface AmbiguousNumbers {
  /** What the column is mapped to, if it is one of a mapped file. */
  target?: string;
  example?: string;
  /** What all cells add up to by each mark. */
  totals: Record<DecimalMark, string>;
}

const ambiguous = (name: string, column: string, hint: string, details: AmbiguousNumbers): UserError =>
  new UserError(
    "numbers_ambiguous",
    column === ""
      ? `The numbers of ${name} can be read with a decimal point or with a decimal comma, and no number in it decides which.`
      : `The numbers of the column “${column}” of ${name}, such as ${details.example}, can be read with a decimal point or with a decimal comma, and no number in the column decides which.`,
    hint,
    { details: { ...details } },
  );

const eachRow = async (file: CsvFile, options: ReadOptions, look: (row: Row) => void): Promise<void> => {
  const selects = file.filter && selecting(file.filter);
  const format: CsvFormat = {
    ...file.format,
    read(row) {
      if (selects === undefined || selects((column) => row.text(column) ?? "")) look(row);
      return { skip: "looked at" };
    },
  };
  for await (const _ of readCsv({ ...file, format }, { ...options, ids: false })) continue;
};
