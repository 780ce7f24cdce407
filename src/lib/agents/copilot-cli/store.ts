import type { FileReader, Rows } from "../agent.js";
import type { AgentCall } from "../call.js";
import { countOf, instantOf, nameOf } from "../fields.js";

const CALLS = "assistant_usage_events";
/** What later versions added, if it is there. */
const OPTIONAL: readonly string[] = ["reasoning_tokens", "cache_write_tokens", "total_nano_aiu"];

/** @param carry the last row that was read */
export const readStore = (carry: unknown, give: (call: AgentCall) => void): FileReader => {
  let last = typeof carry === "number" ? carry : 0;
  return {
    database: (database) => {
      const columns = database.columns(CALLS);
      if (columns.length === 0) return;
      // Rows are only added: with fewer of them it is another database.
      const [newest] = database.rows(`select max(id) as id from ${CALLS}`);
      const most = countOf(newest?.["id"]);
      if (most < last) last = 0;
      for (const row of database.rows(queryOf(columns, database), [last])) {
        const call = callIn(row);
        if (call) give(call);
      }
      last = most;
    },
    carry: () => last,
  };
};

const queryOf = (columns: readonly string[], database: Rows): string => {
  const optional = OPTIONAL.map((name) => (columns.includes(name) ? `e.${name}` : `null as ${name}`));
  const sessions = database.columns("sessions").length > 0;
  return `
    select e.id, e.session_id, e.model, e.input_tokens, e.output_tokens, e.cache_read_tokens, e.created_at,
      ${optional.join(", ")}, ${sessions ? "s.cwd, s.created_at as start" : "null as cwd, null as start"}
    from ${CALLS} e ${sessions ? "left join sessions s on s.id = e.session_id" : ""}
    where e.id > ? order by e.id`;
};

const callIn = (row: Record<string, unknown>): AgentCall | undefined => {
  const at = instantOf(row["created_at"]);
  const session = nameOf(row["session_id"]);
  const tokens = {
    input: countOf(row["input_tokens"]),
    cacheRead: countOf(row["cache_read_tokens"]),
    cacheWrite: countOf(row["cache_write_tokens"]),
    cacheWrite1h: 0,
    output: countOf(row["output_tokens"]),
    reasoning: countOf(row["reasoning_tokens"]),
  };
  if (at === null || tokens.input + tokens.output === 0) return undefined;
  return {
    key: `${session ?? ""}:${countOf(row["id"])}:${at}`,
    ...copilotCall(at, session, instantOf(row["start"]), nameOf(row["cwd"])),
    model: nameOf(row["model"]),
    tokens,
    statedCost: dollarsOfCredits(row["total_nano_aiu"]),
  };
};

/** What is the same for all calls: Copilot is always a plan. */
export const copilotCall = (
  at: string,
  session: string | null,
  sessionStart: string | null,
  project: string | null,
): Omit<AgentCall, "key" | "model" | "tokens" | "statedCost"> => ({
  at,
  provider: "github-copilot",
  session,
  sessionStart,
  project,
  searches: 0,
  version: null,
  paidBy: "plan",
  mayBeCopy: false,
});

/** A credit is a cent: a dollar is 10^11 of these. */
const DOLLAR_DIGITS = 11;

const dollarsOfCredits = (value: unknown): string | null => {
  if (
    (typeof value !== "number" && typeof value !== "bigint") ||
    !Number.isSafeInteger(Number(value)) ||
    value < 0
  )
    return null;
  const digits = String(value).padStart(DOLLAR_DIGITS + 1, "0");
  const dollars = `${digits.slice(0, -DOLLAR_DIGITS)}.${digits.slice(-DOLLAR_DIGITS)}`;
  return dollars.replace(/\.?0+$/, "");
};
