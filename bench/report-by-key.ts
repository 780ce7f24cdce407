import { atMostMemory, atMostTimes, type Benchmark, type Comparison, type Measure } from "./benchmark.js";
import type { Homes } from "./homes.js";
import { AICOST, inTurns, peakMemory, run } from "./measure.js";
import { count } from "./results.js";

/** How much longer a report by 200 keys may take than one by four models. */
const MOST_TIMES = 1.5;

/** How long it may take, in starts of Node; as any report of 30 days. */
const MOST_STARTS = 3.2;

const KEYS = 200;

/** A day of a month so many months before this one. */
const dayOf = (monthsBack: number, day: number): string => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - monthsBack, day))
    .toISOString()
    .slice(0, 10);
};

/** 30 days of two months that are not whole, nor begin or end with a five of days that is kept as a sum. */
const PART_MONTHS = `${dayOf(2, 18)}..${dayOf(1, 17)}`;

/** A report by key, beside the same by model and Node that starts and does nothing. */
export const reportByKey: Benchmark = {
  async run({ rows: [, , many], runs }, homes) {
    const comparisons: Comparison[] = [];
    for (const range of ["30d", PART_MONTHS, "all"]) {
      comparisons.push(await compared(range, many, { runs, homes }));
    }
    return comparisons;
  },
};

const compared = async (
  range: string,
  records: number,
  { runs, homes }: { runs: number; homes: Homes },
): Promise<Comparison> => {
  const home = await homes.filled(records, KEYS);
  const argvOf = (by: string): string[] => [AICOST, "report", "--range", range, "--by", by, "--json"];
  const taken = await inTurns(runs, {
    node: () => run(["-e", "0"], {}),
    model: () => run(argvOf("model"), home),
    key: () => run(argvOf("key"), home),
  });
  const measure = async (by: "model" | "key"): Promise<Measure> => ({
    name: `report --range ${range} --by ${by}`,
    seconds: taken[by],
    megabytes: await peakMemory(argvOf(by), home),
  });
  const node: Measure = { name: "node -e 0", seconds: taken.node, megabytes: null };
  const [model, key] = [await measure("model"), await measure("key")];
  return {
    title: `A report by key of ${range}, with ${count(records)} records of ${KEYS} keys`,
    measures: [node, model, key],
    demands: [
      atMostTimes(MOST_TIMES, key, model),
      ...(range === "all" ? [] : [atMostTimes(MOST_STARTS, key, node)]),
      atMostMemory([model, key]),
    ],
  };
};
