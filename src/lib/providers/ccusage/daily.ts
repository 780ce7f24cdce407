import type { ExportFormat, Row } from "../../csv/format.js";
import { decimal, plain } from "../../money.js";
import type { Draft } from "../../record/draft.js";
import type { JsonExport } from "../json-export.js";
import { providerOfDay } from "./agents.js";
import { type AgentDay, agentDays, isCcusage } from "./days.js";

const COLUMNS = {
  ccusage_date: ({ date }) => date,
  agent: ({ agent }) => agent,
  project: ({ project }) => project,
  model: ({ model }) => model,
  input_tokens: ({ input }) => input,
  output_tokens: ({ output }) => output,
  cache_creation_tokens: ({ cacheCreation }) => cacheCreation,
  cache_read_tokens: ({ cacheRead }) => cacheRead,
  cost_usd: ({ cost }) => (cost === null ? null : plain(decimal(String(cost)))),
} as const satisfies Record<string, (day: AgentDay) => string | number | null>;

/** The report that `ccusage daily --json` prints. */
export const ccusageReport: JsonExport = {
  is: isCcusage,
  columns: Object.keys(COLUMNS),
  rows: (value, place) =>
    isCcusage(value)
      ? agentDays(value, place).map((day) => Object.values(COLUMNS).map((cell) => cell(day)))
      : [],
};

const read = (row: Row): Draft => {
  const timestamp = row.day("ccusage_date");
  const agent = row.required("agent");
  const model = row.name("model");
  const project = row.name("project");
  const value = row.amount("cost_usd");
  const cacheRead = row.count("cache_read_tokens") ?? 0;
  const cacheWrite = row.count("cache_creation_tokens") ?? 0;
  return {
    timestamp,
    granularity: "day",
    provider: providerOfDay(agent, model),
    model,
    cost: null,
    value,
    basis: value === null ? "none" : agent === "copilot-cli" ? "included" : "estimated",
    input: (row.count("input_tokens") ?? 0) + cacheRead + cacheWrite,
    output: row.count("output_tokens"),
    cacheRead,
    cacheWrite,
    project: { id: null, name: project },
    agent,
    key: [timestamp, agent, project, model],
    // Copilot is paid for by plan only.
    ...(agent === "copilot-cli" && { metadata: { paid_by: "plan" } }),
  };
};

/** A row a day, agent and model: what ccusage makes of the logs that `aicost scan` reads call by call. */
export const ccusageDaily: ExportFormat = {
  id: "ccusage-daily",
  title: "ccusage daily report",
  provider: "",
  where: "ccusage daily --json --by-agent > days.json",
  source: "ccusage/daily",
  requires: Object.keys(COLUMNS),
  knows: [],
  date: "ccusage_date",
  method: "agent_log",
  namesOwnProviders: true,
  neverReplaces: true,
  note: "estimates count as spend; if a plan pays for an agent, say so: aicost scan --plan claude-code=max",
  series: "agent",
  seriesOf: ({ agent }) => `agent/${agent ?? ""}`,
  dimensions: ["project", "model"],
  project: "project",
  read,
};
