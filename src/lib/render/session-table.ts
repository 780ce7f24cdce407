import { localTime } from "../dates/ranges.js";
import type { ListedSession } from "../scan/sessions.js";
import { formatCount, formatUsd, NOTHING_STATED } from "./money-text.js";
import { type Column, countColumn, type Screen, table } from "./table.js";

export const sessionTable = (sessions: readonly ListedSession[], timezone: string, screen: Screen): string =>
  table(columns(timezone), sessions, { ...screen, marks: MARKS });

const columns = (timezone: string): Column<ListedSession>[] => [
  { header: "Agent", cell: ({ agent }) => agent },
  { header: "Project", cell: ({ project }) => project ?? NOTHING_STATED, shrinkTo: 12 },
  { header: "Start", cell: ({ first_at }) => localTime(first_at, timezone) },
  { header: "Length", cell: ({ minutes }) => lengthText(minutes), align: "right", priority: 20 },
  { header: "Calls", cell: ({ calls }) => formatCount(calls), align: "right", priority: 30 },
  countColumn("Tokens", ({ tokens }) => tokens, 40),
  { header: "Worth", cell: worthText, align: "decimal" },
  { header: "Session", cell: ({ session }) => session, shrinkTo: 8, priority: 10 },
];

/** `45m`, `2h 05m`, `3d 4h`. */
export const lengthText = (minutes: number): string => {
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes}m`;
  if (hours < 24) return `${hours}h ${String(minutes % 60).padStart(2, "0")}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
};

const NO_PRICE = "no price";
const MARKS = [[NO_PRICE, "none of its models has a price"]] as const;

/** With `~` if a key pays for a part of it: that is an estimate of spend. */
const worthText = ({ worth_usd, estimated_usd }: ListedSession): string => {
  if (worth_usd === null) return NO_PRICE;
  return `${estimated_usd === "0" ? "" : "~"}${formatUsd(worth_usd)}`;
};
