import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { filled } from "../metadata.js";
import { named } from "../named.js";

/** What the page of the dashboard was about that it was exported from. */
const ENTITY = /^(?:team|tag|organization|customer|agent|user|end user|key|project|provider)( id)?$/i;

/** What of that a draft has a field for. */
const kindOf = (column: string): "project" | "apiKey" | null => {
  if (/^(?:team|project)/i.test(column)) return "project";
  return /^key/i.test(column) ? "apiKey" : null;
};

const WORDS = ["-"];

const read = (row: Row): Draft => {
  const timestamp = row.day("Date");
  const stated = (column: string) => (row.text(column) === "-" ? null : row.text(column));
  const kind = kindOf(row.spelling("Entity"));
  const entity = named(stated("Entity ID"), stated("Entity"));
  row.required("Spend ($)");
  return {
    timestamp,
    granularity: "day",
    model: null,
    cost: row.amount("Spend ($)", { words: WORDS }),
    basis: "billed",
    input: row.count("Prompt Tokens"),
    output: row.count("Completion Tokens"),
    requests: row.count("Requests"),
    key: [timestamp, entity.id ?? entity.name],
    ...(kind !== null && { [kind]: entity }),
    metadata: filled({
      ...(kind === null && { entity: stated("Entity ID") ?? stated("Entity") }),
      failed_requests: row.count("Failed Requests") || null,
    }),
  };
};

/** The export of the usage pages of the dashboard, without models: a day and a team, tag or customer a row. */
export const litellmDailyExport: ExportFormat = {
  id: "litellm-daily-export",
  title: "LiteLLM daily usage export, without models",
  provider: "litellm",
  where: "the dashboard of the proxy, Usage: Export data, daily breakdown without models",
  source: "litellm/daily-export",
  requires: ["Date", "Spend ($)", "Requests", "Successful Requests", "Failed Requests"],
  excludes: ["Model"],
  knows: ["Entity", "Entity ID", "Total Tokens", "Prompt Tokens", "Completion Tokens"],
  nameOf: (column) => {
    const found = ENTITY.exec(column);
    return found === null ? column : `Entity${found[1] === undefined ? "" : " ID"}`;
  },
  date: "Date",
  series: "litellm/spend",
  dimensions: ["Entity ID", "Entity"],
  read,
};
