import { ARCHIVE_KINDS } from "../api.js";
import { interrupted, UserError } from "../errors.js";
import type { WithProgress } from "../terminal/progress.js";
import type { Store } from "../store/store.js";
import type { ArchiveFormat } from "./format.js";
import { ndjsonPieces } from "./ndjson.js";
import type { Output } from "../files/output.js";
import { csvPieces } from "./records-csv.js";
import { forEachKind, type KindCounts } from "./rows.js";

export interface ExportOptions {
  format: ArchiveFormat;
  /** The version of this program. */
  program: string;
  /** Stops the export between two pages. */
  signal: AbortSignal;
  /** Shows how many rows are done. */
  progress: WithProgress;
}

/**
 * Writes what the user has.
 * @returns how many rows of each kind were written
 * @throws UserError `interrupted`, `pages_changed`, and what the output throws
 */
export const exportAll = async (
  store: Store,
  output: Output,
  options: ExportOptions,
): Promise<KindCounts> => {
  const written: KindCounts = forEachKind(() => 0);
  try {
    const before = await storedRows(store, options.format);
    await options.progress("Exporting", sumOf(before), async (onProgress) => {
      for await (const piece of await piecesOf(store, options, written)) {
        if (options.signal.aborted) throw interrupted(`Stopped. ${output.remains}`);
        await output.write(piece);
        onProgress(sumOf(written));
      }
    });
    await requireUnchanged(store, options.format, { before, written, remains: output.remains });
    output.keep();
  } finally {
    output.discard();
  }
  return written;
};

/** How many rows of each kind an export of that format would have now. */
const storedRows = async (store: Store, format: ArchiveFormat): Promise<KindCounts> => {
  const counts = await store.call("archive_counts", {});
  return format === "csv" ? { ...forEachKind(() => 0), cost_record: counts.record } : counts;
};

/** Pages are read one after the other: what changes meanwhile may be on one of them in part. */
const requireUnchanged = async (
  store: Store,
  format: ArchiveFormat,
  { before, written, remains }: { before: KindCounts; written: KindCounts; remains: string },
): Promise<void> => {
  if (areSame(written, before)) return;
  const after = await storedRows(store, format);
  if (areSame(after, before) || areSame(after, written)) return;
  throw new UserError(
    "pages_changed",
    `Another command or machine changed the data while it was exported. ${remains}`,
    "Run the command again.",
  );
};

const areSame = (some: KindCounts, others: KindCounts): boolean =>
  ARCHIVE_KINDS.every((kind) => some[kind] === others[kind]);

const sumOf = (counts: KindCounts): number => ARCHIVE_KINDS.reduce((sum, kind) => sum + counts[kind], 0);

const piecesOf = async (
  store: Store,
  { format, program }: ExportOptions,
  written: KindCounts,
): Promise<AsyncGenerator<string>> => {
  if (format === "ndjson") {
    return ndjsonPieces(store, { program, onRows: (kind, rows) => (written[kind] += rows) });
  }
  const { timezone } = await store.call("get_preferences", {});
  return csvPieces(store, { timezone, onRows: (rows) => (written.cost_record += rows) });
};
