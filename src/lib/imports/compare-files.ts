import { randomUUID } from "node:crypto";
import type { TriedFile } from "../api.js";
import { eachFile, type EachFileOptions } from "../files/each-file.js";
import { groupsOf } from "../reports/groups.js";
import type { StoredPrices } from "../record/price.js";
import type { ImportResult } from "../store/read-model/known-files.js";
import type { Store } from "../store/store.js";
import { BATCH_SIZE, type Portion } from "./batches.js";
import type { FileToWrite } from "./check-files.js";
import { finishedOutcome, headOf, known, type Outcome, resultOf, UNCHANGED } from "./outcome.js";
import { preview, type SendWanted } from "./preview.js";
import { sendRows } from "./send-rows.js";
import type { ImportSettings } from "./settings.js";
import { pricesFor, refuseAllImportedOtherwise } from "./write-files.js";

/** What files would come to in a store that cannot rehearse. */
export interface Comparison {
  results: ImportResult[];
  /** Names of files that were compared with what is imported, but not with each other: a list a series. */
  apart: string[][];
  /** Names of files that have more rows than can be tried in one call: not all of their facts are known. */
  large: string[];
}

interface Options extends EachFileOptions {
  /** Providers that the files name and the database does not know. */
  newProviders: readonly string[];
}

/**
 * Tries files whose rows go into one call, all of a series together, because only those can change each other's results.
 * Larger ones are compared by what they say of their days.
 */
export const compareFiles = async (
  store: Store,
  files: readonly FileToWrite[],
  settings: ImportSettings,
  options: Options,
): Promise<Comparison> => {
  await refuseAllImportedOtherwise(store, files, settings);
  const outcomes = new Map<FileToWrite, Outcome>();
  const apart: string[][] = [];
  const large: string[] = [];
  const prices = await pricesFor(store, files);
  const tool = new Comparer(store, { ...settings, prices }, options.newProviders);
  await eachFile("Comparing", bySeries(files), options, async (group, onProgress) => {
    const tried = await tool.tryTogether(group.files, onProgress);
    tried?.forEach((outcome, at) => outcomes.set(group.files[at] as FileToWrite, outcome));
    if (tried !== null) return;
    if (group.files.length > 1) apart.push(group.files.map(nameOf));
    for (const file of group.files) {
      const [alone = null] = (await tool.tryTogether([file], onProgress)) ?? [];
      if (alone === null) large.push(nameOf(file));
      outcomes.set(file, alone ?? (await tool.compare(file, onProgress)));
    }
  });
  const results = files.map((file) => resultOf(file.checked, outcomes.get(file) ?? UNCHANGED, true));
  return { results, apart, large };
};

const nameOf = ({ checked }: FileToWrite): string => checked.file.name;

interface Group {
  files: FileToWrite[];
  /** Bytes. */
  size: number;
}

/** The files of each series. */
const bySeries = (files: readonly FileToWrite[]): Group[] =>
  groupsOf(files, ({ checked }) => checked.file.format.series).map((group) => ({
    files: group,
    size: group.reduce((sum, { size }) => sum + size, 0),
  }));

type OnProgress = (bytesRead: number) => void;

type Settings = ImportSettings & { prices: StoredPrices | null };

class Comparer {
  readonly #store: Store;
  readonly #settings: Settings;
  readonly #newProviders: readonly string[];

  constructor(store: Store, settings: Settings, newProviders: readonly string[]) {
    this.#store = store;
    this.#settings = settings;
    this.#newProviders = newProviders;
  }

  /** What the imports of some files would say, one after the other; null if their rows do not go into one call. */
  async tryTogether(files: readonly FileToWrite[], onProgress: OnProgress): Promise<Outcome[] | null> {
    const records = files.reduce((sum, { checked }) => sum + checked.records, 0);
    if (records > this.#store.batchRows) return null;
    const full = files.filter(({ checked }) => checked.records > 0);
    const given: TriedFile[] = [];
    let length = 0;
    for (const file of full) {
      const portions: Portion[] = [];
      await this.#send(file, onProgress)(
        () => true,
        (portion) => Promise.resolve(void portions.push(portion)),
      );
      const [portion] = portions;
      length += portion?.records.text.length ?? 0;
      if (portion === undefined || portions.length > 1 || length > BATCH_SIZE) return null;
      given.push({
        import: this.#headOf(file),
        sheets: file.checked.sheets,
        numbers: portion.sheets,
        rows: portion.records.text,
      });
    }
    const tried =
      given.length === 0
        ? []
        : await this.#store.call("try_imports", { files: given, providers: this.#newProviders });
    const outcomes = files.map(async ({ checked }) => {
      const answer = tried[full.findIndex((file) => file.checked === checked)];
      if (!answer?.import) return UNCHANGED;
      if (answer.is_known && !this.#settings.replace) return known(this.#store, checked, answer.import);
      return finishedOutcome(answer.import);
    });
    return Promise.all(outcomes);
  }

  /** What a file would come to, by what it says of its days. */
  async compare(file: FileToWrite, onProgress: OnProgress): Promise<Outcome> {
    const send = this.#send(file, onProgress);
    const compared = await preview(this.#store, this.#headOf(file), file.checked.sheets, send);
    const { known: before, counts, facts, countedUsd } = compared;
    return before && !this.#settings.replace
      ? known(this.#store, file.checked, before)
      : { ...UNCHANGED, ...counts, facts, counted_usd: countedUsd };
  }

  #headOf({ checked }: FileToWrite) {
    return headOf(checked, { importId: randomUUID(), replace: this.#settings.replace });
  }

  #send({ checked, readAhead }: FileToWrite, onProgress: OnProgress): SendWanted {
    const { rates, prices } = this.#settings;
    return (isWanted, send) =>
      sendRows(this.#store, checked, isWanted, send, {
        rates,
        prices,
        rejects: undefined,
        readAhead,
        onProgress,
      });
  }
}
