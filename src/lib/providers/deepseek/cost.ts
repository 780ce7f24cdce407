import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { filled } from "../metadata.js";
import { bucketDay } from "./bucket-day.js";

const read = (row: Row): Draft => {
  const timestamp = bucketDay(row);
  row.required("cost");
  row.required("currency");
  const currency = row.currency("currency");
  return {
    timestamp,
    granularity: "day",
    model: row.name("model"),
    cost: row.amount("cost", { currency }),
    currency,
    basis: "billed",
    // Until 2025 there was one wallet.
    key: [timestamp, row.text("model"), row.text("wallet_type") ?? "Paid", currency],
    metadata: filled({ wallet: row.text("wallet_type") }),
  };
};

/** `cost-*.csv` in the download of the usage page: a day, model and wallet a row, in yuan or dollars. */
export const deepseekCost: ExportFormat = {
  id: "deepseek-cost",
  title: "DeepSeek cost export",
  provider: "deepseek",
  where: "platform.deepseek.com, Usage: Export; a ZIP file with amount-*.csv and cost-*.csv",
  source: "deepseek/cost",
  requires: ["model", "cost", "currency", ["start_time_iso", "utc_date"]],
  knows: ["user_id", "end_time_iso", "wallet_type"],
  date: "start_time_iso",
  series: "deepseek/cost",
  dimensions: ["model", "wallet_type"],
  account: "user_id",
  read,
};
