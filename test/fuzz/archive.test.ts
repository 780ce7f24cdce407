import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ndjsonPieces, readNdjson } from "../../src/lib/archive/ndjson.js";
import { type Needs, restoreRows } from "../../src/lib/archive/restore.js";
import { UserError } from "../../src/lib/errors.js";
import { ARCHIVE_KINDS, type ArchiveRow } from "../../src/lib/api.js";
import type { Store } from "../../src/lib/store/store.js";
import { giveDatabase, openHome } from "../support/open-database.js";
import { fileIn, sharedHome } from "../support/cli.js";
import { bring } from "../support/layers.js";
import { costRecord } from "../support/records.js";
import { running } from "./cases.js";
import { must } from "./oracle.js";

const home = sharedHome();
let store: Store;
/** The rows of an archive that holds every kind but forecasts, as JSON; without its first and last line. */
let lines: string[];
let head: string;

beforeAll(async () => {
  store = await openHome(await giveDatabase(home));
  await store.call("add_provider", { name: "my-gateway", display_name: "Mine" });
  const records = [costRecord({ model_name: "=SUM(A1)" }), costRecord({ provider: "my-gateway" })];
  const grown = records.map((record) => ({ ...record, cost_usd: "2" }));
  const ofSeries = { head: { series: "openai/cost" } };
  await bring(store, records, ofSeries);
  await bring(store, grown, ofSeries);
  await store.call("add_cost_record", {
    record: costRecord({ collection_method: "manual_entry", cost_usd: "3" }),
  });
  let text = "";
  for await (const piece of ndjsonPieces(store, { program: "0.0.0", onRows: () => undefined })) text += piece;
  const all = text.trimEnd().split("\n");
  head = all[0] ?? "";
  lines = all.slice(1, -1);
});
afterAll(() => store.close());

/** JSON that no field asks for, or not every one; raw, so that it can be what `JSON.stringify` never writes. */
const oddJson = fc.oneof(
  fc.constantFrom(
    ...'null true 0 -1 -0 1.5 1e400 -1e400 9007199254740993 1e15 [] {} [[]] "" "x" "-0" "0" "1e5" "99999999.9999999999"'.split(
      " ",
    ),
    '"\\u0000"',
    '"a\\u0000b"',
    '"\\ud800"',
    '{"a":"\\udc00"}',
    '{"a":"\\u0000"}',
    '{"\\u0000":1}',
    '{"__proto__":{"x":1}}',
    '{"cost_basis":"billed","edited_at":"2026-11-05T00:00:00Z"}',
    '{"cost_basis":"billed","note":"\\u0000"}',
    `{"cost_basis":"billed","deep":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
    `"${"x".repeat(100_000)}"`,
    `{"cost_basis":"billed","n":${"9".repeat(500)}}`,
    '"2026-02-30T00:00:00Z"',
    '"0001-01-01T00:00:00Z"',
    '"2014-12-31T00:00:00Z"',
    '"9999-12-31T23:59:59Z"',
    '"2026-11-05T24:00:00Z"',
    '"2026-11-05"',
    '"EUR"',
    '"Mars/Base"',
    '"month"',
    '"00000000-0000-0000-0000-000000000000"',
    '"no-such-provider"',
    '"openai"',
    '"undone"',
    '"running"',
  ),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.constant("").map(() => JSON.stringify(randomUUID())),
);

type Change = (rows: string[]) => string[];

const at = (rows: readonly string[], place: number): number => place % Math.max(1, rows.length);

/** Another value for one field of one row, which may be one of its objects. */
const field: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(), fc.nat(), oddJson, fc.boolean())
  .map(([line, which, json, inner]) => (rows) => {
    const row = at(rows, line);
    const holes = [...(rows[row] ?? "").matchAll(/"[a-z_]+":(?:"[^"]*"|[\w.-]+|\{[^{}]*\})/g)];
    const hole = holes[which % Math.max(1, holes.length)];
    if (hole === undefined) return rows;
    const name = hole[0].slice(0, hole[0].indexOf(":"));
    const text = inner ? `${hole[0]},"odd":${json}` : `${name}:${json}`;
    return rows.with(
      row,
      rows[row]!.replace(hole[0], () => text),
    );
  });

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: field },
  fc.nat().map(
    (line): Change =>
      (rows) =>
        rows.toSpliced(at(rows, line), 1),
  ),
  fc.nat().map(
    (line): Change =>
      (rows) =>
        rows.toSpliced(at(rows, line), 0, rows[at(rows, line)] ?? ""),
  ),
  fc.tuple(fc.nat(), fc.nat()).map(
    ([line, place]): Change =>
      (rows) =>
        rows.map((row, index) => (index === at(rows, line) ? row.slice(0, place % (row.length + 1)) : row)),
  ),
  fc.tuple(fc.nat(), fc.nat(), fc.string({ unit: "binary", minLength: 1, maxLength: 2 })).map(
    ([line, place, text]): Change =>
      (rows) =>
        rows.map((row, index) => {
          const where = place % (row.length + 1);
          return index === at(rows, line) ? row.slice(0, where) + text + row.slice(where + 1) : row;
        }),
  ),
);

/** The archive of these rows, with the right counts at its end. */
const archiveOf = (rows: readonly string[]): string => {
  const counts = ARCHIVE_KINDS.map((kind) => [
    kind,
    rows.filter((row) => row.startsWith(`{"kind":"${kind}"`)).length,
  ]);
  return [head, ...rows, JSON.stringify({ end: Object.fromEntries(counts) as unknown }), ""].join("\n");
};

describe("an archive that was changed", () => {
  it("is refused with a message, or restored as it is", async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 2 }), async (changes) => {
        const text = archiveOf(changes.reduce((rows, apply) => apply(rows), lines));
        const file = { path: fileIn(home, "some.ndjson", text), name: "some.ndjson" };
        try {
          const held = { provider: [], import: [], sheet: [] } as Record<keyof Needs, ArchiveRow[]>;
          let rows = 0;
          for await (const { kind, row } of readNdjson(file)) {
            rows++;
            if (kind === "provider" || kind === "import" || kind === "sheet") held[kind].push(row);
          }
          const results = await restoreRows(store, readNdjson(file), { dryRun: held });
          const told = Object.values(results).flatMap(
            (counts) => Object.values(counts as object) as number[],
          );
          must(told.reduce((sum, count) => sum + count, 0) === rows, "A row is lost:", results);
          taken++;
        } catch (error) {
          must(error instanceof UserError && error.message.endsWith("."), String(error));
        }
      }),
      running(0.1),
    );
    expect(taken).toBeGreaterThan(0);
  });
});
