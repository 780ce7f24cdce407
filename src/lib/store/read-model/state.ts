import { readFileSync } from "node:fs";
import { join } from "node:path";

/** No more of the control file is in use, in any version: PostgreSQL keeps it within a sector of a disk. */
const CONTROL_BYTES = 512;

/**
 * Tells each state of the folder from every other: PostgreSQL writes its control file when it starts and, with the
 * position of the log, when it has stopped. After a kill it is that of a start. Null if it cannot be read.
 */
export const stateOf = (folder: string): string | null => {
  try {
    return readFileSync(join(folder, "global/pg_control")).toString("base64", 0, CONTROL_BYTES);
  } catch {
    return null;
  }
};
