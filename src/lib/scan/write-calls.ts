import { createHash, randomUUID } from "node:crypto";
import type { Covers, ImportHead } from "../api.js";
import { dateIn } from "../dates/ranges.js";
import type { WrittenRow } from "../imports/batches.js";
import { daysOf, Manifest } from "../imports/manifest.js";
import { writeSheets } from "../imports/write-sheets.js";
import { sentFields } from "../record/sent-rows.js";
import type { Store } from "../store/store.js";
import { type CallOptions, recordOfCall } from "./call-record.js";
import type { FreshCall } from "./stored-calls.js";
import { type CallSums, CallSum } from "./sum-calls.js";

export interface WriteCallsOptions extends CallOptions {
  /** What the agent is called. */
  name: string;
  /** The user's, by which days are known. */
  timezone: string;
  /** Today's date there. */
  today: string;
  /** By provider, until when its days are known already. */
  knownUntil: Readonly<Record<string, string>>;
  onSent?: (calls: number) => void;
}

/** Calls as an import has them. */
interface Gathered {
  manifest: Manifest;
  rows: WrittenRow[];
  /** By provider, the moment of its first call. */
  firstOf: Map<string, string>;
  sums: CallSums;
}

/** Sums of calls, without storing any. */
export const sumCalls = (calls: readonly FreshCall[], options: WriteCallsOptions): CallSums => {
  const sum = new CallSum(options.timezone);
  for (const { call, stored } of calls) sum.add(recordOfCall(call, stored, options).record);
  return sum.sums;
};

/**
 * Stores calls as an import, which adds and raises, and removes nothing. If it is cut short, the next scan of the agent
 * completes it.
 * @returns its id; null if it has nothing new; and by provider until when its days are known
 */
export const writeCalls = async (
  store: Store,
  calls: readonly FreshCall[],
  options: WriteCallsOptions,
): Promise<CallSums & { import_id: string | null; known: Record<string, string> }> => {
  const { manifest, rows, firstOf, sums } = gathered(calls, options);
  await addProviders(store, [...firstOf.keys()]);
  const { sheets } = manifest;
  const covers = coversOf(firstOf, options);
  const head = headOf(options, { covers, ...daysOf(sheets), sums, rows: rows.length });
  const { counts } = await writeSheets(store, head, { sheets, rows }, options.onSent);
  const known = Object.fromEntries(Object.keys(covers).map((provider) => [provider, options.today]));
  return { ...sums, import_id: counts.import_id, known };
};

const gathered = (calls: readonly FreshCall[], options: WriteCallsOptions): Gathered => {
  const manifest = new Manifest({ detail: DETAIL, events: true });
  const sum = new CallSum(options.timezone);
  const firstOf = new Map<string, string>();
  const rows = calls.map(({ call, stored }): WrittenRow => {
    const { record, draft } = recordOfCall(call, stored, options);
    sum.add(record);
    const first = firstOf.get(record.provider);
    if (first === undefined || record.timestamp < first) firstOf.set(record.provider, record.timestamp);
    const sheet = manifest.add({ record, draft, account: null, project: null });
    return { sheet, fields: sentFields(record) };
  });
  return { manifest, rows, firstOf, sums: sum.sums };
};

/** All scans of an agent look equally closely. */
const DETAIL = 1;

/** From the first call of each provider, or from where its days were known, until today: on a day without calls there were none. */
const coversOf = (
  firstOf: ReadonlyMap<string, string>,
  { timezone, today, knownUntil }: WriteCallsOptions,
): Covers =>
  Object.fromEntries(
    [...firstOf].map(([provider, moment]) => {
      const first = dateIn(timezone, moment);
      const known = knownUntil[provider] ?? first;
      const from = known < first ? known : first;
      return [provider, [[from, from > today ? from : today] as const]];
    }),
  );

const headOf = (
  { agent, name }: WriteCallsOptions,
  {
    sums,
    rows,
    ...contents
  }: Pick<ImportHead, "covers" | "first_day" | "last_day"> & { sums: CallSums; rows: number },
): ImportHead => {
  const series = `agent/${agent}`;
  return {
    id: randomUUID(),
    source_name: `${name} logs`,
    format: series,
    // There is no file: what an interrupted scan is found again by.
    sha256: createHash("sha256").update(series).digest("hex"),
    reading: series,
    series,
    feed: series,
    row_count: rows,
    skipped: 0,
    rejected: 0,
    cost_usd: "0",
    first_date: sums.from,
    last_date: sums.to,
    ...contents,
  };
};

/** Agents talk to more providers than the database knows. */
const addProviders = async (store: Store, names: readonly string[]): Promise<void> => {
  const known = new Set((await store.call("list_providers", {})).map(({ name }) => name));
  for (const name of names) {
    if (!known.has(name)) await store.call("add_provider", { name, display_name: name });
  }
};
