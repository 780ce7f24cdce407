import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { choose } from "../src/lib/forecast/choose.js";
import { ModelsAside } from "../src/lib/forecast/models-aside.js";
import { costsOf } from "../test/support/daily-costs.js";
import { type Contestant, type Scores, scoresOf } from "../test/support/forecast-table.js";
import { type Column, table } from "../src/lib/render/table.js";
import { atMostTimes, type Benchmark, type Comparison, type Demand } from "./benchmark.js";
import { inTurns } from "./measure.js";

/** Days of history. */
const LENGTHS = [14, 28, 45, 90, 180, 365];

/** From so many on, bands must hold what they say. */
const HELD_FROM = 45;

/** In percent, over all origins from there on. */
const HELD = { 80: [72, 92], 95: [85, 99] } as const;

/**
 * The error of what is chosen beside that of repeating the last week, as it was measured when the policy was chosen. Prophet
 * and the simpler model as they are have no bound: after a service is shut down, they are wrong by any amount.
 */
const RELATIVE: Readonly<Record<number, number>> = {
  14: 0.8,
  28: 0.72,
  45: 0.73,
  90: 0.65,
  180: 0.77,
  365: 0.78,
};

/** An error may be so much higher. */
const MORE = 1.1;

const SEEDS = Array.from({ length: 16 }, (_, at) => at + 1);

const CONTESTANTS: readonly Contestant[] = ["chosen", "prophet", "mstl", "seasonal-naive"];

/** What `aicost forecast` chooses beside Prophet as it is, the simpler model, and repeating the last week. */
export const forecast: Benchmark = {
  async run({ runs }) {
    const found: Row[] = [];
    for (const length of LENGTHS) {
      const names = length < 28 ? CONTESTANTS.filter((name) => name !== "prophet") : CONTESTANTS;
      const scores = await scoresOf(names, { length, seeds: SEEDS });
      for (const name of names) found.push({ length, name, ...scores[name] });
    }
    return [
      await yearAhead(runs),
      {
        title: `Back-tests of 30 days ahead\n\n${backTests(found)}`,
        measures: [],
        demands: demandsOn(found),
      },
    ];
  },
};

interface Row extends Scores {
  length: number;
  name: Contestant;
}

const backTests = (rows: readonly Row[]): string => {
  const columns: Column<Row>[] = [
    { header: "Days", cell: ({ length }) => String(length), align: "right" },
    { header: "Model", cell: ({ name }) => name },
    { header: "Origins", cell: ({ origins }) => String(origins), align: "right" },
    { header: "Error, to naive", cell: ({ relative }) => relative.toFixed(2), align: "right" },
    { header: "Median error", cell: ({ error }) => `${error.toFixed(1)}%`, align: "right" },
    { header: "In 80%", cell: ({ held }) => `${held[80].toFixed(0)}%`, align: "right" },
    { header: "In 95%", cell: ({ held }) => `${held[95].toFixed(0)}%`, align: "right" },
  ];
  return table(columns, rows, { width: 100, color: false });
};

const demandsOn = (rows: readonly Row[]): Demand[] => {
  const ours = rows.filter(({ name }) => name === "chosen");
  const long = ours.filter(({ length }) => length >= HELD_FROM);
  const origins = long.reduce((sum, row) => sum + row.origins, 0);
  const held = (level: 80 | 95): Demand => {
    const [least, most] = HELD[level];
    const share = long.reduce((sum, row) => sum + row.held[level] * row.origins, 0) / origins;
    return {
      what: `${level}% bands from ${HELD_FROM} days on, ${origins} origins: ${least}% to ${most}%`,
      measured: `${share.toFixed(0)}%`,
      met: share >= least && share <= most,
    };
  };
  const errors = ours.map(({ length, relative }): Demand => {
    const most = MORE * (RELATIVE[length] ?? 0);
    return {
      what: `error with ${length} days, to repeating the last week: at most ${most.toFixed(2)}`,
      measured: relative.toFixed(2),
      met: relative <= most,
    };
  });
  return [held(80), held(95), ...errors];
};

/**
 * All that a forecast of a year does, the choice of a model, its back-tests and both bands, beside one fit and one
 * prediction of the library. Either loads it in a thread of this process. What counts is the time of processors, of all
 * threads: the clock on the wall would measure what else the machine does.
 */
const yearAhead = async (runs: number): Promise<Comparison> => {
  const { history, ahead } = costsOf("flat and week", { length: 365, ahead: 365, seed: 1 });
  const timed = async (work: () => Promise<unknown>): Promise<{ seconds: number }> => {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return { seconds: (user + system) / 1e6 };
  };
  const taken = await inTurns(runs, {
    bare: () =>
      timed(() =>
        once(
          new Worker(path.join(import.meta.dirname, "bare-forecast.js"), { workerData: { history, ahead } }),
          "exit",
        ),
      ),
    whole: () =>
      timed(async () => {
        const models = new ModelsAside();
        await choose(models, history, ahead);
        models.close();
      }),
  });
  const bare = { name: "a bare fit and predict", seconds: taken.bare, megabytes: null };
  const whole = { name: "a forecast of 365 days", seconds: taken.whole, megabytes: null };
  return {
    title: "A year ahead, of a year of history, in seconds of processors",
    measures: [bare, whole],
    demands: [atMostTimes(3, whole, bare)],
  };
};
