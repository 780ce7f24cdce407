import { closeSync, fstatSync, openSync, read } from "node:fs";
import { TextDecoder } from "node:util";
import type { ErrorCode } from "../error-codes.js";
import { UserError } from "../errors.js";

/** `name` is what messages call the file. */
export interface CsvInput {
  path: string;
  name: string;
  /** What was read of the file already; else it is opened by its path. */
  opened?: Opened;
}

export interface Opened {
  /** Its first `START_BYTES`, or all of it if it is shorter. */
  start: Buffer;
  /** Reads the rest. Without it, the file is opened again. */
  descriptor: number | undefined;
  /** Another one means that the file has changed since. */
  version: string;
}

/** So much of a file is kept when it is opened: enough to detect its format. */
export const START_BYTES = 64 * 1024;

export const versionOf = (descriptor: number): string => {
  const { size, mtimeMs } = fstatSync(descriptor);
  return `${size} ${mtimeMs}`;
};

export type Encoding = "utf-8" | "utf-16le" | "utf-16be";

/** A piece of the file's text, and how far the file has been read. */
export interface TextChunk {
  text: string;
  encoding: Encoding;
  bytesRead: number;
}

const CHUNK_BYTES = 64 * 1024;

/**
 * Without its byte order mark. @param bytes of the file, if they are not those on the disk
 * @throws UserError `file_missing`, `file_unreadable`, `file_empty`, `file_pdf`, `file_archive`, `file_binary`
 */
export async function* readText(
  input: CsvInput,
  bytes: AsyncIterable<Buffer> = readBytes(input),
): AsyncGenerator<TextChunk> {
  let decoder: TextDecoder | undefined;
  let encoding: Encoding = "utf-8";
  let bytesRead = 0;
  for await (const piece of bytes) {
    if (decoder === undefined) {
      refuseForeign(piece, input.name);
      encoding = encodingOf(piece);
      decoder = new TextDecoder(encoding, { fatal: true });
    }
    bytesRead += piece.length;
    yield { text: decode(decoder, piece, input.name), encoding, bytesRead };
  }
  if (decoder === undefined) throw emptyFile(input.name);
  yield { text: decode(decoder, undefined, input.name), encoding, bytesRead };
}

export const emptyFile = (name: string): UserError =>
  new UserError(
    "file_empty",
    `The file ${name} is empty.`,
    "Download it again; the download may have been cut off.",
  );

/**
 * @param into a buffer for one piece after the other: each is gone when the next one is asked for. Without it, each piece has its own
 * @throws UserError `file_missing`, `file_unreadable`, `file_changed`
 */
export async function* readBytes({ path, name, opened }: CsvInput, into?: Buffer): AsyncGenerator<Buffer> {
  const { start = Buffer.of(), descriptor } = opened ?? {};
  if (start.length > 0) yield start;
  if (opened && start.length < START_BYTES) return;
  let own: number | undefined;
  try {
    const file = descriptor ?? (own = openSync(path, "r"));
    if (opened && versionOf(file) !== opened.version) throw changedFile(name);
    const pieceAt = (position: number) => readPiece(file, position, into ?? Buffer.allocUnsafe(CHUNK_BYTES));
    let position = start.length;
    for (let piece = await pieceAt(position); piece.length > 0; piece = await pieceAt(position)) {
      position += piece.length;
      yield piece;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT") {
      throw new UserError(
        "file_missing",
        `There is no file ${name}.`,
        "Check the path; the shell completes it with Tab.",
      );
    }
    if (code === "EISDIR") {
      throw new UserError(
        "file_unreadable",
        `${name} is a folder, not a file.`,
        `Name the files in it: ${name}/*.csv`,
      );
    }
    if (code === "EACCES" || code === "EPERM") {
      throw new UserError(
        "file_unreadable",
        `You do not have permission to read ${name}.`,
        `Try: chmod u+r ${name}`,
      );
    }
    throw error;
  } finally {
    if (own !== undefined) closeSync(own);
  }
}

/** A stream would close the file if its reader stops in the middle. */
const readPiece = (descriptor: number, position: number, bytes: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    read(descriptor, bytes, 0, bytes.length, position, (error, length) => {
      if (error) reject(error);
      else resolve(bytes.subarray(0, length));
    });
  });

export const changedFile = (name: string): UserError =>
  new UserError(
    "file_changed",
    `The file ${name} changed while it was being read.`,
    "Try again when it is complete.",
  );

const encodingOf = (bytes: Buffer): Encoding => {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  // Without a mark, the first letters and digits of a table tell: none of them is a NUL.
  const isNul = [0, 1, 2, 3].map((at) => bytes[at] === 0);
  if (!isNul[0] && isNul[1] && !isNul[2] && isNul[3]) return "utf-16le";
  if (isNul[0] && !isNul[1] && isNul[2] && !isNul[3]) return "utf-16be";
  return "utf-8";
};

const decode = (decoder: TextDecoder, bytes: Buffer | undefined, name: string): string => {
  let text;
  try {
    text = bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    throw binaryFile(name, "it is neither UTF-8 nor UTF-16");
  }
  if (text.includes("\0")) throw binaryFile(name, "it contains NUL bytes");
  return text;
};

const binaryFile = (name: string, why: string): UserError =>
  new UserError(
    "file_binary",
    `The file ${name} is not readable as text: ${why}.`,
    "If it is a table, open it in a spreadsheet and save it as “CSV UTF-8”.",
  );

/** Files that people download by mistake, known by their first bytes, not by their names. */
const FOREIGN: readonly { magic: string; code: ErrorCode; what: string; hint: string }[] = [
  {
    magic: "%PDF",
    code: "file_pdf",
    what: "a PDF document, probably an invoice",
    hint: "Download the usage or cost export of the provider as CSV, or enter the invoice with `aicost add`.",
  },
  {
    magic: "PK\x03\x04",
    code: "file_archive",
    what: "a ZIP archive or an Excel workbook",
    hint: "Unzip it and import the CSV files in it; save a workbook as “CSV UTF-8” first.",
  },
  {
    magic: "\x1f\x8b",
    code: "file_archive",
    what: "compressed with gzip",
    hint: "Unpack it first: gunzip FILE",
  },
  {
    magic: "\xfd7zXZ",
    code: "file_archive",
    what: "compressed with xz",
    hint: "Unpack it first: unxz FILE",
  },
  {
    magic: "\x28\xb5\x2f\xfd",
    code: "file_archive",
    what: "compressed with zstd",
    hint: "Unpack it first: unzstd FILE",
  },
  {
    magic: "\xd0\xcf\x11\xe0",
    code: "file_archive",
    what: "an old Excel workbook",
    hint: "Open it in a spreadsheet and save it as “CSV UTF-8”.",
  },
];

/** @param bytes the first ones of a file @throws UserError `file_pdf`, `file_archive` */
export const refuseForeign = (bytes: Buffer, name: string): void => {
  const start = bytes.toString("latin1", 0, 8);
  const found = FOREIGN.find(({ magic }) => start.startsWith(magic));
  if (found)
    throw new UserError(found.code, `The file ${name} is not a CSV file: it is ${found.what}.`, found.hint);
};
