// The peer of the embedded import: a fresh copy of the migrated database, opened as the program opens it, and the same
// SQL functions called with rows that are ready. Prints the seconds that the calls took, and the rows that came in.
// node ingest-floor.js PREPARED.json
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openEmbedded } from "../dist/lib/store/embedded.js";
import { takeIn } from "./take-in.js";

const prepared = JSON.parse(readFileSync(process.argv[2], "utf8"));
const dataDir = mkdtempSync(path.join(tmpdir(), "aicost-floor-"));
const store = await openEmbedded({ dataDir, command: "bench", heavy: true, waitMs: 0, onWait() {} });
const start = performance.now();
const inserted = await takeIn((name, args) => store.call(name, args), prepared);
const seconds = (performance.now() - start) / 1000;
await store.close();
rmSync(dataDir, { recursive: true });
process.stdout.write(JSON.stringify({ seconds, inserted }));
