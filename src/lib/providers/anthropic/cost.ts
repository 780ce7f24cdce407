import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import { filled } from "../metadata.js";
import { named } from "../named.js";

/**
 * The part of a key that names the model: the same for `Claude Opus 5` and `claude-opus-5-20261001`, because the export has
 * written both.
 */
const modelKey = (model: string | null): string | null =>
  model
    ?.toLowerCase()
    .replace(/[ .]+/g, "-")
    .replace(/-\d{8}$/, "")
    .replace(/^claude-(opus|sonnet|haiku)-(3(?:-\d)?)$/, "claude-$2-$1") ?? null;

/** Rows without tokens write `--` if a dimension means nothing. */
const NOTHING = "--";

/** In the exports of every year. Two rows may share all of it, and both count. */
const IDENTIFYING = ["workspace", "api_key", "usage_type", "token_type"];

const read = (row: Row): Draft => {
  const dimension = (column: string) => (row.text(column) === NOTHING ? null : row.text(column));
  const timestamp = row.day("usage_date_utc");
  const model = dimension("model") && row.name("model");
  row.required("cost_usd");
  const listPrice = row.amount("list_price_usd", { words: [NOTHING] });
  return {
    timestamp,
    granularity: "day",
    model,
    cost: row.amount("cost_usd"),
    basis: "billed",
    // A key can be renamed; its id stays.
    key: [
      timestamp,
      modelKey(model),
      ...IDENTIFYING.map((column) => (column === "api_key" && row.text("api_key_id")) || dimension(column)),
    ],
    project: named(null, dimension("workspace")),
    apiKey: named(row.text("api_key_id"), dimension("api_key")),
    metadata: filled({
      usage_type: dimension("usage_type"),
      context_window: dimension("context_window"),
      token_type: dimension("token_type"),
      cost_type: dimension("cost_type"),
      inference_geo: dimension("inference_geo"),
      speed: dimension("speed"),
      list_price_usd: listPrice && plain(listPrice),
    }),
  };
};

/** The cost download of the Claude Console: 7 columns in 2024, 14 since summer 2026; rounded to cents a row. */
export const anthropicCost: ExportFormat = {
  id: "anthropic-cost",
  title: "Anthropic Console cost export",
  provider: "anthropic",
  where: "platform.claude.com, Cost: Export",
  source: "anthropic/cost",
  requires: ["usage_date_utc", "model", "token_type", "cost_usd"],
  knows: [
    ...IDENTIFYING,
    "context_window",
    "cost_type",
    "inference_geo",
    "speed",
    "list_price_usd",
    "api_key_id",
    "api_key_status",
  ],
  date: "usage_date_utc",
  series: "anthropic/cost",
  dimensions: [],
  read,
};
