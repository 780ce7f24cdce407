import { join } from "node:path";
import { unwritable } from "./config.js";
import { type Lock, type LockOptions, takeLock } from "../system/lock.js";
import { makeFolder } from "../system/whole-file.js";

export interface ConfigLockOptions
  extends Pick<LockOptions, "command" | "waitMs" | "signal" | "inUse">, Partial<Pick<LockOptions, "onWait">> {
  configDir: string;
}

/** Creates the folder if it is missing. @throws UserError `config_unwritable`, and what `takeLock` throws */
export const lockInConfig = async (
  name: string,
  { configDir, command, waitMs, signal, inUse, onWait = () => undefined }: ConfigLockOptions,
): Promise<Lock> => {
  const file = join(configDir, name);
  try {
    makeFolder(configDir);
    return await takeLock(file, { command, waitMs, onWait, signal, inUse });
  } catch (error) {
    throw unwritable(file, error);
  }
};
