import { inBatches } from "../system/batches.js";
import { eachInParallel } from "../system/parallel.js";
import { refreshAfter } from "../store/refresh.js";
import { sendInParts } from "../store/send-in-parts.js";
import { ARCHIVE_KINDS, type ArchiveKind, type ArchiveRow, type RestoreCounts } from "../api.js";
import type { Store } from "../store/store.js";
import { forEachKind, type TravellingRow } from "./rows.js";

/** How much goes to the store in one call, which must be done within the statement timeout of a hosted project. */
const LIMITS = { most: 5000, largest: 2_000_000, sizeOf: ({ size }: TravellingRow) => size };

export interface RestoreOptions {
  /**
   * Find out what would change, and change nothing. Then the rows that others refer to are not in the store, so they go
   * along with those.
   */
  dryRun?: { provider: readonly ArchiveRow[]; import: readonly ArchiveRow[] } | undefined;
  /** Called with the number of rows of each batch that is through. */
  onBatch?: ((rows: number) => void) | undefined;
}

/** What became of the rows of each kind. */
export type KindResults = Record<ArchiveKind, RestoreCounts>;

/**
 * Takes rows into a store, batch by batch, each of which is atomic; one kind after the other, because rows refer to those
 * of the kinds before. What is cut short is completed by restoring it again. When this returns or throws, nothing is
 * under way.
 */
export const restoreRows = async (
  store: Store,
  rows: AsyncIterable<TravellingRow>,
  { dryRun, onBatch }: RestoreOptions = {},
): Promise<KindResults> => {
  const results = forEachKind(noCounts);
  const source = new Ahead(rows);
  try {
    for (const kind of ARCHIVE_KINDS) {
      const restore = async (batch: ArchiveRow[]): Promise<void> => {
        const dry = dryRun && { dry_run: true, needs: needsOf(kind, batch, dryRun) };
        addCounts(results[kind], await store.call("restore_rows", { kind, rows: batch, ...dry }));
        onBatch?.(batch.length);
      };
      const batches = inBatches(rowsOf(source, kind), LIMITS);
      await eachInParallel(batches, store.parallel, (batch) =>
        sendInParts(
          batch.map(({ row }) => row),
          restore,
        ),
      );
    }
  } finally {
    await source.close();
  }
  const { inserted, updated } = results.cost_record;
  if (!dryRun) await refreshAfter(store, inserted + updated);
  return results;
};

const noCounts = (): RestoreCounts => ({ inserted: 0, updated: 0, unchanged: 0, covered: 0 });

const addCounts = (to: RestoreCounts, counts: RestoreCounts): void => {
  for (const key of Object.keys(to) as (keyof RestoreCounts)[]) to[key] += counts[key];
};

/** The counts of all kinds together. */
export const totalCounts = (results: KindResults): RestoreCounts => {
  const total = noCounts();
  for (const counts of Object.values(results)) addCounts(total, counts);
  return total;
};

/** The next rows of the source, as long as they are of that kind. */
async function* rowsOf(source: Ahead, kind: ArchiveKind): AsyncGenerator<TravellingRow> {
  for (let next = await source.next; next?.kind === kind; next = await source.next) {
    source.take();
    yield next;
  }
}

/** Rows whose next one can be looked at before it is taken. */
class Ahead {
  readonly #rows: AsyncIterator<TravellingRow>;
  #next: Promise<TravellingRow | undefined> | undefined;

  constructor(rows: AsyncIterable<TravellingRow>) {
    this.#rows = rows[Symbol.asyncIterator]();
  }

  /** Undefined at the end. */
  get next(): Promise<TravellingRow | undefined> {
    this.#next ??= this.#rows.next().then((result) => (result.done === true ? undefined : result.value));
    return this.#next;
  }

  take(): void {
    this.#next = undefined;
  }

  async close(): Promise<void> {
    await this.#rows.return?.();
  }
}

const needsOf = (
  kind: ArchiveKind,
  batch: readonly ArchiveRow[],
  dryRun: NonNullable<RestoreOptions["dryRun"]>,
): Partial<Record<ArchiveKind, ArchiveRow[]>> => {
  if (kind === "preferences" || kind === "provider" || kind === "import") return {};
  const named = new Set<unknown>();
  for (const row of batch) {
    named.add(row["import_id"]);
    named.add((row["before"] as ArchiveRow | null | undefined)?.["import_id"]);
  }
  return { provider: [...dryRun.provider], import: dryRun.import.filter(({ id }) => named.has(id)) };
};
