import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RawRows } from "../src/lib/record/raw-json.js";
import { inBatches } from "../src/lib/system/batches.js";
import { costRecord } from "./support/records.js";

const gathered = async <Item>(batches: AsyncIterable<Item>): Promise<Item[]> => {
  const found: Item[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
};

describe("batches", () => {
  it("hold all items in their order, none too many, none too large, and as many as fit", async () => {
    const items = fc.array(fc.string({ maxLength: 300 }), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        items,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3000 }),
        async (all, most, largest) => {
          const sizeOf = (text: string): number => text.length;
          const sizeOfAll = (batch: readonly string[]): number => batch.join("").length;
          const batches = await gathered(inBatches(all, { most, largest, sizeOf }));
          expect(batches.flat()).toEqual(all);
          for (const [index, batch] of batches.entries()) {
            expect(batch.length).toBeGreaterThan(0);
            expect(batch.length).toBeLessThanOrEqual(most);
            if (batch.length > 1) expect(sizeOfAll(batch)).toBeLessThanOrEqual(largest);
            const next = batches[index + 1]?.[0];
            if (next !== undefined)
              expect(batch.length === most || sizeOfAll(batch) + next.length > largest).toBe(true);
          }
        },
      ),
    );
  });
});

describe("rows of JSON", () => {
  it("are divided as an array is", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 300 }), { maxLength: 20 }), (notes) => {
        const all = notes.map((note) => costRecord({ id: "", metadata: { cost_basis: "billed", note } }));
        const records = RawRows.of(all.map((record) => JSON.stringify(record)));
        expect(records.rows.map((json) => JSON.parse(json) as unknown)).toEqual(all);
        const half = Math.ceil(records.length / 2);
        const parts = [records.slice(0, half), records.slice(half)];
        expect(parts.map(({ length }) => length)).toEqual([half, all.length - half]);
        expect(parts.flatMap((part) => JSON.parse(part.text) as unknown[])).toEqual(all);
        expect(JSON.parse(records.text)).toEqual(all);
      }),
    );
  });
});
