import { UserError } from "../errors.js";
import type { Lock } from "../system/lock.js";
import { type ConfigLockOptions, lockInConfig } from "./lock-in-config.js";

/** Work that one process at a time does for a profile, and the error of a second one. */
const RUNNING = { scan: "scan_running", sync: "sync_running" } as const;

/**
 * Lets one process at a time scan, or collect, for a profile: two would store the same, and ask the providers for the same.
 * @throws UserError `scan_running`, `sync_running`, `config_unwritable`
 */
export const lockProfile = (
  work: keyof typeof RUNNING,
  profile: string,
  { configDir, command, waitMs }: Pick<ConfigLockOptions, "configDir" | "command" | "waitMs">,
  { onWait, signal }: { onWait: (holder: string) => void; signal: AbortSignal },
): Promise<Lock> => {
  const inUse = (holder: string) =>
    new UserError(
      RUNNING[work],
      `Another ${work} is running: ${holder}.`,
      "Run the command again when that is done. AICOST_WAIT=SECONDS waits longer.",
    );
  return lockInConfig(`${work}-${profile}.lock`, { configDir, command, waitMs, onWait, signal, inUse });
};
