import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import { filled } from "../metadata.js";

const read = (row: Row): Draft => {
  const timestamp = row.dayOrMoment("Date").timestamp;
  row.required("Usage");
  const byok = row.amount("BYOK Usage");
  return {
    timestamp,
    granularity: "day",
    model: row.name("Slug"),
    cost: row.amount("Usage"),
    basis: "billed",
    input: row.count("Prompt Tokens"),
    output: row.count("Completion Tokens"),
    requests: row.count("Requests"),
    key: [timestamp, row.text("Slug")],
    metadata: filled({
      byok_usage_usd: byok && !byok.eq(0) ? plain(byok) : null,
      reasoning_tokens: row.count("Reasoning Tokens") || null,
    }),
  };
};

export const openrouterActivityDaily: ExportFormat = {
  id: "openrouter-activity-daily",
  title: "OpenRouter activity export, grouped by day",
  provider: "openrouter",
  where: "openrouter.ai, Activity: Export, grouped by model",
  source: "openrouter/activity-daily",
  requires: ["Date", "Slug", "Usage", "BYOK Usage"],
  knows: ["Requests", "Prompt Tokens", "Completion Tokens", "Reasoning Tokens"],
  date: "Date",
  series: "openrouter/activity",
  dimensions: [],
  read,
};
