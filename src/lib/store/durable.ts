import { fsyncSync } from "node:fs";
import { syncFolder } from "../system/whole-file.js";
import { beforeStart, type Entry, type Files } from "./program.js";

/** Has PostgreSQL call `fsync`: `fdatasync`, which it prefers for its log, does nothing in PGlite. */
export const SYNC_SETTINGS = ["fsync=on", "wal_sync_method=fsync"];

/** The bits of a mode that say what a name stands for, and what they are for a folder. */
const KIND = { mask: 0o170000, folder: 0o040000 };

/** PGlite's file system lacks `fsync`; with it what is committed survives a power cut. @param files changed in place */
export const syncToDisk = <Pg, Options extends { preRun?: unknown }>(files: Files<Pg, Options>): void =>
  beforeStart(files, ({ NODEFS: operations }) => {
    // PostgreSQL trusts the file system to keep the name of a new table once the file is synced; not every one does.
    const withNewNames = new Set<Entry>();
    const { mknod } = operations.node_ops;
    operations.node_ops.mknod = (parent, ...rest) => {
      withNewNames.add(parent);
      return mknod(parent, ...rest);
    };
    operations.stream_ops.fsync = ({ node, nfd }) => {
      operations.tryFSOperation(() => {
        const isFolder = (node.mode & KIND.mask) === KIND.folder;
        if (!isFolder) fsyncSync(nfd);
        const folder = isFolder ? node : node.parent;
        if (withNewNames.delete(folder) || isFolder) syncFolder(operations.realPath(folder));
      });
      return 0;
    };
  });
