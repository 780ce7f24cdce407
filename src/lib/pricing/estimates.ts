import { randomUUID } from "node:crypto";
import type { PriceableRow, PricingHead, WrittenEstimate } from "../api.js";
import { decimal, plain, sum } from "../money.js";
import { callPrice, sumOfEstimates } from "../prices/calls.js";
import type { Estimate, Pricer } from "../prices/pricer.js";
import { usageOf } from "../prices/usage.js";
import { readCounts, WITHDRAWN } from "../record/calls.js";
import { modelName } from "../record/model-name.js";
import { refreshAfter } from "../store/refresh.js";
import { settleRest } from "../store/settle.js";
import type { Store } from "../store/store.js";

/** Which records get estimates. */
export interface EstimateOptions {
  /** Calendar dates in the user's time zone, ends included; null is open. */
  from: string | null;
  to: string | null;
  /** Only those that have none. */
  onlyUnpriced: boolean;
  /** Called for each record that would have another estimate, and keeps its own. */
  onKept?: () => void;
  /** Find out what would change, and change nothing. */
  dryRun: boolean;
  signal?: AbortSignal;
}

export const ALL_DAYS = { from: null, to: null };

/** Records of a model in a month whose estimates change. Money is US dollars. */
export interface EstimateChange {
  /** For example `2026-11`. */
  month: string;
  provider: string;
  model: string;
  records: number;
  /** What they came to before; null if none of them had an estimate. */
  before_usd: string | null;
  after_usd: string;
}

export interface EstimateResult {
  /** What undoes it; null if nothing changed. */
  import_id: string | null;
  records: number;
  changes: EstimateChange[];
}

/** Records in one page. */
const PAGE = 2000;

/**
 * Writes estimates by the prices of today beside records that have tokens and no money of their own, where these differ from
 * the estimates that they have. What no list has a price for keeps what it has. It is an import, which can be undone.
 */
export const writeEstimates = async (
  store: Store,
  pricer: Pricer,
  head: Omit<PricingHead, "first_day" | "last_day">,
  { from, to, onlyUnpriced, onKept, dryRun, signal }: EstimateOptions,
): Promise<EstimateResult> => {
  const changes = new Changes();
  const range = { from_date: from, to_date: to, only_unpriced: onlyUnpriced && onKept === undefined };
  let after: string | null = null;
  do {
    signal?.throwIfAborted();
    const page: { rows: PriceableRow[]; next: string | null } = await store.call("list_priceable_rows", {
      ...range,
      after,
      max_rows: PAGE,
    });
    const estimates = page.rows.flatMap((row) => {
      const estimate = estimateOf(row, pricer);
      const isKept = onlyUnpriced && row.estimated_cost_usd !== null;
      if (isKept && estimate !== null) onKept?.();
      return isKept ? [] : changes.note(row, estimate);
    });
    if (estimates.length > 0 && !dryRun) {
      await store.call("write_estimates", {
        import: { ...head, first_day: from, last_day: to },
        estimates,
      });
    }
    after = page.next;
  } while (after !== null);
  if (changes.records > 0 && !dryRun) {
    await settleRest(store);
    await refreshAfter(store, changes.records);
  }
  const isWritten = changes.records > 0 && !dryRun;
  return { import_id: isWritten ? head.id : null, records: changes.records, changes: changes.list };
};

/** Null if the record has that estimate, or no list has a price for it. */
const estimateOf = (row: PriceableRow, pricer: Pricer): WrittenEstimate | null => {
  const estimate = priceOf(row, pricer);
  if (estimate === null) return null;
  const { usd, source, note } = estimate;
  if (row.estimated_cost_usd !== null && decimal(row.estimated_cost_usd).eq(usd)) return null;
  const { sheet, id, timestamp } = row;
  return { sheet, id, timestamp, usd, price: source, note };
};

/** A record that sums up calls is priced call by call. */
const priceOf = (row: PriceableRow, pricer: Pricer): Estimate | null => {
  const { provider, model_name: model, timestamp, call_counts: counts } = row;
  if (counts === undefined) return pricer.estimate(usageOf(row));
  const start = Date.parse(timestamp);
  const price = callPrice(pricer, { provider, model, start });
  return sumOfEstimates(
    readCounts(counts, start).flatMap((call) => (call === WITHDRAWN ? [] : [price(call)])),
  );
};

/** Adds changes up by month and model. */
class Changes {
  records = 0;
  readonly #groups = new Map<string, EstimateChange>();

  note(row: PriceableRow, estimate: WrittenEstimate | null): WrittenEstimate[] {
    if (estimate === null) return [];
    this.records++;
    const month = row.timestamp.slice(0, 7);
    const model = modelName(row.provider, row.model_name ?? "");
    const key = JSON.stringify([month, row.provider, model]);
    const group = this.#groups.get(key);
    const { estimated_cost_usd: before } = row;
    this.#groups.set(key, {
      month,
      provider: row.provider,
      model,
      records: (group?.records ?? 0) + 1,
      before_usd:
        before === null ? (group?.before_usd ?? null) : plain(sum([group?.before_usd ?? "0", before])),
      after_usd: plain(sum([group?.after_usd ?? "0", estimate.usd])),
    });
    return [estimate];
  }

  /** By month, then the largest first. */
  get list(): EstimateChange[] {
    return [...this.#groups.values()].sort(
      (one, other) =>
        one.month.localeCompare(other.month) || decimal(other.after_usd).cmp(decimal(one.after_usd)),
    );
  }
}

/** What estimates are written as, if they come from no file. */
export const pricingHead = (source_name: string): Omit<PricingHead, "first_day" | "last_day"> => {
  const id = randomUUID();
  return { id, source_name, format: "reprice", sha256: id.replaceAll("-", "") };
};
