import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { batchesOf } from "../src/lib/imports/batches.js";
import { openCsv } from "../src/lib/csv/reader.js";
import { formats } from "../src/lib/providers/index.js";
import type { Benchmark } from "./benchmark.js";
import { measure, medians, type Run } from "./measure.js";
import { openRouterActivity } from "./openrouter-activity.js";

const run = promisify(execFile);
const MOST_TIMES = 1.4;
const MOST_MEGABYTES = 350;

/** What the peer may choose from: its best one counts. */
const PEER_BATCHES = [2500, 5000, 10_000];

/** The import of one file into the embedded database, beside the same SQL function called with JSON that is ready. */
export const importEmbedded: Benchmark = {
  title: "Importing into the embedded database",
  async run({ rows, runs }) {
    const folder = await mkdtemp(path.join(tmpdir(), "aicost-bench-"));
    try {
      const file = path.join(folder, "openrouter_activity.csv");
      await writeFile(file, openRouterActivity(rows));
      const records = await recordsOf(file, path.join(folder, "records.ndjson"));
      const peers = PEER_BATCHES.map((size) => ({ size, runs: [] as Run[] }));
      const imports: Run[] = [];
      // In turns, so that what else the machine does meets all.
      for (let at = 0; at < runs; at++) {
        for (const peer of peers) peer.runs.push(await callDirectly(records, peer.size, rows));
        imports.push(await importFile(file, path.join(folder, `home-${at}`), rows));
      }
      const peer = medians(
        peers.map(({ runs }) => runs).sort((a, b) => medians(a).seconds - medians(b).seconds)[0] ?? [],
      );
      const program = medians(imports);
      const times = program.seconds / peer.seconds;
      return {
        measures: [
          { name: "the SQL function alone, on prepared JSON", ...peer },
          { name: "the program, from file to receipt", ...program },
        ],
        demands: [
          { what: `at most ${MOST_TIMES} times`, measured: times.toFixed(2), met: times <= MOST_TIMES },
          {
            what: `at most ${MOST_MEGABYTES} MB of memory`,
            measured: `${Math.round(program.megabytes)} MB`,
            met: program.megabytes <= MOST_MEGABYTES,
          },
        ],
      };
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};

/** Writes the records of a file as NDJSON. @returns where */
const recordsOf = async (file: string, target: string): Promise<string> => {
  const csv = await openCsv({ path: file, name: file }, { formats });
  const text = async function* () {
    for await (const { records } of batchesOf(csv, {})) yield records.map((record) => `${record}\n`).join("");
  };
  await pipeline(Readable.from(text()), createWriteStream(target));
  return target;
};

/** @throws if not every row is in */
const callDirectly = async (records: string, batchRows: number, rows: number): Promise<Run> => {
  const floor = path.join(import.meta.dirname, "ingest-floor.js");
  const { stdout } = await run(process.execPath, [floor, records, String(batchRows)]);
  const { seconds, inserted } = JSON.parse(stdout) as { seconds: number; inserted: number };
  if (inserted !== rows) throw new Error(`Of ${rows} rows came in: ${inserted}`);
  // It holds all of its JSON at once: its memory says nothing.
  return { seconds, megabytes: 0 };
};

/** The database is there before, as it is at every import but the first. @throws if not every row is in */
const importFile = async (file: string, home: string, rows: number): Promise<Run> => {
  const env = {
    HOME: home,
    AICOST_CONFIG_DIR: path.join(home, "config"),
    AICOST_DATA_DIR: path.join(home, "data"),
  };
  await measure(["providers"], env);
  const { stdout, ...program } = await measure(["import", file, "--json"], env);
  const { imports } = JSON.parse(stdout) as { imports: { inserted: number }[] };
  if (imports[0]?.inserted !== rows) throw new Error(`Of ${rows} rows came in: ${stdout}`);
  return program;
};
