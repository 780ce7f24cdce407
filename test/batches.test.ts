import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Batches } from "../src/lib/imports/batches.js";
import { costRecord } from "./support/records.js";

const record = (note: string) => costRecord({ id: "", metadata: { cost_basis: "billed", note } });

describe("batches of rows", () => {
  it("hold all rows in their order, none too many, none too large", () => {
    const rows = fc.array(fc.record({ text: fc.string({ maxLength: 300 }), isRefused: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        rows,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 3000 }),
        (all, most, size) => {
          const batches = new Batches(most, size);
          const whole = all.flatMap(({ text, isRefused }) => {
            const full = isRefused ? batches.addRejected(text) : batches.add(record(text));
            return full === null ? [] : [full];
          });
          expect(whole.every(({ records, rejected }) => records.length + rejected.length > 0)).toBe(true);
          whole.push(batches.take());
          expect(
            whole.flatMap(({ records }) => records.rows.map((json) => JSON.parse(json) as unknown)),
          ).toEqual(all.filter(({ isRefused }) => !isRefused).map(({ text }) => record(text)));
          expect(whole.flatMap(({ rejected }) => rejected)).toEqual(
            all.filter(({ isRefused }) => isRefused).map(({ text }) => text),
          );
          for (const { records, rejected } of whole) {
            const half = Math.ceil(records.length / 2);
            const parts = [records.slice(0, half), records.slice(half)];
            expect(parts.map(({ length }) => length)).toEqual([half, records.length - half]);
            expect(parts.flatMap((part) => JSON.parse(part.text) as unknown[])).toEqual(
              JSON.parse(records.text),
            );
            const texts = [...records.rows, ...rejected];
            expect(texts.length).toBeLessThanOrEqual(most);
            if (texts.length > 1) expect(texts.join(",").length).toBeLessThanOrEqual(size);
          }
        },
      ),
    );
  });
});
