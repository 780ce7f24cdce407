import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

/** One file to import. */
export interface Source {
  path: string;
  /** As the user gave it; `-` for standard input. */
  name: string;
  /** Bytes. */
  size: number;
}

/** The SHA-256 of a file's bytes, hex. */
export const fileHash = async (path: string): Promise<string> => {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
};
