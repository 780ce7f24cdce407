import type { UserError } from "../errors.js";
import { dateOf } from "../dates/days.js";
import { counted, plain, sum } from "../money.js";
import type { ImportSummary, IngestCounts } from "../api.js";
import { DateGauge } from "../record/gauges.js";
import type { CostRecord } from "../record/record.js";
import { NO_COUNTS } from "../store/send-in-parts.js";
import type { Haul } from "./collect.js";

interface Restated {
  /** How many days were collected before, when they were over, and are different now. */
  restated_days: number;
}

/** What became of one feed of a key, in numbers. */
interface FeedFacts extends IngestCounts, Restated {
  /** Id of the feed, for example `anthropic-cost-report`. */
  feed: string;
  title: string;
  /** The import that it made; null if nothing changed: there is nothing to undo. */
  import_id: string | null;
  /** The UTC dates that were asked for. */
  asked_from: string;
  asked_to: string;
  /** The UTC dates of the records that came; null without any. */
  from: string | null;
  to: string | null;
  rows: number;
  /** What the rows charged, US dollars. */
  cost_usd: string;
  /** Null if no row states any. */
  tokens: number | null;
  notes: string[];
}

/** What became of one feed of a key. */
export interface FeedResult extends FeedFacts {
  /** The UTC dates that were collected, with or without spend. */
  dates: string[];
  /** Why there is not more; what came before is in. */
  error: UserError | null;
}

interface FeedJson extends FeedFacts {
  /** How many UTC dates were collected, with or without spend. */
  days: number;
  error: ErrorJson | null;
}

/** What became of one key. */
export interface KeyResult {
  provider: string;
  /** The name of the credential. */
  credential: string;
  feeds: FeedResult[];
  /** Why nothing was collected at all; the errors of single feeds are theirs. */
  error: UserError | null;
}

/** The result of a feed before anything is written. */
export const resultBefore = ({ feed, window, pieces, error }: Haul): FeedResult => ({
  feed: feed.id,
  title: feed.title,
  import_id: null,
  asked_from: window.from,
  asked_to: window.to,
  from: null,
  to: null,
  dates: [],
  rows: 0,
  cost_usd: "0",
  tokens: null,
  ...NO_COUNTS,
  restated_days: 0,
  notes: pieces.flatMap(({ note }) => note ?? []),
  error,
});

/** What the result of a feed says of its records. */
export const contentsOf = ({ pieces }: Haul, records: readonly CostRecord[], timezone: string) => {
  const dates = new DateGauge(timezone);
  records.forEach((record) => dates.note(record));
  const tokens = records.flatMap(({ tokens_used }) => tokens_used ?? []);
  return {
    ...dates.range,
    dates: [
      ...new Set([
        ...pieces.flatMap(({ days }) => days),
        ...records.map(({ timestamp }) => dateOf(timestamp)),
      ]),
    ].sort(),
    rows: records.length,
    cost_usd: plain(sum(records.map(({ cost_usd }) => cost_usd))),
    tokens: tokens.length === 0 ? null : tokens.reduce((all, count) => all + count, 0),
  };
};

export const summaryOf = ({ rows, cost_usd, from, to }: FeedResult): ImportSummary => ({
  row_count: rows,
  skipped: 0,
  rejected: 0,
  cost_usd,
  first_date: from,
  last_date: to,
});

interface ErrorJson {
  code: string;
  message: string;
  hint: string | null;
}

/** What `sync --json` holds for one key. Money is a decimal string, US dollars. */
export interface SyncJson extends IngestCounts, Restated {
  provider: string;
  credential: string;
  status: "done" | "failed";
  from: string | null;
  to: string | null;
  /** How many UTC dates were collected, with or without spend. */
  days: number;
  rows: number;
  cost_usd: string;
  tokens: number | null;
  feeds: FeedJson[];
  error: ErrorJson | null;
}

/** Why something of a key went wrong; the first reason counts. */
export const failureOf = ({ error, feeds }: KeyResult): UserError | null =>
  error ?? feeds.find((feed) => feed.error !== null)?.error ?? null;

export const syncJson = (result: KeyResult): SyncJson => {
  const { provider, credential, feeds } = result;
  const failure = failureOf(result);
  const total = (count: (feed: FeedResult) => number): number =>
    feeds.reduce((all, feed) => all + count(feed), 0);
  const tokens = feeds.flatMap((feed) => feed.tokens ?? []);
  return {
    provider,
    credential,
    status: failure === null ? "done" : "failed",
    from: feeds.flatMap(({ from }) => from ?? []).sort()[0] ?? null,
    to:
      feeds
        .flatMap(({ to }) => to ?? [])
        .sort()
        .at(-1) ?? null,
    days: new Set(feeds.flatMap(({ dates }) => dates)).size,
    rows: total(({ rows }) => rows),
    inserted: total(({ inserted }) => inserted),
    updated: total(({ updated }) => updated),
    unchanged: total(({ unchanged }) => unchanged),
    covered: total(({ covered }) => covered),
    kept_edits: total(({ kept_edits }) => kept_edits),
    replaced: total(({ replaced }) => replaced),
    // The feeds of a key show the same days.
    restated_days: Math.max(0, ...feeds.map(({ restated_days }) => restated_days)),
    cost_usd: plain(sum(feeds.map(({ cost_usd }) => cost_usd))),
    tokens: tokens.length === 0 ? null : tokens.reduce((all, count) => all + count, 0),
    feeds: feeds.map(({ dates, error, ...feed }) => ({
      ...feed,
      days: dates.length,
      error: error && errorJson(error),
    })),
    error: failure && errorJson(failure),
  };
};

const errorJson = ({ code, message, hint }: UserError): ErrorJson => ({ code, message, hint: hint ?? null });

/** What the numbers of a sync leave out, and what the providers say of them. */
export const syncWarnings = (results: readonly KeyResult[]): string[] => {
  const covered = results.reduce((all, result) => all + syncJson(result).covered, 0);
  return [
    ...new Set(
      results.flatMap(({ provider, feeds }) =>
        feeds.flatMap(({ notes }) => notes.map((note) => `${provider}: ${note}`)),
      ),
    ),
    ...(covered > 0 ? [`${counted(covered, "row")} left out: an export already covers these days.`] : []),
  ];
};
