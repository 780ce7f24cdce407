import { readConfig } from "../config.js";
import { type Folders, userFolders } from "../folders.js";
import { chooseProfile } from "../profiles.js";
import { todayLine } from "../render/today-line.js";
import { knownToday } from "./known.js";
import { type PromptAnswer, promptAnswer } from "./prompt-line.js";

export { startRefresh } from "./refresh.js";

type Answer = Pick<PromptAnswer, "line" | "refresh">;

/**
 * What `prompt` and `today` answer at once.
 * @returns null where the command framework must be asked: for other flags, where a database must be opened, and for
 * errors, which it comes upon too, and tells
 */
export const quickAnswer = ([word = "", ...rest]: readonly string[]): Answer | null => {
  const options = optionsIn(rest);
  if (options === null || process.env["DEBUG"]) return null;
  try {
    return word === "prompt" ? promptAnswer(userFolders(), options) : currentLine(userFolders(), options);
  } catch {
    return null;
  }
};

/** A format, or none; null where there is anything else. */
const optionsIn = (words: readonly string[]): { format?: string } | null => {
  if (words.length === 0) return {};
  const format = words.length === 2 && words[0] === "--format" ? words[1] : inOneWord(words);
  return format === undefined || /^(?:-|$)/.test(format) ? null : { format };
};

const inOneWord = ([word = "", ...more]: readonly string[]): string | undefined =>
  more.length === 0 && word.startsWith("--format=") ? word.slice("--format=".length) : undefined;

/** Only where it needs no database. */
const currentLine = ({ configDir, dataDir }: Folders, { format }: { format?: string }): Answer | null => {
  const profile = chooseProfile(readConfig(configDir), undefined, process.env);
  if (profile.kind === "hosted") return null;
  const { spend } = knownToday(profile, dataDir, new Date());
  return spend?.current ? { line: todayLine(spend, format), refresh: null } : null;
};
