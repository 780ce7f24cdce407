import { readCsv, type ReadOptions } from "../csv/reader.js";
import type { CostRecord } from "../record.js";
import type { ImportHead, IngestCounts, Store } from "../store/store.js";
import type { CheckedFile } from "./check.js";
import type { RejectsFile } from "./rejects.js";
import { type ImportResult, totalOf } from "./result.js";

export interface WriteOptions extends ReadOptions {
  /** The id of the import: a new one, or that of the one that is completed. */
  importId: string;
  /** Find out what would change, and change nothing. */
  dryRun: boolean;
  /** Where refused rows go, whole, below the file's header. */
  rejects: RejectsFile | undefined;
  /** Called when something was changed. */
  onChange: () => void;
}

/** How much of a path is kept; its end tells files apart. */
const NAME_LENGTH = 1000;

/** Few enough that a batch is done within the statement timeout of a hosted project. */
const BATCH = 5000;

/**
 * Writes a checked file to the store, batch by batch, each of which is atomic. A file that is cut short is completed by
 * importing it again.
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
  const counts: IngestCounts = {
    inserted: 0,
    updated: 0,
    unchanged: 0,
    covered: 0,
    kept_edits: 0,
    replaced: 0,
  };
  const ingest = async (records: CostRecord[]) => {
    const batch = await store.call("ingest_cost_records", { import: head, records, dry_run: options.dryRun });
    for (const key of Object.keys(counts) as (keyof IngestCounts)[]) counts[key] += batch[key];
    if (!options.dryRun && counts.inserted + counts.updated + counts.replaced > 0) options.onChange();
  };

  let batch: CostRecord[] = [];
  for await (const row of readCsv(file, options)) {
    if (row.kind === "reject") options.rejects?.add(row.raw);
    if (row.kind !== "record") continue;
    batch.push(row.record);
    if (batch.length < BATCH) continue;
    await ingest(batch);
    batch = [];
  }
  if (batch.length > 0) await ingest(batch);
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
