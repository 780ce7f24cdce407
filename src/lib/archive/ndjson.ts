import { readText, type CsvInput } from "../csv/decode.js";
import { UserError } from "../errors.js";
import { latestVersion } from "../store/migrations.js";
import { ARCHIVE_KINDS, type ArchiveKind, type ArchiveRow } from "../api.js";
import type { Store } from "../store/store.js";
import { isObject, jsonIn } from "../system/json.js";
import { damaged } from "./damaged.js";
import { isGzip, unpack } from "../files/gzip.js";
import { rowProblem } from "./fields.js";
import { unkept } from "./unkept.js";
import { forEachKind, type KindCounts, type StoredPage, storedPages, type TravellingRow } from "./rows.js";

/** The version of the file's form, in its first line. */
const VERSION = 1;

/** No row of a store is longer, in characters of JSON. */
const LONGEST_LINE = 8 * 1024 * 1024;

/** How an archive is written. */
interface WriteOptions {
  /** The version of this program. */
  program: string;
  /** Called with the rows of each page that was read. */
  onRows: (kind: ArchiveKind, rows: number) => void;
}

/** What the user has as NDJSON, see `ndjsonOf`. */
export const ndjsonPieces = (store: Store, options: WriteOptions): AsyncGenerator<string> =>
  ndjsonOf(storedPages(store), options);

/**
 * Rows as NDJSON: a line that says what it is, a line for each row, a line with how many there are, by
 * which a file that was cut off is known.
 * @param pages of rows, the kinds in their order
 * @returns pieces of text; the first one is the first line
 */
export async function* ndjsonOf(
  pages: AsyncIterable<StoredPage>,
  { program, onRows }: WriteOptions,
): AsyncGenerator<string> {
  const counts: KindCounts = forEachKind(() => 0);
  const head = {
    aicost_archive: VERSION,
    exported_at: new Date().toISOString(),
    schema: latestVersion(),
    program,
  };
  yield `${JSON.stringify(head)}\n`;
  for await (const { kind, rows } of pages) {
    yield rows.map((row) => `${JSON.stringify({ kind, ...row })}\n`).join("");
    counts[kind] += rows.length;
    onRows(kind, rows.length);
  }
  yield `${JSON.stringify({ end: counts })}\n`;
}

/** A row of a file, and how far the file has been read. */
export type ReadRow = TravellingRow & { bytesRead: number };

/**
 * The rows of an NDJSON archive, each of them checked.
 * @throws UserError `archive_unknown`, `archive_newer`, `archive_damaged`, `archive_cut_off`, and what `readText` throws
 */
export async function* readNdjson(file: CsvInput): AsyncGenerator<ReadRow> {
  const counts: KindCounts = forEachKind(() => 0);
  let place: "head" | "rows" | "end" = "head";
  let last: ArchiveKind = ARCHIVE_KINDS[0];
  for await (const { number, text, bytesRead } of linesOf(file)) {
    if (place === "end") throw damaged(file.name, number, "comes after the end of the archive");
    if (place === "head") {
      checkHead(file.name, number, text);
      place = "rows";
      continue;
    }
    const line = objectOf(text);
    if (line === null) throw damaged(file.name, number, "is not a JSON object");
    const refusal = unkept(text, line);
    if (refusal !== null) throw damaged(file.name, number, refusal);
    if ("end" in line) {
      checkEnd(file.name, number, line["end"], counts);
      place = "end";
      continue;
    }
    const { kind, ...row } = line;
    if (!isKind(kind))
      throw damaged(
        file.name,
        number,
        `has an unknown kind of row: ${kind === undefined ? "none" : JSON.stringify(kind)}`,
      );
    if (ARCHIVE_KINDS.indexOf(kind) < ARCHIVE_KINDS.indexOf(last)) {
      throw damaged(file.name, number, `has a row of “${kind}” after those of “${last}”`);
    }
    const problem = rowProblem(kind, row);
    if (problem !== null) throw damaged(file.name, number, problem);
    last = kind;
    counts[kind]++;
    yield { kind, row, size: text.length, bytesRead };
  }
  if (place !== "end") throw cutOff(file.name);
}

interface Line {
  /** 1 is the first line of the file. */
  number: number;
  text: string;
  bytesRead: number;
}

/** The lines of a file that are not blank. */
async function* linesOf(file: CsvInput): AsyncGenerator<Line> {
  let rest = "";
  let number = 0;
  let read = 0;
  const packed = isGzip(file) ? unpack(file) : undefined;
  for await (const { text, ...reading } of readText(file, packed?.bytes)) {
    const bytesRead = packed?.bytesRead() ?? reading.bytesRead;
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) throw damaged(file.name, number + 1, "is longer than 8 MB");
    read = bytesRead;
    for (const line of lines) {
      number++;
      if (line.trim() !== "") yield { number, text: line, bytesRead };
    }
  }
  if (rest.trim() !== "") yield { number: number + 1, text: rest, bytesRead: read };
}

const objectOf = (text: string): ArchiveRow | null => {
  const value = jsonIn(text);
  return isObject(value) ? value : null;
};

const isKind = (kind: unknown): kind is ArchiveKind => ARCHIVE_KINDS.includes(kind as ArchiveKind);

const checkHead = (name: string, number: number, text: string): void => {
  const version = objectOf(text)?.["aicost_archive"];
  if (version === VERSION) return;
  if (typeof version === "number" && version > VERSION) {
    throw new UserError(
      "archive_newer",
      `${name} is an archive in format ${version}; this version of aicost reads format ${VERSION}.`,
      "Install a newer version: npm install -g aicost-cli@latest",
    );
  }
  throw new UserError(
    "archive_unknown",
    `Line ${number} of ${name} is not the first line of an archive.`,
    "Archives are made with: aicost export --output FILE",
  );
};

const checkEnd = (name: string, number: number, end: unknown, counts: KindCounts): void => {
  for (const kind of ARCHIVE_KINDS) {
    const stated = (end as Partial<KindCounts> | null)?.[kind];
    if (stated === counts[kind]) continue;
    throw damaged(name, number, `counts ${String(stated)} rows of “${kind}”, but there are ${counts[kind]}`);
  }
};

const cutOff = (name: string) =>
  new UserError(
    "archive_cut_off",
    `The archive ${name} is incomplete: it was cut off.`,
    "Nothing was restored. Export it again, or copy it again.",
  );
