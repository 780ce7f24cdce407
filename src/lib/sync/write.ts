import type { ImportHead, IngestCounts, StoredCredential } from "../api.js";
import { userErrorOf } from "../errors.js";
import { preview } from "../imports/preview.js";
import { sendingRows, writeSheets } from "../imports/write-sheets.js";
import { pricerOf } from "../prices/pricer.js";
import { lacksPrice } from "../prices/usage.js";
import { withStoredRates } from "../rates/stored.js";
import type { Rates } from "../record/rates.js";
import type { Store } from "../store/store.js";
import type { Haul } from "./collect.js";
import { contentsOf, type FeedResult, resultBefore, summaryOf } from "./result.js";
import { type Answer, answerOf, headOf, withRecords } from "./sheets.js";
import { completeThrough } from "./window.js";

export interface WriteOptions {
  rates: Rates;
  timezone: string;
  /** Find out what would change, and change nothing. */
  dryRun: boolean;
}

/**
 * Writes what was collected, as an import that can be undone, and keeps how far that goes. Of a day the last answer
 * counts, whole. What cannot be written is the error of the result.
 */
export const writeHaul = async (
  store: Store,
  haul: Haul,
  credential: StoredCredential,
  options: WriteOptions,
): Promise<FeedResult> => {
  const result = resultBefore(haul);
  try {
    const { result: converted } = await withStoredRates(
      options.rates,
      () => Promise.resolve(store),
      (rates) => answerOf(haul, credential, rates),
    );
    const answer = await priced(store, converted);
    Object.assign(result, contentsOf(haul, answer.records, options.timezone));
    const head = headOf(haul, credential, answer, { ...summaryOf(result), dates: result.dates });
    const before = completeBefore(haul, credential);
    const write = options.dryRun ? tryOut : writeAnswer;
    if (answer.sheets.length > 0) Object.assign(result, await write(store, head, answer, before));
    if (!options.dryRun) await remember(store, haul, credential);
  } catch (error) {
    result.error = userErrorOf(error);
  }
  return result;
};

/** With estimates beside what has tokens and no money. */
const priced = async (store: Store, answer: Answer): Promise<Answer> => {
  if (!answer.records.some(lacksPrice)) return answer;
  const pricer = await pricerOf(store);
  return withRecords(answer, (record) => pricer.priced(record));
};

type Outcome = IngestCounts & Pick<FeedResult, "import_id" | "restated_days">;

const writeAnswer = async (
  store: Store,
  head: ImportHead,
  answer: Answer,
  before: string | null,
): Promise<Outcome> => {
  const { counts, wanted } = await writeSheets(store, head, answer);
  return { ...counts, restated_days: restated(answer, (number) => wanted[number] !== null, before) };
};

const tryOut = async (
  store: Store,
  head: ImportHead,
  answer: Answer,
  before: string | null,
): Promise<Outcome> => {
  if (store.rehearse !== null) {
    const tried = await store.rehearse((rehearsed) => writeAnswer(rehearsed, head, answer, before));
    return { ...tried, import_id: null };
  }
  const { counts, fates } = await preview(store, head, answer.sheets, sendingRows(store, answer.rows));
  const restated_days = restated(answer, (number) => fates[number] !== "in", before);
  return { ...counts, import_id: null, restated_days };
};

/** How many days that were over when they were collected before are others now. */
const restated = ({ sheets }: Answer, isOther: (number: number) => boolean, before: string | null): number =>
  sheets.filter(
    ({ day, is_events }, number) => !is_events && before !== null && day <= before && isOther(number),
  ).length;

/** The last day that was complete in a feed before this run. */
const completeBefore = ({ feed }: Haul, { syncs }: StoredCredential): string | null =>
  syncs.find((state) => state.feed === feed.id)?.complete_through ?? null;

/** A feed that was cut short goes on from where it was; it remembers nothing new. */
const remember = async (store: Store, haul: Haul, credential: StoredCredential): Promise<void> => {
  const { feed, window, pieces, error } = haul;
  const before = completeBefore(haul, credential);
  const days = new Set(pieces.flatMap((piece) => piece.days));
  const complete_through = completeThrough(window, before, days, error === null);
  if (error !== null && complete_through === before) return;
  const memory = error === null ? pieces.findLast((piece) => piece.memory)?.memory : undefined;
  await store.call("save_sync_state", {
    credential_id: credential.id,
    feed: feed.id,
    complete_through,
    memory: memory ?? window.memory,
  });
};
