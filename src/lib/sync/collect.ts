import { UserError, userErrorOf } from "../errors.js";
import { AnswerProblem } from "../providers/answer.js";
import { isRefusal, type ProviderApi } from "../providers/api.js";
import type { Collected, Feed, Window } from "../providers/collector.js";
import { dateOf } from "../dates/days.js";

/** What one run got from a feed. */
export interface Haul {
  /** The feed that gave it: the one that was asked for, or its fallback. */
  feed: Feed;
  window: Window;
  /** What came, in order; no date is in two of them. */
  pieces: Collected[];
  /** Why there is not more; null if the feed came to its end. */
  error: UserError | null;
}

/**
 * Collects what a feed gives. An error ends it, and what came before is kept.
 * @param windowOf the days that a feed is asked for
 * @param explain the error of an answer that cannot be read
 */
export const collect = async (
  feed: Feed,
  api: ProviderApi,
  windowOf: (feed: Feed) => Window,
  explain: (problem: AnswerProblem) => UserError,
): Promise<Haul> => {
  const haul: Haul = { feed, window: windowOf(feed), pieces: [], error: null };
  const seen = new Set<string>();
  try {
    for await (const piece of feed.collect(api, haul.window)) {
      check(piece, seen, feed);
      haul.pieces.push(piece);
    }
  } catch (error) {
    if (feed.fallback && haul.pieces.length === 0 && isRefusal(error, 400, 404)) {
      return collect(feed.fallback, api, windowOf, explain);
    }
    haul.error = error instanceof AnswerProblem ? explain(error) : userErrorOf(error);
  }
  return haul;
};

/** What would count twice, or replace what it does not belong to, is refused. */
const check = ({ days, drafts }: Collected, seen: Set<string>, { title }: Feed): void => {
  for (const day of days) {
    if (seen.has(day)) throw unusable(`${title} sent ${day} twice.`);
    seen.add(day);
  }
  const stray =
    days.length === 0 ? undefined : drafts.find(({ timestamp }) => !days.includes(dateOf(timestamp)));
  if (stray !== undefined) {
    throw unusable(`${title}: a row of ${dateOf(stray.timestamp)} came with the days ${days.join(", ")}.`);
  }
};

const unusable = (message: string): UserError =>
  new UserError(
    "provider_answer",
    message,
    "Run the command again later. If that does not help, the provider has changed its API: please report it.",
  );
