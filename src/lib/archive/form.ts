import type { ArchiveRow } from "../api.js";

/** One form of an archive: the kinds of rows it holds, in their order, and what each of them must hold. */
export interface Form<Kind extends string> {
  version: number;
  kinds: readonly Kind[];
  /** What is wrong with a row, as a predicate such as `has no “id”`; null if it is fine. */
  problem: (kind: Kind, row: ArchiveRow) => string | null;
}
