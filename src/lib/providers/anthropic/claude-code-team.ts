import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { monthInName } from "../file-period.js";
import { filled } from "../metadata.js";

const read = (row: Row): Draft => {
  const { timestamp, granularity, until } = row.period();
  row.required("Spend this Month (USD)");
  return {
    timestamp,
    granularity,
    until,
    model: null,
    cost: null,
    // The bill of the Console has the same calls: if it is imported, it counts.
    value: row.amount("Spend this Month (USD)"),
    basis: "estimated",
    key: [timestamp, row.required("User")],
    metadata: filled({ product: "Claude Code", lines: row.count("Lines this Month") }),
  };
};

/** A person a row, for a month that neither a column nor, mostly, the name of the file tells. */
export const claudeCodeTeam: ExportFormat = {
  id: "claude-code-team",
  title: "Claude Code spend by team member",
  provider: "anthropic",
  where: "platform.claude.com, Claude Code: Export members",
  source: "anthropic/claude-code-team",
  requires: ["User", "Spend this Month (USD)"],
  knows: ["Lines this Month"],
  date: "",
  ofName: (name) => {
    const period = monthInName(name);
    return period ? { period } : {};
  },
  series: "anthropic/claude-code",
  dimensions: [],
  read,
};
