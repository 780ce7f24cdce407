import { createHash, randomUUID } from "node:crypto";
import type { Api, ImportHead, ImportProgress, Sheet, StoredCalls } from "../../src/lib/api.js";
import { plain, sum } from "../../src/lib/money.js";
import type { CostRecord } from "../../src/lib/record/record.js";
import { importHead } from "./records.js";

/** Whoever calls the functions of the contract: a session of a user, or a store. */
export interface Caller {
  call<Name extends keyof Api>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]>;
}

/** What a file says, and how. */
export interface LayerOptions {
  head?: Partial<ImportHead>;
  account?: string | null;
  project?: string | null;
  detail?: number;
  isEvents?: boolean;
  /** Days that are told of, be they empty. */
  days?: readonly string[];
}

/** An import as it is sent: its head, its sheets, and the rows of each. */
export interface Layer {
  head: ImportHead;
  sheets: Sheet[];
  rows: RowRecord[][];
}

/** One sheet a UTC day. */
export const layerOf = (records: readonly RowRecord[], options: LayerOptions = {}): Layer => {
  const dayOf = ({ timestamp }: CostRecord): string => new Date(timestamp).toISOString().slice(0, 10);
  const days = [...new Set([...(options.days ?? []), ...records.map(dayOf)])].sort();
  const rows = days.map((day) => records.filter((record) => dayOf(record) === day));
  const ends = { first_day: days[0] ?? null, last_day: days.at(-1) ?? null };
  return {
    head: importHead({
      ...ends,
      row_count: records.length,
      cost_usd: plain(sum(records.map(({ cost_usd }) => cost_usd))),
      first_date: ends.first_day,
      last_date: ends.last_day,
      ...options.head,
    }),
    sheets: days.map((day, at) => sheetOf(day, rows[at]!, options)),
    rows,
  };
};

const sheetOf = (day: string, records: RowRecord[], options: LayerOptions): Sheet => {
  const count = (of: (record: CostRecord) => number | null): number =>
    records.reduce((total, record) => total + (of(record) ?? 0), 0);
  const costs = records.map(({ cost_usd }) => cost_usd);
  const texts = records.map(({ id: _, ...record }) => JSON.stringify(record)).sort();
  return {
    account: options.account ?? null,
    project: options.project ?? null,
    day,
    last_day: day,
    detail: options.detail ?? 0,
    is_events: options.isEvents ?? false,
    hash: createHash("md5").update(JSON.stringify(texts)).digest("hex").slice(0, 16),
    rows: records.length,
    gross: plain(sum(costs.filter((cost) => !cost.startsWith("-")))),
    beside: plain(
      sum(
        records.flatMap(({ topup_usd, estimated_cost_usd, metadata: { price } }) => [
          topup_usd ?? "0",
          price === undefined ? (estimated_cost_usd ?? "0") : "0",
        ]),
      ),
    ),
    cost_usd: plain(sum(costs)),
    tokens: count(({ tokens_used }) => tokens_used),
    requests: count(({ request_count }) => request_count),
    keys: null,
  };
};

/** What `begin_import` and its successors said of one import. */
export interface Brought {
  /** Null if a feed brought nothing new. */
  id: string | null;
  isKnown: boolean;
  /** Whether the rows of each sheet were asked for. */
  wanted: boolean[];
  /** Null if there was nothing to finish. */
  progress: ImportProgress | null;
}

/** Imports a layer whole, as the program does. @param after see `finish_import` */
export const bringLayer = async (caller: Caller, layer: Layer, after?: number): Promise<Brought> => {
  const begun = await beginLayer(caller, layer);
  if (begun.id === null || begun.isKnown) return { ...begun, progress: null };
  await begun.send();
  let progress = await caller.call("finish_import", {
    import_id: begun.id,
    ...(after !== undefined && { after }),
  });
  const moved = { ...progress.moved };
  while (progress.remaining > 0) {
    progress = await caller.call("settle_days", { import_id: begun.id });
    for (const key of Object.keys(moved) as (keyof typeof moved)[]) moved[key] += progress.moved[key];
  }
  return { ...begun, progress: { ...progress, moved } };
};

/** Imports records as one file whose days nobody else tells of, unless the options say so. */
export const bring = (
  caller: Caller,
  records: readonly CostRecord[],
  options: LayerOptions = {},
): Promise<Brought> => bringLayer(caller, layerOf(records, options));

/** Takes an import, or resumes it. @returns what it is, and what sends the first so many rows that are wanted */
export const beginLayer = async (caller: Caller, { head, sheets, rows }: Layer) => {
  const { id, is_known, wanted } = await caller.call("begin_import", { import: head, sheets });
  const send = async (most = Infinity): Promise<void> => {
    const sent = wanted
      .flatMap((sheet, at) => (sheet === null ? [] : rows[at]!.map((record) => ({ sheet, record }))))
      .slice(0, most);
    const named = [...new Set(sent.map(({ sheet }) => sheet))];
    await caller.call("add_rows", {
      import_id: id!,
      sheets: named,
      rows: rowTexts(sent.map(({ sheet, record }) => ({ sheet: named.indexOf(sheet), record }))),
    });
  };
  return { id, isKnown: is_known, wanted: wanted.map((sheet) => sheet !== null), send };
};

/** Undoes an import and decides all its days. @returns what it came to */
export const undoLayer = async (caller: Caller, import_id: string) => {
  const { remaining, ...counts } = await caller.call("undo_import", { import_id });
  for (let left = remaining; left > 0;) {
    const { moved, remaining } = await caller.call("settle_days", { import_id: null });
    counts.removed += moved.replaced;
    counts.restored += moved.inserted + moved.updated;
    left = remaining;
  }
  return counts;
};

/** The head of a run of a feed that nobody else has. */
export const feedHead = (given: Partial<ImportHead> = {}): Partial<ImportHead> => ({
  source_name: "openai API",
  format: "openai-costs-api",
  reading: "openai/costs-api",
  series: "openai/cost",
  feed: "openai-costs-api",
  sha256: createHash("sha256").update(randomUUID()).digest("hex"),
  ...given,
});

/** A record, if it sums up calls with these. */
export type RowRecord = CostRecord & Partial<StoredCalls>;

/** A record, and the index of its sheet among those that are sent. */
export interface SentRow {
  sheet: number;
  record: RowRecord;
}

/** Rows as `add_rows` takes them. */
export const rowTexts = (rows: readonly SentRow[]): string =>
  rows.map(({ sheet, record }) => fieldsOf(sheet, record).map(escaped).join("\t")).join("\n");

const fieldsOf = (sheet: number, record: RowRecord): (string | number | null)[] => [
  sheet,
  record.id,
  record.provider,
  record.timestamp,
  record.granularity,
  record.kind,
  record.model_name,
  record.cost_usd,
  record.estimated_cost_usd,
  record.topup_usd,
  record.tokens_used,
  record.input_tokens,
  record.output_tokens,
  record.cache_read_tokens,
  record.cache_write_tokens,
  record.request_count,
  record.collection_method,
  record.project,
  record.api_key,
  record.agent,
  record.session,
  JSON.stringify(record.metadata),
  ...(record.calls === undefined ? [] : [`{${record.calls.join(",")}}`, record.call_counts ?? null]),
];

const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

const escaped = (field: string | number | null): string =>
  field === null ? "\\N" : String(field).replaceAll(/[\\\t\n\r]/g, (sign) => ESCAPES[sign]!);
