import { Readable } from "node:stream";
import { constants, createGunzip, gunzipSync } from "node:zlib";
import { type CsvInput, readBytes } from "../csv/decode.js";
import { UserError } from "../errors.js";
import { firstBytes } from "./open-files.js";

/** In Latin-1. */
export const GZIP_MAGIC = "\x1f\x8b";

export const startsGzip = (bytes: Buffer): boolean =>
  bytes.toString("latin1", 0, GZIP_MAGIC.length) === GZIP_MAGIC;

/** False also if the file cannot be read, which reading it then says. */
export const isGzip = ({ path, opened }: CsvInput): boolean =>
  startsGzip(opened?.start ?? firstBytes(path, GZIP_MAGIC.length));

/** In Latin-1, at most a thousand times as long as the given bytes. Empty if they are damaged. */
export const unpackedStart = (bytes: Buffer): string => {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString("latin1");
  } catch {
    return "";
  }
};

/** Archives unpack to 10 or 20 times their size, because each row has an id of its own; a bomb to 1,000 times. */
const MOST_TIMES = 100;
/** So much may be unpacked from a file of any size. */
const FREE_BYTES = 16 * 1024 * 1024;

/** Reading the bytes throws UserError `archive_too_dense`, `archive_damaged`, `archive_cut_off`. */
export const unpack = (input: CsvInput): { bytes: AsyncIterable<Buffer>; bytesRead: () => number } => {
  let bytesRead = 0;
  async function* packed(): AsyncGenerator<Buffer> {
    for await (const piece of readBytes(input)) {
      bytesRead += piece.length;
      yield piece;
    }
  }
  const file = Readable.from(packed(), { objectMode: false });
  return { bytes: unpackedBytes(file, input.name), bytesRead: () => bytesRead };
};

async function* unpackedBytes(file: Readable, name: string): AsyncGenerator<Buffer> {
  const unpacked = createGunzip();
  file.on("error", (error) => unpacked.destroy(error));
  let bytes = 0;
  try {
    for await (const piece of file.pipe(unpacked) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > FREE_BYTES + MOST_TIMES * unpacked.bytesWritten) throw tooDense(name);
      yield piece;
    }
  } catch (error) {
    throw unpackError(name, error);
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}

const tooDense = (name: string) =>
  new UserError(
    "archive_too_dense",
    `${name} unpacks to more than ${MOST_TIMES} times its size, which no aicost archive does.`,
    "Nothing was restored. If you trust it, unpack it first: gunzip FILE",
  );

const unpackError = (name: string, error: unknown): unknown => {
  const { code } = error as { code?: string };
  if (code === "Z_BUF_ERROR") {
    return new UserError(
      "archive_cut_off",
      `The archive ${name} is incomplete: it was cut off.`,
      "Nothing was restored. Copy it again.",
    );
  }
  if (code?.startsWith("Z_") !== true) return error;
  return new UserError(
    "archive_damaged",
    `The archive ${name} cannot be unpacked: ${(error as Error).message}.`,
    "Nothing was restored. The file was changed after it was made; copy it again.",
  );
};
