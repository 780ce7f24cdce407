import { objectOr } from "../../system/json.js";
import type { LogFile } from "../agent.js";
import { eachValue } from "../each-value.js";
import { instantOf } from "../fields.js";
import { stampOf } from "../stamp.js";
import { vectorIn } from "./vector.js";

const THREAD = /rollout-.*?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})[^/]*$/;

/** What an event says of usage, as one text. */
export const sayingOf = (info: Record<string, unknown>): string =>
  [vectorIn(info["total_token_usage"]), vectorIn(info["last_token_usage"])].join(" ");

/** What threads said, for the threads that begin with a copy of them. */
export class Parents {
  readonly #files = new Map<string, LogFile[]>();
  readonly #sayings = new Map<string, Sayings>();

  constructor(files: readonly LogFile[]) {
    for (const file of files) {
      const thread = THREAD.exec(file.name)?.[1];
      if (thread !== undefined) this.#files.set(thread, [...(this.#files.get(thread) ?? []), file]);
    }
  }

  /** How long the log of a thread is; 0 if it is not there. */
  bytesOf(thread: string): number {
    return (this.#files.get(thread) ?? []).reduce((sum, file) => sum + (stampOf(file)?.size ?? 0), 0);
  }

  /** When the log of a thread last said anything; empty if it is not there. */
  saysUntil(thread: string): string {
    return this.#sayingsOf(thread).last;
  }

  /** Whether the thread had said this by then. */
  said(thread: string, saying: string, until: string): boolean {
    const at = this.#sayingsOf(thread).first.get(saying);
    return at !== undefined && at <= until;
  }

  #sayingsOf(thread: string): Sayings {
    const known = this.#sayings.get(thread);
    if (known) return known;
    const sayings: Sayings = { first: new Map(), last: "" };
    this.#sayings.set(thread, sayings);
    for (const file of this.#files.get(thread) ?? []) {
      eachValue(file, ['"token_count"'], (value) => note(sayings, value));
    }
    return sayings;
  }
}

interface Sayings {
  /** When each was said first. */
  first: Map<string, string>;
  /** When the last one was. */
  last: string;
}

const note = (sayings: Sayings, value: unknown): void => {
  const line = objectOr(value);
  const payload = objectOr(line["payload"]);
  const at = instantOf(line["timestamp"]);
  if (payload["type"] !== "token_count" || at === null) return;
  const saying = sayingOf(objectOr(payload["info"]));
  if (!sayings.first.has(saying)) sayings.first.set(saying, at);
  if (at > sayings.last) sayings.last = at;
};
