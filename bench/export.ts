import path from "node:path";
import { type Benchmark, type Demand, type Measure } from "./benchmark.js";
import { AICOST, inTurns, run } from "./measure.js";
import { count } from "./results.js";

/** With the start of the program, and with all that is counted before. */
const LEAST_A_SECOND = 20_000;

/** Exports of everything to a file, as NDJSON and as CSV. */
export const exportAll: Benchmark = {
  async run({ rows: [, rows], runs }, homes) {
    const env = await homes.filled(rows);
    const folder = await homes.folder();
    const exportAs = (format: string) => async () => {
      const file = path.join(folder, `export.${format}`);
      return run([AICOST, "export", "--format", format, "--output", file, "--force"], env);
    };
    const taken = await inTurns(runs, { ndjson: exportAs("ndjson"), csv: exportAs("csv") });
    const measures: Measure[] = [
      { name: "as NDJSON", seconds: taken.ndjson, megabytes: null },
      { name: "as CSV", seconds: taken.csv, megabytes: null },
    ];
    return [{ title: `Exporting ${count(rows)} records`, measures, demands: measures.map(demandOn(rows)) }];
  },
};

const demandOn =
  (rows: number) =>
  ({ name, seconds }: Measure): Demand => ({
    what: `${name}: at least ${count(LEAST_A_SECOND)} records a second`,
    measured: count(Math.round(rows / seconds)),
    met: rows / seconds >= LEAST_A_SECOND,
  });
