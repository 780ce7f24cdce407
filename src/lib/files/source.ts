import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { type CsvInput, readBytes } from "../csv/decode.js";

/** `name` is as the user gave it; `-` for standard input. */
export interface Source extends CsvInput {
  /** Bytes. */
  size: number;
}

/** SHA-256, hex. */
export const fileHash = async (file: CsvInput): Promise<string> => {
  const hash = createHash("sha256");
  for await (const bytes of readBytes(file)) hash.update(bytes);
  return hash.digest("hex");
};

/** A file rather than a folder, or a pipe that is empty after the first time. */
export const isReadableAgain = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isFile() === true;
