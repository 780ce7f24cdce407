import { cellsOf } from "../csv/cells.js";
import { readText, type CsvInput } from "../csv/decode.js";
import { RowSplitter, type RawRow } from "../csv/split.js";
import type { ArchiveRow, StoredRecord } from "../api.js";
import type { Store } from "../store/store.js";
import { recordDate } from "../record/record-date.js";
import { damaged } from "./damaged.js";
import { rowProblem } from "./fields.js";
import type { ReadRow } from "./ndjson.js";
import { recordPages } from "./rows.js";

/** What a column of the file holds. `date` is only for people: the other columns say it exactly. */
const COLUMNS = {
  id: "text",
  date: "date",
  provider: "text",
  timestamp: "text",
  granularity: "text",
  model_name: "name",
  cost_usd: "text",
  estimated_cost_usd: "text",
  tokens_used: "count",
  input_tokens: "count",
  output_tokens: "count",
  cache_read_tokens: "count",
  cache_write_tokens: "count",
  request_count: "count",
  collection_method: "text",
  import_id: "text",
  metadata: "json",
  account: "name",
  kind: "text",
  topup_usd: "text",
  project: "name",
  api_key: "name",
  agent: "name",
  session: "name",
} as const satisfies Record<keyof StoredRecord | "date", "text" | "date" | "name" | "count" | "json">;

type Column = keyof typeof COLUMNS;

const NAMES = Object.keys(COLUMNS) as Column[];

/** The columns of versions that did not have this one yet. */
const before = (added: Column): Column[] => NAMES.slice(0, NAMES.indexOf(added));

/** The first line of a CSV file of records. */
export const CSV_HEADER = NAMES.join(",");

/** The columns of this version and of earlier ones, by their header. */
const VERSIONS: ReadonlyMap<string, readonly Column[]> = new Map(
  [NAMES, before("agent"), before("project"), before("kind"), before("account")].map((names) => [
    names.join(","),
    names,
  ]),
);

/** The header of a CSV file of records that begins with this text; undefined if it is none. */
export const headerIn = (start: string): string | undefined =>
  [...VERSIONS.keys()].find(
    (header) => start.startsWith(header) && /^\r?\n/.test(start.slice(header.length)),
  );

/**
 * The user's records as CSV (RFC 4180), oldest first, at full precision. What no source states is an empty cell. A name
 * that a spreadsheet would run as a formula gets a `'` in front.
 * @param timezone in which an event's date is told
 * @param onRows called with the number of rows of each page that was read
 * @returns pieces of text
 */
export async function* csvPieces(
  store: Store,
  { timezone, onRows }: { timezone: string; onRows: (rows: number) => void },
): AsyncGenerator<string> {
  yield `${CSV_HEADER}\r\n`;
  for await (const { rows } of recordPages(store)) {
    yield rows.map((row) => csvLine(row as unknown as StoredRecord, timezone)).join("");
    onRows(rows.length);
  }
}

/** One line of the file. @param timezone in which an event's date is told */
export const csvLine = (record: StoredRecord, timezone: string): string =>
  `${NAMES.map((name) => quoted(cellText(record, name, timezone))).join(",")}\r\n`;

const cellText = (record: StoredRecord, name: Column, timezone: string): string => {
  if (name === "date") return recordDate(record, timezone);
  const value = record[name];
  if (value === null) return "";
  if (typeof value === "object") return JSON.stringify(value);
  return COLUMNS[name] === "name" ? guarded(String(value)) : String(value);
};

/**
 * https://owasp.org/www-community/attacks/CSV_Injection. A name that is empty, or begins with `'` itself, gets one too,
 * so that reading takes the same away.
 */
const guarded = (name: string): string => (/^(?:[=+\-@\t\r\n']|$)/.test(name) ? `'${name}` : name);

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * The records of a CSV file that `csvPieces` made, each of them checked.
 * @throws UserError `archive_damaged`, and what `readText` and `RowSplitter` throw
 */
export async function* readRecordsCsv(file: CsvInput): AsyncGenerator<ReadRow> {
  const splitter = new RowSplitter(file.name, ",");
  let names: readonly Column[] = NAMES;
  let read = 0;
  const rowsOf = (rows: readonly RawRow[]): Generator<ReadRow> => {
    const header = rows.find(({ line }) => line === 1);
    names = VERSIONS.get(header?.text ?? "") ?? names;
    return recordRows(file.name, names, rows, read);
  };
  for await (const { text, bytesRead } of readText(file)) {
    read = bytesRead;
    yield* rowsOf([...splitter.push(text)]);
  }
  yield* rowsOf([...splitter.end()]);
}

function* recordRows(
  name: string,
  columns: readonly Column[],
  rows: readonly RawRow[],
  bytesRead: number,
): Generator<ReadRow> {
  const filled = rows.filter(({ line, text }) => line > 1 && text.trim() !== "");
  const cells = cellsOf(filled, ",");
  for (const [index, { line, text }] of filled.entries()) {
    const found = cells[index] ?? [];
    if (!Array.isArray(found)) throw damaged(name, line, `is not valid CSV: ${found.broken}`);
    if (found.length !== columns.length) {
      throw damaged(name, line, `has ${found.length} cells, not ${columns.length}`);
    }
    const row = rowOf(columns, found);
    const problem = rowProblem("record", row);
    if (problem !== null) throw damaged(name, line, problem);
    yield { kind: "cost_record", row, size: text.length, bytesRead };
  }
}

const rowOf = (columns: readonly Column[], cells: readonly string[]): ArchiveRow =>
  Object.fromEntries(
    columns.flatMap((name, index) => (name === "date" ? [] : [[name, valueOf(name, cells[index] ?? "")]])),
  );

/** What cannot be read stays text, which the check of the row names. */
const valueOf = (name: Column, cell: string): unknown => {
  if (cell === "") return null;
  if (COLUMNS[name] === "name") return cell.replace(/^'/, "");
  if (COLUMNS[name] === "count") return /^-?\d+$/.test(cell) ? Number(cell) : cell;
  return COLUMNS[name] === "json" ? jsonOr(cell) : cell;
};

const jsonOr = (cell: string): unknown => {
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
};
