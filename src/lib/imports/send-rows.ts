import { eachInParallel } from "../system/parallel.js";
import type { LineSpan } from "../csv/reader.js";
import type { StoredPrices } from "../record/price.js";
import type { Rates } from "../record/rates.js";
import { sendInParts } from "../store/send-in-parts.js";
import type { Store } from "../store/store.js";
import type { RejectsFile } from "../files/rejects.js";
import { type Batch, batchesOf, type Portion } from "./batches.js";
import type { CheckedFile } from "./check.js";
import { batchesAhead } from "./reading-ahead.js";

export interface SendOptions {
  rates: Rates;
  /** See `BatchOptions`. */
  prices: StoredPrices | null;
  /** Where refused rows go, whole, below the file's header. */
  rejects: RejectsFile | undefined;
  /** Read the file in a thread of its own. Not if its format is made from what the user said. */
  readAhead: boolean;
  /** Called before each batch. */
  onProgress: (bytesRead: number) => void;
}

/**
 * Reads a checked file again and sends the rows of the wanted sheets, some batches at once. Refused rows go where they
 * belong. If no row of a file is wanted, it is not read.
 * @param isWanted by the number of a sheet
 */
export const sendRows = async (
  store: Store,
  { file, sheets, spans }: CheckedFile,
  isWanted: (number: number) => boolean,
  send: (portion: Portion) => Promise<void>,
  options: SendOptions,
): Promise<void> => {
  const wanted = sheets
    .map(({ series, account, project, day }, number) => ({
      ...(series !== undefined && { series }),
      ...{ account, project, day, number },
    }))
    .filter(({ number }) => isWanted(number));
  if (wanted.length === 0 && options.rejects === undefined) return;
  const rows = wanted.reduce((sum, { number }) => sum + (sheets[number]?.rows ?? 0), 0);
  // A thread takes longer to start than a few rows to read.
  const read = options.readAhead && rows > store.batchRows ? batchesAhead : batchesOf;
  const batches = read(file, {
    rates: options.rates,
    prices: options.prices,
    most: store.batchRows,
    wanted,
    // Refused rows stand anywhere.
    ...(options.rejects === undefined && { lines: around(wanted.map(({ number }) => spans[number])) }),
  });
  let most = Infinity;
  const onHalved = (size: number): void => void (most = Math.min(most, size));
  await eachInParallel(
    portions(batches, () => most, options),
    store.parallel,
    (portion) => sendPortion(portion, send, onHalved),
  );
};

/** From the first to the last line of some spans. */
const around = (spans: readonly (LineSpan | undefined)[]): LineSpan => ({
  first: spans.reduce((least, span) => Math.min(least, span?.first ?? least), Infinity),
  last: spans.reduce((most, span) => Math.max(most, span?.last ?? most), 0),
});

/** In halves if the database takes too long for all of it. */
export const sendPortion = (
  { records, sheets }: Portion,
  send: (portion: Portion) => Promise<void>,
  onHalved?: (size: number) => void,
): Promise<void> => sendInParts(records, (part) => send({ records: part, sheets }), onHalved && { onHalved });

/** @param most how many rows at once, as of now */
async function* portions(
  batches: AsyncIterable<Batch>,
  most: () => number,
  { rejects, onProgress }: SendOptions,
): AsyncGenerator<Portion> {
  for await (const { records, sheets, rejected, bytesRead } of batches) {
    onProgress(bytesRead);
    for (const row of rejected) rejects?.add(row);
    for (let sent = 0; sent < records.length;) {
      const portion = records.slice(sent, sent + most());
      sent += portion.length;
      yield { records: portion, sheets };
    }
  }
}
