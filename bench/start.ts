import { AICOST, inTurns, peakMemory, run } from "./measure.js";
import { atMostMemory, atMostTimes, type Benchmark, type Measure } from "./benchmark.js";
import { count } from "./results.js";

/** What each command may take, in starts of Node. */
const MOST = { line: 1.6, report: 3.2, again: 4 };

/** How much a report of 30 days may differ with the number of records. */
const MOST_APART = 1.15;

/** Short commands, beside Node that starts and does nothing. */
export const start: Benchmark = {
  async run({ rows: [few, some, many], runs }, homes) {
    const [small, middle, large] = [
      await homes.filled(few),
      await homes.filled(some),
      await homes.filled(many),
    ];
    const report = [AICOST, "report", "--range", "30d"];
    const commands = {
      version: { name: "aicost --version", argv: [AICOST, "--version"], env: middle, most: MOST.line },
      prompt: { name: "aicost prompt", argv: [AICOST, "prompt"], env: middle, most: MOST.line },
      today: { name: "aicost today", argv: [AICOST, "today"], env: middle, most: MOST.line },
      small: {
        name: `report --range 30d, ${count(few)} records`,
        argv: report,
        env: small,
        most: MOST.report,
      },
      large: {
        name: `report --range 30d, ${count(many)} records`,
        argv: report,
        env: large,
        most: MOST.report,
      },
      again: {
        name: `import of the same ${count(some)} rows again`,
        argv: [AICOST, "import", await homes.file(some)],
        env: middle,
        most: MOST.again,
      },
    };
    const names = Object.keys(commands) as (keyof typeof commands)[];
    const taken = await inTurns(runs, {
      node: () => run(["-e", "0"], {}),
      ...mapped(names, (name) => () => run(commands[name].argv, commands[name].env)),
    });
    const peer: Measure = { name: "node -e 0", seconds: taken.node, megabytes: null };
    const measures: Measure[] = [];
    for (const name of names) {
      const { argv, env } = commands[name];
      measures.push({
        name: commands[name].name,
        seconds: taken[name],
        megabytes: await peakMemory(argv, env),
      });
    }
    const apart = Math.max(taken.small / taken.large, taken.large / taken.small);
    return [
      {
        title: "Starting, and answering from what is known",
        measures: [peer, ...measures],
        demands: [
          ...names.map((name, at) => atMostTimes(commands[name].most, measures[at]!, peer)),
          {
            what: `the two reports: at most ${MOST_APART} times apart`,
            measured: apart.toFixed(2),
            met: apart <= MOST_APART,
          },
          atMostMemory(measures),
        ],
      },
    ];
  },
};

const mapped = <Name extends string, Value>(
  names: readonly Name[],
  valueOf: (name: Name) => Value,
): Record<Name, Value> =>
  Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, Value>;
