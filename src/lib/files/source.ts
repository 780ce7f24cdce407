import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { type CsvInput, type Opened, readBytes } from "../csv/decode.js";

/** `name` is as the user gave it; `-` for standard input. */
export interface Source extends CsvInput {
  /** Bytes. */
  size: number;
}

/** As many bytes as are hashed in about a millisecond: what else goes on is to go on. */
const PIECE_BYTES = 512 * 1024;

const hashes = new WeakMap<Opened, Promise<string>>();

/** SHA-256, hex; of a file that is open, computed once. */
export const fileHash = (file: CsvInput): Promise<string> => {
  const { opened } = file;
  if (opened === undefined) return hashOf(file);
  const hash = hashes.get(opened) ?? hashOf(file);
  hashes.set(opened, hash);
  return hash;
};

const hashOf = async (file: CsvInput): Promise<string> => {
  const hash = createHash("sha256");
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for await (const bytes of readBytes(file, piece)) hash.update(bytes);
  return hash.digest("hex");
};

/** A file rather than a folder, or a pipe that is empty after the first time. */
export const isReadableAgain = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;
