import { objectOr } from "../../system/json.js";
import type { LogFile } from "../agent.js";
import { eachValue } from "../each-value.js";
import { instantOf } from "../fields.js";
import { vectorIn } from "./vector.js";

const THREAD = /rollout-.*?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})[^/]*$/;

/** What an event says of usage, as one text. */
export const sayingOf = (info: Record<string, unknown>): string =>
  [vectorIn(info["total_token_usage"]), vectorIn(info["last_token_usage"])].join(" ");

/** What threads said, for the threads that begin with a copy of them. */
export class Parents {
  readonly #files = new Map<string, LogFile[]>();
  /** By thread, each saying with the first time of it. */
  readonly #sayings = new Map<string, Map<string, string>>();

  constructor(files: readonly LogFile[]) {
    for (const file of files) {
      const thread = THREAD.exec(file.name)?.[1];
      if (thread !== undefined) this.#files.set(thread, [...(this.#files.get(thread) ?? []), file]);
    }
  }

  has(thread: string): boolean {
    return this.#files.has(thread);
  }

  /** Whether the thread had said this by then. */
  said(thread: string, saying: string, until: string): boolean {
    const at = this.#sayingsOf(thread).get(saying);
    return at !== undefined && at <= until;
  }

  #sayingsOf(thread: string): Map<string, string> {
    const known = this.#sayings.get(thread);
    if (known) return known;
    const sayings = new Map<string, string>();
    this.#sayings.set(thread, sayings);
    for (const file of this.#files.get(thread) ?? [])
      eachValue(file, ['"token_count"'], (value) => note(sayings, value));
    return sayings;
  }
}

const note = (sayings: Map<string, string>, value: unknown): void => {
  const line = objectOr(value);
  const payload = objectOr(line["payload"]);
  const at = instantOf(line["timestamp"]);
  if (payload["type"] !== "token_count" || at === null) return;
  const saying = sayingOf(objectOr(payload["info"]));
  if (!sayings.has(saying)) sayings.set(saying, at);
};
