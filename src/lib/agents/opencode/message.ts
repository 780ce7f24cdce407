import { isObject, objectOr } from "../../system/json.js";
import type { AgentCall, CallTokens } from "../call.js";
import { countOf, dollarsOf, instantOf, momentOf, nameOf } from "../fields.js";
import { providerOf } from "../provider.js";

/** A message of an assistant, from a table or a file. */
export interface Message {
  provider: unknown;
  model: unknown;
  created: unknown;
  /** Absent while it is being written. */
  completed: unknown;
  tokens: unknown;
  cost: unknown;
  session: unknown;
  sessionStart: unknown;
  project: unknown;
  version: unknown;
  /** What its steps used, if it has several: its own numbers are then those of the last one. */
  steps?: unknown[];
}

/** A fork copies messages under new ids: what makes a call is what stays the same in the copy. */
export const callIn = (message: Message): AgentCall | undefined => {
  const at = instantOf(message.created);
  const provider = nameOf(message.provider) ?? "unknown";
  const model = nameOf(message.model);
  const own = tokensOf(message.tokens);
  const tokens = (message.steps?.length ?? 0) > 1 ? sumOf((message.steps ?? []).map(tokensOf)) : own;
  if (at === null || own.input + own.output === 0) return undefined;
  return {
    key: [
      momentOf(message.created),
      momentOf(message.completed),
      provider,
      model,
      own.input,
      own.cacheRead,
      own.cacheWrite,
      own.output,
      own.reasoning,
    ].join(":"),
    at,
    provider: providerOf(provider),
    model,
    session: nameOf(message.session),
    sessionStart: instantOf(message.sessionStart),
    project: nameOf(message.project),
    tokens,
    searches: 0,
    version: nameOf(message.version),
    // It reckons no cost under a login by plan, and for what is free.
    paidBy: provider === "github-copilot" || message.cost === 0 ? "plan" : null,
    statedCost: dollarsOf(message.cost),
    mayBeCopy: false,
  };
};

/** All five stand beside each other; in old versions, thoughts may also be in the output, which the total shows. */
const tokensOf = (value: unknown): CallTokens => {
  const counts = isObject(value) ? value : {};
  const cache = objectOr(counts["cache"]);
  const cacheRead = countOf(cache["read"]);
  const cacheWrite = countOf(cache["write"]);
  const input = countOf(counts["input"]) + cacheRead + cacheWrite;
  const plain = countOf(counts["output"]);
  const reasoning = countOf(counts["reasoning"]);
  const isInside = reasoning <= plain && countOf(counts["total"]) === input + plain && reasoning > 0;
  return {
    input,
    cacheRead,
    cacheWrite,
    cacheWrite1h: 0,
    output: isInside ? plain : plain + reasoning,
    reasoning,
  };
};

const sumOf = (parts: readonly CallTokens[]): CallTokens => {
  const sum = { input: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0 };
  for (const part of parts)
    for (const name of Object.keys(sum) as (keyof CallTokens)[]) sum[name] += part[name];
  return sum;
};
