import { execute } from "@oclif/core";
import type { Logger } from "@oclif/core/interfaces";
import { PACKAGE_ROOT } from "./lib/system/package-root.js";

/** Says nothing: that of the framework loads a package of its own, even where nobody listens. */
const silent: Logger = {
  namespace: "oclif",
  child: () => silent,
  debug: () => undefined,
  error: () => undefined,
  info: () => undefined,
  trace: () => undefined,
  warn: () => undefined,
};

/** Runs what was typed: a command, its help, or the hint where there is no such command. */
export const main = (argv: string[]): Promise<unknown> =>
  execute({
    args: argv,
    loadOptions: {
      root: PACKAGE_ROOT,
      // The framework would look for plugins of the user's in the data folder.
      userPlugins: false,
      ...(process.env["DEBUG"] ? {} : { logger: silent }),
    },
  });
