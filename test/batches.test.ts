import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sentFields, sentRow, SentRows, sheetOf } from "../src/lib/record/sent-rows.js";
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
        fc.nat(60),
        async (all, most, largest, cut) => {
          const sizeOf = (text: string): number => text.length;
          const sizeOfAll = (batch: readonly string[]): number => batch.join("").length;
          const batches = await gathered(
            inBatches([all.slice(0, cut), all.slice(cut)], { most, largest, sizeOf }),
          );
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

describe("rows that are sent", () => {
  const NONE = "\\N";
  const SIGNS: Record<string, string> = { "\\": "\\", t: "\t", n: "\n", r: "\r" };
  const unescaped = (field: string): string =>
    field.replace(/\\([\\tnr])/g, (_, sign: string) => SIGNS[sign] ?? sign);

  it("are a line each, with its fields, and are divided as a list is", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "\\", "\t", "\n", "\r", "N", '"', "ü"),
      maxLength: 20,
    });
    const row = fc.record({ note: text, model: fc.option(text), sheet: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const records = rows.map(({ note, model }) =>
          costRecord({ model_name: model, metadata: { cost_basis: "billed", note } }),
        );
        const sent = SentRows.of(records.map((record, at) => sentRow(rows[at]!.sheet, sentFields(record))));
        expect(sent.lines).toHaveLength(rows.length);
        for (const [at, line] of sent.lines.entries()) {
          const fields = line.split("\t");
          expect(fields).toHaveLength(22);
          expect(sheetOf(line)).toBe(rows[at]!.sheet);
          expect(fields[6] === NONE ? null : unescaped(fields[6]!)).toBe(rows[at]!.model);
          expect(JSON.parse(unescaped(fields[21]!))).toEqual(records[at]!.metadata);
        }
        const half = Math.ceil(sent.length / 2);
        const parts = [sent.slice(0, half), sent.slice(half)];
        expect(parts.map(({ length }) => length)).toEqual([half, rows.length - half]);
        expect(parts.flatMap(({ lines }) => lines)).toEqual(sent.lines);
      }),
    );
  });
});
