import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Batches } from "../src/lib/imports/batches.js";
import { costRecord } from "./support/records.js";

const record = (note: string) => costRecord({ id: "", metadata: { cost_basis: "billed", note } });

describe("batches of records", () => {
  it("hold all records in their order, none too many, none too large", () => {
    const notes = fc.array(fc.string({ maxLength: 300 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        notes,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3000 }),
        (all, most, size) => {
          const batches = new Batches(most, size);
          const whole = all.flatMap((note) => {
            const full = batches.add(record(note));
            return full === null ? [] : [full];
          });
          whole.push(batches.take());
          expect(whole.flat()).toEqual(all.map(record));
          for (const batch of whole) {
            expect(batch.length).toBeLessThanOrEqual(most);
            if (batch.length > 1) expect(JSON.stringify(batch).length).toBeLessThanOrEqual(size + 1);
          }
          expect(whole.slice(0, -1).every((batch) => batch.length > 0)).toBe(true);
        },
      ),
    );
  });

  it("become smaller when they are told to, and never larger", () => {
    const batches = new Batches(2, 1e6);
    expect(["a", "b", "c"].map((note) => batches.add(record(note))?.length)).toEqual([
      undefined,
      undefined,
      2,
    ]);
    batches.limit(1);
    batches.limit(5);
    expect(batches.add(record("d"))).toEqual([record("c")]);
    expect(batches.take()).toEqual([record("d")]);
    expect(batches.take()).toEqual([]);
  });
});
