import { createHash } from "node:crypto";
import { type CsvFile } from "../csv/open.js";
import { readCsv, type ReadOptions } from "../csv/reader.js";
import { plain } from "../money.js";
import type { ImportHead } from "../api.js";
import { DateGauge, DayTotals } from "../record/gauges.js";
import { REJECTS_SHOWN, type RejectedCell } from "./result.js";

/** What a whole file turned out to hold, before anything is written. */
export interface CheckedFile {
  file: CsvFile;
  /** Rows below the header. */
  rows: number;
  records: number;
  /** Rows that are not charges, by reason. */
  skipped: Record<string, number>;
  /** How many rows are refused; `rejects` names the first cells. */
  rejected: number;
  rejects: RejectedCell[];
  /** Sum of what the rows charged, US dollars. */
  cost_usd: string;
  /** Null if no row states any. */
  tokens: number | null;
  /** Calendar dates in the user's time zone; null without a record. */
  from: string | null;
  to: string | null;
  /** What the file holds, for the comparison with other files of its series. */
  view: Pick<ImportHead, "sha256" | "measure" | "day_totals">;
}

export interface CheckOptions extends ReadOptions {
  timezone: string;
  /** With as many refused rows a file is read no further, because it is refused anyway. All rows are read by default. */
  mostRejected?: number;
}

/** Reads a file from end to end, hashes it, and adds up what it holds. */
export const checkFile = async (
  file: CsvFile,
  { timezone, mostRejected = Infinity, ...options }: CheckOptions,
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
  const dates = new DateGauge(timezone);
  const days = new DayTotals();
  const hash = createHash("sha256");
  const onBytes = (bytes: Buffer): void => void hash.update(bytes);
  for await (const row of readCsv(file, { ...options, ids: false, onBytes })) {
    checked.rows++;
    if (row.kind === "skip") {
      checked.skipped[row.reason] = (checked.skipped[row.reason] ?? 0) + 1;
    } else if (row.kind === "reject") {
      checked.rejected++;
      for (const problem of row.problems) {
        if (checked.rejects.length < REJECTS_SHOWN)
          checked.rejects.push({ source: file.name, line: row.line, ...problem });
      }
      if (checked.rejected >= mostRejected) break;
    } else {
      checked.records++;
      if (row.record.tokens_used !== null) checked.tokens = (checked.tokens ?? 0) + row.record.tokens_used;
      dates.note(row.record);
      days.add(row.record);
    }
  }
  // What belongs to no series is compared with no other file.
  const compared = file.format.series === null ? new DayTotals() : days;
  const view = { sha256: hash.digest("hex"), ...compared.totals };
  return { ...checked, cost_usd: plain(days.cost), ...dates.range, view };
};
