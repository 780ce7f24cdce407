import { interrupted, usageError } from "./errors.js";

/** Whether somebody is there to answer. */
export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

/** One question of `ask`. */
export interface Question {
  name: string;
  message: string;
  /** A list to choose from; else free text. */
  choices?: readonly { name: string; value: string }[];
  default?: string;
  /** What is wrong with an answer, or null. */
  check?: (answer: string) => string | null;
}

/** Asks on stderr, because stdout is for the answer of the command. @returns the answers by name, trimmed */
export const ask = async (questions: readonly Question[]): Promise<Record<string, string>> => {
  const prompt = await prompter();
  const asked = prompt(
    questions.map(({ name, message, choices, default: preset, check }) => ({
      type: choices ? ("select" as const) : ("input" as const),
      name,
      message,
      ...(choices ? { choices, pageSize: 12 } : {}),
      ...(preset === undefined ? {} : { default: preset }),
      ...(check && !choices ? { validate: (answer: string) => check(answer.trim()) ?? true } : {}),
    })),
  );
  const answers: Record<string, unknown> = await answered(asked);
  return Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, String(answer).trim()]));
};

/**
 * Asks yes or no before something is removed.
 * @param yes the `--yes` flag: do not ask
 * @returns whether to go on
 * @throws UserError `not_confirmed` where nobody can answer and `--yes` is missing
 */
export const confirm = async (message: string, yes: boolean): Promise<boolean> => {
  if (yes) return true;
  if (!canAsk())
    throw usageError("not_confirmed", `${message} Nobody is here to answer.`, "Confirm with --yes");
  const questions = [{ type: "confirm" as const, name: "sure", message, default: false }];
  const prompt = await prompter();
  const answers: Record<string, unknown> = await answered(prompt(questions));
  return answers["sure"] === true;
};

const prompter = async () => {
  const { default: inquirer } = await import("inquirer");
  return inquirer.createPromptModule({ output: process.stderr });
};

/** @throws UserError `interrupted` on Ctrl+C */
const answered = async <Answers>(asked: Promise<Answers>): Promise<Answers> => {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof Error && error.name === "ExitPromptError" ? interrupted("") : error;
  }
};
