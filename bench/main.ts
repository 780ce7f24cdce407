import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Benchmark, Comparison, Size } from "./benchmark.js";
import { exportAll } from "./export.js";
import { forecast } from "./forecast.js";
import { Homes } from "./homes.js";
import { importEmbedded } from "./import-embedded.js";
import { importOnSlowDisk } from "./import-on-slow-disk.js";
import { importOverHttp } from "./import-over-http.js";
import { importPriced } from "./import-priced.js";
import { knownFileOverHttp } from "./known-file-over-http.js";
import { reportBesideCcusage } from "./report-beside-ccusage.js";
import { reportByKey } from "./report-by-key.js";
import { reportNatively } from "./report-natively.js";
import { resultText, writeResults } from "./results.js";
import { scanBesideCcusage } from "./scan-beside-ccusage.js";
import { start } from "./start.js";

/** All benchmarks, by the name that they are chosen with. */
const BENCHMARKS: Record<string, Benchmark> = {
  start,
  "report-beside-ccusage": reportBesideCcusage,
  "scan-beside-ccusage": scanBesideCcusage,
  "report-by-key": reportByKey,
  "report-natively": reportNatively,
  "import-embedded": importEmbedded,
  "import-on-slow-disk": importOnSlowDisk,
  "import-over-http": importOverHttp,
  "import-priced": importPriced,
  "known-file-over-http": knownFileOverHttp,
  export: exportAll,
  forecast,
};

const RESULTS = path.join(import.meta.dirname, "RESULTS.md");

/** As many records as `RESULTS.md` is about. */
const ROWS: Size["rows"] = [10_000, 100_000, 1_000_000];

/**
 * Runs benchmarks and prints what they found; in the full size it is written to `RESULTS.md`, too.
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
    for (const name of chosen(positionals)) {
      const comparisons = await BENCHMARKS[name]!.run(size, homes);
      for (const comparison of comparisons) process.stdout.write(resultText(comparison));
      if (values.rows === undefined) await writeResults(RESULTS, name, comparisons, size.runs);
      found.push(...comparisons);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return found.every(({ demands }) => demands.every(({ met }) => met)) ? 0 : 1;
};

const chosen = (names: readonly string[]): string[] => {
  const known = Object.keys(BENCHMARKS);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new Error(`There is no benchmark ${wrong}. There are: ${known.join(", ")}`);
  return names.length === 0 ? known : [...names];
};

/** The most records that there are to be, and a tenth and a hundredth of them. */
const smaller = (text: string): Size["rows"] => {
  const most = wholeNumber(text);
  return [Math.ceil(most / 100), Math.ceil(most / 10), most];
};

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`“${text}” is not a whole number above 0.`);
  return Number(text);
};
