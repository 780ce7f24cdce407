import type { Draft } from "../record/draft.js";
import { UserError } from "../errors.js";
import type { Answer } from "./answer.js";
import type { ProviderApi, Query } from "./api.js";
import type { Collected } from "./collector.js";
import { dateOf, daysAfter } from "../dates/days.js";

/** More pages than any account has. */
const MOST_PAGES = 1000;

/** Follows `has_more` and `next_page`. @throws UserError `paging_stuck` if the provider names a page twice, or none */
export async function* pages(api: ProviderApi, path: string, query: Query): AsyncGenerator<Answer> {
  const seen = new Set<string>();
  let page: string | undefined;
  for (;;) {
    const answer = await api.get(path, { ...query, page });
    yield answer;
    if (!answer.flag("has_more")) return;
    const next = answer.text("next_page");
    if (next === null || seen.has(next) || seen.size >= MOST_PAGES) throw stuck(path);
    seen.add(next);
    page = next;
  }
}

/**
 * The drafts of the rows on all pages.
 * @throws UserError `pages_changed` if a row is on two pages: rows have moved, and another one may be on none
 */
export const draftsOnPages = async (
  api: ProviderApi,
  path: string,
  query: Query,
  draftsOf: (page: Answer) => Draft[],
): Promise<Draft[]> => {
  const drafts: Draft[] = [];
  const seen = new Set<string>();
  for await (const page of pages(api, path, query)) {
    const onPage = draftsOf(page);
    const texts = onPage.map((draft) => JSON.stringify(draft));
    if (texts.some((text) => seen.has(text))) throw changed(path, "a row came on two pages");
    for (const text of texts) seen.add(text);
    drafts.push(...onPage);
  }
  return drafts;
};

/** How the buckets of a feed are read; each bucket holds the rows of a UTC day. */
export interface BucketReader {
  startOf: (bucket: Answer) => string;
  /** Null for a row that says nothing. */
  draftOf: (row: Answer, start: string) => Draft | null;
}

/**
 * Pages of buckets (`data`, each with `results`), as pieces of a feed.
 * @throws UserError `pages_changed` if days are missing between two pages
 */
export async function* bucketPages(
  api: ProviderApi,
  path: string,
  query: Query,
  { startOf, draftOf }: BucketReader,
): AsyncGenerator<Collected> {
  const missing = gapsBetweenPages();
  for await (const page of pages(api, path, query)) {
    const buckets = page
      .list("data")
      .map((bucket) => ({ start: startOf(bucket), rows: bucket.list("results") }));
    const days = buckets.map(({ start }) => dateOf(start));
    const gap = missing(days);
    if (gap !== null) throw changed(path, `${gap} is on none of its pages`);
    yield {
      days,
      drafts: buckets
        .flatMap(({ start, rows }) => rows.map((row) => draftOf(row, start)))
        .filter((draft) => draft !== null),
    };
  }
}

/**
 * Finds a day that is missing between the last day of a page and the first one of the next. A provider that leaves out
 * days without spend leaves them out within a page, too; then nothing is known to be missing.
 * @returns for the days of each page the first day that is missing before them, else null
 */
const gapsBetweenPages = (): ((days: readonly string[]) => string | null) => {
  let next: string | null = null;
  let isGapless = true;
  return (days) => {
    const [first, last] = [days[0], days.at(-1)];
    if (first === undefined || last === undefined) return null;
    isGapless &&= days.every((day, at) => at === 0 || day === daysAfter(days[at - 1] ?? "", 1));
    const expected = next;
    next = daysAfter(last, 1);
    return isGapless && expected !== null && first > expected ? expected : null;
  };
};

/** @param how what shows it, as the rest of a sentence */
export const changed = (path: string, how: string) =>
  new UserError(
    "pages_changed",
    `The answers of ${path} changed while they were read: ${how}.`,
    "Run the command again. If that does not help, please report it.",
  );

export const stuck = (path: string) =>
  new UserError(
    "paging_stuck",
    `The pages of ${path} do not come to an end: the provider names a page that was there already, or none.`,
    "Run the command again later. If that does not help, please report it.",
  );
