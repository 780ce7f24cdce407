import type { Hook } from "@oclif/core";
import { printError, tellOfKeys } from "../lib/command/print-error.js";
import { UserError } from "../lib/errors.js";
import { nearest } from "../lib/nearest.js";

/** Suggests commands for a mistyped one. */
const commandNotFound: Hook.CommandNotFound = ({ id, argv = [], config }) => {
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
  return Promise.resolve();
};

export default commandNotFound;
