import { basename } from "node:path";
import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import { periodInName } from "../file-period.js";
import { filled } from "../metadata.js";

const read = (row: Row): Draft => {
  const { timestamp, granularity, until, written } = row.period();
  row.required("total_net_spend_usd");
  const gross = row.amount("total_gross_spend_usd");
  const product = row.text("product");
  return {
    timestamp,
    granularity,
    until,
    model: row.name("model"),
    // What is above it was covered by the plan, or a discount.
    cost: row.amount("total_net_spend_usd"),
    basis: "billed",
    // Of a seat, the file has only what is used beyond its allowance.
    kind: "extra_usage",
    input: row.count("total_prompt_tokens"),
    output: row.count("total_completion_tokens"),
    requests: row.count("total_requests"),
    key: [timestamp, row.text("account_uuid") ?? row.text("email"), product, row.text("model")],
    metadata: filled({
      product,
      gross_usd: gross && plain(gross),
      period: written,
    }),
  };
};

const ORGANIZATION = /^spend-report-(.+?)-20\d\d-\d\d-\d\d/i;

/** Team and Enterprise: a person, a product and a model a row, summed up over the days in the name of the file. */
export const claudeSpendReport: ExportFormat = {
  id: "claude-spend-report",
  title: "Claude Team and Enterprise spend report",
  provider: "anthropic",
  where: "claude.ai, Admin settings, Usage or Analytics: Export spend report",
  source: "anthropic/spend-report",
  requires: ["model", "total_requests", "total_prompt_tokens", "total_net_spend_usd"],
  knows: [
    "email",
    "account_uuid",
    "product",
    "model_family",
    "total_completion_tokens",
    "total_gross_spend_usd",
  ],
  // The first column has either name.
  nameOf: (column) => (/^user_?email$/i.test(column) ? "email" : column),
  date: "",
  ofName: (name) => {
    const period = periodInName(name);
    const account = ORGANIZATION.exec(basename(name))?.[1];
    return { ...(period && { period }), ...(account !== undefined && { account }) };
  },
  series: "anthropic/spend-report",
  dimensions: ["product", "model"],
  read,
};
