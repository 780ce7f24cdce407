import { OWN_PRICE, type PriceRow, type RateTable, type StoredPrices } from "../record/price.js";
import { type Asked, askedOf, isOfMedia } from "./names.js";
import type { Overlay, OverlayRow } from "./overlay.js";
import { PriceRows } from "./rows.js";

/** The rates of a model on a day, and their source. */
export interface FoundRates {
  rates: RateTable;
  /** For example `genai-prices 0.1.8`, or `overlay of 2026-11-28 (a41c9f)`. */
  source: string;
  /** Whether that comes with aicost, and not from the user. */
  isShipped: boolean;
  /** Who sells the model; null if nothing says so. */
  seller: string | null;
  /** The first day on which they hold, if the source has one. */
  since: string | null;
}

/** A price of a model in one of the lists. */
export interface KnownPrice {
  rates: RateTable;
  source: string;
  since: string | null;
}

/** The lists that come with aicost. */
export interface ShippedLists {
  overlay: Overlay;
  /** `packageRates` and `packageHistory`, and what their list is called. */
  genai: {
    name: string;
    ratesOf: (asked: Asked, day: string) => RateTable | null;
    historyOf: (asked: Asked) => { since: string | null; rates: RateTable }[];
  };
}

/** What models cost: the user's own prices, imported lists, the shipped overlay and the package, in this order. */
export class PriceChain {
  readonly #own: PriceRows;
  readonly #lists: readonly { source: string; since: string; rows: PriceRows }[];
  readonly #overlay: PriceRows<OverlayRow>;
  readonly #overlayName: string;
  readonly #genai: ShippedLists["genai"];
  readonly #found = new Map<string, FoundRates | null>();

  constructor({ own, lists }: StoredPrices, { overlay, genai }: ShippedLists) {
    this.#own = new PriceRows(own);
    this.#lists = lists.map(({ name, since, created_at, sha256, rows }) => ({
      source: `${name} of ${created_at.slice(0, 10)} (${sha256.slice(0, 6)})`,
      since,
      rows: new PriceRows(rows),
    }));
    this.#overlay = new PriceRows(overlay.rows);
    this.#overlayName = `overlay of ${overlay.date} (${overlay.hash})`;
    this.#genai = genai;
  }

  /**
   * @param provider `providers.name` @param model as its source writes it @param day UTC date
   * @returns null if no list has a price for it: that is not a price of zero
   */
  on(provider: string, model: string, day: string): FoundRates | null {
    const key = `${provider}\t${model}\t${day}`;
    let found = this.#found.get(key);
    if (found === undefined) this.#found.set(key, (found = this.#find(askedOf(provider, model), day)));
    return found;
  }

  /** All prices of a model: those of the list that is asked first come first, the earliest of a list first. */
  history(provider: string, model: string): KnownPrice[] {
    const asked = askedOf(provider, model);
    const of = (rows: readonly PriceRow[], source: string, from: string | null = null): KnownPrice[] =>
      rows.map((row) => ({ rates: row.rates, source, since: row.since ?? from })).sort(bySince);
    const genai = this.#genai.historyOf(asked).map((each) => ({ ...each, source: this.#genai.name }));
    return [
      ...of(this.#own.of(asked), OWN_PRICE),
      ...this.#lists.flatMap(({ rows, source, since }) => of(rows.of(asked), source, since)),
      ...of(this.#overlay.of(asked), this.#overlayName),
      ...genai.sort(bySince),
    ];
  }

  #find(asked: Asked, day: string): FoundRates | null {
    const { seller } = asked;
    const mine = this.#own.on(asked, day);
    if (mine !== undefined) return { ...ratesIn(mine), source: OWN_PRICE, seller, isShipped: false };
    if (asked.names.some(isOfMedia)) return null;
    for (const { source, since, rows } of this.#lists) {
      const row = day < since ? undefined : rows.on(asked, day);
      if (row !== undefined && isWhole(row))
        return { ...ratesIn(row), since: row.since ?? since, source, seller, isShipped: false };
    }
    return this.#shipped(asked, day);
  }

  #shipped(asked: Asked, day: string): FoundRates | null {
    const found = { seller: asked.seller, isShipped: true };
    const row = this.#overlay.on(asked, day);
    const overlaid =
      row !== undefined && isWhole(row) ? { ...found, ...ratesIn(row), source: this.#overlayName } : null;
    if (overlaid !== null && (row?.since !== null || row.why === "changed")) return overlaid;
    const rates = this.#genai.ratesOf(asked, day);
    if (rates === null) return overlaid;
    const { name } = this.#genai;
    if (row === undefined || overlaid !== null) return { ...found, rates, source: name, since: null };
    // A row without a price of its own adds what the package lacks.
    return {
      ...found,
      rates: { ...rates, ...row.rates },
      source: `${name} + ${this.#overlayName}`,
      since: null,
    };
  }
}

const bySince = (one: KnownPrice, other: KnownPrice): number =>
  (one.since ?? "").localeCompare(other.since ?? "");

const ratesIn = ({ rates, since }: PriceRow): Pick<FoundRates, "rates" | "since"> => ({ rates, since });

/** Whether a row says what input or output costs, and not only what something beside that does. */
const isWhole = ({ rates }: PriceRow): boolean =>
  Object.keys(rates).some((name) => /^(?:input|output)_/.test(name) || name.endsWith("_hours"));
