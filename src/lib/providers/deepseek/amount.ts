import type { ExportFormat, Row, Skip } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { bucketDay } from "./bucket-day.js";
import { named } from "../named.js";

/** What is written to the cache is not counted or charged apart. */
const UNWRITTEN = { cacheWrite: 0 };

/** What a row counts, by its type. */
const measure = (type: string, count: number): Partial<Draft> | undefined => {
  switch (type) {
    case "input_tokens":
    case "input_cache_miss_tokens":
      return { input: count, ...UNWRITTEN };
    case "input_cache_hit_tokens":
      return { input: count, cacheRead: count, ...UNWRITTEN };
    case "output_tokens":
      return { output: count };
    case "request_count":
      return { requests: count };
    default:
      return undefined;
  }
};

const read = (row: Row): Draft | Skip => {
  const timestamp = bucketDay(row);
  row.required("amount");
  const counted = measure(row.required("type").toLowerCase(), row.count("amount") ?? 0);
  if (counted === undefined) return { skip: "other measures" };
  return {
    timestamp,
    granularity: "day",
    model: row.name("model"),
    // The price of a token has no currency here; the money is in the cost file.
    cost: null,
    basis: "none",
    ...counted,
    key: [timestamp, row.text("model"), row.text("api_key_name"), row.text("api_key")],
    apiKey: named(null, row.text("api_key_name")),
  };
};

/** `amount-*.csv` in the download of the usage page: one count a row, four rows a day, model and key. */
export const deepseekAmount: ExportFormat = {
  id: "deepseek-usage",
  title: "DeepSeek usage export (amount)",
  provider: "deepseek",
  where: "platform.deepseek.com, Usage: Export; a ZIP file with amount-*.csv and cost-*.csv",
  source: "deepseek/usage",
  requires: ["model", "api_key_name", "type", "price", "amount", ["start_time_iso", "utc_date"]],
  knows: ["user_id", "end_time_iso", "api_key"],
  date: "start_time_iso",
  series: "deepseek/usage",
  dimensions: ["model", "api_key_name"],
  joins: true,
  account: "user_id",
  read,
};
