import { namedRange } from "../dates/named-ranges.js";
import { UserError } from "../errors.js";
import type { Window } from "../providers/collector.js";
import { dateOf, daysAfter } from "../dates/days.js";
import type { SyncState } from "../api.js";

/** How far back the first run looks, and how many complete days later ones look at again: providers restate them. */
const DAYS = { first: 90, again: 3 };

/**
 * Which days a run asks a feed for.
 * @param state how far the feed was collected; undefined before its first run
 * @param since the UTC date to begin with, if the user names one
 */
export const windowOf = (state: SyncState | undefined, since: string | undefined, now: Date): Window => {
  const today = dateOf(now.toISOString());
  const complete = state?.complete_through ?? null;
  const usual = complete === null ? daysAfter(today, -DAYS.first) : daysAfter(complete, 1 - DAYS.again);
  return { from: since ?? usual, to: today, now, memory: state?.memory ?? null };
};

/**
 * The last day that need not be asked for again, except to see whether it was restated.
 * @param before the last one until this run
 * @param days that were collected
 * @param isWhole whether the feed came to its end: then days that it does not name have no spend
 */
export const completeThrough = (
  { from, now }: Window,
  before: string | null,
  days: ReadonlySet<string>,
  isWhole: boolean,
): string | null => {
  // What lies between was never asked for.
  if (before !== null && from > daysAfter(before, 1)) return before;
  const yesterday = daysAfter(dateOf(now.toISOString()), -1);
  if (isWhole) return yesterday;
  let next = from;
  while (days.has(next)) next = daysAfter(next, 1);
  const last = daysAfter(next, -1);
  if (last < from) return before;
  return last < yesterday ? last : yesterday;
};

/**
 * The day that a user wants to begin with, as typed.
 * @throws UserError `bad_date`
 */
export const dateSince = (text: string | undefined, now: Date): string | undefined => {
  if (text === undefined) return undefined;
  const today = dateOf(now.toISOString());
  const date = namedRange(text.trim().toLowerCase(), today)?.from ?? null;
  if (date !== null && date >= FIRST_DATE && date <= today) return date;
  throw new UserError(
    "bad_date",
    date === null ? `“${text}” is not a date.` : `${date} is not between ${FIRST_DATE} and today.`,
    "Write it like --since 2026-01-15, or --since last-month",
  );
};

/** Before it there are no records. */
const FIRST_DATE = "2015-01-01";
