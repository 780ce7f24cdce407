// Runs in a thread of its own, which `batchesAhead` starts: reads a file, and hands over its batches.
import { parentPort, workerData } from "node:worker_threads";
import { UserError } from "../errors.js";
import { formats } from "../providers/index.js";
import { batchesOf } from "./batches.js";
import type { Reading, Said } from "./reading-ahead.js";

/** Batches that wait to be taken, at most. */
const AHEAD = 1;

let waiting = 0;
let goOn = (): void => undefined;
parentPort?.on("message", () => {
  waiting--;
  goOn();
});

const say = (said: Said): void => parentPort?.postMessage(said);

const read = async ({ file, rates }: Reading): Promise<void> => {
  const format = formats.find(({ id }) => id === file.format);
  if (format === undefined) throw new Error(`There is no format ${file.format}.`);
  for await (const batch of batchesOf({ ...file, format }, rates)) {
    say({ batch });
    waiting++;
    while (waiting > AHEAD) await new Promise<void>((resolve) => (goOn = resolve));
  }
};

try {
  await read(workerData as Reading);
  say("end");
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  const { exit, code, message, hint } = error;
  say({ refused: { exit, code, message, hint } });
}
