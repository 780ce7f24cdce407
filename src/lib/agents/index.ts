import type { Agent } from "./agent.js";
import { claudeCode } from "./claude-code/agent.js";
import { codex } from "./codex/agent.js";
import { copilotCli } from "./copilot-cli/agent.js";
import { geminiCli } from "./gemini-cli/agent.js";
import { kilo, opencode } from "./opencode/agent.js";
import { pi } from "./pi/agent.js";

export const AGENTS = [
  claudeCode,
  codex,
  copilotCli,
  geminiCli,
  kilo,
  opencode,
  pi,
] as const satisfies readonly Agent[];

export type AgentId = (typeof AGENTS)[number]["id"];

/** Agents that leave no tokens to read, with what works instead. */
export const UNREADABLE = [
  {
    id: "cursor",
    name: "Cursor",
    says: "its logs have no tokens; import its CSV: aicost providers",
  },
  {
    id: "amp",
    name: "Amp",
    says: "it keeps its threads on its server; add what it charged: aicost add --help",
  },
  {
    id: "aider",
    name: "Aider",
    says: "it keeps no log of tokens; import the CSV of the provider whose key it uses: aicost providers",
  },
] as const;
