import { formatCount } from "./money-text.js";

export interface ListPage {
  page: number;
  shown: number;
  total: number;
  /** What a row is, for example “import”, and what several are. */
  one: string;
  many: string;
  /** What to print if the list is empty. */
  none: string;
}

export const pageText = ({ page, shown, total, one, none }: ListPage, table: () => string): string => {
  if (total === 0) return none;
  return shown === 0 ? `No ${one} on page ${page}; there are ${formatCount(total)}.` : table();
};

/** That a list of records is cut although nobody asked for that. */
export const shortOf = (shown: number, total: number): string =>
  `Only ${formatCount(shown)} of ${formatCount(total)} records are shown. See all with --all, or others with --page.`;

/** How to see the rows that a page leaves out; empty if it shows all, or none. */
export const pageNotes = ({ shown, total, many }: ListPage): string[] =>
  shown > 0 && total > shown
    ? [`${shown} of ${total} ${many}; see others with --page, or more with --limit`]
    : [];
