import type { Api } from "../api.js";
import type { StoredPrices } from "../record/price.js";
import type { CostRecord } from "../record/record.js";
import { type FoundRates, PriceChain } from "./chain.js";
import { costOf } from "./cost.js";
import { askedOf } from "./names.js";
import { hasPeaks, isPeak, peakRates } from "./peak.js";
import { lacksPrice, type UsageMoment, type Usage, type UsedUnits, usageOf } from "./usage.js";

/** What a usage comes to at list price. */
export interface Estimate {
  /** US dollars. */
  usd: string;
  /** The list that its rates are from. */
  source: string;
  /** What of it is not as that list has it; null if all is. */
  note: string | null;
}

/** Prices what has tokens and no money, at the list price of its day. */
export class Pricer {
  constructor(readonly chain: PriceChain) {}

  /** @returns null if no list has a price for it */
  estimate(usage: Usage): Estimate | null {
    return this.at(usage)?.(usage) ?? null;
  }

  /**
   * What prices the use of a model at a moment, or on a day.
   * @returns null if no list has a price for that model; the function, if its list lacks a rate for what was used
   */
  at(moment: UsageMoment): ((usage: UsedUnits) => Estimate | null) | null {
    const found = this.chain.on(moment.provider, moment.model, moment.day);
    if (found === null) return null;
    const { rates, note } = ratesAt(found, moment);
    return (usage) => {
      const cost = costOf(usage, rates, found.seller);
      if (cost === null) return null;
      const notes = note !== null && cost.note !== null ? `${note}, ${cost.note}` : (note ?? cost.note);
      return { usd: cost.usd, source: found.source, note: notes };
    };
  }

  /** The record with an estimate beside it, if it lacks a price and a list has one; else as it is. */
  priced<Record extends CostRecord>(record: Record): Record {
    if (!lacksPrice(record)) return record;
    const estimate = this.estimate(usageOf(record));
    return estimate === null ? record : withEstimate(record, estimate);
  }
}

/** Peak prices hold at their hours; what is not known by the hour is taken as off-peak, and says so. */
const ratesAt = (
  { rates, seller, isShipped }: FoundRates,
  { provider, model, day, moment }: UsageMoment,
): Pick<FoundRates, "rates"> & { note: string | null } => {
  const nameOf = (): string => askedOf(provider, model).names.at(-1) ?? "";
  if (!isShipped || !hasPeaks(seller, nameOf, day)) return { rates, note: null };
  if (moment === null) return { rates, note: "off-peak" };
  return { rates: isPeak(moment) ? peakRates(rates) : rates, note: null };
};

/** The record with an estimate beside it. */
export const withEstimate = <Record extends CostRecord>(
  record: Record,
  { usd, source, note }: Estimate,
): Record => ({
  ...record,
  estimated_cost_usd: usd,
  metadata: {
    ...record.metadata,
    cost_basis: isOfPlan(record.metadata) ? "included" : "estimated",
    price: source,
    ...(note !== null && { price_note: note }),
  },
});

/** What a plan covers is worth its price, and does not count as spend; `private.estimate_basis` says the same. */
const isOfPlan = ({ paid_by }: CostRecord["metadata"]): boolean =>
  paid_by === "plan" || paid_by === "unknown";

/** What answers about the user's prices. */
export interface PriceAnswers {
  call(name: "get_prices", args: Api["get_prices"]["args"]): Promise<StoredPrices>;
}

/** Prices by the lists that come with aicost, and by those of the user. */
export const pricerOf = async (store: PriceAnswers): Promise<Pricer> =>
  loadPricer(await store.call("get_prices", {}));

/** Loads the price lists that come with aicost, and joins them with the user's. */
export const loadPricer = async (prices: StoredPrices): Promise<Pricer> => {
  const [{ shippedOverlay }, { GENAI_PRICES, packageHistory, packageRates }] = await Promise.all([
    import("./overlay.js"),
    import("./genai.js"),
  ]);
  const genai = { name: GENAI_PRICES, ratesOf: packageRates, historyOf: packageHistory };
  return new Pricer(new PriceChain(prices, { overlay: shippedOverlay(), genai }));
};
