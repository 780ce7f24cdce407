import { readConfig } from "../lib/config/config.js";
import { type Folders, userFolders } from "../lib/system/folders.js";
import { chooseProfile } from "../lib/config/profiles.js";
import { checkFormat, todayText } from "../lib/render/today-line.js";
import { knownToday } from "../lib/today/known.js";
import { checkPromptFormat, type PromptAnswer, promptAnswer } from "../lib/today/prompt-line.js";
import { STATUS_LINE_AGENTS } from "../lib/today/status-line-agents.js";
import { startRefresh } from "../lib/today/refresh.js";

type Answer = Pick<PromptAnswer, "line" | "refresh">;

interface Options {
  format?: string;
  /** Only of `prompt`. */
  agent?: string;
}

/**
 * Answers `prompt` and `today`, with `--format` and `--agent` at most, as the command framework would.
 * @returns false if the framework must do it: for other flags, for a database, and for errors, which it reports
 */
export const answer = async (argv: readonly string[]): Promise<boolean> => {
  const known = await knownAnswer(argv);
  if (known === null) return false;
  if (known.line !== null) process.stdout.write(`${known.line}\n`);
  if (known.refresh !== null) await startRefresh(known.refresh);
  return true;
};

const knownAnswer = async ([word = "", ...rest]: readonly string[]): Promise<Answer | null> => {
  const options = optionsIn(rest);
  if (options === null || process.env["DEBUG"]) return null;
  try {
    if (word === "prompt") return await promptLine(options);
    return options.agent === undefined ? currentLine(userFolders(), options) : null;
  } catch {
    return null;
  }
};

const promptLine = async ({ format, agent }: Options): Promise<Answer> => {
  if (format !== undefined && process.stdout.isTTY) checkPromptFormat(format);
  if (agent === undefined) return promptAnswer(userFolders(), { format });
  const { readSession } = await import("../lib/today/agent-session.js");
  return promptAnswer(userFolders(), { format, session: await readSession() });
};

/** Null for any other arguments. */
const optionsIn = (words: readonly string[]): Options | null => {
  const options: Options = {};
  const rest = [...words];
  while (rest.length > 0) {
    const [, name, inWord] = /^--(format|agent)(?:=([^]*))?$/.exec(rest.shift() ?? "") ?? [];
    const value = inWord ?? rest.shift() ?? "";
    if (!isOption(name) || options[name] !== undefined || /^(?:-|$)/.test(value)) return null;
    options[name] = value;
  }
  return options.agent === undefined || isAgent(options.agent) ? options : null;
};

const isOption = (name: string | undefined): name is keyof Options => name === "format" || name === "agent";

const isAgent = (name: string): boolean => (STATUS_LINE_AGENTS as readonly string[]).includes(name);

/** Null if the answer needs a database. */
const currentLine = ({ configDir, dataDir }: Folders, { format }: Options): Answer | null => {
  if (format !== undefined) checkFormat(format);
  const profile = chooseProfile(readConfig(configDir), undefined, process.env);
  if (profile.kind === "hosted") return null;
  const { spends } = knownToday(profile, dataDir, new Date());
  return spends?.spend.current ? { line: todayText(spends.shown, format), refresh: null } : null;
};
