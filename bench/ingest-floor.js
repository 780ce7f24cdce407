// The peer of the embedded import: a fresh copy of the migrated database, opened as the program opens it, and the same
// SQL function called with JSON that is ready. Prints the seconds that the calls took, and the rows that came in.
// node ingest-floor.js RECORDS.ndjson BATCH_ROWS
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { RawJson } from "../dist/lib/record/raw-json.js";
import { openEmbedded } from "../dist/lib/store/embedded.js";

const [file, rows] = process.argv.slice(2);
const lines = readFileSync(file, "utf8").trimEnd().split("\n");
const batches = [];
for (let at = 0; at < lines.length; at += Number(rows)) {
  batches.push(new RawJson(`[${lines.slice(at, at + Number(rows)).join(",")}]`));
}

const dataDir = mkdtempSync(path.join(tmpdir(), "aicost-floor-"));
const store = await openEmbedded({ dataDir, command: "bench", heavy: true, waitMs: 0, onWait() {} });
const head = {
  id: randomUUID(),
  source_name: "bench",
  format: "openrouter-activity",
  reading: "openrouter-activity",
  series: "openrouter/activity",
  detail: 10_001,
  sha256: "0".repeat(64),
  measure: "cost_usd",
  day_totals: {},
};
let inserted = 0;
const start = performance.now();
for (const records of batches) {
  const counts = await store.call("ingest_cost_records", {
    import: { ...head, batch: randomUUID() },
    records,
    dry_run: false,
  });
  inserted += counts.inserted;
}
const seconds = (performance.now() - start) / 1000;
await store.close();
rmSync(dataDir, { recursive: true });
process.stdout.write(JSON.stringify({ seconds, inserted }));
