import { stripVTControlCharacters } from "node:util";
import { UserError } from "../errors.js";
import { nearest } from "../nearest.js";

/** What a usage error says about its command. */
export interface Used {
  /** As it is typed, for example `db archive`. */
  command: string;
  /** The names of its flags. */
  flags: readonly string[];
  /** How it is typed, for example `aicost import openai-cost.csv`. */
  example: string | undefined;
}

const unknownFlags = (typed: readonly string[], { command, flags }: Used): UserError => {
  // Its value may be a key.
  const names = typed.map((flag) => flag.replace(/=[^]*$/, ""));
  const [meant] =
    names.length === 1
      ? nearest(
          names.join(),
          flags.map((flag) => `--${flag}`),
        )
      : [];
  return new UserError(
    "usage",
    `There is no flag ${names.join(" or ")}.`,
    `${meant === undefined ? "" : `Did you mean ${meant}? `}${helpOf(command)}`,
  );
};

const helpOf = (command: string): string => `See: aicost ${command} --help`;

/** The command framework's own errors, in words of ours. */
export const usageError = (thrown: Error, used: Used): UserError => {
  const { flags, args } = thrown as { flags?: unknown; args?: unknown };
  if (areTexts(flags)) return unknownFlags(flags, used);
  const missing = missingArguments(args);
  if (missing !== null) {
    const example = used.example === undefined ? "" : `For example: ${used.example}\n`;
    return new UserError("usage", missing, example + helpOf(used.command));
  }
  return new UserError("usage", inOurWords(stripVTControlCharacters(thrown.message)), helpOf(used.command));
};

export const areTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string");

/** What is missing if the framework names arguments instead of what was typed for them. */
const missingArguments = (args: unknown): string | null => {
  if (!Array.isArray(args) || args.length === 0 || areTexts(args)) return null;
  return (args as { name: string; description?: string }[])
    .map(({ name, description }) =>
      description === undefined
        ? `${name.toUpperCase()} is missing.`
        : `${name.toUpperCase()} is missing: ${description}.`,
    )
    .join("\n");
};

/** What the framework says, and what we say instead; the rest of its sentences are good as they are. */
const WORDS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^Parsing --\S+\s+Expected --(\S+?)=([^]*) to be one of: (.*)$/, "--$1 cannot be “$2”. Use one of: $3."],
  [/^Expected --(\S+?)=([^]*) to be one of: (.*)$/, "--$1 cannot be “$2”. Use one of: $3."],
  [
    /^Parsing --(\S+)\s+Expected an integer greater than or equal to (-?\d+) but received: ([^]*)$/,
    "--$1 must be at least $2, but is $3.",
  ],
  [
    /^Parsing --(\S+)\s+Expected an integer less than or equal to (-?\d+) but received: ([^]*)$/,
    "--$1 must be at most $2, but is $3.",
  ],
  [
    /^Parsing --(\S+)\s+Expected an integer but received: ([^]*)$/,
    "--$1 must be a whole number, but is “$2”.",
  ],
  [/^Flag --(\S+) can only be specified once$/, "Give --$1 only once."],
  [/^Flag --(\S+) expects one of these values: (.*)$/, "--$1 needs one of these values: $2."],
  [/^Flag --(\S+) expects a value$/, "--$1 needs a value."],
  [/^Missing required flag (\S+)$/, "--$1 is missing."],
  [
    /^--([^=\s]+)(?:=[^]*)? cannot also be provided when using --(\S+)$/,
    "--$2 and --$1 do not work together.",
  ],
  [/^All of the following must be provided when using --(\S+): (.*)$/, "--$1 only works with $2."],
  [/^Unexpected arguments?: ([^]*)$/, "Too many arguments: $1."],
];

const inOurWords = (message: string): string =>
  message
    .replace(/\n?See more help with --help\s*$/, "")
    // Ours never swallow arguments.
    .replace(/\s*\nNote: [^]* multiple values\.[^]*$/, "")
    .replace(/^The following errors? occurred:\s*/, "")
    .split(/\n {2}(?=--|All of|Missing)/)
    .map((sentence) => {
      const [pattern, words] = WORDS.find(([pattern]) => pattern.test(sentence)) ?? [];
      return pattern === undefined || words === undefined ? sentence : sentence.replace(pattern, words);
    })
    .join("\n");
