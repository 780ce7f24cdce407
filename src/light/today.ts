import { readConfig } from "../lib/config/config.js";
import { type Folders, userFolders } from "../lib/system/folders.js";
import { chooseProfile } from "../lib/config/profiles.js";
import { todayText } from "../lib/render/today-line.js";
import { knownToday } from "../lib/today/known.js";
import { type PromptAnswer, promptAnswer } from "../lib/today/prompt-line.js";
import { startRefresh } from "../lib/today/refresh.js";

type Answer = Pick<PromptAnswer, "line" | "refresh">;

/**
 * Answers `prompt` and `today`, with `--format` at most, as the command framework would.
 * @returns false if the framework must do it: for other flags, for a database, and for errors, which it reports
 */
export const answer = async (argv: readonly string[]): Promise<boolean> => {
  const known = knownAnswer(argv);
  if (known === null) return false;
  if (known.line !== null) process.stdout.write(`${known.line}\n`);
  if (known.refresh !== null) await startRefresh(known.refresh);
  return true;
};

const knownAnswer = ([word = "", ...rest]: readonly string[]): Answer | null => {
  const options = optionsIn(rest);
  if (options === null || process.env["DEBUG"]) return null;
  try {
    return word === "prompt" ? promptAnswer(userFolders(), options) : currentLine(userFolders(), options);
  } catch {
    return null;
  }
};

/** The format, if any; null for any other arguments. */
const optionsIn = (words: readonly string[]): { format?: string } | null => {
  if (words.length === 0) return {};
  const format = words.length === 2 && words[0] === "--format" ? words[1] : inOneWord(words);
  return format === undefined || /^(?:-|$)/.test(format) ? null : { format };
};

const inOneWord = ([word = "", ...more]: readonly string[]): string | undefined =>
  more.length === 0 && word.startsWith("--format=") ? word.slice("--format=".length) : undefined;

/** Null if the answer needs a database. */
const currentLine = ({ configDir, dataDir }: Folders, { format }: { format?: string }): Answer | null => {
  const profile = chooseProfile(readConfig(configDir), undefined, process.env);
  if (profile.kind === "hosted") return null;
  const { spends } = knownToday(profile, dataDir, new Date());
  return spends?.spend.current ? { line: todayText(spends.shown, format), refresh: null } : null;
};
