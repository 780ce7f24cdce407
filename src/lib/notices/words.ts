import { UserError } from "../errors.js";

/** What a shell would act on, and aicost does not. */
const SHELL = /[|&;<>`$]/;

/**
 * The words of a command line: quotes keep spaces together, and nothing else has a meaning, because no shell runs it.
 * @throws UserError `bad_command`
 */
export const commandWords = (line: string): string[] => {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (const character of line) {
    if (quote !== null) {
      if (character === quote) quote = null;
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (SHELL.test(character)) {
      throw new UserError(
        "bad_command",
        `The command has “${character}”, which only a shell understands. aicost runs it without one.`,
        "Put what you want to run into a script, and give the script: --command /path/to/script",
      );
    } else word = (word ?? "") + character;
  }
  if (quote !== null)
    throw new UserError("bad_command", `The command has a ${quote} without its pair.`, "Close the quotes.");
  if (word !== null) words.push(word);
  if (words[0] !== undefined && words[0] !== "" && words.every((each) => !each.includes("\0"))) return words;
  throw new UserError("bad_command", "The command is empty.", "For example: --command /path/to/script");
};
