import type { ImportHead, Sheet } from "../src/lib/api.js";

/** What a client sends for a file. */
export interface PreparedImport {
  head: ImportHead;
  sheets: Sheet[];
  /** Rows as `add_rows` takes them, with the numbers of the sheets that they are of. */
  batches: { sheets: number[]; rows: string }[];
}

export declare const takeIn: (
  call: (name: string, args: Record<string, unknown>) => Promise<unknown>,
  prepared: PreparedImport,
) => Promise<number>;
