import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Benchmark, Comparison, Size } from "./benchmark.js";
import { Homes } from "./homes.js";
import { importEmbedded } from "./import-embedded.js";
import { importOverHttp } from "./import-over-http.js";
import { reportBesideCcusage } from "./report-beside-ccusage.js";
import { resultsPage, resultText } from "./results.js";
import { start } from "./start.js";

/** All benchmarks, by the name that they are chosen with. */
const BENCHMARKS: Record<string, Benchmark> = {
  start,
  "report-beside-ccusage": reportBesideCcusage,
  "import-embedded": importEmbedded,
  "import-over-http": importOverHttp,
};

/** As many records as `RESULTS.md` is about. */
const ROWS: Size["rows"] = [10_000, 100_000, 1_000_000];

/**
 * Runs benchmarks and prints what they found. A run of all of them, of the full size, is written to `RESULTS.md`.
 * @returns the exit code: 1 if one misses what is asked of it
 */
export const main = async (argv: string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { rows: { type: "string" }, runs: { type: "string", default: "5" } },
  });
  const size = {
    rows: values.rows === undefined ? ROWS : smaller(values.rows),
    runs: wholeNumber(values.runs),
  };
  const folder = await mkdtemp(path.join(tmpdir(), "aicost-bench-"));
  const found: Comparison[] = [];
  try {
    const homes = new Homes(folder);
    for (const benchmark of chosen(positionals)) {
      for (const comparison of await benchmark.run(size, homes)) {
        process.stdout.write(resultText(comparison));
        found.push(comparison);
      }
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  if (positionals.length === 0 && values.rows === undefined) {
    await writeFile(path.join(import.meta.dirname, "RESULTS.md"), resultsPage(found, size.runs));
  }
  return found.every(({ demands }) => demands.every(({ met }) => met)) ? 0 : 1;
};

const chosen = (names: readonly string[]): Benchmark[] =>
  names.length === 0
    ? Object.values(BENCHMARKS)
    : names.map((name) => {
        const benchmark = BENCHMARKS[name];
        if (benchmark !== undefined) return benchmark;
        throw new Error(`There is no benchmark ${name}. There are: ${Object.keys(BENCHMARKS).join(", ")}`);
      });

/** The most records that there are to be, and a tenth and a hundredth of them. */
const smaller = (text: string): Size["rows"] => {
  const most = wholeNumber(text);
  return [Math.ceil(most / 100), Math.ceil(most / 10), most];
};

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`“${text}” is not a whole number above 0.`);
  return Number(text);
};
