import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { openCsv } from "../src/lib/csv/open.js";
import { batchesOf } from "../src/lib/imports/batches.js";
import { checkFile } from "../src/lib/imports/check.js";
import { headOf } from "../src/lib/imports/outcome.js";
import { formats } from "../src/lib/providers/index.js";
import type { PreparedImport } from "./take-in.js";

/** What the program sends for a file, with so many rows in a batch. */
export const prepareImport = async (source: string, batchRows: number): Promise<PreparedImport> => {
  const file = await openCsv({ path: source, name: source }, { formats });
  const checked = await checkFile(file, { rates: {}, timezone: "UTC" });
  const batches: PreparedImport["batches"] = [];
  const wanted = checked.sheets.map((sheet, number) => ({ ...sheet, number }));
  for await (const { records, sheets } of batchesOf(file, {
    rates: {},
    prices: null,
    most: batchRows,
    wanted,
  }))
    batches.push({ sheets, rows: records.text });
  return {
    head: headOf(checked, { importId: randomUUID(), replace: false }),
    sheets: checked.sheets,
    batches,
  };
};

/** Writes that down. @returns where */
export const writePrepared = async (folder: string, prepared: PreparedImport): Promise<string> => {
  const target = path.join(folder, "prepared.json");
  await writeFile(target, JSON.stringify(prepared));
  return target;
};
