import { randomUUID } from "node:crypto";
import { UserError } from "../errors.js";
import { eachInParallel } from "../system/parallel.js";
import type { Rates } from "../record/rates.js";
import type { RawRows } from "../record/raw-json.js";
import { NO_COUNTS, sendInParts } from "../store/send-in-parts.js";
import { isInDoubt } from "../server/server-errors.js";
import type { ImportHead, IngestCounts } from "../api.js";
import type { Store } from "../store/store.js";
import type { CheckedFile } from "./check.js";
import type { RejectsFile } from "../files/rejects.js";
import { type Batch, batchesOf } from "./batches.js";
import { batchesAhead } from "./reading-ahead.js";
import type { ImportResult } from "../store/read-model/known-files.js";
import { totalOf } from "./result.js";

export interface WriteOptions {
  rates: Rates;
  /** The id of the import: a new one, or that of the one that is completed. */
  importId: string;
  /** Find out what would change, and change nothing. */
  dryRun: boolean;
  /** Where refused rows go, whole, below the file's header. */
  rejects: RejectsFile | undefined;
  /** Read the file in a thread of its own. Not if its format is made from what the user said. */
  readAhead: boolean;
  /** Called before each batch. */
  onProgress: (bytesRead: number) => void;
  /** Called when something was changed, or may have been. */
  onChange: () => void;
}

/** How much of a path is kept; its end tells files apart. */
const NAME_LENGTH = 1000;

/**
 * Writes a checked file to the store, batch by batch, each of which is atomic. A file that is cut short is completed by
 * importing it again. When this returns or throws, nothing is under way.
 */
export const writeFile = async (
  store: Store,
  checked: CheckedFile,
  options: WriteOptions,
): Promise<ImportResult> => {
  const { file } = checked;
  const head: ImportHead = {
    id: options.importId,
    source_name: Array.from(file.name).slice(-NAME_LENGTH).join(""),
    format: file.format.id,
    reading: file.reading,
    series: file.series,
    detail: file.detail ?? 0,
    ...checked.view,
  };
  const counts = await writeRecords(store, head, checked, options);
  const finished = options.dryRun ? null : await finish(store, head.id, checked);
  return {
    id: finished?.id ?? null,
    source: file.name,
    format: file.format.title,
    format_id: file.format.id,
    rows: checked.rows,
    ...counts,
    skipped: checked.skipped,
    rejected: checked.rejected,
    cost_usd: checked.cost_usd,
    tokens: checked.tokens,
    from: checked.from,
    to: checked.to,
    dry_run: options.dryRun,
    ignored_columns: file.ignoredColumns,
  };
};

/** Sends the records, some batches at once. @returns what became of them in all */
const writeRecords = async (
  store: Store,
  head: ImportHead,
  { file }: CheckedFile,
  options: WriteOptions,
): Promise<IngestCounts> => {
  const counts: IngestCounts = { ...NO_COUNTS };
  const send = (records: RawRows): Promise<IngestCounts> =>
    store.call("ingest_cost_records", {
      import: options.dryRun ? head : { ...head, batch: randomUUID() },
      records,
      dry_run: options.dryRun,
    });
  const ingest = async (records: RawRows): Promise<void> => {
    try {
      const added = await send(records);
      for (const key of Object.keys(counts) as (keyof IngestCounts)[]) counts[key] += added[key];
      if (!options.dryRun && counts.inserted + counts.updated + counts.replaced > 0) options.onChange();
    } catch (error) {
      if (!options.dryRun && mayBeDone(error)) options.onChange();
      throw error;
    }
  };
  let most = Infinity;
  const onHalved = (size: number): void => void (most = Math.min(most, size));
  const read = options.readAhead ? batchesAhead : batchesOf;
  const batches = read(file, options.rates, store.batchRows);
  await eachInParallel(
    portions(batches, () => most, options),
    store.parallel,
    (records) => sendInParts(records, ingest, { onHalved }),
  );
  return counts;
};

/** Whether a batch that failed so may be in all the same. */
const mayBeDone = (error: unknown): boolean =>
  isInDoubt(error) || (error instanceof UserError && error.code === "interrupted");

/**
 * What is sent at once: the records of a batch, or fewer. Refused rows go where they belong.
 * @param most how many at once, as of now
 */
async function* portions(
  batches: AsyncIterable<Batch>,
  most: () => number,
  { rejects, onProgress }: WriteOptions,
): AsyncGenerator<RawRows> {
  for await (const { records, rejected, bytesRead } of batches) {
    onProgress(bytesRead);
    for (const row of rejected) rejects?.add(row);
    for (let sent = 0; sent < records.length;) {
      const portion = records.slice(sent, sent + most());
      sent += portion.length;
      yield portion;
    }
  }
}

const finish = (
  store: Store,
  importId: string,
  { rows, skipped, rejected, cost_usd, from, to, records }: CheckedFile,
) =>
  records === 0
    ? null
    : store.call("finish_import", {
        import_id: importId,
        summary: {
          row_count: rows,
          skipped: totalOf(skipped),
          rejected,
          cost_usd,
          first_date: from,
          last_date: to,
        },
      });
