import { isObject, objectOr } from "../../system/json.js";
import type { FileReader, Reading } from "../agent.js";
import type { AgentCall } from "../call.js";
import { countOf, instantOf, nameOf } from "../fields.js";

interface Chat {
  session?: string | null;
  start?: string | null;
}

/**
 * A chat, as lines or as one value. A message is written again when its tokens arrive; a rewind takes messages out of the
 * conversation, not off the bill.
 */
export const chatReader = (
  reading: Reading,
  of: Pick<AgentCall, "project" | "paidBy">,
  carry: unknown,
): FileReader => {
  let chat: Chat = (carry as Chat | undefined) ?? {};
  const useMessages = (messages: unknown): void => {
    for (const message of Array.isArray(messages) ? messages : []) useMessage(objectOr(message));
  };
  const useMessage = (message: Record<string, unknown>): void => {
    const call = callIn(message);
    if (call)
      reading.call({ ...call, ...of, session: chat.session ?? null, sessionStart: chat.start ?? null });
  };
  return {
    value: (value) => {
      const line = objectOr(value);
      if (typeof line["sessionId"] === "string") {
        chat = { session: nameOf(line["sessionId"]), start: instantOf(line["startTime"]) };
      }
      useMessage(line);
      useMessages(line["messages"]);
      useMessages(objectOr(line["$set"])["messages"]);
    },
    carry: () => chat,
  };
};

type Own = Omit<AgentCall, "project" | "paidBy" | "session" | "sessionStart">;

/** Prompts of tools are input beside the rest, and thoughts are billed as output beside the rest. */
const callIn = (message: Record<string, unknown>): Own | undefined => {
  const { tokens: counts } = message;
  const key = nameOf(message["id"]);
  const at = instantOf(message["timestamp"]);
  if (message["type"] !== "gemini" || !isObject(counts) || key === null || at === null) return undefined;
  const reasoning = countOf(counts["thoughts"]);
  const tokens = {
    input: countOf(counts["input"]) + countOf(counts["tool"]),
    cacheRead: countOf(counts["cached"]),
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: countOf(counts["output"]) + reasoning,
    reasoning,
  };
  if (tokens.input + tokens.output === 0) return undefined;
  return {
    key,
    at,
    provider: "google",
    model: nameOf(message["model"]),
    tokens,
    searches: 0,
    version: null,
    statedCost: null,
    mayBeCopy: false,
  };
};
