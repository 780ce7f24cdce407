import { rm } from "node:fs/promises";
import { MANY_LOGS, writeAgentLogs } from "./agent-logs.js";
import { atMostMemory, atMostTimes, type Benchmark, type Measure } from "./benchmark.js";
import { AICOST, type Environment, inTurns, peakMemory, run, runWatched } from "./measure.js";
import { installed } from "./report-beside-ccusage.js";
import { count } from "./results.js";

const FIRST = [AICOST, "scan", "--yes"];
const AGAIN = [AICOST, "scan"];
/** Logs of so many bytes for a record of the largest size. */
const BYTES_A_ROW = MANY_LOGS.bytes / 1_000_000;
const FILES_A_ROW = MANY_LOGS.files / 1_000_000;

/** The first scan of many logs, stored, and the next one, beside ccusage's report of the same logs. */
export const scanBesideCcusage: Benchmark = {
  async run({ rows: [, , most], runs }, homes) {
    const home = await homes.empty();
    const files = Math.ceil(most * FILES_A_ROW);
    const calls = writeAgentLogs(home["HOME"] ?? "", { files, bytes: most * BYTES_A_ROW });
    const program = [await installed(await homes.folder()), "daily", "--offline", "--json"];
    // A first scan takes long, so its memory is watched while it is timed.
    let megabytes = 0;
    const firstScan = async () => {
      const scanned = await runWatched(FIRST, await forgotten(home));
      megabytes = Math.max(megabytes, scanned.megabytes);
      return scanned;
    };
    const taken = await inTurns(runs, {
      node: () => run(["-e", "0"], home),
      ccusage: () => run(program, home),
      first: firstScan,
      second: () => run(AGAIN, home),
    });
    const measure = (name: string, seconds: number): Measure => ({ name, seconds, megabytes: null });
    const ccusage = measure("ccusage daily --offline --json", taken.ccusage);
    const node = measure("node -e 0", taken.node);
    const first = measure("aicost scan, the first", taken.first);
    first.megabytes = megabytes;
    const second = measure("aicost scan, the next", taken.second);
    second.megabytes = await peakMemory(AGAIN, home);
    return [
      {
        title: `Scanning ${count(calls)} calls in ${count(files)} logs, beside ccusage`,
        measures: [ccusage, node, first, second],
        demands: [
          atMostTimes(5, first, ccusage),
          atMostTimes(0.15, second, ccusage),
          atMostTimes(12, second, node),
          atMostMemory([first, second]),
        ],
      },
    ];
  },
};

/** The same logs, with nothing stored of them. */
const forgotten = async (home: Environment): Promise<Environment> => {
  for (const name of ["AICOST_CONFIG_DIR", "AICOST_DATA_DIR"]) {
    await rm(home[name] ?? "", { recursive: true, force: true });
  }
  await run([AICOST, "prefs"], home);
  return home;
};
