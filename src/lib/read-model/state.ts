import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What tells one state of a database folder from every other: PostgreSQL writes its control file when it starts, and,
 * with the position of the log, when it has stopped. After a process that was killed, it is that of a start.
 * @returns null where there is no such file, or it may not be read
 */
export const stateOf = (folder: string): string | null => {
  try {
    return createHash("sha256")
      .update(readFileSync(join(folder, "global/pg_control")))
      .digest("hex");
  } catch {
    return null;
  }
};
