import type { Store } from "../store/store.js";
import {
  idOfQuarter,
  isSameQuarter,
  keyOfQuarter,
  MOST_CALLS,
  QuarterHour,
  quarterIn,
  type QuarterOf,
} from "./quarter-hour.js";

/** Ids that are asked about at once. */
const AT_ONCE = 5000;

/** The quarters of an hour of an agent, as far as they are stored and asked for, and new ones. */
export class Quarters {
  readonly #byId = new Map<string, QuarterHour>();
  /** By key, the parts of a quarter, in their order. */
  readonly #parts = new Map<string, QuarterHour[]>();
  readonly #ofCall = new Map<string, QuarterHour>();
  #last: QuarterHour | undefined;

  constructor(readonly agent: string) {}

  /** Loads the quarters that have one of these calls. */
  async loadCalls(store: Pick<Store, "call">, calls: readonly string[]): Promise<void> {
    await this.#load(store, calls, (asked) => ({ ids: [], calls: asked }));
    for (const quarter of this.#byId.values()) {
      for (const id of quarter.calls.keys()) this.#ofCall.set(id, quarter);
    }
  }

  /** Loads the quarters of these places, with all their parts. */
  async loadPlaces(store: Pick<Store, "call">, places: readonly QuarterOf[]): Promise<void> {
    let keys = [...new Set(places.map(keyOfQuarter))];
    for (let part = 0; keys.length > 0; part++) {
      const idOf = (key: string): string => idOfQuarter(this.agent, key, part);
      const unknown = keys.map(idOf).filter((id) => !this.#byId.has(id));
      await this.#load(store, unknown, (asked) => ({ ids: asked, calls: [] }));
      keys = keys.filter((key) => {
        const quarter = this.#byId.get(idOf(key));
        if (quarter !== undefined) this.#partsOf(key).push(quarter);
        return quarter !== undefined;
      });
    }
  }

  /** The quarter that has a call; undefined if the call is not stored. */
  ofCall(id: string): QuarterHour | undefined {
    return this.#ofCall.get(id);
  }

  /** A quarter with room for one more call. */
  at(of: QuarterOf): QuarterHour {
    // Most calls follow one of the same quarter.
    const last = this.#last;
    if (last !== undefined && last.calls.size < MOST_CALLS && isSameQuarter(last.of, of)) return last;
    return (this.#last = this.#found(of));
  }

  #found(of: QuarterOf): QuarterHour {
    const key = keyOfQuarter(of);
    const parts = this.#partsOf(key);
    const found = parts.find(({ calls }) => calls.size < MOST_CALLS);
    if (found !== undefined) return found;
    const quarter = new QuarterHour(idOfQuarter(this.agent, key, parts.length), of);
    parts.push(quarter);
    this.#byId.set(quarter.id, quarter);
    return quarter;
  }

  get changed(): QuarterHour[] {
    return [...this.#byId.values()].filter(({ isChanged }) => isChanged);
  }

  #partsOf(key: string): QuarterHour[] {
    const known = this.#parts.get(key);
    if (known !== undefined) return known;
    const parts: QuarterHour[] = [];
    this.#parts.set(key, parts);
    return parts;
  }

  async #load(
    store: Pick<Store, "call">,
    asked: readonly string[],
    argsOf: (ids: readonly string[]) => { ids: readonly string[]; calls: readonly string[] },
  ): Promise<void> {
    for (let start = 0; start < asked.length; start += AT_ONCE) {
      const rows = await store.call("find_calls", argsOf(asked.slice(start, start + AT_ONCE)));
      for (const row of rows) if (!this.#byId.has(row.id)) this.#byId.set(row.id, quarterIn(row));
    }
  }
}
