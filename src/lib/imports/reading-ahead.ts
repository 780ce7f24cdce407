import { on } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { CsvFile } from "../csv/reader.js";
import { UserError } from "../errors.js";
import { PACKAGE_ROOT } from "../package-root.js";
import type { Rates } from "../rates.js";
import type { Batch } from "./batches.js";

/** What runs is the built program, also where this file is run from `src`. */
const PROGRAM = join(PACKAGE_ROOT, "dist/lib/imports/reading-thread.js");

/** What the thread is told: a file, with the id of its format, because functions stay in their thread. */
export interface Reading {
  file: Omit<CsvFile, "format"> & { format: string };
  rates: Rates;
}

/** What the thread says. After each batch that was taken, it hears anything. */
export type Said =
  { batch: Batch } | { refused: Pick<UserError, "exit" | "code" | "message" | "hint"> } | "end";

/**
 * `batchesOf` in a thread of its own, a few batches ahead, so that a file is read while the database works.
 * @param file of a built-in format
 * @throws what `batchesOf` throws
 */
export async function* batchesAhead({ format, ...file }: CsvFile, rates: Rates): AsyncGenerator<Batch> {
  const reading: Reading = { file: { ...file, format: format.id }, rates };
  const thread = new Worker(PROGRAM, {
    workerData: reading,
    resourceLimits: { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 192 },
  });
  try {
    for await (const [said] of on(thread, "message") as AsyncIterable<[Said]>) {
      if (said === "end") return;
      if ("refused" in said) {
        const { exit, code, message, hint } = said.refused;
        throw new UserError(exit, code, message, hint);
      }
      yield said.batch;
      thread.postMessage("taken");
    }
  } finally {
    await thread.terminate();
  }
}
