import { inBatches } from "../system/batches.js";
import { eachInParallel } from "../system/parallel.js";
import { settleRest } from "../store/settle.js";
import { refreshAfter } from "../store/refresh.js";
import { sendInParts } from "../store/send-in-parts.js";
import { ARCHIVE_KINDS, type ArchiveKind, type ArchiveRow, type RestoreCounts } from "../api.js";
import type { Store } from "../store/store.js";
import { forEachKind, type TravellingRow } from "./rows.js";

/** How much goes to the store in one call, which must be done within the statement timeout of a hosted project. */
const LIMITS = { most: 5000, largest: 2_000_000, sizeOf: ({ size }: TravellingRow) => size };

/** Rows that others refer to. */
export type Needs = Readonly<Record<"provider" | "import" | "sheet", readonly ArchiveRow[]>>;

export interface RestoreOptions {
  /**
   * Find out what would change, and change nothing. Then the rows that others refer to are not in the store, so they go
   * along with those.
   */
  dryRun?: Needs | undefined;
  /** Called with the number of rows of each batch that is through. */
  onBatch?: ((rows: number) => void) | undefined;
}

/** What became of the rows of each kind. */
export type KindResults = Record<ArchiveKind, RestoreCounts>;

/**
 * Takes rows into a store, in atomic batches; one kind after the other, because rows refer to those
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
  if (!dryRun) {
    const { inserted, updated, replaced } = await settleRest(store);
    await refreshAfter(store, inserted + updated + replaced + results.cost_record.inserted);
  }
  return results;
};

const noCounts = (): RestoreCounts => ({ inserted: 0, updated: 0, unchanged: 0, covered: 0 });

const addCounts = (to: RestoreCounts, counts: RestoreCounts): void => {
  for (const key of Object.keys(to) as (keyof RestoreCounts)[]) to[key] += counts[key];
};

export const totalCounts = (results: readonly RestoreCounts[]): RestoreCounts => {
  const total = noCounts();
  for (const counts of results) addCounts(total, counts);
  return total;
};

/** The next rows of the source, as long as they are of that kind. */
async function* rowsOf(source: Ahead, kind: ArchiveKind): AsyncGenerator<[TravellingRow]> {
  for (let next = await source.next; next?.kind === kind; next = await source.next) {
    source.take();
    yield [next];
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
  needs: Needs,
): Partial<Record<ArchiveKind, ArchiveRow[]>> => {
  const provider = [...needs.provider];
  if (kind === "sheet") return { import: importsOf(batch, needs) };
  if (kind === "price_list") {
    const ids = new Set(batch.map((row) => row["import_id"]));
    return { import: needs.import.filter(({ id }) => ids.has(id)) };
  }
  if (["cost_record", "edit", "subscription", "credit", "forecast"].includes(kind)) return { provider };
  if (kind !== "sheet_row") return {};
  const ids = new Set(batch.map((row) => row["sheet"]));
  const sheet = needs.sheet.filter(({ id }) => ids.has(id));
  return { provider, import: importsOf(sheet, needs), sheet };
};

/** The imports that have these sheets. */
const importsOf = (sheets: readonly ArchiveRow[], needs: Needs): ArchiveRow[] => {
  const ids = new Set(sheets.flatMap((sheet) => sheet["imports"] as unknown[]));
  return needs.import.filter(({ id }) => ids.has(id));
};
