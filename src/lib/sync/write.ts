import { randomUUID } from "node:crypto";
import type { ImportHead, StoredCredential } from "../api.js";
import { userErrorOf } from "../errors.js";
import type { Rates } from "../record/rates.js";
import { refreshAfter } from "../store/refresh.js";
import { sendInParts } from "../store/send-in-parts.js";
import type { Store } from "../store/store.js";
import { inBatches } from "../system/batches.js";
import type { Haul } from "./collect.js";
import { headOf, type Portion, portionsOf } from "./portions.js";
import { contentsOf, type FeedResult, resultBefore, summaryOf } from "./result.js";
import { completeThrough } from "./window.js";

export interface WriteOptions {
  rates: Rates;
  timezone: string;
  /** Find out what would change, and change nothing. */
  dryRun: boolean;
}

/** Few enough that a batch is done within the statement timeout of a hosted project. */
const BATCH_ROWS = 4000;

/**
 * Writes what was collected, as an import that can be undone, and keeps how far that goes. Days are written whole, each
 * in one transaction: what the feed said of them before is replaced. What cannot be written is the error of the result.
 */
export const writeHaul = async (
  store: Store,
  haul: Haul,
  credential: StoredCredential,
  options: WriteOptions,
): Promise<FeedResult> => {
  const result = resultBefore(haul);
  try {
    const portions = portionsOf(haul, credential, options.rates);
    const records = portions.flatMap((portion) => portion.records);
    Object.assign(result, contentsOf(haul, records, options.timezone));
    await write(store, headOf(haul, credential, records), portions, options, result);
    if (!options.dryRun) await remember(store, haul, credential);
  } catch (error) {
    result.error = userErrorOf(error);
  }
  return result;
};

const write = async (
  store: Store,
  head: ImportHead,
  portions: readonly Portion[],
  { dryRun }: WriteOptions,
  result: FeedResult,
): Promise<void> => {
  if (portions.length === 0) return;
  const { sha256, reading } = head;
  const begun = await store.call("resume_import", { sha256, reading });
  const whole = { ...head, id: begun ?? head.id };
  const send = async (batch: Portion[]): Promise<void> => {
    const counts = await store.call("ingest_cost_records", {
      import: {
        ...whole,
        whole_days: batch.flatMap(({ day }) => day ?? []),
        ...(dryRun ? {} : { batch: randomUUID() }),
      },
      records: batch.flatMap(({ records }) => records),
      dry_run: dryRun,
    });
    for (const key of Object.keys(counts) as (keyof typeof counts)[]) result[key] += counts[key] ?? 0;
  };
  // Portions stay whole: a single one may be larger than a batch should be.
  const limits = { most: Infinity, largest: BATCH_ROWS, sizeOf: ({ records }: Portion) => records.length };
  for await (const batch of inBatches(portions, limits)) await sendInParts(batch, send, { least: 1 });
  if (dryRun) return;
  const finished = await store.call("finish_import", { import_id: whole.id, summary: summaryOf(result) });
  result.import_id = finished?.id ?? null;
  await refreshAfter(store, result.inserted + result.updated + result.replaced + result.retired);
};

/** A feed that was cut short goes on from where it was; it remembers nothing new. */
const remember = async (store: Store, haul: Haul, credential: StoredCredential): Promise<void> => {
  const { feed, window, pieces, error } = haul;
  const before = credential.syncs.find((state) => state.feed === feed.id)?.complete_through ?? null;
  const days = new Set(pieces.flatMap((piece) => piece.days));
  const complete_through = completeThrough(window, before, days, error === null);
  if (error !== null && complete_through === before) return;
  const memory = error === null ? pieces.findLast((piece) => piece.memory)?.memory : undefined;
  await store.call("save_sync_state", {
    credential_id: credential.id,
    feed: feed.id,
    complete_through,
    memory: memory ?? window.memory,
  });
};
