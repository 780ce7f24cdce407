import { statSync } from "node:fs";
import type { LogFile } from "./agent.js";
import type { FileState } from "./state.js";

/** What tells whether a file has changed, without opening it. */
export interface Stamp {
  size: number;
  mtime: string;
  inode: string;
  /** Nanoseconds since 1970. */
  newest: bigint;
}

/** @returns undefined if the file is gone, or something else is in its place */
export const stampOf = (file: LogFile): Stamp | undefined => {
  const main = statOf(file.path);
  if (!main) return undefined;
  const inode = String(main.ino);
  if (file.kind !== "database") {
    return { size: Number(main.size), mtime: String(main.mtimeNs), inode, newest: main.mtimeNs };
  }
  // What was written last to a database stands in its log.
  const log = statOf(`${file.path}-wal`);
  return {
    size: Number(main.size + (log?.size ?? 0n)),
    mtime: `${main.mtimeNs} ${log?.mtimeNs ?? ""}`,
    inode,
    newest: log && log.mtimeNs > main.mtimeNs ? log.mtimeNs : main.mtimeNs,
  };
};

const statOf = (path: string) => {
  try {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stat?.isFile() ? stat : undefined;
  } catch {
    return undefined;
  }
};

export const isUnchanged = (stamp: Stamp, known: FileState): boolean =>
  stamp.size === known.size && stamp.mtime === known.mtime && stamp.inode === known.inode;
