import type { HeaderValues } from "./headers.js";

/** What asks for more is a mistake, and not a time to wait for. */
const MOST_MS = 24 * 60 * 60 * 1000;

/** Milliseconds that a server asks to wait, by milliseconds, seconds or date; null if it does not. */
export const askedMs = (headers: HeaderValues): number | null => {
  const ms = headers.get("retry-after-ms") ?? "";
  if (/^\d+(\.\d+)?$/.test(ms)) return Number(ms);
  const value = (headers.get("retry-after") ?? "").trim();
  // By the clock of the server: that of this machine may be wrong.
  const now = Date.parse(headers.get("date") ?? "") || Date.now();
  const asked = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(asked) ? null : Math.max(asked, 0);
};

/** “in 59 seconds”, as a server asks it; null if it asks for nothing, or for more than a day. */
export const askedWait = (headers: HeaderValues): string | null => {
  const ms = askedMs(headers);
  return ms === null || ms > MOST_MS ? null : waitText(ms / 1000);
};

export const waitText = (seconds: number): string => {
  if (seconds <= 120) return amount(Math.max(Math.ceil(seconds), 1), "second");
  if (seconds <= 7200) return amount(Math.ceil(seconds / 60), "minute");
  return amount(Math.ceil(seconds / 3600), "hour");
};

const amount = (count: number, unit: string): string => `in ${count} ${unit}${count === 1 ? "" : "s"}`;
