import type { ExplainedAnomaly } from "../anomalies/ask.js";
import type { Anomaly } from "../anomalies/find.js";
import { weekdayOf } from "../dates/ranges.js";
import { tinted } from "./color.js";
import { formatUsd } from "./money-text.js";
import { daysText } from "./spend-parts.js";
import { type Column, type Screen, table } from "./table.js";
import { wrap } from "./text.js";
import { withWarnings } from "./warning-lines.js";

interface Looked {
  range: { from: string; to: string; timezone: string };
  warnings: readonly string[];
  /** Whether anything tells of any day of the range. */
  isKnown?: boolean;
}

/** What stands out in a range, and why. */
export const anomaliesText = (
  anomalies: readonly ExplainedAnomaly[],
  { range, warnings, isKnown = true }: Looked,
  screen: Screen,
): string => {
  const title = tinted(`What stands out, ${daysText(range)} (${range.timezone})`, "bold", screen.color);
  if (anomalies.length === 0) {
    const said = isKnown
      ? `Nothing stands out from ${range.from} to ${range.to}.`
      : `Nothing is known of ${range.from} to ${range.to}, so nothing can stand out. See what is missing: aicost coverage`;
    return withWarnings(wrap(said, screen.width).join("\n"), warnings, screen);
  }
  const columns: Column<ExplainedAnomaly>[] = [
    { header: "Day", cell: ({ day }) => `${day} ${weekdayOf(day)}` },
    { header: "What", cell: whatOf, shrinkTo: 12 },
    { header: "Cost", cell: ({ cost_usd }) => formatUsd(cost_usd), align: "decimal" },
    { header: "Usual", cell: ({ usual_usd }) => formatUsd(usual_usd), align: "decimal" },
    {
      header: "More",
      cell: ({ more_usd }) => `+${formatUsd(more_usd)}`,
      align: "decimal",
      tint: () => "red",
    },
  ];
  const reasons = anomalies
    .filter(({ reason }) => reason !== null)
    .flatMap((each) => wrap(`${each.day}, ${whatOf(each)}: ${each.reason ?? ""}`, screen.width, 2));
  const parts = [title, table(columns, anomalies, screen), reasons.join("\n")];
  return withWarnings(parts.filter((part) => part !== "").join("\n\n"), warnings, screen);
};

const whatOf = ({ kind, name, provider }: Anomaly): string => {
  if (kind === "day") return "all spend";
  if (kind === "model") return `${name ?? ""} at ${provider ?? ""}`;
  return `${kind === "api_key" ? "key" : kind} ${name ?? ""}`;
};

/** `2026-11-17 stands out: $21.30 for all spend, usually about $6.20 on a Tue. More tokens: +$14.80.` */
export const anomalyNotice = (anomaly: ExplainedAnomaly): string => {
  const { day, cost_usd, usual_usd, reason } = anomaly;
  const usual = `usually about ${formatUsd(usual_usd)} on a ${weekdayOf(day)}`;
  return `${day} stands out: ${formatUsd(cost_usd)} for ${whatOf(anomaly)}, ${usual}.${reason === null ? "" : ` ${reason}`}`;
};
