import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { atMostMemory, atMostTimes, type Benchmark, type Comparison, type Measure } from "./benchmark.js";
import { writeSessions } from "./claude-sessions.js";
import type { Homes } from "./homes.js";
import { AICOST, inTurns, peakMemory, run } from "./measure.js";
import { CCUSAGE, count } from "./results.js";

/** What a report may take with few, some and many records, in runs of ccusage over as many. */
const MOST = [1, 0.25, 0.025];

/** A report of 30 days, beside the daily report of ccusage over the same number of usage records. */
export const reportBesideCcusage: Benchmark = {
  async run({ rows, runs }, homes) {
    const comparisons: Comparison[] = [];
    const peerProgram = await installed(await homes.folder());
    for (const [at, records] of rows.entries()) {
      comparisons.push(await compared(records, MOST[at]!, { runs, homes, peerProgram }));
    }
    return comparisons;
  },
};

/** Not among the dependencies: its packages for other systems than this one are not to be had everywhere. */
export const installed = async (folder: string): Promise<string> => {
  const options = ["--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"];
  await promisify(execFile)("npm", ["install", ...options, `ccusage@${CCUSAGE}`]);
  return path.join(folder, "node_modules/ccusage/src/cli.js");
};

const compared = async (
  records: number,
  most: number,
  { runs, homes, peerProgram }: { runs: number; homes: Homes; peerProgram: string },
): Promise<Comparison> => {
  const home = await homes.filled(records);
  const report = [AICOST, "report", "--range", "30d", "--json"];
  const sessions = await homes.folder();
  await writeSessions(sessions, records);
  const ccusage = [peerProgram, "daily", "--offline", "--json"];
  const theirs = { HOME: await homes.folder(), CLAUDE_CONFIG_DIR: sessions };
  const taken = await inTurns(runs, { ccusage: () => run(ccusage, theirs), report: () => run(report, home) });
  const peer: Measure = { name: "ccusage daily --offline --json", seconds: taken.ccusage, megabytes: null };
  const measure: Measure = {
    name: "aicost report --range 30d --json",
    seconds: taken.report,
    megabytes: await peakMemory(report, home),
  };
  return {
    title: `A report with ${count(records)} records, beside ccusage`,
    measures: [peer, measure],
    demands: [atMostTimes(most, measure, peer), atMostMemory([measure])],
  };
};
