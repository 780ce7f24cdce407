import type { CsvFormat, Draft, Row } from "../../csv/format.js";
import { plain } from "../../money.js";
import { filled } from "../metadata.js";
import { sumOfKnown } from "../tokens.js";
import { chargeKey, chargeOf } from "./charge.js";

/** Columns that came and went; where one is missing, it counts as empty. */
const IDENTIFYING = ["User", "Cloud Agent ID", "Automation ID", "Kind", "Model", "Max Mode"];
const COUNTS = ["Input (w/ Cache Write)", "Input (w/o Cache Write)", "Cache Read", "Tokens"];

/** Events have no id: the whole row is their key, as far as every generation of the export writes it. */
const keyOf = (row: Row, timestamp: string): (string | null)[] => [
  timestamp,
  ...IDENTIFYING.map((column) => row.text(column)),
  ...[...COUNTS, outputColumn(row)].map((column) => row.count(column)?.toString() ?? null),
  ...chargeKey(row),
  row.text("Requests"),
];

const outputColumn = (row: Row): string => (row.has("Output Tokens") ? "Output Tokens" : "Output");

const draftOf = (row: Row): Draft => {
  const timestamp = row.moment("Date");
  const { reported, ...charge } = chargeOf(row);
  const planRequests = row.amount("Requests");
  return {
    timestamp,
    granularity: "event",
    model: row.text("Model"),
    ...charge,
    requests: 1,
    key: keyOf(row, timestamp),
    metadata: filled({
      kind: row.text("Kind"),
      max_mode: row.text("Max Mode")?.toLowerCase() === "yes" ? true : null,
      reported_value_usd: reported && plain(reported),
      plan_requests: planRequests && plain(planRequests),
    }),
  };
};

/** The usage events of Cursor since mid 2025, with or without money; the kinds of tokens are listed apart. */
export const cursorUsageEvents: CsvFormat = {
  id: "cursor-usage-events",
  title: "Cursor usage events",
  provider: "cursor",
  source: "cursor/usage-events",
  requires: ["Date", "Model", "Input (w/o Cache Write)", ["Cost", "Cost ($)", "Requests"]],
  knows: [...IDENTIFYING, ...COUNTS, "Output Tokens", "Output", "Total Tokens", "Cost to you"],
  series: null,
  dimensions: [],
  read: (row) => {
    const cacheRead = row.count("Cache Read");
    const cacheWrite = row.count("Input (w/ Cache Write)");
    return {
      ...draftOf(row),
      input: sumOfKnown(row.count("Input (w/o Cache Write)"), cacheRead, cacheWrite),
      output: row.count(outputColumn(row)),
      cacheRead,
      cacheWrite,
    };
  },
};

/** The usage events of Cursor in July and August 2025: one number of tokens. */
export const cursorUsageEventsUnsplit: CsvFormat = {
  id: "cursor-usage-events-2025",
  title: "Cursor usage events (summer 2025)",
  provider: "cursor",
  source: "cursor/usage-events",
  requires: ["Date", "Kind", "Max Mode", "Model", "Tokens", ["Cost ($)", "Cost"]],
  excludes: ["Input (w/o Cache Write)"],
  knows: IDENTIFYING,
  series: null,
  dimensions: [],
  read: (row) => ({ ...draftOf(row), tokens: row.count("Tokens") }),
};
