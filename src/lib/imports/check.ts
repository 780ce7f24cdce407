import { readCsv, type CsvFile, type ReadOptions } from "../csv/reader.js";
import { dateIn } from "../dates.js";
import { type Decimal, plain, ZERO } from "../money.js";
import type { CostRecord } from "../record.js";
import type { ImportHead } from "../store/store.js";
import { REJECTS_SHOWN, type RejectedCell } from "./result.js";
import { fileHash } from "./sources.js";

/** What a whole file turned out to hold, before anything is written. */
export interface CheckedFile {
  file: CsvFile;
  /** Rows below the header. */
  rows: number;
  records: number;
  /** Rows that are no charge, by reason. */
  skipped: Record<string, number>;
  /** How many rows are refused; `rejects` names the first cells. */
  rejected: number;
  rejects: RejectedCell[];
  /** Sum of what the rows charged, US dollars. */
  cost_usd: string;
  /** Null where no row states any. */
  tokens: number | null;
  /** Calendar dates in the user's time zone; null without a record. */
  from: string | null;
  to: string | null;
  /** What the file holds, for the comparison with other files of its series. */
  view: Pick<ImportHead, "sha256" | "measure" | "day_totals">;
}

/** Reads a file from end to end and adds up what it holds. @throws UserError what `readCsv` throws */
export const checkFile = async (
  file: CsvFile,
  { timezone, ...options }: ReadOptions & { timezone: string },
): Promise<CheckedFile> => {
  const checked = {
    file,
    rows: 0,
    records: 0,
    skipped: {} as Record<string, number>,
    rejected: 0,
    rejects: [] as RejectedCell[],
    tokens: null as number | null,
  };
  let cost: Decimal = ZERO;
  const dates = new DateGauge(timezone);
  const days = new DayTotals();
  for await (const row of readCsv(file, options)) {
    checked.rows++;
    if (row.kind === "skip") {
      checked.skipped[row.reason] = (checked.skipped[row.reason] ?? 0) + 1;
    } else if (row.kind === "reject") {
      checked.rejected++;
      for (const problem of row.problems) {
        if (checked.rejects.length < REJECTS_SHOWN)
          checked.rejects.push({ source: file.name, line: row.line, ...problem });
      }
    } else {
      checked.records++;
      cost = cost.plus(row.record.cost_usd);
      if (row.record.tokens_used !== null) checked.tokens = (checked.tokens ?? 0) + row.record.tokens_used;
      dates.note(row.record);
      if (file.format.series !== null) days.add(row.record);
    }
  }
  const view = { sha256: await fileHash(file.path), ...days.totals };
  return { ...checked, cost_usd: plain(cost), ...dates.range, view };
};

/** Adds up what a file holds on each UTC date: money if any is billed, else tokens. */
class DayTotals {
  readonly #cost = new Map<string, Decimal>();
  readonly #tokens = new Map<string, Decimal>();
  #isBilled = false;

  add({ timestamp, cost_usd, tokens_used, metadata }: CostRecord): void {
    const date = timestamp.slice(0, 10);
    this.#cost.set(date, (this.#cost.get(date) ?? ZERO).plus(cost_usd));
    this.#tokens.set(date, (this.#tokens.get(date) ?? ZERO).plus(tokens_used ?? 0));
    this.#isBilled ||= metadata.cost_basis === "billed";
  }

  get totals(): Pick<ImportHead, "measure" | "day_totals"> {
    const sums = this.#isBilled ? this.#cost : this.#tokens;
    return {
      measure: this.#isBilled ? "cost_usd" : "tokens_used",
      day_totals: Object.fromEntries([...sums].map(([date, total]) => [date, plain(total)])),
    };
  }
}

/** Finds the first and last calendar date of records; only the outermost moments are converted. */
class DateGauge {
  readonly #timezone: string;
  readonly #buckets: string[] = [];
  readonly #events: string[] = [];

  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  note({ timestamp, granularity }: CostRecord): void {
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
