import path from "node:path";
import type { Benchmark, Demand, Measure } from "./benchmark.js";
import { AICOST, inTurns, run } from "./measure.js";
import { count } from "./results.js";

/** Each record of many takes so long that a second has as many: what the start takes is not in it. */
const LEAST_A_SECOND = 20_000;

/** Exports of few and of many records to a file, as NDJSON and as CSV. */
export const exportAll: Benchmark = {
  async run({ rows: [few, many], runs }, homes) {
    const folder = await homes.folder();
    const exportOf = async (rows: number, format: string) => {
      const env = await homes.filled(rows);
      const file = path.join(folder, `${rows}.${format}`);
      return () => run([AICOST, "export", "--format", format, "--output", file, "--force"], env);
    };
    const taken = await inTurns(runs, {
      fewLines: await exportOf(few, "ndjson"),
      lines: await exportOf(many, "ndjson"),
      fewCells: await exportOf(few, "csv"),
      cells: await exportOf(many, "csv"),
    });
    const measure = (name: keyof typeof taken, text: string): Measure => ({
      name: text,
      seconds: taken[name],
      megabytes: null,
    });
    const demand = (form: string, seconds: number): Demand => ({
      what: `${form}: at least ${count(LEAST_A_SECOND)} records more a second`,
      measured: count(Math.round((many - few) / seconds)),
      met: (many - few) / seconds >= LEAST_A_SECOND,
    });
    return [
      {
        title: `Exporting ${count(few)} and ${count(many)} records`,
        measures: [
          measure("fewLines", `${count(few)} as NDJSON`),
          measure("lines", `${count(many)} as NDJSON`),
          measure("fewCells", `${count(few)} as CSV`),
          measure("cells", `${count(many)} as CSV`),
        ],
        demands: [
          demand("NDJSON", taken.lines - taken.fewLines),
          demand("CSV", taken.cells - taken.fewCells),
        ],
      },
    ];
  },
};
