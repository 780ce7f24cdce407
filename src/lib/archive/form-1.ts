import { createHash } from "node:crypto";
import { dateOf } from "../dates/days.js";
import { decimal, type Decimal, plain, ZERO } from "../money.js";
import type { ArchiveKind, ArchiveRow } from "../api.js";
import { rowProblem } from "./fields.js";
import type { Form } from "./form.js";
import type { TravellingRow } from "./rows.js";

const KINDS = ["preferences", "provider", "import", "cost_record", "import_change", "forecast"] as const;
type Kind = (typeof KINDS)[number];

/** The first form: records as they counted, and what each import had changed, but not what each file says. */
export const FORM_1: Form<Kind> = {
  version: 1,
  kinds: KINDS,
  problem: (kind, row) => {
    if (kind === "import_change") return null;
    if (kind === "cost_record") return rowProblem("record", row);
    return rowProblem(kind, kind === "import" ? importOf(row, 0, undefined) : row);
  },
};

type Row<Kind> = Omit<TravellingRow, "kind"> & { kind: Kind; bytesRead: number };

/**
 * The rows of an archive in the first form as rows of today's form: all that counted of a series on a UTC day is one sheet,
 * which all imports have that some of it came from. Importing the files themselves takes the place of these sheets. What only an undo needed is left out.
 * @param read goes through the archive from its beginning; called several times
 */
export async function* upgraded(read: () => AsyncIterable<Row<Kind>>): AsyncGenerator<Row<ArchiveKind>> {
  const { imports, sheets, sheetOf, edits, end } = await gathered(read());
  const whole = (kind: ArchiveKind, row: ArchiveRow): Row<ArchiveKind> => ({
    kind,
    row,
    size: JSON.stringify(row).length,
    bytesRead: end,
  });
  for await (const row of only(read(), "preferences", "provider")) yield row;
  for (const row of imports.values()) yield whole("import", row);
  for (const row of edits) yield whole("edit", row);
  for (const sheet of sheets.values()) yield whole("sheet", sheetRow(sheet));
  for await (const { row, ...place } of only(read(), "cost_record")) {
    const sheet = sheetOf(row);
    if (sheet) yield { ...place, kind: "sheet_row", row: { ...unedited(row), sheet: sheet.id } };
  }
  for await (const { row, ...place } of only(read(), "cost_record")) {
    if (!sheetOf(row)) yield { ...place, kind: "cost_record", row };
  }
  for await (const row of only(read(), "forecast")) yield row;
}

async function* only<Wanted extends Kind & ArchiveKind>(
  rows: AsyncIterable<Row<Kind>>,
  ...kinds: Wanted[]
): AsyncGenerator<Row<Wanted>> {
  for await (const row of rows) {
    const kind = kinds.find((wanted) => wanted === row.kind);
    if (kind !== undefined) yield { ...row, kind };
  }
}

/** What counted of one series and account on one day. */
interface CountedDay {
  id: string;
  series: string;
  account: string | null;
  day: string;
  detail: number;
  isEvents: boolean;
  imports: Set<string>;
  rows: number;
  gross: Decimal;
  beside: Decimal;
  cost: Decimal;
  tokens: bigint;
  requests: bigint;
}

const gathered = async (rows: AsyncIterable<Row<Kind>>) => {
  const archived = new Map<string, ArchiveRow>();
  const sheets = new Map<string, CountedDay>();
  const edits: ArchiveRow[] = [];
  const collected = new Set<string>();
  let end = 0;
  for await (const { kind, row, bytesRead } of rows) {
    end = bytesRead;
    if (kind === "import") archived.set(String(row["id"]), row);
    const origin = kind === "cost_record" ? archived.get(String(row["import_id"])) : undefined;
    if (!origin) continue;
    const key = sheetKey(origin, row);
    const sheet = sheets.get(key) ?? emptyDay(key, origin, row);
    sheets.set(key, sheet);
    add(sheet, origin, row);
    if (row["collection_method"] === "api_automated") collected.add(String(origin["id"]));
    if (metadataOf(row)["edited_at"] !== undefined) edits.push(editOf(row, sheet));
  }
  const inOrder = [...archived.values()].sort((a, b) =>
    String(a["created_at"]) < String(b["created_at"]) ? -1 : 1,
  );
  const daysOf = (id: string) =>
    [...sheets.values()].flatMap((sheet) => (sheet.imports.has(id) ? [sheet.day] : [])).sort();
  const imports = inOrder.map((row, index) => ({
    ...importOf(row, index + 1, daysOf(String(row["id"]))),
    account_given: collected.has(String(row["id"])),
    feed: collected.has(String(row["id"])) ? row["format"] : null,
  }));
  const sheetOf = (row: ArchiveRow): CountedDay | undefined => {
    const origin = archived.get(String(row["import_id"]));
    return origin && sheets.get(sheetKey(origin, row));
  };
  return { imports, sheets, sheetOf, edits, end };
};

const importOf = (row: ArchiveRow, seq: number, days: readonly string[] | undefined): ArchiveRow => ({
  ...row,
  seq,
  series: seriesOf(row).series,
  feed: null,
  is_replace: false,
  zone: null,
  account_given: false,
  first_day: days?.[0] ?? null,
  last_day: days?.at(-1) ?? null,
  facts: {},
});

/** The series named the account too: `openai/cost org-1`. What had none is kept apart by its format. */
const seriesOf = ({ series, format }: ArchiveRow): { series: string; account: string | null } => {
  if (typeof series !== "string") return { series: `archive/${String(format).split(":")[0]}`, account: null };
  const [name = "", ...account] = series.split(" ");
  return { series: name, account: account.length === 0 ? null : account.join(" ").slice(0, 200) };
};

const sheetKey = (origin: ArchiveRow, { timestamp }: ArchiveRow): string => {
  const { series, account } = seriesOf(origin);
  return JSON.stringify([series, account, dateOf(String(timestamp))]);
};

const emptyDay = (key: string, origin: ArchiveRow, row: ArchiveRow): CountedDay => ({
  id: idOf(key),
  ...seriesOf(origin),
  day: dateOf(String(row["timestamp"])),
  detail: 0,
  isEvents: true,
  imports: new Set(),
  rows: 0,
  gross: ZERO,
  beside: ZERO,
  cost: ZERO,
  tokens: 0n,
  requests: 0n,
});

/** A UUID that is the same for the same text. */
const idOf = (text: string): string =>
  createHash("md5")
    .update(text)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

const add = (sheet: CountedDay, origin: ArchiveRow, row: ArchiveRow): void => {
  sheet.imports.add(String(origin["id"]));
  sheet.detail = Math.max(sheet.detail, Number(origin["detail"] ?? 0));
  const cost = decimal(String(row["cost_usd"]));
  sheet.rows++;
  sheet.cost = sheet.cost.plus(cost);
  if (cost.gt(0)) sheet.gross = sheet.gross.plus(cost);
  const estimate = row["estimated_cost_usd"];
  const value = typeof estimate === "string" ? decimal(estimate) : ZERO;
  if (value.gt(0)) sheet.beside = sheet.beside.plus(value);
  sheet.tokens += BigInt(Number(row["tokens_used"] ?? 0));
  sheet.requests += BigInt(Number(row["request_count"] ?? 0));
  sheet.isEvents &&= row["granularity"] === "event";
};

const sheetRow = ({
  isEvents,
  imports,
  cost,
  gross,
  beside,
  tokens,
  requests,
  ...sheet
}: CountedDay): ArchiveRow => ({
  ...sheet,
  project: null,
  is_events: isEvents,
  feed: null,
  hash: `archive ${sheet.id}`,
  gross: plain(gross),
  beside: plain(beside),
  cost_usd: plain(cost),
  tokens: String(tokens),
  requests: String(requests),
  keys: null,
  imports: [...imports],
});

const metadataOf = ({ metadata }: ArchiveRow): Record<string, unknown> => metadata as Record<string, unknown>;

/** What a record was before the user changed it is not in the archive, so what it is now stands for both. */
const unedited = ({ import_id: _, ...row }: ArchiveRow): ArchiveRow => {
  const { edited_at: __, ...metadata } = metadataOf(row);
  return { ...row, metadata };
};

const editOf = (row: ArchiveRow, { id: sheet_id, series, day }: CountedDay): ArchiveRow => {
  const { id, timestamp: _, granularity: __, collection_method: ___, ...changes } = unedited(row);
  return {
    id,
    sheet_id,
    key_id: id,
    record_id: id,
    series,
    day,
    changes,
    edited_at: metadataOf(row)["edited_at"],
  };
};
