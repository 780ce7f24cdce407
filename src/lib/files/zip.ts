import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import type { Entry, ZipFile } from "yauzl";
import { UserError } from "../errors.js";
import { damaged, Expansion, tooDense } from "./expansion.js";

/** In Latin-1: that of a file with members, and that of one without any. */
const MAGIC = ["PK\x03\x04", "PK\x05\x06"];

export const startsZip = (bytes: Buffer): boolean => MAGIC.includes(bytes.toString("latin1", 0, 4));

const CSV_NAME = /\.(?:csv|tsv)$/i;

/** What systems put into archives, and nobody asked for. */
const SYSTEM_FILE = /(?:^|\/)(?:__MACOSX\/|\.|Thumbs\.db$|desktop\.ini$)/;

/** More are not an export. */
const MOST_MEMBERS = 10_000;
const MOST_CSV_FILES = 1000;
/** So many members are named. */
const MOST_NAMED = 3;

export interface ZipInput {
  path: string;
  /** What messages call it. */
  name: string;
  /** Bytes. */
  size: number;
}

/** A CSV file in a ZIP file, and what it unpacks to. */
export interface Member {
  /** `export.zip/amount-2026-8.csv` */
  name: string;
  /** @throws UserError `file_damaged`, `file_too_dense` */
  bytes: AsyncIterable<Buffer>;
}

/**
 * Hands over the CSV files in a ZIP file, one after the other.
 * @returns the names of what else is in it
 * @throws UserError `file_damaged`, `file_encrypted`, `file_too_dense`, `file_archive` if no CSV file is in it
 */
export const unzip = (zip: ZipInput, take: (member: Member) => Promise<void>): Promise<string[]> =>
  withZip(zip, async (file, entries) => {
    const members = entries.filter(({ fileName }) => CSV_NAME.test(fileName));
    const others = entries.filter(({ fileName }) => !CSV_NAME.test(fileName)).map(({ fileName }) => fileName);
    if (members.length === 0) throw withoutCsv(zip.name, others);
    if (members.length > MOST_CSV_FILES)
      throw damaged(zip.name, `it has ${members.length} CSV files, more than ${MOST_CSV_FILES}`);
    const expansion = new Expansion(tooDense(zip.name));
    for (const entry of members) {
      const name = `${zip.name}/${entry.fileName}`;
      if (entry.isEncrypted()) throw encrypted(name);
      await take({ name, bytes: unpacked(file, entry, { name, size: zip.size, expansion }) });
    }
    return others;
  });

/** Whether a CSV file is in a ZIP file; false if it cannot be read. */
export const hasCsvFile = async (zip: ZipInput): Promise<boolean> => {
  try {
    return await withZip(zip, (_, entries) =>
      Promise.resolve(entries.some(({ fileName }) => CSV_NAME.test(fileName))),
    );
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
};

const withZip = async <Result>(
  { path, name }: ZipInput,
  work: (file: ZipFile, entries: Entry[]) => Promise<Result>,
): Promise<Result> => {
  const { openPromise } = await import("yauzl");
  let file: ZipFile | undefined;
  try {
    file = await openPromise(path, { lazyEntries: true, autoClose: false });
    const entries: Entry[] = [];
    for await (const entry of file.eachEntry()) {
      if (entry.fileName.endsWith("/") || SYSTEM_FILE.test(entry.fileName)) continue;
      if (entries.push(entry) > MOST_MEMBERS) throw damaged(name, `it has more than ${MOST_MEMBERS} files`);
    }
    return await work(file, entries);
  } catch (error) {
    throw problemOf(name, error);
  } finally {
    file?.close();
  }
};

/** The package throws plain errors, whose messages are fragments in lower case. */
const problemOf = (name: string, error: unknown): unknown => {
  const isPlain = error instanceof Error && error.constructor === Error && !("code" in error);
  return isPlain ? damaged(name, error.message) : error;
};

async function* unpacked(
  file: ZipFile,
  entry: Entry,
  { name, size, expansion }: { name: string; size: number; expansion: Expansion },
): AsyncGenerator<Buffer> {
  let stream: Readable | undefined;
  let sum = 0;
  try {
    stream = await file.openReadStreamPromise(entry);
    for await (const piece of stream as AsyncIterable<Buffer>) {
      // Members may share packed bytes: what counts is the size of the whole file.
      expansion.add(piece.length, size);
      sum = crc32(piece, sum);
      yield piece;
    }
  } catch (error) {
    const isOfZlib = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
    throw isOfZlib ? damaged(name, error.message) : problemOf(name, error);
  } finally {
    stream?.destroy();
  }
  if (sum !== entry.crc32) throw damaged(name, "its checksum is wrong");
}

const encrypted = (name: string): UserError =>
  new UserError(
    "file_encrypted",
    `${name} is encrypted.`,
    "Unpack it with its password, and import the CSV files.",
  );

const withoutCsv = (name: string, others: readonly string[]): UserError => {
  if (others.some((other) => /^(?:xl\/workbook\.xml|content\.xml|Index\/Document\.iwa)$/.test(other)))
    return new UserError(
      "file_archive",
      `The file ${name} is not a CSV file: it is a workbook of a spreadsheet.`,
      "Open it in the spreadsheet and save it as “CSV UTF-8”.",
    );
  const named = others.slice(0, MOST_NAMED).join(", ");
  const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : "";
  return new UserError(
    "file_archive",
    `The ZIP archive ${name} has no CSV file in it${others.length === 0 ? "" : `, but ${named}${more}`}.`,
    "Unzip it, and import the right file; save a workbook as “CSV UTF-8” first.",
  );
};
