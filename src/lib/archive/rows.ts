import { setImmediate } from "node:timers/promises";
import { ARCHIVE_KINDS, type ArchiveKind, type ArchiveRow } from "../api.js";
import { UserError } from "../errors.js";
import type { Store } from "../store/store.js";

/** One row on its way from a store to another one, or to a file and back. */
export interface TravellingRow {
  kind: ArchiveKind;
  row: ArchiveRow;
  /** Characters of its JSON. */
  size: number;
}

/** How many there are of each kind. */
export type KindCounts = Record<ArchiveKind, number>;

/** Some rows of one kind, as they lie in a store. */
export interface StoredPage<Kind = ArchiveKind> {
  kind: Kind;
  rows: ArchiveRow[];
}

/** One page as the database gives it: its rows, and what to give as `after` for the next one; null at the end. */
export type PageOf<Kind = ArchiveKind> = (
  kind: Kind,
  after: string | null,
  maxRows: number,
) => Promise<{ rows: ArchiveRow[]; next: string | null }>;

/** Few enough that a page is made within the statement timeout of a hosted project. */
const PAGE = 2000;

/** Pages of what the user has, in the order in which it must be restored. */
export const storedPages = (store: Store): AsyncGenerator<StoredPage> =>
  pagesOf(ARCHIVE_KINDS, (kind, after, max_rows) => store.call("export_rows", { kind, after, max_rows }));

/** Pages of all records that count, oldest first. */
export const recordPages = (store: Store): AsyncGenerator<StoredPage<"record">> =>
  pagesOf(["record"], (kind, after, max_rows) => store.call("export_rows", { kind, after, max_rows }));

/**
 * All pages of some kinds, one kind after the other.
 * @throws UserError `paging_stuck` if a page leads nowhere, or back to one that was there
 */
export async function* pagesOf<Kind>(
  kinds: readonly Kind[],
  pageOf: PageOf<Kind>,
): AsyncGenerator<StoredPage<Kind>> {
  for (const kind of kinds) {
    let after: string | null = null;
    const seen = new Set<string>();
    do {
      const { rows, next }: Awaited<ReturnType<PageOf<Kind>>> = await pageOf(kind, after, PAGE);
      if (rows.length > 0) yield { kind, rows };
      if (next !== null && (rows.length === 0 || seen.has(next))) throw endless(String(kind));
      if (next !== null) seen.add(next);
      after = next;
      // PGlite works without ever giving way; a signal and the progress bar need a turn.
      await setImmediate();
    } while (after !== null);
  }
}

const endless = (kind: string): UserError =>
  new UserError(
    "paging_stuck",
    `The pages of ${kind} do not come to an end: the database names a page that was there already, or an empty one.`,
    "Run the command again. If that does not help, please report it.",
  );

/** A value for each kind. */
export const forEachKind = <Value>(valueOf: (kind: ArchiveKind) => Value): Record<ArchiveKind, Value> =>
  Object.fromEntries(ARCHIVE_KINDS.map((kind) => [kind, valueOf(kind)])) as Record<ArchiveKind, Value>;
