import { Readable } from "node:stream";
import { constants, createGunzip, gunzipSync } from "node:zlib";
import { type CsvInput, readBytes } from "../csv/decode.js";
import { UserError } from "../errors.js";
import { damaged, Expansion, MOST_TIMES, tooDense } from "./expansion.js";
import { firstBytes } from "./open-files.js";

/** In Latin-1. */
const GZIP_MAGIC = "\x1f\x8b";

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

/** What to say of a packed file that cannot be unpacked. */
interface Problems {
  /** @param unpacked bytes of `packed` ones @throws UserError if it unpacks without end */
  watch: (unpacked: number, packed: number) => void;
  cutOff: () => UserError;
  /** @param why the message of zlib */
  broken: (why: string) => UserError;
}

/** @param packed bytes of a gzip file */
async function* inflated(packed: AsyncIterable<Buffer>, problems: Problems): AsyncGenerator<Buffer> {
  const file = Readable.from(packed, { objectMode: false });
  const unpacked = createGunzip();
  file.on("error", (error) => unpacked.destroy(error));
  try {
    for await (const piece of file.pipe(unpacked) as AsyncIterable<Buffer>) {
      problems.watch(piece.length, unpacked.bytesWritten);
      yield piece;
    }
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "Z_BUF_ERROR") throw problems.cutOff();
    throw code?.startsWith("Z_") === true ? problems.broken((error as Error).message) : error;
  } finally {
    file.destroy();
    unpacked.destroy();
  }
}

/** A packed file that is not an archive of aicost. Reading throws UserError `file_too_dense`, `file_damaged`. */
export const gunzipped = (input: CsvInput): AsyncGenerator<Buffer> => {
  const { name } = input;
  const expansion = new Expansion(tooDense(name));
  return inflated(readBytes(input), {
    watch: (unpacked, packed) => expansion.add(unpacked, packed),
    cutOff: () => damaged(name, "it was cut off"),
    broken: (why) => damaged(name, why),
  });
};

/** Reading the bytes throws UserError `archive_too_dense`, `archive_damaged`, `archive_cut_off`. */
export const unpack = (input: CsvInput): { bytes: AsyncIterable<Buffer>; bytesRead: () => number } => {
  const { name } = input;
  let bytesRead = 0;
  async function* packed(): AsyncGenerator<Buffer> {
    for await (const piece of readBytes(input)) {
      bytesRead += piece.length;
      yield piece;
    }
  }
  const expansion = new Expansion(archiveTooDense(name));
  const bytes = inflated(packed(), {
    watch: (unpacked, from) => expansion.add(unpacked, from),
    cutOff: () =>
      new UserError(
        "archive_cut_off",
        `The archive ${name} is incomplete: it was cut off.`,
        "Nothing was restored. Copy it again.",
      ),
    broken: (why) =>
      new UserError(
        "archive_damaged",
        `The archive ${name} cannot be unpacked: ${why}.`,
        "Nothing was restored. The file was changed after it was made; copy it again.",
      ),
  });
  return { bytes, bytesRead: () => bytesRead };
};

/** Archives unpack to 10 or 20 times their size, because each row has an id of its own. */
const archiveTooDense = (name: string): UserError =>
  new UserError(
    "archive_too_dense",
    `${name} unpacks to more than ${MOST_TIMES} times its size, which no aicost archive does.`,
    "Nothing was restored. If you trust it, unpack it first: gunzip FILE",
  );
