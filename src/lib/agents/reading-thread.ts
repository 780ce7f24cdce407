// Runs in a thread of its own, which reading-aside.ts starts: reads logs beside the other thread, and hands over what counts.
import { parentPort, workerData } from "node:worker_threads";
import type { Agent, LogReader } from "./agent.js";
import { AGENTS } from "./index.js";
import { readFile } from "./read-file.js";
import type { Said, Task } from "./reading-aside.js";

const say = (said: Said): void => parentPort?.postMessage(said);

const { agent: id, logs, next } = workerData as Task;
const agent = (AGENTS as readonly Agent[]).find((agent) => agent.id === id);
if (agent === undefined) throw new Error(`There is no agent ${id}.`);

for (let place; (place = Atomics.add(next, 0, 1)) < logs.length;) {
  const { file, known } = logs[place] as Task["logs"][number];
  const values: unknown[] = [];
  let goesOn = false;
  let whole = 0;
  const take = (value: unknown): void => {
    const joined = values.length > whole ? agent.join?.(values.at(-1), value) : undefined;
    if (joined === undefined) values.push(value);
    else values[values.length - 1] = joined;
  };
  const reader: Pick<LogReader, "open"> = {
    open: (_, carry) => {
      goesOn = carry !== undefined;
      return { value: take, carry: () => (whole = values.length) };
    },
  };
  const { state, problems } = await readFile(agent, reader, file, known);
  // As text, which passes between threads several times as fast as objects.
  say({ log: { place, goesOn, values: JSON.stringify(values), whole, problems, ...(state && { state }) } });
}
say("end");
