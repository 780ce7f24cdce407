import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CostRecord } from "../../src/lib/record/record.js";
import { openDatabase } from "../../src/lib/store/embedded-database.js";
import { homeWithDatabase, openHome } from "../support/open-database.js";
import { bring } from "../support/layers.js";
import { running } from "./cases.js";
import { damaged, pickedRows, rewritten, writtenTable } from "./mutations.js";
import { checkAgainstText, checkReading, must, readAsImport, resultsOf, units, unitsOf } from "./oracle.js";

describe("a sample with other rows, written in another way", () => {
  it("gives each row the record that it had", async () => {
    await fc.assert(
      fc.asyncProperty(rewritten, async (given) => {
        const rows = pickedRows(given);
        const reading = await readAsImport(writtenTable(given));
        // Between semicolons the point may be the mark of thousands, if no other number decides.
        const mayBeThousands =
          given.writing.delimiter === ";" &&
          rows.some(({ cells }) => cells.some((cell) => /^[1-9]\d{0,2}\.\d{3}$/.test(cell)));
        must(reading !== null || rows.length === 0 || mayBeThousands, "A table is refused.");
        must(reading === null || rows.length > 0, "A table without rows is read.");
        if (reading === null) return;
        checkReading(reading);
        must(reading.results.length === rows.length, "A row is lost.");
        rows.forEach(({ golden }, index) => {
          const result = reading.results[index]!;
          // Between semicolons a comma may be the one of a decimal number.
          const isAmbiguous =
            given.writing.delimiter === ";" &&
            result.kind === "reject" &&
            result.problems[0]!.reason.includes("is ambiguous, because of its comma");
          const same =
            golden.kind === "record"
              ? isAmbiguous || (result.kind === "record" && isSame(result.record, golden.record))
              : result.kind !== "record";
          must(same, "A row reads otherwise:", golden, result);
        });
      }),
      running(0.4),
    );
  });

  /** Ids are of the place of a row among those of its key. */
  const isSame = (one: CostRecord, other: CostRecord): boolean =>
    isDeepStrictEqual({ ...one, id: "" }, { ...other, id: "" });
});

describe("a sample that was damaged", () => {
  const kept = new Map<string, CostRecord>();

  it("is refused with a message, or read without a wrong total", async () => {
    await fc.assert(
      fc.asyncProperty(damaged, async (bytes) => {
        const reading = await readAsImport(bytes);
        if (reading === null) return;
        checkReading(reading);
        must(isDeepStrictEqual(await resultsOf(reading.file), reading.results), "Two readings differ.");
        checkAgainstText(bytes, reading);
        for (const record of reading.records) if (kept.size < MOST_KEPT) kept.set(record.id, record);
      }),
      running(0.6),
    );
  });

  const MOST_KEPT = 20_000;
  const BATCH = 5000;

  it("gives records that the database takes, to the cent", async () => {
    const home = await homeWithDatabase();
    const store = await openHome(home);
    // An import refuses others before it writes anything.
    const providers = new Set((await store.call("list_providers", {})).map(({ name }) => name));
    const records = [...kept.values()].filter(({ provider }) => providers.has(provider));
    for (let at = 0; at < records.length; at += BATCH) {
      const batch = records.slice(at, at + BATCH);
      const { progress } = await bring(store, batch, { isEvents: true });
      expect(progress?.import).toMatchObject({ inserted: batch.length });
    }
    await store.close();
    const options = {
      dataDir: home.dataDir,
      command: "test",
      heavy: false,
      waitMs: 0,
      onWait: () => undefined,
    };
    const db = await openDatabase(options);
    const { rows } = await db.query<{ count: number; cost: string }>(
      "select count(*)::int as count, trim_scale(sum(cost_usd))::text as cost from public.cost_records",
    );
    await db.close();
    expect(rows[0]?.count).toBe(records.length);
    expect(units(rows[0]?.cost ?? "")).toBe(unitsOf(records));
    expect(records.length).toBeGreaterThan(100);
  });
});
