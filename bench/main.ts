import { parseArgs } from "node:util";
import { type Column, table } from "../src/lib/render/table.js";
import type { Benchmark, Comparison, Demand, Measure, Size } from "./benchmark.js";
import { importOverHttp } from "./import-over-http.js";

/** All benchmarks, by the name that they are chosen with. */
const BENCHMARKS: Record<string, Benchmark> = {
  "import-over-http": importOverHttp,
};

/** Runs benchmarks and prints what they found. @returns the exit code: 1 if one misses what is asked of it */
export const main = async (argv: string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { rows: { type: "string", default: "100000" }, runs: { type: "string", default: "3" } },
  });
  const size = { rows: wholeNumber(values.rows), runs: wholeNumber(values.runs) };
  const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS);
  let missed = false;
  for (const name of names) {
    const benchmark = BENCHMARKS[name];
    if (benchmark === undefined) {
      throw new Error(`There is no benchmark ${name}. There are: ${Object.keys(BENCHMARKS).join(", ")}`);
    }
    const comparison = await benchmark.run(size);
    process.stdout.write(report(benchmark.title, size, comparison));
    missed ||= comparison.demands.some(({ met }) => !met);
  }
  return missed ? 1 : 0;
};

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`“${text}” is not a whole number above 0.`);
  return Number(text);
};

const SCREEN = { width: 100, color: false };

const report = (title: string, { rows, runs }: Size, { measures, demands }: Comparison): string => {
  const peer = measures[0]!;
  const columns: Column<Measure>[] = [
    { header: "", cell: ({ name }) => name },
    { header: "Seconds", cell: ({ seconds }) => seconds.toFixed(2), align: "decimal" },
    { header: "Ratio", cell: ({ seconds }) => (seconds / peer.seconds).toFixed(2), align: "decimal" },
    { header: "Rows a second", cell: ({ seconds }) => count(rows / seconds), align: "right" },
    { header: "Peak memory", cell: ({ megabytes }) => `${count(megabytes)} MB`, align: "right" },
  ];
  const asked: Column<Demand>[] = [
    { header: "Asked", cell: ({ what }) => what },
    { header: "Measured", cell: ({ measured }) => measured, align: "right" },
    { header: "", cell: ({ met }) => (met ? "met" : "MISSED") },
  ];
  const heading = `${title}: ${count(rows)} rows, ${runs === 1 ? "one run" : `median of ${runs} runs`}`;
  return [heading, table(columns, measures, SCREEN), table(asked, demands, SCREEN), ""].join("\n\n");
};

const count = (value: number): string => Math.round(value).toLocaleString("en-US");
