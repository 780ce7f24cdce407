import { createHash } from "node:crypto";
import type { Original } from "../record/rates.js";
import { type CsvFile } from "../csv/open.js";
import { type LineSpan, readCsv, type ReadOptions, type RowResult, styleRulesOf } from "../csv/reader.js";
import { Styles, Undecided } from "../csv/styles.js";
import { surveyed } from "../csv/survey.js";
import { isLocal, LeftOutGauge, type ReadFacts, readFacts } from "../csv/read-facts.js";
import { plain, ZERO } from "../money.js";
import type { Covers, Names, Sheet } from "../api.js";
import { lacksPrice } from "../prices/usage.js";
import { DateGauge } from "../record/gauges.js";
import { CoverGauge } from "./covers.js";
import { costOf, Manifest } from "./manifest.js";
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
  /** Names of providers, each once. */
  providers: string[];
  /** What was found out about it, for its receipt. */
  facts: ReadFacts;
  /** Sum of what the rows charged, US dollars. */
  cost_usd: string;
  /** What its rows estimate, and what they buy ahead, US dollars: not part of cost_usd. */
  estimated_usd: string;
  topup_usd: string;
  /** Records with tokens of a model, and no money. */
  unpriced: number;
  /** Null if no row states any. */
  tokens: number | null;
  /** Calendar dates in the user's time zone; null without a record. */
  from: string | null;
  to: string | null;
  /** Of its bytes, hex. */
  sha256: string;
  /** What it says of each day of each account and project. */
  sheets: Sheet[];
  /** What it calls what it also gives an id. */
  names: Names;
  /** Which days it tells of, with or without spend. */
  covers: Covers;
  /** Where the rows of each of the sheets stand. */
  spans: LineSpan[];
}

export interface CheckOptions extends ReadOptions {
  timezone: string;
  /** With as many refused rows a file is read no further, because it is refused anyway. All rows are read by default. */
  mostRejected?: number;
}

/**
 * Reads a file from end to end, hashes it, and adds up what it holds. If a cell can be read in two ways and no earlier one
 * decides, all cells are asked, and the file is read again.
 * @returns with the styles of the file @throws what `readCsv` and `surveyed` throw
 */
export const checkFile = async (file: CsvFile, options: CheckOptions): Promise<CheckedFile> => {
  try {
    return await check(file, options);
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    return check(await surveyed(file, options), options);
  }
};

const check = async (
  file: CsvFile,
  { timezone, mostRejected = Infinity, ...options }: CheckOptions,
): Promise<CheckedFile> => {
  const styles = new Styles(styleRulesOf(file), file.styles);
  const checked = {
    rows: 0,
    records: 0,
    unpriced: 0,
    skipped: {} as Record<string, number>,
    rejected: 0,
    rejects: [] as RejectedCell[],
    tokens: null as number | null,
  };
  let estimated = ZERO;
  let topups = ZERO;
  const providers = new Set<string>();
  const left = new LeftOutGauge();
  let localMoments = 0;
  const originals = new Map<string, Original>();
  const dates = new DateGauge(timezone);
  const covered = new CoverGauge(timezone);
  const manifest = new Manifest(file.format);
  const spans: LineSpan[] = [];
  const hash = createHash("sha256");
  const onBytes = (bytes: Buffer): void => void hash.update(bytes);
  const take = (row: RowResult): void => {
    if (!("beside" in row)) checked.rows++;
    if (row.kind === "skip") {
      checked.skipped[row.reason] = (checked.skipped[row.reason] ?? 0) + 1;
      left.note(row);
      if (row.day !== undefined) covered.noteEmpty(row.day);
    } else if (row.kind === "reject") {
      checked.rejected++;
      for (const problem of row.problems) {
        if (checked.rejects.length < REJECTS_SHOWN)
          checked.rejects.push({ source: file.name, line: row.line, ...problem });
      }
    } else if (row.kind === "record") {
      checked.records++;
      if (lacksPrice(row.record)) checked.unpriced++;
      if (row.record.tokens_used !== null) checked.tokens = (checked.tokens ?? 0) + row.record.tokens_used;
      const { estimated_cost_usd, topup_usd, metadata } = row.record;
      if (estimated_cost_usd !== null && metadata.cost_basis === "estimated")
        estimated = estimated.plus(estimated_cost_usd);
      if (topup_usd !== null) topups = topups.plus(topup_usd);
      const { original } = metadata;
      if (original) originals.set(`${original.currency} ${original.rate}`, original);
      dates.note(row.record);
      covered.note(row.record, row.draft);
      providers.add(row.record.provider);
      if (isLocal(row.draft)) localMoments++;
      widen(spans, manifest.add(row), row);
    }
  };
  for await (const rows of readCsv(file, { ...options, ids: false, onBytes, styles })) {
    for (const row of rows) {
      take(row);
      if (checked.rejected >= mostRejected) break;
    }
    if (checked.rejected >= mostRejected) break;
  }
  const { sheets, names } = manifest;
  return {
    ...checked,
    file: { ...file, styles: styles.settled },
    providers: [...providers],
    facts: readFacts(file, styles.settled, {
      sheets,
      localMoments,
      originals: [...originals.values()],
      left: left.facts,
    }),
    cost_usd: plain(costOf(sheets)),
    estimated_usd: plain(estimated),
    topup_usd: plain(topups),
    ...dates.range,
    sha256: hash.digest("hex"),
    sheets,
    names,
    covers: covered.covers(file, options.now ?? new Date()),
    spans,
  };
};

const widen = (
  spans: LineSpan[],
  sheet: number,
  { line, lastLine = line }: { line: number; lastLine?: number },
): void => {
  const span = spans[sheet];
  if (span === undefined) spans[sheet] = { first: line, last: lastLine };
  else span.last = Math.max(span.last, lastLine);
};
