import { existsSync, statfsSync } from "node:fs";
import path from "node:path";
import { formatBytes } from "../bytes.js";
import { ROOM_BYTES } from "../store/disk.js";
import { type Check, type Finding, ok, warning, wrong } from "./check.js";

/** With less, a large import may fail. */
const LITTLE_BYTES = 1024 ** 3;

export const disk: Check = {
  name: "disk",
  look: ({ dataDir }) => {
    const { bavail, bsize } = statfsSync(nearestFolder(dataDir));
    return diskFinding(bavail * bsize, dataDir);
  },
};

/** @param free in bytes */
export const diskFinding = (free: number, dataDir: string): Finding => {
  const left = `${formatBytes(free)} free for ${dataDir}`;
  const more = "free some space, or name a folder on another disk: AICOST_DATA_DIR=/path/to/folder";
  if (free < ROOM_BYTES)
    return wrong(`${left}; aicost needs ${formatBytes(ROOM_BYTES)} to store anything`, more);
  return free < LITTLE_BYTES ? warning(left, more) : ok(left);
};

/** The folder itself may not be there yet. */
const nearestFolder = (folder: string): string =>
  existsSync(folder) ? folder : nearestFolder(path.dirname(path.resolve(folder)));
