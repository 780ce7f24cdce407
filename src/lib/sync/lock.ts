import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { unwritable } from "../config.js";
import { unavailable } from "../errors.js";
import { type Lock, takeLock } from "../lock.js";
import type { SessionPlace } from "../session.js";

/**
 * Lets one process at a time collect for a profile: two would ask the providers for the same.
 * @throws UserError `sync_running`, `config_unwritable`
 */
export const lockSync = async (
  profile: string,
  { configDir, command, waitMs }: SessionPlace,
  { onWait, signal }: { onWait: (holder: string) => void; signal: AbortSignal },
): Promise<Lock> => {
  const file = join(configDir, `sync-${profile}.lock`);
  const inUse = (holder: string) =>
    unavailable(
      "sync_running",
      `Another sync is running: ${holder}.`,
      "Run the command again when that is done. AICOST_WAIT=SECONDS waits longer.",
    );
  try {
    mkdirSync(configDir, { recursive: true, mode: 0o700 });
    return await takeLock(file, { command, waitMs, onWait, signal, inUse });
  } catch (error) {
    throw unwritable(file, error);
  }
};
