import { counted } from "../money.js";

const DAY_MS = 86_400_000;

/** @param since a date or moment @returns whole days, 0 for a moment that is still to come */
export const ageInDays = (since: string, now: Date): number =>
  Math.max(0, Math.floor((now.getTime() - Date.parse(since)) / DAY_MS));

/** `1 day`, `412 days`. */
export const ageText = (since: string, now: Date): string => counted(ageInDays(since, now), "day");

/** `from today`, `1 day old`. */
export const oldText = (since: string, now: Date): string =>
  ageInDays(since, now) === 0 ? "from today" : `${ageText(since, now)} old`;
