import type { Hook, Interfaces } from "@oclif/core";
import { printError, tellOfKeys } from "../lib/command/print-error.js";
import { isRange } from "../lib/dates/ranges.js";
import { UserError } from "../lib/errors.js";
import { nearestCommand } from "../lib/help/nearest-command.js";

/** Takes `report 7d` as `report --range 7d`, and suggests commands for a mistyped one. */
const commandNotFound: Hook.CommandNotFound = async ({ id, argv = [], config }) => {
  const ranged = withRange(id, config);
  if (ranged !== null) {
    await config.runCommand(ranged.id, ["--range", ranged.range, ...argv]);
    return;
  }
  const typed = id.replaceAll(":", " ");
  const names = config.commandIDs.map((name) => name.replaceAll(":", " "));
  const meant = nearestCommand(typed, names);
  const error = new UserError(
    "command_unknown",
    `There is no command “${typed}”.`,
    meant ? `Did you mean: aicost ${meant}` : "See the commands with: aicost --help",
  );
  printError(error, argv.includes("--json"));
  tellOfKeys([id, ...argv]);
};

/** A command that takes a range, and the range that follows it; null for anything else. */
const withRange = (id: string, config: Interfaces.Config): { id: string; range: string } | null => {
  const [, command = "", range = ""] = /^(.+):([^:]+)$/.exec(id) ?? [];
  const takesRange = config.findCommand(command)?.flags["range"] !== undefined;
  return takesRange && isRange(range) ? { id: command, range } : null;
};

export default commandNotFound;
