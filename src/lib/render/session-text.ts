import { formatUsd } from "../money.js";
import { NOTHING_STATED } from "./money-text.js";

/** What a coding agent says of the session that it is in. Null is unknown. */
export interface AgentSession {
  /** The agent's own estimate, US dollars, as a decimal string. */
  cost_usd: string | null;
  model: string | null;
  /** The last part of the project's folder. */
  project: string | null;
}

/** The placeholders of `aicost prompt --agent`. Amounts of a session are in dollars, whatever reports are shown in. */
export const SESSION_PLACEHOLDERS: Record<string, (session: AgentSession) => string> = {
  session: ({ cost_usd }) => (cost_usd === null ? NOTHING_STATED : `~${formatUsd(cost_usd)}`),
  model: ({ model }) => model ?? NOTHING_STATED,
  project: ({ project }) => project ?? NOTHING_STATED,
};

export const NO_SESSION: AgentSession = { cost_usd: null, model: null, project: null };
