import { hasCode, STATEMENT_TIMEOUT } from "./server/server-errors.js";

/** So few rows are not divided any more. */
const LEAST = 100;

/**
 * Sends rows to a store, in halves where the database takes too long for all of them at once.
 * @param onHalved called with the number of rows that were sent at once instead
 */
export const sendInParts = async <Row>(
  rows: Row[],
  send: (rows: Row[]) => Promise<void>,
  onHalved?: (most: number) => void,
): Promise<void> => {
  try {
    await send(rows);
  } catch (error) {
    if (!hasCode(error, STATEMENT_TIMEOUT) || rows.length <= LEAST) throw error;
    const half = Math.ceil(rows.length / 2);
    onHalved?.(half);
    await sendInParts(rows.slice(0, half), send, onHalved);
    await sendInParts(rows.slice(half), send, onHalved);
  }
};
