import { createHash, randomUUID } from "node:crypto";
import { DEFAULT_NAME } from "../credentials/label.js";
import { recordOf } from "../record/draft.js";
import { UserError, userErrorOf } from "../errors.js";
import { DateGauge, DayTotals } from "../record/gauges.js";
import { plain, sum } from "../money.js";
import type { Collected } from "../providers/collector.js";
import { dateOf } from "../dates/days.js";
import type { Rates } from "../record/rates.js";
import { type CostRecord, Identities } from "../record/record.js";
import { inBatches } from "../system/batches.js";
import { refreshAfter } from "../store/refresh.js";
import { sendInParts } from "../store/send-in-parts.js";
import type { ImportHead, ImportSummary, StoredCredential } from "../api.js";
import type { Store } from "../store/store.js";
import type { Haul } from "./collect.js";
import type { FeedResult } from "./result.js";
import { completeThrough } from "./window.js";

export interface WriteOptions {
  rates: Rates;
  timezone: string;
  /** Find out what would change, and change nothing. */
  dryRun: boolean;
}

/** Records that are written together: all of a UTC date, or some that stand for no whole date. */
interface Portion {
  day: string | null;
  records: CostRecord[];
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
  const result = emptyResult(haul);
  try {
    const portions = portionsOf(haul, credential, options.rates);
    const records = portions.flatMap((portion) => portion.records);
    Object.assign(result, contents(haul, records, options.timezone));
    await write(store, headOf(haul, credential, records), portions, options, result);
    if (!options.dryRun) await remember(store, haul, credential);
  } catch (error) {
    result.error = userErrorOf(error);
  }
  return result;
};

const emptyResult = ({ feed, window, pieces, error }: Haul): FeedResult => ({
  feed: feed.id,
  title: feed.title,
  import_id: null,
  asked_from: window.from,
  asked_to: window.to,
  from: null,
  to: null,
  dates: [],
  rows: 0,
  cost_usd: "0",
  tokens: null,
  inserted: 0,
  updated: 0,
  unchanged: 0,
  covered: 0,
  kept_edits: 0,
  replaced: 0,
  retired: 0,
  restated_days: 0,
  notes: pieces.flatMap(({ note }) => note ?? []),
  error,
});

const contents = ({ pieces }: Haul, records: readonly CostRecord[], timezone: string) => {
  const dates = new DateGauge(timezone);
  records.forEach((record) => dates.note(record));
  const tokens = records.flatMap(({ tokens_used }) => tokens_used ?? []);
  return {
    ...dates.range,
    dates: [
      ...new Set([
        ...pieces.flatMap(({ days }) => days),
        ...records.map(({ timestamp }) => dateOf(timestamp)),
      ]),
    ].sort(),
    rows: records.length,
    cost_usd: plain(sum(records.map(({ cost_usd }) => cost_usd))),
    tokens: tokens.length === 0 ? null : tokens.reduce((all, count) => all + count, 0),
  };
};

/** The account is the first part of every key: two accounts of one provider never share a record. */
const portionsOf = ({ feed, pieces }: Haul, credential: StoredCredential, rates: Rates): Portion[] => {
  const { provider, metadata } = credential;
  const source = {
    provider,
    source: feed.source,
    method: "api_automated",
    rates,
    identities: new Identities(),
    wrong: (amount: { toString(): string } | null, reason: string) =>
      new UserError(
        "provider_answer",
        `${feed.title}: ${amount === null ? "" : `${amount.toString()} `}${reason}.`,
        "Run the command again later. If it stays so, please report it.",
      ),
  } as const;
  return pieces.flatMap((piece: Collected): Portion[] => {
    const records = piece.drafts.map((draft) =>
      recordOf({ ...draft, key: [metadata.account, ...draft.key] }, source),
    );
    if (piece.days.length === 0) return [{ day: null, records }];
    return piece.days.map((day) => ({
      day,
      records: records.filter(({ timestamp }) => dateOf(timestamp) === day),
    }));
  });
};

const headOf = (
  { feed }: Haul,
  { provider, name, metadata }: StoredCredential,
  records: readonly CostRecord[],
): ImportHead => {
  const days = new DayTotals();
  records.forEach((record) => days.add(record));
  return {
    id: randomUUID(),
    source_name: name === DEFAULT_NAME ? `${provider} API` : `${provider} API (${name})`,
    format: feed.id,
    // There is no file: what an interrupted run is found again by.
    sha256: createHash("sha256").update(`${metadata.account} ${feed.source}`).digest("hex"),
    reading: feed.source,
    series: seriesOf(feed.series, metadata),
    detail: feed.detail,
    ...days.totals,
  };
};

/** An account that the provider does not name, and the user neither, is the one that files without an account are of. */
const seriesOf = (series: string, { account, account_known }: StoredCredential["metadata"]): string =>
  account_known || account !== DEFAULT_NAME ? `${series} ${account}` : series;

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

const summaryOf = ({ rows, cost_usd, from, to }: FeedResult): ImportSummary => ({
  row_count: rows,
  skipped: 0,
  rejected: 0,
  cost_usd,
  first_date: from,
  last_date: to,
});

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
