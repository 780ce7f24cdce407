// Runs in a thread of its own, which reading-ahead.ts starts: reads a file, and hands over its batches or what it holds.
import { parentPort, workerData } from "node:worker_threads";
import type { CsvFile } from "../csv/open.js";
import { UserError } from "../errors.js";
import { formats } from "../providers/index.js";
import { batchesOf } from "./batches.js";
import { checkFile } from "./check.js";
import type { Reading, Said } from "./reading-ahead.js";

/** Batches that wait to be taken, at most. */
const AHEAD = 1;

/** It says how far it has read each time that it has read so much more. */
const SAID_BYTES = 1024 * 1024;

let waiting = 0;
let goOn = (): void => undefined;
parentPort?.on("message", () => {
  waiting--;
  goOn();
});

const say = (said: Said): void => parentPort?.postMessage(said);

const read = async ({ file: { format: id, ...rest }, rates, task }: Reading): Promise<void> => {
  const format = formats.find((format) => format.id === id);
  if (format === undefined) throw new Error(`There is no format ${id}.`);
  const { opened } = rest;
  const csv: CsvFile = { ...rest, format };
  // Bytes come to a thread as a plain array.
  if (opened) csv.opened = { ...opened, start: Buffer.from(opened.start) };
  if ("check" in task) {
    let said = 0;
    let read = 0;
    const onProgress = (bytesRead: number): void => {
      read = bytesRead;
      if (read - said < SAID_BYTES) return;
      said = read;
      say({ bytesRead });
    };
    const {
      file: { styles },
      ...checked
    } = await checkFile(csv, { rates, ...task.check, onProgress });
    if (read > said) say({ bytesRead: read });
    say({ checked, styles });
    return;
  }
  for await (const batch of batchesOf(csv, { rates, ...task.batches })) {
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
  const { code, message, hint, details } = error;
  say({ refused: { code, message, hint, details } });
}
