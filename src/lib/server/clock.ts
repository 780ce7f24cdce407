import type { HeaderValues } from "./headers.js";

/** Minutes from which a wrong clock is worth a word: tokens are good for an hour. */
const SLACK = 5;

/** By the `Date` of a server's answer; null if the clock is about right, or the server does not tell. */
export const clockHint = (headers: HeaderValues): string | null => {
  const minutes = Math.round((Date.now() - Date.parse(headers.get("date") ?? "")) / 60_000);
  if (Number.isNaN(minutes) || Math.abs(minutes) < SLACK) return null;
  const side = minutes > 0 ? "ahead of" : "behind";
  return `The clock of this machine is ${Math.abs(minutes)} minutes ${side} that of the server; set it right.`;
};
