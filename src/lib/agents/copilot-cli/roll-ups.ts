import { objectOr } from "../../system/json.js";
import type { FileReader, LogFile } from "../agent.js";
import type { AgentCall, CallTokens } from "../call.js";
import { countOf, instantOf, nameOf } from "../fields.js";
import { copilotCall } from "./store.js";

interface Session {
  id: string | null;
  start: string | null;
  project: string | null;
  /** By model, what the session had used by the shutdown before. */
  sums: [model: string, sum: CallTokens][];
}

/** The sums of a session at each of its ends: they run on when it is resumed, and begin again after a compaction. */
export const rollUpReader = (file: LogFile, carry: unknown, give: (call: AgentCall) => void): FileReader => {
  const folder = file.name.split("/").at(-2);
  const session = (carry as Session | undefined) ?? {
    id: nameOf(folder),
    start: null,
    project: null,
    sums: [],
  };
  const sums = new Map(session.sums);
  const shutdown = (data: Record<string, unknown>, at: string): void => {
    for (const [model, metrics] of Object.entries(objectOr(data["modelMetrics"]))) {
      const sum = tokensOf(objectOr(objectOr(metrics)["usage"]));
      const tokens = growthOf(sum, sums.get(model));
      sums.set(model, sum);
      if (tokens.input + tokens.output === 0) continue;
      give({
        key: `${session.id ?? ""}:${model}:until:${at}`,
        ...copilotCall(at, session.id, session.start, session.project),
        model: nameOf(model),
        tokens,
        statedCost: null,
      });
    }
  };
  return {
    value: (value) => {
      const line = objectOr(value);
      const data = objectOr(line["data"]);
      const at = instantOf(line["timestamp"]);
      if (line["type"] === "session.start" && session.start === null) {
        session.id = nameOf(data["sessionId"]) ?? session.id;
        session.start = at;
        session.project = nameOf(objectOr(data["context"])["cwd"]);
      }
      if (line["type"] === "session.shutdown" && at !== null) shutdown(data, at);
    },
    carry: () => ({ ...session, sums: [...sums] }),
  };
};

const tokensOf = (usage: Record<string, unknown>): CallTokens => ({
  input: countOf(usage["inputTokens"]),
  cacheRead: countOf(usage["cacheReadTokens"]),
  cacheWrite: countOf(usage["cacheWriteTokens"]),
  cacheWrite1h: 0,
  output: countOf(usage["outputTokens"]),
  reasoning: countOf(usage["reasoningTokens"]),
});

const growthOf = (sum: CallTokens, before: CallTokens | undefined): CallTokens => {
  const names = Object.keys(sum) as (keyof CallTokens)[];
  if (!before || names.some((name) => sum[name] < before[name])) return sum;
  const growth = { ...sum };
  for (const name of names) growth[name] -= before[name];
  return growth;
};
