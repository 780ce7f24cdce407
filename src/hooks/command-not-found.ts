import type { Hook } from "@oclif/core";
import { printError } from "../lib/command.js";
import { usageError } from "../lib/errors.js";
import { nearest } from "../lib/nearest.js";

/** Says which commands a mistyped one may have meant. */
const commandNotFound: Hook.CommandNotFound = ({ id, argv = [], config }) => {
  const typed = id.replaceAll(":", " ");
  const names = config.commandIDs.map((name) => name.replaceAll(":", " "));
  // What follows the first two words are arguments.
  const [meant] = nearest(typed.split(" ").slice(0, 2).join(" "), names);
  const error = usageError(
    "command_unknown",
    `There is no command “${typed}”.`,
    meant ? `Did you mean: aicost ${meant}` : "See the commands with: aicost --help",
  );
  printError(error, argv.includes("--json"));
  return Promise.resolve();
};

export default commandNotFound;
