import type { Draft } from "../record/draft.js";
import { UserError } from "../errors.js";
import type { Answer } from "./answer.js";
import type { ProviderApi, Query } from "./api.js";
import type { Collected } from "./collector.js";
import { dateOf } from "../dates/days.js";

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

/** How the buckets of a feed are read; each bucket holds the rows of a UTC day. */
export interface BucketReader {
  startOf: (bucket: Answer) => string;
  /** Null for a row that says nothing. */
  draftOf: (row: Answer, start: string) => Draft | null;
}

/** Pages of buckets (`data`, each with `results`), as pieces of a feed. */
export async function* bucketPages(
  api: ProviderApi,
  path: string,
  query: Query,
  { startOf, draftOf }: BucketReader,
): AsyncGenerator<Collected> {
  for await (const page of pages(api, path, query)) {
    const buckets = page
      .list("data")
      .map((bucket) => ({ start: startOf(bucket), rows: bucket.list("results") }));
    yield {
      days: buckets.map(({ start }) => dateOf(start)),
      drafts: buckets
        .flatMap(({ start, rows }) => rows.map((row) => draftOf(row, start)))
        .filter((draft) => draft !== null),
    };
  }
}

export const stuck = (path: string) =>
  new UserError(
    "paging_stuck",
    `The pages of ${path} do not come to an end: the provider names a page that was there already, or none.`,
    "Run the command again later. If that does not help, please report it.",
  );
