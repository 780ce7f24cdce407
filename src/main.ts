import { execute } from "@oclif/core";
import { PACKAGE_ROOT } from "./lib/package-root.js";

/** Runs what was typed: a command, its help, or the hint where there is no such command. */
export const main = (argv: string[]): Promise<unknown> =>
  // Without plugins of the user's: the framework would look for them in the data folder.
  execute({ args: argv, loadOptions: { root: PACKAGE_ROOT, userPlugins: false } });
