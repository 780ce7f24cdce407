import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { PACKAGE_ROOT } from "../system/package-root.js";
import type { ModelName } from "./models/facts.js";
import type { ModelOptions } from "./models/model.js";
import type { Prediction } from "./prediction.js";
import type { Series } from "./series.js";

/** What runs is the built program, also where this file is run from `src`. */
const PROGRAM = join(PACKAGE_ROOT, "dist/lib/forecast/model-thread.js");

/** A fit takes a tenth of a second; one that takes so long never ends. */
const LIMIT_MS = 8000;

/** What the thread is told. */
export interface Job {
  model: ModelName;
  series: Series;
  ahead: readonly string[];
  options: ModelOptions;
}

/** What it says. `isBroken`: the thread can be used no more. */
export type Outcome = { prediction: Prediction } | { failed: string; isBroken: boolean };

/** Models in a thread of their own, because Prophet may never come back. The thread starts with the first job. */
export class ModelsAside {
  #thread: Worker | undefined;
  readonly #limitMs: number;

  constructor(limitMs = LIMIT_MS) {
    this.#limitMs = limitMs;
  }

  /** One at a time. @throws Error if the model cannot be fitted, or takes too long */
  async predict(
    model: ModelName,
    series: Series,
    ahead: readonly string[],
    options = {},
  ): Promise<Prediction> {
    const outcome = await this.#outcomeOf({ model, series, ahead, options });
    if ("prediction" in outcome) return outcome.prediction;
    if (outcome.isBroken) this.close();
    throw new Error(outcome.failed);
  }

  #outcomeOf(job: Job): Promise<Outcome> {
    const thread = (this.#thread ??= new Worker(PROGRAM));
    thread.ref();
    return new Promise((resolve) => {
      const done = (outcome: Outcome): void => {
        clearTimeout(timer);
        thread.off("message", done).off("error", onError).off("exit", onExit).unref();
        resolve(outcome);
      };
      const broken = (failed: string): void => done({ failed, isBroken: true });
      const onError = ({ message }: Error): void => broken(message);
      const onExit = (): void => broken("its thread ended");
      const timer = setTimeout(() => broken(`not done in ${this.#limitMs / 1000} s`), this.#limitMs);
      thread.once("message", done).once("error", onError).once("exit", onExit);
      thread.postMessage(job);
    });
  }

  close(): void {
    void this.#thread?.terminate();
    this.#thread = undefined;
  }
}
