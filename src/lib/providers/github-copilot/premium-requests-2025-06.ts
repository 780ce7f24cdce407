import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import { filled } from "../metadata.js";

const read = (row: Row): Draft => {
  const timestamp = row.moment("Timestamp");
  const used = row.amount("Requests Used");
  return {
    timestamp,
    granularity: "event",
    model: row.name("Model"),
    cost: null,
    basis: "none",
    key: [timestamp, row.text("User"), row.text("Model")],
    metadata: filled({
      quantity: used && plain(used),
      quantity_unit: "requests",
      exceeds_quota: row.flag("Exceeds Monthly Quota") === "True" ? true : null,
    }),
  };
};

/** The first report of premium requests: a call a row, without money. */
export const copilotPremiumRequests: ExportFormat = {
  id: "copilot-premium-requests-2025-06",
  title: "GitHub Copilot premium requests (June 2025)",
  provider: "github-copilot",
  where: "github.com, Settings, Billing: Premium requests (it is not offered any more)",
  source: "github-copilot/premium-requests",
  requires: ["Timestamp", "Model", "Requests Used", "Exceeds Monthly Quota"],
  knows: ["User", "Total Monthly Quota"],
  date: "Timestamp",
  series: "github-copilot/usage",
  events: true,
  dimensions: [],
  read,
};
