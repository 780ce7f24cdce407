import { writeFile } from "node:fs/promises";
import path from "node:path";
import { atMostMemory, atMostTimes, type Benchmark, type Measure } from "./benchmark.js";
import { imported } from "./import-over-http.js";
import { AICOST, inTurns, runWatched } from "./measure.js";
import { momentOf } from "./openrouter-activity.js";
import { count } from "./results.js";

/** How much longer an import may take if each row is priced. */
const MOST_TIMES = 1.15;

/** Each has a price in the lists that come with aicost. */
const MODELS = ["gpt-5.6-luna", "gpt-5.5", "gpt-5-mini", "gpt-4.1"];

const TOKENS = "date=When,model=Model,input_tokens=Input,output_tokens=Output,cache_read_tokens=Cached";

/** The import of usage without money, which list prices are found for, beside the same rows with what they cost. */
export const importPriced: Benchmark = {
  async run({ rows: [, rows], runs }, homes) {
    const file = path.join(await homes.folder(), "usage.csv");
    await writeFile(file, Array.from(lines(rows)).join("\n"));
    const megabytes = { billed: 0, priced: 0 };
    const importBy = (name: keyof typeof megabytes, map: string) => async () => {
      const argv = [AICOST, "import", file, "--provider", "openai", "--map", map, "--json"];
      const taken = imported(await runWatched(argv, await homes.empty()), rows);
      megabytes[name] = Math.max(megabytes[name], taken.megabytes);
      return { seconds: taken.processorSeconds };
    };
    const taken = await inTurns(runs, {
      billed: importBy("billed", `${TOKENS},cost=Cost`),
      priced: importBy("priced", TOKENS),
    });
    const measure = (name: keyof typeof megabytes, text: string): Measure => ({
      name: text,
      seconds: taken[name],
      megabytes: megabytes[name],
    });
    const billed = measure("billed", "rows with their cost");
    const priced = measure("priced", "rows that are priced");
    return [
      {
        title: `Importing ${count(rows)} rows of usage, in seconds of processors`,
        measures: [billed, priced],
        demands: [atMostTimes(MOST_TIMES, priced, billed), atMostMemory([billed, priced])],
      },
    ];
  },
};

function* lines(rows: number): Generator<string> {
  yield "When,Model,Input,Output,Cached,Cost";
  for (let at = 0; at < rows; at++) {
    const input = 200 + ((at * 7919) % 30_000);
    const output = 10 + ((at * 104_729) % 2_000);
    const cost = (input * 0.0000004 + output * 0.0000016).toFixed(9);
    const when = new Date(momentOf(at, rows)).toISOString();
    yield `${when},${MODELS[at % MODELS.length]},${input},${output},${Math.floor(input / 3)},${cost}`;
  }
}
