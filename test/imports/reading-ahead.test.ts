import { describe, expect, it } from "vitest";
import { activity } from "../../bench/openrouter-activity.js";
import { openCsv, type CsvFile } from "../../src/lib/csv/open.js";
import { type Batch, type BatchOptions, batchesOf } from "../../src/lib/imports/batches.js";
import { checkFile } from "../../src/lib/imports/check.js";
import { batchesAhead, checkAhead } from "../../src/lib/imports/reading-ahead.js";
import { sheetOf } from "../../src/lib/record/sent-rows.js";
import { formats } from "../../src/lib/providers/index.js";
import { fileIn, sharedHome } from "../support/cli.js";

const ROWS = 3000;
const MOST = 700;

describe("a file that is read in a thread of its own", () => {
  const home = sharedHome();
  const opened = (text: string): Promise<CsvFile> =>
    openCsv({ path: fileIn(home, "activity.csv", text), name: "activity.csv" }, { formats });
  const all = async (batches: AsyncIterable<Batch>): Promise<Batch[]> => {
    const found: Batch[] = [];
    for await (const batch of batches) found.push(batch);
    return found;
  };

  /** All of its sheets, or every second one. */
  const wantedOf = async (file: CsvFile, every = 1): Promise<BatchOptions> => {
    const { sheets } = await checkFile(file, { rates: {}, timezone: "UTC" });
    const wanted = sheets.map((sheet, number) => ({ ...sheet, number })).filter((_, at) => at % every === 0);
    return { rates: {}, prices: null, most: MOST, wanted };
  };

  it("gives what it gives without one", async () => {
    const text = `${activity(ROWS)}\nno,row\n`;
    const wanted = await wantedOf(await opened(text));
    const ahead = await all(batchesAhead(await opened(text), wanted));
    expect(ahead).toEqual(await all(batchesOf(await opened(text), wanted)));
    expect(ahead.flatMap(({ records }) => records.lines)).toHaveLength(ROWS);
    expect(ahead.flatMap(({ rejected }) => rejected)).toEqual(["no,row"]);
  });

  it("gives the rows of the sheets that are wanted, as they are in the whole file, and names these", async () => {
    const text = activity(ROWS);
    const some = await wantedOf(await opened(text), 2);
    const batches = await all(batchesOf(await opened(text), some));
    const rows = batches.flatMap(({ records, sheets }) =>
      records.lines.map((line) => ({ sheet: sheets[sheetOf(line)], fields: line.slice(line.indexOf("\t")) })),
    );
    const numbers = some.wanted.map(({ number }) => number);
    expect([...new Set(rows.map(({ sheet }) => sheet))].sort()).toEqual(numbers.sort());
    const whole = await all(batchesOf(await opened(text), await wantedOf(await opened(text))));
    const lines = new Set(
      whole.flatMap(({ records }) => records.lines.map((line) => line.slice(line.indexOf("\t")))),
    );
    expect(rows.every(({ fields }) => lines.has(fields))).toBe(true);
    expect(rows.length).toBeLessThan(ROWS);
  });

  it("holds what it holds without one, and tells how far it is", async () => {
    const text = `${activity(ROWS)}\nno,row\n`;
    const [ahead, file] = [await opened(text), await opened(text)];
    let read = 0;
    const options = { rates: {}, timezone: "Asia/Tokyo" };
    const checked = await checkAhead(ahead, { ...options, onProgress: (bytes) => (read = bytes) });
    expect(checked).toEqual(await checkFile(file, options));
    expect(checked).toMatchObject({ records: ROWS, rejected: 1, file: ahead });
    expect(read).toBe(Buffer.byteLength(text));
  });

  it("refuses what it refuses without one", async () => {
    const file = await opened(`${activity(ROWS)}\n"never closed`);
    const refusal = {
      code: "csv_unclosed_quote",
      exit: 4,
      message: expect.stringContaining("3002") as string,
    };
    const options = { rates: {}, prices: null, most: MOST, wanted: [] };
    await expect(all(batchesAhead(file, options))).rejects.toMatchObject(refusal);
    await expect(checkAhead(file, { rates: {}, timezone: "UTC" })).rejects.toMatchObject(refusal);
  });

  it("is read no further when nobody wants more, and when somebody stops it", async () => {
    const file = await opened(activity(ROWS));
    const options = await wantedOf(file);
    for await (const { records } of batchesAhead(file, options)) {
      expect(records).toHaveLength(MOST);
      break;
    }
    const stop = new Error("Stopped.");
    const onProgress = (): never => {
      throw stop;
    };
    await expect(checkAhead(file, { rates: {}, timezone: "UTC", onProgress })).rejects.toBe(stop);
  });
});
