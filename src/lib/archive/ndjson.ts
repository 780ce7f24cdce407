import { createHash } from "node:crypto";
import { readText, type CsvInput } from "../csv/decode.js";
import { UserError } from "../errors.js";
import { latestVersion } from "../store/migrations.js";
import { ARCHIVE_KINDS, type ArchiveKind, type ArchiveRow } from "../api.js";
import type { Store } from "../store/store.js";
import { isObject, jsonIn } from "../system/json.js";
import { damaged } from "./damaged.js";
import { type ArchiveFacts, ownerMark } from "./owner.js";
import { repeatedKey } from "./repeated-key.js";
import { isGzip, unpack } from "../files/gzip.js";
import { rowProblem } from "./fields.js";
import { FORM_1, upgraded } from "./form-1.js";
import { archiveForm } from "./start.js";
import type { Form } from "./form.js";
import { unkept } from "./unkept.js";
import { forEachKind, type KindCounts, type StoredPage, storedPages, type TravellingRow } from "./rows.js";

/** The version of the file's form, in its first line. */
const VERSION = 2;

/** No row of a store is longer, in characters of JSON. */
const LONGEST_LINE = 8 * 1024 * 1024;

/** How an archive is written. */
interface WriteOptions {
  /** The version of this program. */
  program: string;
  /** See `ownerMark`. */
  owner: string | null;
  /** Called with the rows of each page that was read. */
  onRows: (kind: ArchiveKind, rows: number) => void;
}

/** What the user has as NDJSON, see `ndjsonOf`. */
export async function* ndjsonPieces(
  store: Store,
  options: Omit<WriteOptions, "owner">,
): AsyncGenerator<string> {
  yield* ndjsonOf(storedPages(store), { ...options, owner: ownerMark(await store.userId()) });
}

/**
 * Rows as NDJSON: a line that says what it is, a line for each row, a line with how many there are, by
 * which a file that was cut off is known, and the SHA-256 of the lines of the rows.
 * @param pages of rows, the kinds in their order
 * @returns pieces of text; the first one is the first line
 */
export async function* ndjsonOf(
  pages: AsyncIterable<StoredPage>,
  { program, owner, onRows }: WriteOptions,
): AsyncGenerator<string> {
  const counts: KindCounts = forEachKind(() => 0);
  const head = {
    aicost_archive: VERSION,
    exported_at: new Date().toISOString(),
    schema: latestVersion(),
    program,
    owner,
  };
  const hash = createHash("sha256");
  yield `${JSON.stringify(head)}\n`;
  for await (const { kind, rows } of pages) {
    const lines = rows.map((row) => `${JSON.stringify(lineOf(kind, row))}\n`).join("");
    hash.update(lines);
    yield lines;
    counts[kind] += rows.length;
    onRows(kind, rows.length);
  }
  yield `${JSON.stringify({ end: counts, sha256: hash.digest("hex") })}\n`;
}

/** A line says what kind of row it has; the kind of a charge has another name in it. */
const lineOf = (kind: ArchiveKind, { kind: charge_kind, ...row }: ArchiveRow): Record<string, unknown> => ({
  kind,
  ...row,
  ...(charge_kind !== undefined && { charge_kind }),
});

const rowOf = ({ charge_kind, ...row }: ArchiveRow): ArchiveRow =>
  charge_kind === undefined ? row : { ...row, kind: charge_kind };

/** A row of a file, and how far the file has been read. */
export type ReadRow = TravellingRow & { bytesRead: number };

const FORM_2: Form<ArchiveKind> = { version: VERSION, kinds: ARCHIVE_KINDS, problem: rowProblem };

export interface ReadOptions {
  /** Called once the archive was read to its end. */
  onFacts?: (facts: ArchiveFacts) => void;
}

/**
 * The rows of an NDJSON archive, each of them checked; those of an archive in the first form as rows of today's form.
 * @throws UserError `archive_unknown`, `archive_newer`, `archive_damaged`, `archive_cut_off`, and what `readText` throws
 */
export async function* readNdjson(
  file: CsvInput,
  { onFacts = () => undefined }: ReadOptions = {},
): AsyncGenerator<ReadRow> {
  if (archiveForm(file) === FORM_1.version) yield* upgraded(() => rowsOf(file, FORM_1, onFacts));
  else yield* rowsOf(file, FORM_2, onFacts);
}

async function* rowsOf<Kind extends string>(
  file: CsvInput,
  form: Form<Kind>,
  onFacts: (facts: ArchiveFacts) => void,
): AsyncGenerator<Omit<ReadRow, "kind"> & { kind: Kind }> {
  const counts = Object.fromEntries(form.kinds.map((kind) => [kind, 0])) as Record<Kind, number>;
  let place: "head" | "rows" | "end" = "head";
  let last = 0;
  let owner: ArchiveFacts["owner"];
  const hash = createHash("sha256");
  for await (const { number, text, bytesRead } of linesOf(file)) {
    if (place === "end") throw damaged(file.name, number, "comes after the end of the archive");
    if (place === "head") {
      owner = checkedHead(file.name, number, text, form.version);
      place = "rows";
      continue;
    }
    const line = objectIn(file.name, number, text);
    if (line === null) throw damaged(file.name, number, "is not a JSON object");
    const refusal = unkept(text, line);
    if (refusal !== null) throw damaged(file.name, number, refusal);
    if ("end" in line) {
      checkEnd(file.name, number, line["end"], counts);
      const hasChecksum = line["sha256"] !== undefined;
      if (hasChecksum && line["sha256"] !== hash.digest("hex"))
        throw damaged(file.name, number, "has the checksum of other rows than those above it");
      onFacts({ owner, hasChecksum });
      place = "end";
      continue;
    }
    hash.update(`${text.replace(/\r$/, "")}\n`);
    const { kind: named, ...fields } = line;
    const row = rowOf(fields);
    const at = form.kinds.findIndex((kind) => kind === named);
    const kind = form.kinds[at];
    if (kind === undefined)
      throw damaged(
        file.name,
        number,
        `has an unknown kind of row: ${named === undefined ? "none" : JSON.stringify(named)}`,
      );
    if (at < last)
      throw damaged(file.name, number, `has a row of “${kind}” after those of “${form.kinds[last]}”`);
    const problem = form.problem(kind, row);
    if (problem !== null) throw damaged(file.name, number, problem);
    last = at;
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

/** Null if the line is not an object. @throws UserError `archive_damaged` if it has a key twice */
const objectIn = (name: string, number: number, text: string): ArchiveRow | null => {
  const value = jsonIn(text);
  if (!isObject(value)) return null;
  const key = repeatedKey(text, value);
  if (key === null) return value;
  throw damaged(name, number, `has the key ${JSON.stringify(key)} twice`);
};

/** @returns whose the archive is */
const checkedHead = (name: string, number: number, text: string, wanted: number): ArchiveFacts["owner"] => {
  const head = objectIn(name, number, text);
  const version = head?.["aicost_archive"];
  if (version === wanted) {
    const owner = head?.["owner"];
    if (owner === undefined || owner === null || (typeof owner === "string" && /^[0-9a-f]{64}$/.test(owner)))
      return owner;
    throw damaged(name, number, "does not say whose the archive is in a way that can be read");
  }
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

const checkEnd = <Kind extends string>(
  name: string,
  number: number,
  end: unknown,
  counts: Record<Kind, number>,
): void => {
  for (const [kind, count] of Object.entries<number>(counts)) {
    const stated = (end as Record<string, unknown> | null)?.[kind];
    if (stated === count) continue;
    throw damaged(name, number, `counts ${String(stated)} rows of “${kind}”, but there are ${count}`);
  }
};

const cutOff = (name: string) =>
  new UserError(
    "archive_cut_off",
    `The archive ${name} is incomplete: it was cut off.`,
    "Nothing was restored. Export it again, or copy it again.",
  );
