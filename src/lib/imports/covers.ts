import type { Covers } from "../api.js";
import type { CsvFormat } from "../csv/format.js";
import { dateOf } from "../dates/days.js";
import type { Span } from "../dates/ranges.js";
import { periodInName } from "../providers/file-period.js";
import type { Draft } from "../record/draft.js";
import { DateGauge } from "../record/gauges.js";
import { isMetered } from "../record/kinds.js";
import type { CostRecord } from "../record/record.js";
import { lastDayOf } from "./manifest.js";

/** Which days a file tells of: from its first to its last one with usage, or as far as it says itself. */
export class CoverGauge {
  readonly #dates: DateGauge;
  readonly #providers = new Set<string>();
  readonly #empty: string[] = [];
  #until = "";

  /** @param timezone the user's: single calls belong to their date in it */
  constructor(timezone: string) {
    this.#dates = new DateGauge(timezone);
  }

  /** A flat fee or a top-up tells of no day. */
  note(record: CostRecord, draft: Draft): void {
    if (!isMetered(record.kind)) return;
    this.#providers.add(record.provider);
    this.#dates.note(record);
    const until = lastDayOf(draft);
    if (until > this.#until) this.#until = until;
  }

  /** A day on which, as the file says, nothing was used. */
  noteEmpty(day: string): void {
    this.#empty.push(day);
  }

  /** Of each provider in the file. @param now a period that is not over then is known until that day */
  covers({ name, format }: { name: string; format: CsvFormat }, now: Date): Covers {
    const { from, to } = this.#dates.range;
    const days = [from, to, ...this.#empty].filter((day) => day !== null).sort();
    const [first, last] = [days[0], days.at(-1)];
    if (first === undefined || last === undefined) return {};
    const today = dateOf(now.toISOString());
    const until = this.#until < today ? this.#until : today;
    const rows = { from: first, to: until > last ? until : last };
    const known = statedRange(name, format, rows, today) ?? rows;
    const providers = this.#providers.size > 0 ? [...this.#providers] : [format.provider];
    return Object.fromEntries(providers.map((provider) => [provider, [[known.from, known.to]]]));
  }
}

/**
 * The range in the name of an export, such as `cost_2026-10-01_2026-10-31.csv`, if all its rows are in it. It must be over:
 * the file may have been downloaded in its middle.
 */
const statedRange = (name: string, { ownStyles }: CsvFormat, rows: Span, today: string): Span | undefined => {
  const period = ownStyles === true ? undefined : periodInName(name);
  if (period === undefined) return undefined;
  const stated = { from: dateOf(period.timestamp), to: period.until };
  return stated.from <= rows.from && stated.to >= rows.to && stated.to < today ? stated : undefined;
};
