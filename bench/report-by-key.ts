import { atMostMemory, atMostTimes, type Benchmark, type Comparison, type Measure } from "./benchmark.js";
import type { Homes } from "./homes.js";
import { AICOST, inTurns, peakMemory, run } from "./measure.js";
import { count } from "./results.js";

/** How much longer a report by 200 keys may take than one by four models. */
const MOST_TIMES = 1.5;

/** How long it may take, in starts of Node; as any report of 30 days. */
const MOST_STARTS = 3.2;

const KEYS = 200;

/** A report by key, beside the same by model and Node that starts and does nothing. */
export const reportByKey: Benchmark = {
  async run({ rows: [, , many], runs }, homes) {
    return [await compared("30d", many, { runs, homes }), await compared("all", many, { runs, homes })];
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
