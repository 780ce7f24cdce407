// Runs in a thread of its own, which models-aside.ts starts: it fits models, one after the other. Only here is what they
// are made of loaded.
import { parentPort } from "node:worker_threads";
import { MODELS } from "./models/index.js";
import { BrokenModel, isTrap } from "./models/model.js";
import type { Job, Outcome } from "./models-aside.js";

// The library prints where it panicked; what is thrown says enough.
// eslint-disable-next-line no-console
console.error = () => undefined;

const outcomeOf = async ({ model, series, ahead, options }: Job): Promise<Outcome> => {
  try {
    return { prediction: await MODELS[model].predict(series, ahead, options) };
  } catch (error) {
    const [message = ""] = String(error instanceof Error ? error.message : error).split("\n");
    return { failed: message, isBroken: error instanceof BrokenModel || isTrap(error) };
  }
};

parentPort?.on("message", (job: Job) => {
  void outcomeOf(job).then((outcome) => parentPort?.postMessage(outcome));
});
