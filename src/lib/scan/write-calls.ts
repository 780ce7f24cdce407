import { createHash, randomUUID } from "node:crypto";
import type { Covers, ImportHead } from "../api.js";
import { dateIn } from "../dates/ranges.js";
import type { WrittenRow } from "../imports/batches.js";
import { daysOf, Manifest } from "../imports/manifest.js";
import { writeSheets } from "../imports/write-sheets.js";
import type { Pricer } from "../prices/pricer.js";
import { sentQuarter } from "../record/sent-rows.js";
import type { Store } from "../store/store.js";
import { drained } from "../system/drained.js";
import { freeMemory } from "../system/memory.js";
import type { Changes } from "./changes.js";
import { recordOfQuarter } from "./quarter-record.js";
import { type CallSums, CallSum } from "./sum-calls.js";

export interface WriteCallsOptions {
  /** Its id, such as `claude-code`. */
  agent: string;
  /** What the agent is called. */
  name: string;
  pricer: Pricer;
  /** The user's, by which days are known. */
  timezone: string;
  /** Today's date there. */
  today: string;
  /** By provider, until when its days are known already. */
  knownUntil: Readonly<Record<string, string>>;
  /** What tells this machine from others that scan for the same user. */
  machine: string;
  /** The last scan that these changes know of: see `finish_import`. */
  after: number;
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

/** So many rows are made of more calls than should be in memory while the database takes them. */
const MANY = 1000;

/** Sums of the calls that are new or have grown, without storing any. */
export const sumCalls = ({ quarters }: Pick<Changes, "quarters">, options: WriteCallsOptions): CallSums => {
  const sum = new CallSum(options.timezone);
  const onFresh: CallSum["add"] = (...call) => sum.add(...call);
  for (const quarter of quarters) recordOfQuarter(quarter, { ...options, onFresh });
  return sum.sums;
};

/**
 * Stores calls as an import, which adds and raises, and removes nothing. If it is cut short, the next scan of the agent
 * completes it.
 * @returns its id; null if it has nothing new; and by provider until when its days are known
 * @throws UserError `scanned_meanwhile`, if another machine stored calls meanwhile that these changes leave out
 */
export const writeCalls = async (
  store: Store,
  changes: Changes,
  options: WriteCallsOptions,
): Promise<CallSums & { import_id: string | null; known: Record<string, string> }> => {
  if (changes.quarters.length > MANY) freeMemory();
  const { manifest, rows, firstOf, sums } = gathered(changes, options);
  if (rows.length > MANY) freeMemory();
  await addProviders(store, [...firstOf.keys()]);
  const { sheets } = manifest;
  const covers = coversOf(firstOf, options);
  const head = headOf(options, { covers, ...daysOf(sheets), sums, rows: rows.length });
  const calls = changes.new_calls + changes.grown_calls;
  const { counts } = await writeSheets(
    store,
    head,
    { sheets, rows },
    {
      after: options.after,
      onSent: (sent) => options.onSent?.(Math.round((calls * sent) / rows.length)),
    },
  );
  const known = Object.fromEntries(Object.keys(covers).map((provider) => [provider, options.today]));
  return { ...sums, import_id: counts.import_id, known };
};

/** @param changes whose quarters are taken from it */
const gathered = ({ quarters }: Changes, options: WriteCallsOptions): Gathered => {
  const manifest = new Manifest({ detail: DETAIL, events: true });
  const sum = new CallSum(options.timezone);
  const onFresh: CallSum["add"] = (...call) => sum.add(...call);
  const firstOf = new Map<string, string>();
  const rows: WrittenRow[] = [];
  for (const quarter of drained(quarters)) {
    const { record, draft, calls } = recordOfQuarter(quarter, { ...options, onFresh });
    const first = firstOf.get(record.provider);
    if (first === undefined || record.timestamp < first) firstOf.set(record.provider, record.timestamp);
    const sheet = manifest.add({ record, draft, account: null, project: null });
    rows.push({ sheet, fields: sentQuarter(record, calls.ids, calls.counts) });
  }
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
  { agent, name, machine }: WriteCallsOptions,
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
    // There is no file: what an interrupted scan of this machine is found again by.
    sha256: createHash("sha256").update(`${series} ${machine}`).digest("hex"),
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
