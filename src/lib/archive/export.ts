import { ARCHIVE_KINDS } from "../api.js";
import { interrupted } from "../errors.js";
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
 * @throws UserError `interrupted`, and what the output throws
 */
export const exportAll = async (
  store: Store,
  output: Output,
  options: ExportOptions,
): Promise<KindCounts> => {
  const written: KindCounts = forEachKind(() => 0);
  try {
    const expected = await expectedRows(store, options.format);
    await options.progress("Exporting", expected, async (onProgress) => {
      for await (const piece of await piecesOf(store, options, written)) {
        if (options.signal.aborted) throw interrupted(`Stopped. ${output.remains}`);
        await output.write(piece);
        onProgress(sumOf(written));
      }
    });
    output.keep();
  } finally {
    output.discard();
  }
  return written;
};

const expectedRows = async (store: Store, format: ArchiveFormat): Promise<number> => {
  const counts = await store.call("archive_counts", {});
  return format === "csv" ? counts.record : sumOf(counts);
};

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
