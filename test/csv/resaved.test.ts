import { describe, expect, it } from "vitest";
import type { RowResult } from "../../src/lib/csv/reader.js";
import { UserError } from "../../src/lib/errors.js";
import { sampleTables } from "../fuzz/sample-tables.js";
import { isDestroyed, savedBy, SPREADSHEETS, type Spreadsheet } from "./spreadsheets.js";
import { read } from "./tables.js";

/** What a row became, whatever its line is. */
const outcome = (result: RowResult | undefined): unknown => {
  if (result?.kind !== "record") return result?.kind;
  return result.record;
};

/**
 * Where the file itself leaves it open, the user says how it is written: days of November only may be months, and a
 * single decimal comma in an export with commas may be damage.
 */
const readAsTold = async (text: string, { delimiter }: Spreadsheet): ReturnType<typeof read> => {
  const inCommas = () => read(text, { given: { mark: "comma" } });
  try {
    const table = await read(text);
    return delimiter === "," && table.results.some(isSingleComma) ? await inCommas() : table;
  } catch (error) {
    const code = delimiter === "," && error instanceof UserError ? error.code : "";
    if (code === "dates_ambiguous") return read(text, { given: { order: "MDY" } });
    if (code === "numbers_ambiguous") return inCommas();
    throw error;
  }
};

const isSingleComma = (result: RowResult): boolean =>
  result.kind === "reject" && result.problems[0]?.reason.includes("because of its comma") === true;

const isSpoiled = (result: RowResult | undefined): boolean =>
  result?.kind === "reject" && result.problems[0]?.reason.includes("is what a spreadsheet left of") === true;

describe.each(SPREADSHEETS)("a sample that $name saved again", (spreadsheet) => {
  it.each(sampleTables)("$name gives the same records, or says what was destroyed", async (sample) => {
    const text = savedBy(spreadsheet, sample);
    const { results } = await readAsTold(text, spreadsheet);
    if (isDestroyed(sample, spreadsheet)) {
      expect(results.length).toBeGreaterThan(0);
      expect(results.every(isSpoiled)).toBe(true);
      return;
    }
    expect(results.map(outcome)).toEqual(sample.rows.map(({ golden }) => outcome(golden)));
  });
});
