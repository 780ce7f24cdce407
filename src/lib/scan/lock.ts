import type { SessionPlace } from "../auth/session.js";
import { lockInConfig } from "../config/lock-in-config.js";
import { UserError } from "../errors.js";
import type { Lock } from "../system/lock.js";

/**
 * Lets one process at a time scan for a profile: two would store the same.
 * @throws UserError `scan_running`, `config_unwritable`
 */
export const lockScan = (
  profile: string,
  { configDir, command, waitMs }: SessionPlace,
  { onWait, signal }: { onWait: (holder: string) => void; signal: AbortSignal },
): Promise<Lock> => {
  const inUse = (holder: string) =>
    new UserError(
      "scan_running",
      `Another scan is running: ${holder}.`,
      "Run the command again when that is done. AICOST_WAIT=SECONDS waits longer.",
    );
  return lockInConfig(`scan-${profile}.lock`, { configDir, command, waitMs, onWait, signal, inUse });
};
