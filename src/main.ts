import { execute } from "@oclif/core";
import type { Logger } from "@oclif/core/interfaces";
import { PACKAGE_ROOT } from "./lib/system/package-root.js";

/** Logs nothing: the framework's logger would load a package even if nobody reads the log. */
const silent: Logger = {
  namespace: "oclif",
  child: () => silent,
  debug: () => undefined,
  error: () => undefined,
  info: () => undefined,
  trace: () => undefined,
  warn: () => undefined,
};

/** `help report` is `report --help`. */
const withHelpFlag = (argv: string[]): string[] => (argv[0] === "help" ? [...argv.slice(1), "--help"] : argv);

/** Runs what was typed: a command, its help, or the hint if there is no such command. */
export const main = (argv: string[]): Promise<unknown> =>
  execute({
    args: withHelpFlag(argv),
    loadOptions: {
      root: PACKAGE_ROOT,
      // The framework would look for plugins in the user's data folder.
      userPlugins: false,
      ...(process.env["DEBUG"] ? {} : { logger: silent }),
    },
  });
