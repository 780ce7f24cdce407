import type { ExportFormat, Row } from "../../csv/format.js";
import type { Draft } from "../../record/draft.js";
import { plain } from "../../money.js";
import { filled } from "../metadata.js";
import { sumOfKnown } from "../tokens.js";
import { chargeOf } from "./charge.js";

const COUNTS = ["Input (w/ Cache Write)", "Input (w/o Cache Write)", "Cache Read"];

const OPTIONAL = ["User", "Cloud Agent ID", "Automation ID", "Kind", "Max Mode"];

/**
 * Events have no id. What every generation of the export says of one, for every user and at any time, is its moment
 * to the millisecond, its model and the number of its tokens: amounts come later, and columns come and go. A file
 * without a count may have none or 0.
 */
const draftOf = (row: Row, tokens: number | null): Draft => {
  const timestamp = row.moment("Date");
  const model = row.name("Model");
  const { reported, paidElsewhere = null, ...charge } = chargeOf(row);
  const planRequests = row.amount("Requests");
  return {
    timestamp,
    granularity: "event",
    model,
    ...charge,
    requests: 1,
    key: [timestamp, model, String(tokens ?? 0)],
    metadata: filled({
      kind: row.text("Kind"),
      max_mode: row.text("Max Mode")?.toLowerCase() === "yes" ? true : null,
      reported_value_usd: reported && plain(reported),
      paid_elsewhere: paidElsewhere,
      plan_requests: planRequests && plain(planRequests),
    }),
  };
};

/** The usage events of Cursor since mid 2025, with or without money; the kinds of tokens are listed apart. */
export const cursorUsageEvents: ExportFormat = {
  id: "cursor-usage-events",
  title: "Cursor usage events",
  provider: "cursor",
  where: "cursor.com, Dashboard, Usage: Export CSV",
  source: "cursor/usage-events",
  requires: ["Date", "Model", "Input (w/o Cache Write)", ["Cost", "Cost ($)", "Requests"]],
  knows: [...OPTIONAL, ...COUNTS, "Output Tokens", "Output", "Total Tokens", "Tokens", "Cost to you"],
  date: "Date",
  series: "cursor/usage-events",
  events: true,
  dimensions: [],
  read: (row) => {
    const cacheRead = row.count("Cache Read");
    const cacheWrite = row.count("Input (w/ Cache Write)");
    const input = sumOfKnown(row.count("Input (w/o Cache Write)"), cacheRead, cacheWrite);
    const output = row.count(row.has("Output Tokens") ? "Output Tokens" : "Output");
    return { ...draftOf(row, sumOfKnown(input, output)), input, output, cacheRead, cacheWrite };
  },
};

/** The usage events of Cursor in July and August 2025: one number of tokens. */
export const cursorUsageEventsUnsplit: ExportFormat = {
  id: "cursor-usage-events-2025",
  title: "Cursor usage events (summer 2025)",
  provider: "cursor",
  where: "cursor.com, Dashboard, Usage: Export CSV",
  source: "cursor/usage-events",
  requires: ["Date", "Kind", "Max Mode", "Model", "Tokens", ["Cost ($)", "Cost"]],
  excludes: ["Input (w/o Cache Write)"],
  knows: OPTIONAL,
  date: "Date",
  series: "cursor/usage-events",
  events: true,
  dimensions: [],
  read: (row) => {
    const tokens = row.count("Tokens");
    return { ...draftOf(row, tokens), tokens };
  },
};
