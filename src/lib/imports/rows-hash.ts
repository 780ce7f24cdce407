import type { Draft } from "../record/draft.js";
import type { CostRecord } from "../record/record.js";

/**
 * A hash of what rows state, in any order: the same for the same rows. Two lanes of 32 bits a row, made as
 * https://github.com/bryc/code has cyrb53, and added up. It guards against accidents, not against forgers: the files are
 * the user's own.
 */
export class RowsHash {
  #high = 0;
  #low = 0;

  /**
   * Takes the key and the values of a row as they were read, so that another spelling of them is the same. An amount in
   * another currency is taken as it is, because its rate is the user's and may change.
   */
  add(draft: Draft, record: CostRecord): void {
    const { metadata } = record;
    lanes[0] = 0xdeadbeef;
    lanes[1] = 0x41c6ce57;
    takeText(draft.written ?? record.timestamp);
    takeText(record.granularity);
    // Most rows are usage; those of archives from before there were kinds have the same hash as now.
    if (record.kind !== "usage" && record.kind !== "credit") takeText(record.kind);
    takeText(record.provider);
    takeText(record.model_name);
    if (metadata.original === undefined) {
      takeText(record.cost_usd);
      takeText(record.estimated_cost_usd);
      if (record.topup_usd !== null) takeText(record.topup_usd);
    } else {
      takeText(metadata.original.currency);
      takeText(metadata.original.amount);
    }
    takeCount(record.tokens_used);
    takeCount(record.input_tokens);
    takeCount(record.output_tokens);
    takeCount(record.cache_read_tokens);
    takeCount(record.cache_write_tokens);
    takeCount(record.request_count);
    for (const part of draft.key) takeText(part);
    takeText(record.project);
    takeText(record.api_key);
    // What has none has the same hash as before there were agents.
    if (record.agent !== null) takeText(record.agent);
    if (record.session !== null) takeText(record.session);
    for (const name in metadata) {
      if (name === "original") continue;
      const value = metadata[name];
      takeText(name);
      takeText(typeof value === "string" ? value : JSON.stringify(value));
    }
    this.#end();
  }

  #end(): void {
    const [high = 0, low = 0] = lanes;
    const mixedHigh = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
    const mixedLow =
      Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(mixedHigh ^ (mixedHigh >>> 13), 3266489909);
    this.#high = (this.#high + mixedHigh) >>> 0;
    this.#low = (this.#low + mixedLow) >>> 0;
  }

  get hex(): string {
    return [this.#high, this.#low].map((lane) => lane.toString(16).padStart(8, "0")).join("");
  }
}

/** What tells a row from others of its file, but for equal ones; 32 bits, signed. */
export const keyHash = ({ written, timestamp, key }: Draft): number => {
  lanes[0] = 0xdeadbeef;
  takeText(written ?? timestamp);
  for (const part of key) takeText(part);
  return lanes[0];
};

/** Of the row that is taken. */
const lanes = new Int32Array(2);

const END = 0x1f;
const NONE = 0x1e;

const takeText = (text: string | null): void => {
  let high = lanes[0] ?? 0;
  let low = lanes[1] ?? 0;
  const { length } = text ?? "";
  for (let at = 0; at < length; at++) {
    const sign = (text as string).charCodeAt(at);
    high = Math.imul(high ^ sign, 2654435761);
    low = Math.imul(low ^ sign, 1597334677);
  }
  const end = text === null ? NONE : END;
  lanes[0] = Math.imul(high ^ end, 2654435761);
  lanes[1] = Math.imul(low ^ end, 1597334677);
};

const takeCount = (count: number | null): void => {
  const end = count === null ? NONE : END;
  const [high = 0, low = 0] = lanes;
  lanes[0] = Math.imul(Math.imul(high ^ (count ?? 0), 2654435761) ^ end, 2654435761);
  lanes[1] = Math.imul(Math.imul(low ^ ((count ?? 0) / 2 ** 32), 1597334677) ^ (count ?? 0), 1597334677);
};
