import { accessSync, constants, existsSync } from "node:fs";
import { systemCode } from "../errors.js";
import { type Check, ok, warning } from "./check.js";

export const config: Check = {
  name: "config",
  look: ({ configDir, profile }) => {
    const { name } = profile();
    const problem = existsSync(configDir) ? unwritable(configDir) : null;
    if (problem !== null)
      return warning(
        `${configDir} cannot be written (${problem}), so nothing can be set`,
        "make it writable, or name another folder: AICOST_CONFIG_DIR=/path/to/folder",
      );
    return ok(`profile ${name}, settings in ${configDir}`);
  },
};

/** The code of the system; null if it can be written. */
const unwritable = (folder: string): string | null => {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return systemCode(error) ?? "no access";
  }
};
