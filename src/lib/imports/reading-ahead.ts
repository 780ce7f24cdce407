import { on } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { CsvFile } from "../csv/open.js";
import { UserError } from "../errors.js";
import { keepHeapSmall } from "../system/memory.js";
import { PACKAGE_ROOT } from "../system/package-root.js";
import { SentRows } from "../record/sent-rows.js";
import type { Rates } from "../record/rates.js";
import type { Batch, BatchOptions } from "./batches.js";
import type { CheckedFile, CheckOptions } from "./check.js";

/** What runs is the built program, also where this file is run from `src`. */
const PROGRAM = join(PACKAGE_ROOT, "dist/lib/imports/reading-thread.js");

/** Room for young objects: with more of it a file is read a third faster; beside the busy database there is none to spare. */
const YOUNG_MB = { before: 16, beside: 2 };

/** What the thread is told: a file, with the id of its format, because functions stay in their thread. */
export interface Reading {
  file: Omit<CsvFile, "format"> & { format: string };
  rates: Rates;
  task: Task;
}

/** Add up what the file holds; or hand over its rows in batches. */
type Task =
  { check: Pick<CheckOptions, "timezone" | "mostRejected"> } | { batches: Omit<BatchOptions, "rates"> };

/** What the thread says. After each of these it hears anything. */
export type Said =
  // Methods stay in their thread.
  | { batch: Omit<Batch, "records"> & { records: Pick<SentRows, "text" | "length"> } }
  | { bytesRead: number }
  | { checked: Omit<CheckedFile, "file">; styles: CsvFile["styles"] }
  | { refused: Pick<UserError, "code" | "message" | "hint" | "details"> }
  | "end";

/**
 * `batchesOf` in a thread of its own, a few batches ahead, so that a file is read while the database works.
 * @param file of a built-in format
 * @throws what `batchesOf` throws
 */
export async function* batchesAhead(
  file: CsvFile,
  { rates, ...batches }: BatchOptions,
): AsyncGenerator<Batch> {
  for await (const said of saidBy(file, { rates, task: { batches } }, "beside")) {
    if (said === "end" || !("batch" in said)) continue;
    const { records, ...rest } = said.batch;
    yield { ...rest, records: new SentRows(records.text, records.length) };
  }
}

/**
 * `checkFile` in a thread of its own, so that a file is read while the database is opened.
 * @param file of a built-in format
 * @throws what `checkFile` throws
 */
export const checkAhead = async (
  file: CsvFile,
  { rates, onProgress, ...check }: CheckOptions,
): Promise<CheckedFile> => {
  for await (const said of saidBy(file, { rates, task: { check } }, "before")) {
    if (said === "end") break;
    if ("bytesRead" in said) onProgress?.(said.bytesRead);
    if ("checked" in said)
      return { ...said.checked, file: { ...file, ...(said.styles && { styles: said.styles }) } };
  }
  throw new Error(`The thread ended before it had read ${file.name}.`);
};

/** What the thread says, up to the end. Acknowledges each message once it is handled. */
async function* saidBy(
  { format, ...file }: CsvFile,
  reading: Omit<Reading, "file">,
  when: keyof typeof YOUNG_MB,
): AsyncGenerator<Said> {
  const thread = new Worker(PROGRAM, {
    workerData: { ...reading, file: { ...file, format: format.id } } satisfies Reading,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB[when], maxOldGenerationSizeMb: 96 },
  });
  if (when === "beside") thread.once("online", keepHeapSmall);
  try {
    for await (const [said] of on(thread, "message") as AsyncIterable<[Said]>) {
      if (said !== "end" && "refused" in said) {
        const { code, message, hint, details } = said.refused;
        throw new UserError(code, message, hint, { details });
      }
      yield said;
      if (said === "end") return;
      thread.postMessage("taken");
    }
  } finally {
    await thread.terminate();
  }
}
