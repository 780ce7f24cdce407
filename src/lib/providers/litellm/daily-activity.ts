import type { Draft } from "../../record/draft.js";
import { type Decimal, toScale, ZERO } from "../../money.js";
import type { Answer } from "../answer.js";
import type { ProviderApi } from "../api.js";
import type { Collected, Feed } from "../collector.js";
import { daysBetween, spansOf } from "../../dates/days.js";
import { changed, stuck } from "../pages.js";
import { sumOfKnown } from "../tokens.js";

const PATH = "/user/daily/activity";

/** Days of one request; rows of the proxy's own table that a page is made of; pages, more than any proxy has. */
const MOST = { days: 31, rows: 1000, pages: 1000 };

interface Activity {
  spend: Decimal;
  input: number | null;
  output: number | null;
  cacheRead: number | null;
  cacheWrite: number | null;
  requests: number | null;
}

const activityOf = (metrics: Answer): Activity => ({
  spend: metrics.charge("spend"),
  // What was cached is part of the input.
  input: metrics.count("prompt_tokens"),
  output: metrics.count("completion_tokens"),
  cacheRead: metrics.count("cache_read_input_tokens"),
  cacheWrite: metrics.count("cache_creation_input_tokens"),
  requests: metrics.count("api_requests"),
});

const both = (one: Activity | undefined, other: Activity): Activity => {
  if (one === undefined) return other;
  return {
    spend: one.spend.plus(other.spend),
    input: sumOfKnown(one.input, other.input),
    output: sumOfKnown(one.output, other.output),
    cacheRead: sumOfKnown(one.cacheRead, other.cacheRead),
    cacheWrite: sumOfKnown(one.cacheWrite, other.cacheWrite),
    requests: sumOfKnown(one.requests, other.requests),
  };
};

/** A day as far as it was read: its rows may be on several pages. */
interface Day {
  all: Activity;
  models: Map<string, Activity>;
}

const addTo = (days: Map<string, Day>, result: Answer): void => {
  const date = result.day("date");
  const day = days.get(date);
  const models = day?.models ?? new Map<string, Activity>();
  for (const [model, value] of result.object("breakdown").object("models").entries()) {
    // Older proxies have the measures right here.
    const metrics = value.has("metrics") ? value.object("metrics") : value;
    models.set(model, both(models.get(model), activityOf(metrics)));
  }
  days.set(date, { all: both(day?.all, activityOf(result.object("metrics"))), models });
};

/** What the models of a day do not account for, such as calls of tools. */
const restOf = ({ all, models }: Day): Activity => {
  const split = [...models.values()].reduce<Activity | undefined>(both, undefined);
  const left = (whole: number | null, part = 0 as number | null) =>
    whole === null ? null : Math.max(whole - (part ?? 0), 0);
  return {
    spend: all.spend.minus(split?.spend ?? ZERO),
    input: left(all.input, split?.input),
    output: left(all.output, split?.output),
    cacheRead: left(all.cacheRead, split?.cacheRead),
    cacheWrite: left(all.cacheWrite, split?.cacheWrite),
    requests: left(all.requests, split?.requests),
  };
};

const draftOf = (timestamp: string, model: string | null, { spend, ...counts }: Activity): Draft => ({
  timestamp,
  granularity: "day",
  model,
  cost: spend,
  basis: "billed",
  ...counts,
  key: [timestamp, model],
});

const draftsOf = ([timestamp, day]: [string, Day]): Draft[] => {
  const rest = restOf(day);
  return [
    ...[...day.models].map(([model, activity]) => draftOf(timestamp, model, activity)),
    // What is below is left by the proxy's floating-point sums.
    ...(toScale(rest.spend).eq(0) ? [] : [draftOf(timestamp, null, rest)]),
  ];
};

interface Span {
  from: string;
  to: string;
}

interface Page {
  results: Answer[];
  /** How many there are; null if the proxy does not say. */
  pages: number | null;
  isLast: boolean;
}

/** @throws UserError `paging_stuck` if another page came, or an empty one that is not the last */
const pageOf = async (api: ProviderApi, { from, to }: Span, page: number): Promise<Page> => {
  const query = { start_date: from, end_date: to, page, page_size: MOST.rows };
  const answer = await api.get(PATH, query);
  const results = answer.list("results");
  const metadata = answer.object("metadata");
  const pages = metadata.count("total_pages");
  const isLast = !metadata.flag("has_more") && (pages ?? 1) <= page;
  // A proxy that does not know pages would give the same one for ever.
  const given = metadata.count("page") ?? page;
  if (!isLast && (given !== page || results.length === 0 || page === MOST.pages)) throw stuck(PATH);
  return { results, pages, isLast };
};

/** All results of a day. */
const resultsOf = async (api: ProviderApi, day: Span, first: Page): Promise<Answer[]> => {
  const results = [...first.results];
  for (let number = 2, page = first; !page.isLast; number++) {
    page = await pageOf(api, day, number);
    if (page.pages !== first.pages) {
      throw changed(PATH, `${day.from} had ${first.pages} pages, and then ${page.pages}`);
    }
    results.push(...page.results);
  }
  return results;
};

/**
 * A span from one answer, or in smaller ones: the rows that a proxy in use adds move others from page to page, where they
 * would count twice or not at all. Only a single day is read page by page.
 */
async function* piecesOf(api: ProviderApi, span: Span): AsyncGenerator<Collected> {
  const dates = daysBetween(span.from, span.to);
  const first = await pageOf(api, span, 1);
  if (!first.isLast && dates.length > 1) {
    for (const half of spansOf(span.from, span.to, Math.ceil(dates.length / 2))) yield* piecesOf(api, half);
    return;
  }
  const days = new Map<string, Day>();
  for (const result of await resultsOf(api, span, first)) addTo(days, result);
  yield { days: dates, drafts: [...days].flatMap(draftsOf) };
}

/** What a LiteLLM proxy reckons that its users, or the user of the key, spent on each UTC day, by model. */
export const litellmDailyActivity: Feed = {
  id: "litellm-daily-activity",
  title: "LiteLLM daily activity",
  source: "litellm/daily-activity",
  series: "litellm/spend",
  detail: 1,
  async *collect(api, { from, to }) {
    for (const span of spansOf(from, to, MOST.days)) yield* piecesOf(api, span);
  },
};
