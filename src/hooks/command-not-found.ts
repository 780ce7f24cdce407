import type { Hook, Interfaces } from "@oclif/core";
import { printError, tellOfKeys } from "../lib/command/print-error.js";
import { isRange } from "../lib/dates/ranges.js";
import { UserError } from "../lib/errors.js";
import { nearest } from "../lib/nearest.js";

/** Takes `report 7d` as `report --range 7d`, and suggests commands for a mistyped one. */
const commandNotFound: Hook.CommandNotFound = async ({ id, argv = [], config }) => {
  const ranged = withRange(id, config);
  if (ranged !== null) {
    await config.runCommand(ranged.id, ["--range", ranged.range, ...argv]);
    return;
  }
  const typed = id.replaceAll(":", " ");
  const names = config.commandIDs.map((name) => name.replaceAll(":", " "));
  // What follows the first two words are arguments.
  const [topic, verb] = typed.split(" ");
  const inTopic = verb === undefined ? [] : names.filter((name) => name.startsWith(`${topic} `));
  const [meant] = nearest([topic, verb].join(" ").trim(), inTopic.length > 0 ? inTopic : names);
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
