import { counted } from "../money.js";
import type { SettledPayment } from "../scan/payments.js";
import { type AgentScan, scanWarnings } from "../scan/result.js";
import { formatCount, formatUsd } from "./money-text.js";
import type { Screen } from "./table.js";
import { padRight, textWidth, widest, wrap } from "./text.js";

/** What stands where an agent has nothing to read. */
export interface Unread {
  name: string;
  says: string;
}

/** A line for each agent, then what a person should know. @param unread agents without logs that can be read */
export const scanReceipt = (
  scans: readonly AgentScan[],
  unread: readonly Unread[],
  dryRun: boolean,
  { width }: Screen,
): string => {
  const lines = [...scans.map(cellsOf), ...unread.map(({ name, says }) => [name, says])];
  const shown = aligned(lines, width);
  return [
    ...shown,
    ...(dryRun ? ["", "Nothing was stored."] : []),
    ...scanWarnings(scans).flatMap((warning) => ["", ...wrap(warning, width)]),
  ].join("\n");
};

/** What became of what the user said of who pays. */
export const paymentLines = (payments: readonly SettledPayment[]): string[] =>
  payments.map(({ agent, paid_by, plan, since, changed_calls }) => {
    const who =
      paid_by === "key" ? "an API key pays" : `${plan === undefined ? "a plan" : `the plan ${plan}`} pays`;
    const from = since === null ? "" : ` from ${since} on`;
    return `${agent}: ${who} for its calls${from}. ${counted(changed_calls, "stored call")} changed.`;
  });

const cellsOf = (scan: AgentScan): string[] => {
  const { name, new_calls, grown_calls, withdrawn_calls, from, to, found } = scan;
  if (!found) return [name, "no logs on this machine"];
  const calls = [
    ...(new_calls > 0 ? [counted(new_calls, "new call")] : []),
    ...(grown_calls > 0 ? [`${formatCount(grown_calls)} updated`] : []),
    ...(withdrawn_calls > 0 ? [`${formatCount(withdrawn_calls)} taken back`] : []),
  ];
  if (from === null || to === null) return [name, calls.join(", ") || "nothing new"];
  return [name, calls.join(", "), from === to ? from : `${from} to ${to}`, worthOf(scan)];
};

/** What has no price is named below. */
const worthOf = ({ included_usd, estimated_usd }: AgentScan): string => {
  const parts = [
    ...(included_usd === "0" ? [] : [`included, worth ${formatUsd(included_usd)}`]),
    ...(estimated_usd === "0" ? [] : [`estimated ${formatUsd(estimated_usd)}`]),
  ];
  return parts.length === 0 ? "no price" : parts.join("; ");
};

const GAP = "   ";

/** Columns below each other; counts are aligned to the right, and what does not fit goes to a line of its own. */
const aligned = (lines: readonly string[][], width: number): string[] => {
  const full = lines.filter(({ length }) => length > 2);
  const widths = [0, 1, 2].map((at) => widest((at === 0 ? lines : full).map((line) => line[at] ?? "")));
  return lines.flatMap((line) => {
    const [name = "", ...rest] = line;
    const start = padRight(name, widths[0] ?? 0);
    if (rest.length === 1) return wrap(`${start}${GAP}${rest[0] ?? ""}`, width, 2);
    const [calls = "", dates = "", worth = ""] = rest;
    const head = [start, calls.padStart(widths[1] ?? 0), padRight(dates, widths[2] ?? 0)].join(GAP);
    const whole = `${head}${GAP}${worth}`.trimEnd();
    return textWidth(whole) <= width ? [whole] : [...wrap(head.trimEnd(), width, 2), `  ${worth}`];
  });
};
