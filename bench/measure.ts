import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";

const ROOT = path.resolve(import.meta.dirname, "..");

/** The built program. */
export const AICOST = path.join(ROOT, "bin/run.cjs");

export type Environment = Record<string, string>;

/** What one run of a program took, and what it printed. */
export interface Run {
  /** Of the clock on the wall, from the start of the process to its end. */
  seconds: number;
  stdout: string;
}

/**
 * Runs a program of Node to its end.
 * @param argv arguments of Node: its own, the program's file, and those of the program
 * @param env what it is to know of the environment, besides what the benchmarks know
 * @param input its standard input
 * @throws if it fails, with what it said
 */
export const run = async (argv: readonly string[], env: Environment, input = ""): Promise<Run> =>
  (await runWith(argv, env, [], input)).run;

/** The peak of the resident memory of a program, in megabytes. */
export const peakMemory = async (argv: readonly string[], env: Environment): Promise<number> =>
  (await runWatched(argv, env)).megabytes;

/** What a watched program used: the peak of its memory, and the time of processors, of all of its threads. */
export interface Used {
  megabytes: number;
  processorSeconds: number;
}

/** Runs a program as `run` does, and watches it, which takes it some milliseconds longer to start. */
export const runWatched = async (argv: readonly string[], env: Environment): Promise<Run & Used> => {
  const reporting = ["--import", path.join(import.meta.dirname, "report-memory.js")];
  const { run, report } = await runWith(argv, env, reporting);
  const { kilobytes, processorSeconds } = JSON.parse(report) as Record<
    "kilobytes" | "processorSeconds",
    number
  >;
  return { ...run, megabytes: kilobytes / 1024, processorSeconds };
};

/** The environment as it is, but for what says how this program works: that is for each benchmark to say. */
const SURROUNDINGS = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("AICOST_")),
);

const runWith = async (argv: readonly string[], env: Environment, options: readonly string[], input = "") => {
  const start = performance.now();
  const child = spawn(process.execPath, [...options, ...argv], {
    env: { ...SURROUNDINGS, TZ: "UTC", ...env },
    stdio: [input === "" ? "ignore" : "pipe", "pipe", "pipe", "pipe"],
  });
  child.stdin?.end(input);
  const output = Promise.all([text(child.stdout!), text(child.stderr!), text(child.stdio[3] as Readable)]);
  const [exit] = (await once(child, "exit")) as [number | null];
  const seconds = (performance.now() - start) / 1000;
  const [stdout, complaint, report] = await output;
  if (exit !== 0) throw new Error(`${argv.join(" ")} failed: ${complaint}`);
  return { run: { seconds, stdout }, report };
};

/** Measures things in turns, so that what else the machine does meets all. @returns the median of each, in seconds */
export const inTurns = async <Name extends string>(
  runs: number,
  things: Record<Name, (turn: number) => Promise<{ seconds: number }>>,
): Promise<Record<Name, number>> => {
  const names = Object.keys(things) as Name[];
  const taken = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let turn = 0; turn < runs; turn++) {
    for (const name of names) taken.get(name)!.push((await things[name](turn)).seconds);
  }
  return Object.fromEntries([...taken].map(([name, seconds]) => [name, median(seconds)])) as Record<
    Name,
    number
  >;
};

const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
};
