import { randomUUID } from "node:crypto";
import { readCsv, type ReadOptions } from "../csv/reader.js";
import { EXIT, UserError } from "../errors.js";
import type { CostRecord } from "../record.js";
import { eachInParallel } from "../parallel.js";
import { sendInParts } from "../send-in-parts.js";
import { isInDoubt } from "../server/server-errors.js";
import type { ImportHead, IngestCounts, Store } from "../store/store.js";
import type { CheckedFile } from "./check.js";
import type { RejectsFile } from "./rejects.js";
import { Batches } from "./batches.js";
import { type ImportResult, totalOf } from "./result.js";

export interface WriteOptions extends ReadOptions {
  /** The id of the import: a new one, or that of the one that is completed. */
  importId: string;
  /** Find out what would change, and change nothing. */
  dryRun: boolean;
  /** Where refused rows go, whole, below the file's header. */
  rejects: RejectsFile | undefined;
  /** Called when something was changed, or may have been. */
  onChange: () => void;
}

/** How much of a path is kept; its end tells files apart. */
const NAME_LENGTH = 1000;

/** Few enough that a batch is done within the statement timeout of a hosted project. */
const BATCH_ROWS = 5000;

/** Characters of JSON that a batch holds at most, unless its only record is longer. */
const BATCH_SIZE = 2_000_000;

/**
 * Writes a checked file to the store, batch by batch, each of which is atomic. A file that is cut short is completed by
 * importing it again. When this returns or throws, nothing is under way any more.
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
  const counts: IngestCounts = {
    inserted: 0,
    updated: 0,
    unchanged: 0,
    covered: 0,
    kept_edits: 0,
    replaced: 0,
  };
  const batches = new Batches(BATCH_ROWS, BATCH_SIZE);
  const send = (records: CostRecord[]): Promise<IngestCounts> =>
    store.call("ingest_cost_records", {
      import: options.dryRun ? head : { ...head, batch: randomUUID() },
      records,
      dry_run: options.dryRun,
    });
  const ingest = async (records: CostRecord[]): Promise<void> => {
    try {
      const added = await send(records);
      for (const key of Object.keys(counts) as (keyof IngestCounts)[]) counts[key] += added[key];
      if (!options.dryRun && counts.inserted + counts.updated + counts.replaced > 0) options.onChange();
    } catch (error) {
      if (!options.dryRun && mayBeDone(error)) options.onChange();
      throw error;
    }
  };
  await eachInParallel(batchesOf(file, batches, options), store.parallel, (batch) =>
    sendInParts(batch, ingest, { onHalved: (most) => batches.limit(most) }),
  );
  return counts;
};

/** Whether a batch that failed so may be in all the same. */
const mayBeDone = (error: unknown): boolean =>
  isInDoubt(error) || (error instanceof UserError && error.exit === EXIT.interrupted);

/** The records of a file in batches. Refused rows go where they belong. */
async function* batchesOf(
  file: CheckedFile["file"],
  batches: Batches,
  options: WriteOptions,
): AsyncGenerator<CostRecord[]> {
  for await (const row of readCsv(file, options)) {
    if (row.kind === "reject") options.rejects?.add(row.raw);
    if (row.kind !== "record") continue;
    const full = batches.add(row.record);
    if (full !== null) yield full;
  }
  const last = batches.take();
  if (last.length > 0) yield last;
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
