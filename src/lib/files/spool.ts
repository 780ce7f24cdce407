import { createWriteStream, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { startsGzip } from "./gzip.js";
import { refuseForeign } from "../csv/decode.js";
import { systemCode, UserError } from "../errors.js";
import type { Source } from "./source.js";
import { unreadable } from "./unreadable.js";
import { startsZip } from "./zip.js";

/** No line of an archive is longer, in bytes of any encoding, nor is one of an export. */
const LONGEST_LINE_MB = 32;

/**
 * Keeps what can be read only once in a temporary folder. What cannot be a table is refused by its first bytes, and an
 * endless line once it is too long, so that it is not stored by the gigabyte.
 */
export class Spool {
  #folder: string | undefined;
  #files = 0;
  #standardInput: Promise<Source> | undefined;

  constructor(private readonly signal: AbortSignal) {}

  /** However often it is named, there is one standard input. @throws UserError `file_empty`, and as `keep` */
  standardInput(name: string): Promise<Source> {
    this.#standardInput ??= this.#keepStandardInput(name);
    return this.#standardInput;
  }

  /** @throws UserError `file_unreadable`, `file_pdf`, `file_archive`, `csv_line_too_long`, `temporary_folder_full` */
  async keep(input: Readable, name: string): Promise<Source> {
    this.#folder ??= mkdtempSync(join(tmpdir(), "aicost-import-"));
    const path = join(this.#folder, `${++this.#files}.csv`);
    const output = createWriteStream(path, { mode: 0o600 });
    try {
      await pipeline(input, (bytes: AsyncIterable<Buffer>) => lookedThrough(bytes, name), output, {
        signal: this.signal,
      });
    } catch (error) {
      this.signal.throwIfAborted();
      throw systemCode(error) === "ENOSPC" ? full(name, error) : unreadable(name, error);
    }
    return { path, name, size: statSync(path).size };
  }

  remove(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  }

  async #keepStandardInput(name: string): Promise<Source> {
    const source = await this.keep(process.stdin, name);
    if (source.size > 0) return source;
    throw new UserError(
      "file_empty",
      "Standard input is empty.",
      `Pipe a file into it: cat usage.csv | aicost import ${name}`,
    );
  }
}

/** The same bytes, unless they cannot be a table. */
async function* lookedThrough(input: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  let isFirst = true;
  let line = 0;
  for await (const bytes of input) {
    // Packed files are unpacked when they are whole.
    if (isFirst && !startsGzip(bytes) && !startsZip(bytes)) refuseForeign(bytes, name);
    isFirst = false;
    const end = Math.max(bytes.lastIndexOf("\n"), bytes.lastIndexOf("\r"));
    line = end === -1 ? line + bytes.length : bytes.length - end;
    if (line > LONGEST_LINE_MB * 1024 * 1024) throw tooLong(name);
    yield bytes;
  }
}

const tooLong = (name: string) =>
  new UserError(
    "csv_line_too_long",
    `A line of ${name} is longer than ${LONGEST_LINE_MB} MB.`,
    "A CSV export has one short line for each charge; check that this is the file you meant.",
  );

const full = (name: string, cause: unknown) =>
  new UserError(
    "temporary_folder_full",
    `There is not enough space in ${tmpdir()} to store the data from ${name}.`,
    "Free some space, or name a folder on another disk: TMPDIR=/path/to/folder",
    { cause },
  );
