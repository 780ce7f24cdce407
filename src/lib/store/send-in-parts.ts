import type { IngestCounts } from "../api.js";
import { hasCode, STATEMENT_TIMEOUT } from "../server/server-errors.js";

export const NO_COUNTS: Readonly<IngestCounts> = {
  inserted: 0,
  updated: 0,
  unchanged: 0,
  covered: 0,
  kept_edits: 0,
  replaced: 0,
};

/** So few rows are not divided again. */
const LEAST = 100;

export interface SendOptions {
  /** Called with the number of rows that were sent at once instead. */
  onHalved?: (most: number) => void;
  least?: number;
}

interface Divisible<Rows> {
  length: number;
  slice(start: number, end?: number): Rows;
}

/** In halves if the database takes too long for all of them at once. */
export const sendInParts = async <Rows extends Divisible<Rows>>(
  rows: Rows,
  send: (rows: Rows) => Promise<void>,
  options: SendOptions = {},
): Promise<void> => {
  const { onHalved, least = LEAST } = options;
  try {
    await send(rows);
  } catch (error) {
    if (!hasCode(error, STATEMENT_TIMEOUT) || rows.length <= least) throw error;
    const half = Math.ceil(rows.length / 2);
    onHalved?.(half);
    await sendInParts(rows.slice(0, half), send, options);
    await sendInParts(rows.slice(half), send, options);
  }
};
