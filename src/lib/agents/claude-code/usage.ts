import { isObject, objectOr } from "../../system/json.js";
import type { AgentCall, CallTokens } from "../call.js";
import { countOf, dollarsOf, instantOf, nameOf } from "../fields.js";
import { mergeCall } from "../merge.js";

/** What one line of a transcript says of a response. Who pays is known only if a cloud does. */
export interface Sight {
  message: string | null;
  request: string | null;
  /** Of the line itself, for a message without an id. */
  line: string;
  /** The response, and what an advisor was asked meanwhile: the end of its key, and the call without one. */
  parts: { suffix: string; call: AgentCall }[];
}

/** @returns undefined for a line that is not a response of a model */
export const sightIn = (value: unknown): Sight | undefined => {
  const line = objectOr(value);
  const message = objectOr(line["message"]);
  const { usage, model } = message;
  const at = instantOf(line["timestamp"]);
  if (line["type"] !== "assistant" || !isObject(usage) || model === "<synthetic>" || at === null)
    return undefined;
  const id = nameOf(message["id"]);
  const call: AgentCall = {
    key: "",
    at,
    ...payer(nameOf(model), id),
    model: nameOf(model),
    // A branch of a session copies its lines, and says where they come from.
    session: nameOf(objectOr(line["forkedFrom"])["sessionId"]) ?? nameOf(line["sessionId"]),
    sessionStart: null,
    project: nameOf(line["cwd"]),
    tokens: tokensOf(usage),
    searches: countOf(objectOr(usage["server_tool_use"])["web_search_requests"]),
    version: nameOf(line["version"]),
    statedCost: dollarsOf(line["costUSD"]),
    mayBeCopy: line["isSidechain"] === true,
  };
  const said = [{ suffix: "", call }, ...advisorCalls(call, usage["iterations"])];
  const parts = said.filter(({ call: { tokens } }) => tokens.input + tokens.output > 0);
  if (parts.length === 0) return undefined;
  return {
    message: id,
    request: nameOf(line["requestId"]),
    line: `${nameOf(line["sessionId"]) ?? ""}:${nameOf(line["uuid"]) ?? at}`,
    parts,
  };
};

/** Lines of one response follow each other, each with all of it so far. @returns undefined if they are of different ones */
export const joinedSight = (earlier: Sight, later: Sight): Sight | undefined => {
  const isOne =
    later.message !== null &&
    later.message === earlier.message &&
    later.request === earlier.request &&
    later.parts.length === earlier.parts.length &&
    later.parts.every(({ suffix, call }, place) => {
      const before = earlier.parts[place];
      const { mayBeCopy, paidBy } = before?.call ?? {};
      return suffix === before?.suffix && call.mayBeCopy === mayBeCopy && call.paidBy === paidBy;
    });
  if (!isOne) return undefined;
  const parts = later.parts.map(({ suffix, call }, place) => {
    const before = earlier.parts[place]?.call;
    return { suffix, call: before === undefined ? call : mergeCall(before, call) };
  });
  return { ...later, parts };
};

/** What an advisor used is not in the numbers of the message that asked it. */
const advisorCalls = (call: AgentCall, iterations: unknown): Sight["parts"] =>
  (Array.isArray(iterations) ? iterations : [])
    .map(objectOr)
    .filter(({ type }) => type === "advisor_message")
    .map((usage, index) => ({
      suffix: `:advisor:${index}`,
      call: {
        ...call,
        model: nameOf(usage["model"]),
        tokens: tokensOf(usage),
        searches: countOf(objectOr(usage["server_tool_use"])["web_search_requests"]),
        statedCost: null,
      },
    }));

const tokensOf = (usage: Record<string, unknown>): CallTokens => {
  const split = objectOr(usage["cache_creation"]);
  const cacheWrite1h = countOf(split["ephemeral_1h_input_tokens"]);
  const cacheWrite = Math.max(
    countOf(usage["cache_creation_input_tokens"]),
    countOf(split["ephemeral_5m_input_tokens"]) + cacheWrite1h,
  );
  const cacheRead = countOf(usage["cache_read_input_tokens"]);
  return {
    input: countOf(usage["input_tokens"]) + cacheRead + cacheWrite,
    cacheRead,
    cacheWrite,
    cacheWrite1h,
    output: countOf(usage["output_tokens"]),
    reasoning: 0,
  };
};

const ON_BEDROCK = /^(?:[a-z]{2,6}(?:-[a-z]+)*\.)?anthropic\./;
const ON_VERTEX = /@20\d{6}$/;

/** The forms of ids by which a cloud answered, which bills for it. */
const payer = (model: string | null, id: string | null): Pick<AgentCall, "provider" | "paidBy"> => {
  if (ON_BEDROCK.test(model ?? "") || id?.includes("_bdrk_")) return { provider: "aws", paidBy: "key" };
  if (ON_VERTEX.test(model ?? "") || id?.includes("_vrtx_"))
    return { provider: "google-cloud", paidBy: "key" };
  return { provider: "anthropic", paidBy: null };
};
