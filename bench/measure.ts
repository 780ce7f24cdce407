import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { Readable } from "node:stream";

const ROOT = path.resolve(import.meta.dirname, "..");

/** What one run of the program took. */
export interface Run {
  /** Of the clock on the wall, from the start of the process to its end. */
  seconds: number;
  /** Peak of the resident memory. */
  megabytes: number;
}

/**
 * Runs the built program to its end.
 * @param env what it is to know of the environment, besides the path
 * @returns what it took, and what it printed
 * @throws if it fails, with what it said
 */
export const measure = async (
  argv: readonly string[],
  env: Record<string, string>,
): Promise<Run & { stdout: string }> => {
  const start = performance.now();
  const child = spawn(
    process.execPath,
    ["--import", path.join(import.meta.dirname, "report-memory.js"), path.join(ROOT, "bin/run.js"), ...argv],
    { env: { PATH: process.env["PATH"], TZ: "UTC", ...env }, stdio: ["ignore", "pipe", "pipe", "pipe"] },
  );
  const output = Promise.all([text(child.stdout!), text(child.stderr!), text(child.stdio[3] as Readable)]);
  const [exit] = (await once(child, "exit")) as [number | null];
  const seconds = (performance.now() - start) / 1000;
  const [stdout, complaint, kilobytes] = await output;
  if (exit !== 0) throw new Error(`aicost ${argv.join(" ")} failed: ${complaint}`);
  return { seconds, megabytes: Number(kilobytes) / 1024, stdout };
};

/** Each figure's own median. */
export const medians = (runs: readonly Run[]): Run => ({
  seconds: median(runs.map(({ seconds }) => seconds)),
  megabytes: median(runs.map(({ megabytes }) => megabytes)),
});

const median = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
};
