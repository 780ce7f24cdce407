import { UserError } from "../errors.js";
import type { Lock } from "../system/lock.js";
import { lockInConfig } from "../config/lock-in-config.js";
import type { SessionPlace } from "../auth/session.js";

/**
 * Lets one process at a time collect for a profile: two would ask the providers for the same.
 * @throws UserError `sync_running`, `config_unwritable`
 */
export const lockSync = (
  profile: string,
  { configDir, command, waitMs }: SessionPlace,
  { onWait, signal }: { onWait: (holder: string) => void; signal: AbortSignal },
): Promise<Lock> => {
  const inUse = (holder: string) =>
    new UserError(
      "sync_running",
      `Another sync is running: ${holder}.`,
      "Run the command again when that is done. AICOST_WAIT=SECONDS waits longer.",
    );
  return lockInConfig(`sync-${profile}.lock`, { configDir, command, waitMs, onWait, signal, inUse });
};
