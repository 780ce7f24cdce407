import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHARGE_KINDS } from "../../src/lib/record/kinds.js";
import { moveIn } from "../../src/lib/archive/move-in.js";
import { ndjsonPieces, type ReadRow, readNdjson } from "../../src/lib/archive/ndjson.js";
import { csvPieces, readRecordsCsv } from "../../src/lib/archive/records-csv.js";
import { restoreRows } from "../../src/lib/archive/restore.js";
import { COLLECTION_METHODS, type CostRecord } from "../../src/lib/record/record.js";
import type { ArchiveRow } from "../../src/lib/api.js";
import type { Store } from "../../src/lib/store/store.js";
import { homeWithDatabase, keepDatabasesOpen, openHome } from "../support/open-database.js";
import { fileIn, sharedHome } from "../support/cli.js";
import { bring } from "../support/layers.js";
import { costRecord } from "../support/records.js";

// `npm run endure` sets how many sets of records go through a file of each kind.
const RUNS = { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 12) };

/** Milliseconds for a busy machine. */
const LONG = { timeout: 60_000 + RUNS.numRuns * 5_000 };

keepDatabasesOpen();

const NOTHING = { inserted: 0, updated: 0, unchanged: 0, covered: 0 };

const whole = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
};

const ndjsonOf = (store: Store): Promise<string> =>
  whole(ndjsonPieces(store, { program: "0.0.0", onRows: () => undefined }));

/** Without the first line, which holds the moment of the export. */
const bodyOf = async (store: Store): Promise<string> => (await ndjsonOf(store)).replace(/^.*\n/, "");

const digits = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map(String);
const amount = digits.map((text) => {
  const [, sign = "", number = ""] = /^(-?)(\d+)$/.exec(text) ?? [];
  const padded = number.padStart(11, "0");
  const exact = `${sign}${padded.slice(0, -10)}.${padded.slice(-10)}`.replace(/\.?0+$/, "");
  return exact === "-" || exact === "-0" ? "0" : exact;
});
const count = fc.option(fc.nat({ max: Number.MAX_SAFE_INTEGER }));
/** What PostgreSQL keeps as text, and some of it like a formula, a number or a date. */
const text = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 30 }),
    fc.string({
      unit: fc.constantFrom("=", "+", "-", "@", "'", ",", '"', "\r", "\n", "\t", " ", "{", "1", "\\"),
      maxLength: 8,
    }),
  )
  .filter((value) => !value.includes("\0"));

const moment = fc
  .record({
    ms: fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 5, 30) }),
    us: fc.nat({ max: 999 }),
  })
  .map(({ ms, us }) =>
    `${new Date(ms).toISOString().slice(0, -1)}${String(us).padStart(3, "0")}`
      .replace(/\.?0+$/, "")
      .concat("Z"),
  );

const record: fc.Arbitrary<CostRecord> = fc
  .record({
    id: fc.uuid(),
    provider: fc.constantFrom("openai", "aws"),
    timestamp: moment,
    granularity: fc.constantFrom("event", "hour", "day", "month"),
    kind: fc.constantFrom(...CHARGE_KINDS),
    model_name: fc.option(text),
    project: fc.option(text),
    api_key: fc.option(text),
    agent: fc.option(text),
    session: fc.option(text),
    cost_usd: amount,
    estimated_cost_usd: fc.option(amount),
    topup_usd: amount,
    tokens_used: count,
    input_tokens: count,
    output_tokens: count,
    cache_read_tokens: count,
    cache_write_tokens: count,
    request_count: count,
    collection_method: fc.constantFrom(...COLLECTION_METHODS),
    metadata: fc.record({
      cost_basis: fc.constantFrom("billed", "estimated", "included", "none"),
      note: text,
      more: fc.array(fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)), { maxLength: 3 }),
    }),
  })
  .map((given) => (given.kind === "top_up" ? { ...given, cost_usd: "0" } : { ...given, topup_usd: null }));

const records = fc.uniqueArray(record, { minLength: 1, maxLength: 12, selector: ({ id }) => id });

describe("any records", () => {
  const [here, there] = [sharedHome(), sharedHome()];
  let from: Store;
  let to: Store;
  beforeAll(async () => {
    from = await openHome(here);
    to = await openHome(there);
  });
  afterAll(() => Promise.all([from.close(), to.close()]));

  const clear = async (): Promise<void> => {
    for (const store of [from, to]) {
      const found = await store.call("list_cost_records", { filters: { max_rows: 100 } });
      await store.call("remove_cost_records", { record_ids: found.records.map(({ id }) => id) });
    }
  };
  const fill = (given: CostRecord[]) => {
    const rows = given.map((each): ArchiveRow => ({ ...each, import_id: null }));
    return from.call("restore_rows", { kind: "cost_record", rows });
  };
  const restored = async (
    name: string,
    content: string,
    reader: (file: { path: string; name: string }) => AsyncIterable<ReadRow>,
  ) => restoreRows(to, reader({ path: fileIn(here, name, content), name }));

  it("are the same after a way through an NDJSON file", LONG, async () => {
    await fc.assert(
      fc.asyncProperty(records, async (given) => {
        await clear();
        await fill(given);
        const counts = await restored("a.ndjson", await ndjsonOf(from), readNdjson);
        expect(counts.cost_record).toEqual({ ...NOTHING, inserted: given.length });
        expect(await bodyOf(to)).toBe(await bodyOf(from));
      }),
      RUNS,
    );
  });

  it("are the same after a way through a CSV file, twice as once", LONG, async () => {
    await fc.assert(
      fc.asyncProperty(records, fc.constantFrom("UTC", "Pacific/Auckland"), async (given, timezone) => {
        await clear();
        await fill(given);
        const csv = await whole(csvPieces(from, { timezone, onRows: () => undefined }));
        await restored("a.csv", csv, readRecordsCsv);
        expect(await bodyOf(to)).toBe(await bodyOf(from));
        const again = await restored("a.csv", csv, readRecordsCsv);
        expect(again.cost_record).toEqual({ ...NOTHING, unchanged: given.length });
      }),
      RUNS,
    );
  });
});

describe("moving in", () => {
  const opened = async (): Promise<Store> => openHome(await homeWithDatabase());

  it(
    "copies more than a batch holds, says how far it is, and does nothing the second time",
    LONG,
    async () => {
      const [from, to] = [await opened(), await opened()];
      try {
        const many = Array.from({ length: 5_500 }, (_, index) =>
          costRecord({ timestamp: new Date(Date.UTC(2026, 0, 1) + index * 3_600_000).toISOString() }),
        );
        await bring(from, many);
        const seen: number[] = [];
        const counts = await moveIn(from, to, (done, total) => {
          // The rows, their days, their import, and the preferences.
          expect(total).toBe(5_500 + 230 + 1 + 1);
          seen.push(done);
        });
        expect(counts).toEqual({ ...NOTHING, inserted: 5_500 + 230 + 1, unchanged: 1 });
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        expect(seen.at(-1)).toBe(5_732);
        expect(seen.length).toBeGreaterThan(3);
        expect(await bodyOf(to)).toBe(await bodyOf(from));
        expect(await moveIn(from, to)).toEqual({ ...NOTHING, unchanged: 5_732 });
      } finally {
        await Promise.all([from.close(), to.close()]);
      }
    },
  );
});
