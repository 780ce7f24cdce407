import path from "node:path";
import { atMostMemory, atMostTimes, type Benchmark, type Measure } from "./benchmark.js";
import { imported } from "./import-over-http.js";
import { AICOST, inTurns, run, runWatched } from "./measure.js";
import { count } from "./results.js";

/** How long a sync takes on a slow disk, and how much longer an import may take there. */
const SLOW = { milliseconds: 5, mostTimes: 1.3 };

const PRELOADED = ["--require", path.join(import.meta.dirname, "slow-disk.cjs")];

/** The import of one file on a disk that is slow to sync, beside the same without any sync. */
export const importOnSlowDisk: Benchmark = {
  async run({ rows: [, rows], runs }, homes) {
    const file = await homes.file(rows);
    const argv = [...PRELOADED, AICOST, "import", file, "--json"];
    const on = async (syncs: string) => ({ ...(await homes.empty()), BENCH_SYNC_MS: syncs });
    const slowDisk = String(SLOW.milliseconds);
    const taken = await inTurns(runs, {
      none: async () => imported(await run(argv, await on("none")), rows),
      here: async () => imported(await run(argv, await on("0")), rows),
      slow: async () => imported(await run(argv, await on(slowDisk)), rows),
    });
    const { megabytes } = await runWatched(argv, await on(slowDisk));
    const measures: Measure[] = [
      { name: `import of ${count(rows)} rows without a sync`, seconds: taken.none, megabytes: null },
      { name: "with syncs, on the disk of this machine", seconds: taken.here, megabytes: null },
      { name: `with syncs that take ${slowDisk} ms each`, seconds: taken.slow, megabytes },
    ];
    const [none, , slow] = measures as [Measure, Measure, Measure];
    return [
      {
        title: `Importing ${count(rows)} rows on a slow disk`,
        measures,
        demands: [atMostTimes(SLOW.mostTimes, slow, none), atMostMemory(measures)],
      },
    ];
  },
};
