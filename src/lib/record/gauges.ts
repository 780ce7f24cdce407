import { dateIn } from "../dates/ranges.js";
import type { CostRecord } from "./record.js";

/** The first and last calendar date of records. Only the outermost moments are converted. */
export class DateGauge {
  readonly #timezone: string;
  readonly #buckets: string[] = [];
  readonly #events: string[] = [];

  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  note({ timestamp, granularity }: Pick<CostRecord, "timestamp" | "granularity">): void {
    const ends = granularity === "day" || granularity === "month" ? this.#buckets : this.#events;
    if (ends[0] === undefined || timestamp < ends[0]) ends[0] = timestamp;
    if (ends[1] === undefined || timestamp > ends[1]) ends[1] = timestamp;
  }

  get range(): { from: string | null; to: string | null } {
    const dates = [
      ...this.#buckets.map((moment) => moment.slice(0, 10)),
      ...this.#events.map((moment) => dateIn(this.#timezone, moment)),
    ].sort();
    return { from: dates[0] ?? null, to: dates.at(-1) ?? null };
  }
}
