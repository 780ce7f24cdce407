import { rowProblem } from "../../src/lib/archive/fields.js";
import { checkFile, type CheckedFile } from "../../src/lib/imports/check.js";
import type { CostRecord } from "../../src/lib/record/record.js";
import { type CsvFile, openCsv } from "../../src/lib/csv/open.js";
import { readCsv, type RowResult } from "../../src/lib/csv/reader.js";
import { UserError } from "../../src/lib/errors.js";
import { formats } from "../../src/lib/providers/index.js";
import { fileOf, NOW } from "../csv/tables.js";
import { textOf } from "./sample-tables.js";

/** No table of a case takes longer, on a machine that is busy with ten other things. */
const MOST_MS = 5000;

const SCALE = 10;

/** A plain decimal of at most ten decimals in units of 1e-10: sums that owe nothing to the decimals of the program. */
export const units = (amount: string): bigint => {
  const [, sign = "", whole = "", fraction = ""] = /^(-?)(\d+)(?:\.(\d{1,10}))?$/.exec(amount) ?? [];
  if (whole === "") throw new Error(`${amount} is no plain decimal.`);
  return BigInt(`${sign}${whole}${fraction.padEnd(SCALE, "0")}`);
};

export const unitsOf = (records: readonly CostRecord[]): bigint =>
  records.reduce((sum, { cost_usd }) => sum + units(cost_usd), 0n);

/** `expect` takes longer than the reading of a table. @throws with what is wrong */
export const must = (holds: boolean, what: string, ...values: readonly unknown[]): void => {
  if (!holds) throw new Error([what, ...values.map((value) => JSON.stringify(value))].join(" "));
};

export interface Reading {
  file: CsvFile;
  results: RowResult[];
  records: CostRecord[];
  checked: CheckedFile;
}

/**
 * Reads a table as an import does, which goes through it twice, and holds both against each other.
 * @returns null where the table is refused with a message. @throws for anything that must not happen
 */
export const readAsImport = async (bytes: Buffer): Promise<Reading | null> => {
  const began = performance.now();
  try {
    const opened = await openCsv({ path: fileOf(bytes), name: "table.csv" }, { formats });
    const checked = await checkFile(opened, { rates: {}, now: NOW, timezone: "UTC" });
    const { file } = checked;
    const results = await resultsOf(file);
    const records = results.flatMap((result) => (result.kind === "record" ? [result.record] : []));
    return { file, results, records, checked };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    must(error.message.endsWith("."), "No sentence:", error.message);
    return null;
  } finally {
    must(performance.now() - began < MOST_MS, "A table takes too long.");
  }
};

export const resultsOf = async (file: CsvFile): Promise<RowResult[]> => {
  const results: RowResult[] = [];
  for await (const rows of readCsv(file, { rates: {}, now: NOW })) results.push(...rows);
  return results;
};

/** What holds of every table that is read, whatever is in it. */
export const checkReading = ({ results, records, checked }: Reading): void => {
  must(units(checked.cost_usd) === unitsOf(records), "The cost is not the sum:", checked.cost_usd);
  const rows = results.filter((result) => !("beside" in result));
  must(checked.rows === rows.length && checked.records === records.length, "A row is lost.");
  const tokens = records.reduce((sum, { tokens_used }) => sum + BigInt(tokens_used ?? 0), 0n);
  must(BigInt(checked.tokens ?? 0) === tokens, "The tokens are not the sum:", checked.tokens);
  const keys = new Set(records.map(({ id, timestamp }) => `${id} ${timestamp}`));
  must(keys.size === records.length, "Two records share an id and a moment.");
  for (const record of records) {
    const problem = rowProblem("cost_record", { ...record, import_id: null });
    must(problem === null, "A record cannot be kept:", problem, record);
    must(record.timestamp >= "2015", "A record is too early:", record);
  }
};

/** Every amount and date of a record stands in its lines of the file; the lines above the header may say the month. */
export const checkAgainstText = (bytes: Buffer, { file, results }: Reading): void => {
  const lines = textOf(bytes).split(/\r\n|\n|\r/);
  const starts = [...new Set(results.map(({ line }) => line))].sort((a, b) => a - b);
  const above = file.above === undefined ? "" : lines.slice(0, file.headerLine).join("\n");
  for (const result of results) {
    if (result.kind !== "record") continue;
    const { line, lastLine = line } = result;
    const end = starts.find((start) => start > lastLine) ?? lines.length + 1;
    const text = lines.slice(line - 1, end - 1).join("\n");
    const { cost_usd, timestamp } = result.record;
    const isWritten = cost_usd === "0" || amountsIn(text).includes(units(cost_usd));
    must(isWritten, "An amount is not in the file:", cost_usd, text);
    const time = Date.parse(timestamp);
    const isMonth = result.record.granularity === "month";
    const isDated = momentsIn(`${above}\n${text}`).some(
      (date) => isWithin(time - date) || (isMonth && time === firstOfMonth(date)),
    );
    must(isDated, "A date is not in the file:", timestamp, text);
  }
};

const firstOfMonth = (time: number): number => {
  const date = new Date(time);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
};

/** All that can be read as an amount, by either mark of decimals. */
const amountsIn = (text: string): bigint[] =>
  [/[\d.]+(?:e[+-]?\d+)?/gi, /[\d.,]+(?:e[+-]?\d+)?/gi, /\d[\d' ]*(?:[.,]\d+)?/g].flatMap((form) =>
    [...text.matchAll(form)].flatMap(([found]) => {
      const digits = found.replaceAll(/[' ]/g, "");
      const ways = [digits.replaceAll(",", ""), digits.replaceAll(".", "").replace(",", ".")];
      return ways.flatMap((way) => {
        const amount = roundedUnits(way);
        return amount === null ? [] : [amount, -amount];
      });
    }),
  );

/** Rounded half-even to units. */
const roundedUnits = (text: string): bigint | null => {
  const [, whole = "", fraction = "", exponent = "0"] = /^(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const digits = whole + fraction;
  const shift = Number(exponent) - fraction.length + SCALE;
  if (digits === "" || shift > 400) return null;
  if (shift >= 0) return BigInt(digits + "0".repeat(shift));
  const kept = digits.slice(0, shift) || "0";
  const rest = digits.length + shift < 0 ? "0" : digits.slice(shift);
  const half = "5".padEnd(rest.length, "0");
  const up = rest > half || (rest === half && BigInt(kept) % 2n === 1n);
  return BigInt(kept) + (up ? 1n : 0n);
};

const HOUR_MS = 3_600_000;

/** Whether a moment is on a date that is read in any time zone. @param since midnight UTC of that date */
const isWithin = (since: number): boolean => since >= -15 * HOUR_MS && since <= 39 * HOUR_MS;

const momentsIn = (text: string): number[] => [
  ...[...text.matchAll(/\d{4}-\d{2}-\d{2}/g)].map(([date]) => Date.parse(date)),
  ...[...text.matchAll(/\d{9,}/g)].map(([seconds]) => Number(seconds) * 1000),
  ...[...text.matchAll(/(?<!\d)(\d{4})[-/.]?(\d{1,2})(?:[-/.]?(\d{1,2}))?(?!\d)/g)].map(
    ([, year, month, day = "1"]) => Date.UTC(Number(year), Number(month) - 1, Number(day)),
  ),
  ...[...text.matchAll(/(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)/g)].flatMap(
    ([, a, b, c = ""]) => {
      const year = c.length === 2 ? 2000 + Number(c) : Number(c);
      return [
        Date.UTC(year, Number(b) - 1, Number(a)),
        Date.UTC(year, Number(a) - 1, Number(b)),
        Date.UTC(2000 + Number(a), Number(b) - 1, Number(c)),
      ];
    },
  ),
];
