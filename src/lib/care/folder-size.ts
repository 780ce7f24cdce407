import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FolderSize } from "./status.js";
import { folderOf } from "../store/read-model/current.js";

export const folderSize = (dataDir: string): FolderSize => {
  const folder = folderOf(dataDir);
  return { folder: bytesIn(folder), log: bytesIn(join(folder, "pg_wal")) };
};

export const bytesIn = (folder: string): number =>
  readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return (
      sum + (entry.isDirectory() ? bytesIn(path) : (statSync(path, { throwIfNoEntry: false })?.size ?? 0))
    );
  }, 0);
