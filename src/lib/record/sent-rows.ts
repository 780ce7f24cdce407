import type { CostRecord } from "./record.js";

/** Rows as they are sent to `add_rows` and `compare_rows`: a line a row. */
export class SentRows {
  constructor(
    readonly text: string,
    readonly length: number,
  ) {}

  static of(lines: readonly string[]): SentRows {
    return new SentRows(lines.join("\n"), lines.length);
  }

  get lines(): string[] {
    return this.length === 0 ? [] : this.text.split("\n");
  }

  slice(start: number, end = this.length): SentRows {
    return start === 0 && end >= this.length ? this : SentRows.of(this.lines.slice(start, end));
  }
}

/**
 * A record as one line: fields with tabs between them, which a database takes apart several times as fast as JSON.
 * @param sheet the index of its sheet among those that are sent along
 */
export const sentRow = (sheet: number, fields: string): string => `${sheet}\t${fields}`;

/** The index of the sheet of such a line. */
export const sheetOf = (line: string): number => Number(line.slice(0, line.indexOf("\t")));

/** All of such a line but the sheet. */
export const sentFields = (record: CostRecord): string =>
  [
    record.id,
    record.provider,
    record.timestamp,
    record.granularity,
    record.kind,
    textOrNull(record.model_name),
    record.cost_usd,
    record.estimated_cost_usd ?? NULL,
    record.topup_usd ?? NULL,
    record.tokens_used ?? NULL,
    record.input_tokens ?? NULL,
    record.output_tokens ?? NULL,
    record.cache_read_tokens ?? NULL,
    record.cache_write_tokens ?? NULL,
    record.request_count ?? NULL,
    record.collection_method,
    textOrNull(record.project),
    textOrNull(record.api_key),
    textOrNull(record.agent),
    textOrNull(record.session),
    escaped(JSON.stringify(record.metadata)),
  ].join("\t");

/** The fields of a record that sums up calls, with these. @param counts see `writtenCounts` */
export const sentQuarter = (record: CostRecord, calls: readonly string[], counts: string): string =>
  `${sentFields(record)}\t{${calls.join(",")}}\t${counts}`;

const NULL = "\\N";

const ESCAPES: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

const textOrNull = (text: string | null): string => (text === null ? NULL : escaped(text));

const escaped = (text: string): string =>
  /[\\\t\n\r]/.test(text) ? text.replace(/[\\\t\n\r]/g, (sign) => ESCAPES[sign] ?? sign) : text;
