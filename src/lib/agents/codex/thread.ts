import { isObject, objectOr } from "../../system/json.js";
import type { FileReader, Reading } from "../agent.js";
import type { AgentCall } from "../call.js";
import { instantOf, nameOf } from "../fields.js";
import { providerOf } from "../provider.js";
import { type Parents, sayingOf } from "./parents.js";
import { difference, isEmpty, isSame, isSmaller, tokensOf, type Vector, vectorIn } from "./vector.js";

/** What is known of a thread where its log ends for now. */
export interface Thread {
  id?: string | undefined;
  start?: string | undefined;
  project?: string | undefined;
  version?: string | undefined;
  provider?: string | undefined;
  model?: string | undefined;
  /** How often its sums began again. */
  epoch: number;
  /** Its sums so far. */
  sum?: Vector | undefined;
  /** It has records of responses; the older events beside them say the same again. */
  hasRecords?: true | undefined;
  /** It began as a copy of this thread, and nothing of its own has come yet. */
  copies?: string | undefined;
  /** The time of the line before, while it copies. */
  lineAt?: string | undefined;
  /** What was judged by a log of its parent that may lack something: it is judged again when that log changes. */
  judged?: Judged | undefined;
  /** The last record, until the event beside it tells what pays for it. */
  unpaid?: AgentCall | undefined;
}

interface Judged {
  parent: string;
  /** How long its log was; 0 if it was not there. */
  bytes: number;
  /** The ends of the keys that were given, which may prove to be copied. */
  given: string[];
}

const MOST_GIVEN = 100;
const COPIED_WITHIN_MS = 2_000;
const SAME_CALL_MS = 5_000;

export class ThreadReader implements FileReader {
  readonly #reading: Reading;
  readonly #parents: Parents;
  readonly #thread: Thread;
  /** The call of the last event, in case a record of the same response follows. */
  #event: { call: AgentCall; usage: Vector } | undefined;

  constructor(reading: Reading, parents: Parents, thread: Thread) {
    this.#reading = reading;
    this.#parents = parents;
    this.#thread = thread;
  }

  value(value: unknown): void {
    const line = objectOr(value);
    const payload = objectOr(line["payload"]);
    const at = instantOf(line["timestamp"]);
    if (line["type"] === "session_meta") this.#begin(payload, at);
    if (at === null) return;
    if (line["type"] === "turn_context") this.#thread.model = nameOf(payload["model"]) ?? undefined;
    if (line["type"] === "token_usage_record") this.#record(payload, at);
    if (line["type"] === "event_msg" && payload["type"] === "token_count") this.#count(payload, at);
    this.#thread.lineAt = this.#thread.copies && at;
  }

  carry(): Thread {
    return this.#thread;
  }

  /** The first one is the thread's own; those after it are copies from its parent. */
  #begin(payload: Record<string, unknown>, at: string | null): void {
    const thread = this.#thread;
    const id = nameOf(payload["id"]);
    if (thread.id !== undefined || id === null) return;
    thread.id = id;
    thread.start = instantOf(payload["timestamp"]) ?? at ?? undefined;
    thread.project = nameOf(payload["cwd"]) ?? undefined;
    thread.version = nameOf(payload["cli_version"]) ?? undefined;
    thread.provider = nameOf(payload["model_provider"]) ?? undefined;
    const parent = nameOf(payload["forked_from_id"]) ?? nameOf(payload["parent_thread_id"]);
    if (parent === null || payload["history_mode"] === "paginated") return;
    thread.copies = parent;
  }

  #record(payload: Record<string, unknown>, at: string): void {
    const thread = this.#thread;
    const usage = vectorIn(payload["usage"]);
    thread.hasRecords = true;
    thread.copies = undefined;
    thread.judged = undefined;
    if (!usage || isEmpty(usage)) return;
    const owner = nameOf(payload["thread_id"]) ?? thread.id;
    const isOwn = owner === thread.id;
    const completed = instantOf(payload["completed_at_ms"]);
    const call = {
      ...this.#callOf(
        nameOf(payload["response_id"]) ?? `${owner}:${completed ?? at}:${usage.join()}`,
        completed ?? at,
        usage,
      ),
      provider: providerOf(nameOf(payload["model_provider"]) ?? thread.provider ?? "openai"),
      model: nameOf(payload["model"]) ?? (isOwn ? (thread.model ?? null) : null),
      session: owner ?? null,
      sessionStart: isOwn ? (thread.start ?? null) : null,
      mayBeCopy: !isOwn && completed === null,
    };
    this.#dropEventOf(usage, at);
    this.#reading.call(call);
    thread.unpaid = call;
  }

  /** Just before the first record, an event may tell of the same response. */
  #dropEventOf(usage: Vector, at: string): void {
    const event = this.#event;
    this.#event = undefined;
    if (!event || !isSame(event.usage, usage)) return;
    if (Math.abs(Date.parse(at) - Date.parse(event.call.at)) <= SAME_CALL_MS) {
      this.#reading.withdraw(event.call.key);
    }
  }

  #count(payload: Record<string, unknown>, at: string): void {
    const thread = this.#thread;
    const paidBy = nameOf(objectOr(payload["rate_limits"])["plan_type"]) === null ? null : "plan";
    if (thread.unpaid && paidBy) this.#reading.call({ ...thread.unpaid, paidBy });
    thread.unpaid = undefined;
    const { info } = payload;
    if (!isObject(info) || thread.hasRecords) return;
    const isCopied = this.#isCopied(info, at);
    const usage = this.#usageOf(info);
    if (isCopied || !usage || isEmpty(usage)) return;
    const place = vectorIn(info["total_token_usage"])
      ? `${thread.epoch}:${String(thread.sum)}`
      : `${at}:${String(usage)}`;
    const call = { ...this.#callOf(`${thread.id ?? ""}:${place}`, at, usage), paidBy } as const;
    this.#event = { call, usage };
    this.#reading.call(call);
    if (thread.judged && thread.judged.given.length < MOST_GIVEN) thread.judged.given.push(place);
  }

  /** Whether an event repeats what its parent said before this thread began. The first other one ends that. */
  #isCopied(info: Record<string, unknown>, at: string): boolean {
    const thread = this.#thread;
    const { copies: parent, start = at } = thread;
    if (parent === undefined) return false;
    if (!thread.judged && this.#parents.saysUntil(parent) < start) {
      thread.judged = { parent, bytes: this.#parents.bytesOf(parent), given: [] };
    }
    const isCopied =
      thread.judged?.bytes !== 0
        ? this.#parents.said(parent, sayingOf(info), start)
        : Date.parse(at) - Date.parse(thread.lineAt ?? at) <= COPIED_WITHIN_MS;
    if (!isCopied) thread.copies = undefined;
    return isCopied;
  }

  /** What came since the event before. Sums that shrink begin again. */
  #usageOf(info: Record<string, unknown>): Vector | undefined {
    const thread = this.#thread;
    const sum = vectorIn(info["total_token_usage"]);
    const last = vectorIn(info["last_token_usage"]);
    if (!sum) return last;
    const before = thread.sum;
    thread.sum = sum;
    if (!before) return last ?? sum;
    if (!isSmaller(sum, before)) return difference(sum, before);
    thread.epoch += 1;
    return last ?? sum;
  }

  #callOf(key: string, at: string, usage: Vector): AgentCall {
    const { id, start, project, version, provider, model } = this.#thread;
    return {
      key,
      at,
      provider: providerOf(provider ?? "openai"),
      model: model ?? null,
      session: id ?? null,
      sessionStart: start ?? null,
      project: project ?? null,
      tokens: tokensOf(usage),
      searches: 0,
      version: version ?? null,
      paidBy: null,
      statedCost: null,
      mayBeCopy: false,
    };
  }
}
