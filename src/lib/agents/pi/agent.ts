import { join } from "node:path";
import { isObject, objectOr } from "../../system/json.js";
import type { Agent, FileReader, Reading } from "../agent.js";
import type { AgentCall, CallTokens } from "../call.js";
import { countOf, dollarsOf, instantOf, nameOf } from "../fields.js";
import { providerOf } from "../provider.js";

/** Providers that it asks through a login by plan. */
const PLANS: readonly string[] = ["openai-codex", "github-copilot", "google-gemini-cli"];

export const pi = {
  id: "pi",
  name: "Pi",
  roots: ({ env, home }) => [
    join(env["PI_CODING_AGENT_DIR"] || env["PI_AGENT_DIR"] || join(home, ".pi", "agent"), "sessions"),
  ],
  kindOf: (name) => (name.endsWith(".jsonl") ? "lines" : undefined),
  marks: ['"usage"', '"type":"session"', '"type": "session"'],
  deletesAfterDays: () => null,
  begin: (reading) => ({
    open: (_, carry) => sessionReader(reading, (carry as Session | undefined) ?? {}),
    end: () => undefined,
  }),
} as const satisfies Agent;

/** What the header of a log says. */
interface Session {
  id?: string | null;
  start?: string | null;
  cwd?: string | null;
}

const sessionReader = (reading: Reading, before: Session): FileReader => {
  let session = before;
  return {
    value: (value) => {
      const line = objectOr(value);
      if (line["type"] === "session") {
        session = {
          id: nameOf(line["id"]),
          start: instantOf(line["timestamp"]),
          cwd: nameOf(line["cwd"]),
        };
      }
      const call = line["type"] === "message" ? callIn(line, session) : undefined;
      if (call) reading.call(call);
    },
    carry: () => session,
  };
};

/** Forks copy lines as they are: what is the same response is told by the response, not by the line. */
const callIn = (line: Record<string, unknown>, session: Session): AgentCall | undefined => {
  const message = objectOr(line["message"]);
  const { usage } = message;
  const at = instantOf(line["timestamp"]) ?? instantOf(message["timestamp"]);
  if (message["role"] !== "assistant" || !isObject(usage) || at === null) return undefined;
  const tokens = tokensOf(usage);
  if (tokens.input + tokens.output === 0) return undefined;
  const provider = nameOf(message["provider"]) ?? "unknown";
  const model = nameOf(message["model"]);
  return {
    key:
      nameOf(message["responseId"]) ??
      [at, provider, model, tokens.input, tokens.cacheRead, tokens.cacheWrite, tokens.output].join(":"),
    at,
    provider: providerOf(provider),
    model,
    session: session.id ?? null,
    sessionStart: session.start ?? null,
    project: session.cwd ?? null,
    tokens,
    searches: 0,
    version: null,
    paidBy: PLANS.includes(provider) ? "plan" : null,
    statedCost: dollarsOf(objectOr(usage["cost"])["total"]),
    mayBeCopy: false,
  };
};

const tokensOf = (usage: Record<string, unknown>): CallTokens => {
  const cacheRead = countOf(usage["cacheRead"]);
  const cacheWrite = countOf(usage["cacheWrite"]);
  return {
    input: countOf(usage["input"]) + cacheRead + cacheWrite,
    cacheRead,
    cacheWrite,
    cacheWrite1h: 0,
    output: countOf(usage["output"]),
    reasoning: 0,
  };
};
