import { interrupted, UserError } from "../errors.js";
import { printable } from "./clean.js";
import { Keyboard } from "./keyboard.js";

export const canAsk = (): boolean => process.stdin.isTTY && process.stderr.isTTY;

let heldDatabases = 0;

/** Others wait for a database that is held: until it is released, asking is a bug. @returns what releases it */
export const holdDatabase = (): (() => void) => {
  heldDatabases += 1;
  let isHeld = true;
  return () => {
    if (isHeld) heldDatabases -= 1;
    isHeld = false;
  };
};

export interface Question {
  name: string;
  message: string;
  /** A list to choose from; else free text. */
  choices?: readonly { name: string; value: string }[];
  default?: string;
  /** A password: it does not show, and every character of it counts, a space at its end too. */
  hidden?: boolean;
  /** What is wrong with an answer, or null. */
  check?: (answer: string) => string | null;
}

/**
 * The longest answer, in characters: one that shows fits on a small screen; a key is a few thousand characters at most.
 */
const LONGEST = { shown: 1000, hidden: 4096 };

const longestOf = ({ hidden }: Pick<Question, "hidden">): number => (hidden ? LONGEST.hidden : LONGEST.shown);

/** On stderr, because stdout is for the answer of the command. @returns the answers, trimmed, but for hidden ones */
export const ask = async (questions: readonly Question[]): Promise<Record<string, string>> => {
  const answers: Record<string, string> = {};
  for (const question of questions) {
    const answer = await answerTo(
      {
        type: typeOf(question),
        message: printable(question.message),
        ...(question.choices ? { choices: shown(question.choices), pageSize: 12 } : {}),
        ...(question.default === undefined ? {} : { default: printable(question.default) }),
        ...(question.choices ? {} : { validate: validation(question) }),
      },
      longestOf(question),
    );
    answers[question.name] = asTyped(question, String(answer));
  }
  return answers;
};

/** A check of an answer: what `read` says against it when it throws. */
export const refusedBy =
  (read: (answer: string) => unknown) =>
  (answer: string): string | null => {
    try {
      read(answer);
      return null;
    } catch (error) {
      return error instanceof UserError ? error.message : String(error);
    }
  };

type Choices = NonNullable<Question["choices"]>;

const shown = (choices: Choices): Choices =>
  choices.map(({ name, value }) => ({ name: printable(name), value }));

const typeOf = ({ choices, hidden }: Question): "select" | "password" | "input" => {
  if (choices) return "select";
  return hidden ? "password" : "input";
};

const asTyped = ({ hidden }: Question, answer: string): string => (hidden ? answer : answer.trim());

const validation = (question: Question) => (answer: string) => {
  const longest = longestOf(question);
  if (answer.length > longest)
    return `That is longer than ${longest.toLocaleString("en-US")} characters, and was cut. Press Ctrl+U to remove it.`;
  const problem = question.check?.(asTyped(question, answer)) ?? null;
  return problem === null || printable(problem);
};

/** Longest line of standard input, in characters. */
const LONGEST_LINE = 64 * 1024;

/** The first line of standard input, without what ends it; all of it if it has one line. */
export const firstLine = async (): Promise<string> => (await firstLines(1))[0] ?? "";

/** The first lines of standard input, without what ends them; fewer if it has fewer. */
export const firstLines = async (count: number): Promise<string[]> => {
  let text = "";
  for await (const piece of process.stdin.setEncoding("utf8") as AsyncIterable<string>) {
    text += piece;
    if (text.split("\n", count + 1).length > count || text.length > LONGEST_LINE) break;
  }
  const lines = text.split("\n").slice(0, count);
  return lines.map((line) => line.replace(/\r$/, ""));
};

/** Before something is removed. @param yes do not ask. @throws UserError `not_confirmed` without a terminal */
export const confirm = async (message: string, yes: boolean): Promise<boolean> => {
  if (yes) return true;
  if (!canAsk())
    throw new UserError(
      "not_confirmed",
      `${message} Not a terminal, so aicost cannot ask.`,
      "Pass --yes to confirm.",
    );
  const answer = await answerTo(
    { type: "confirm", message: printable(message), default: false },
    LONGEST.shown,
  );
  return answer === true;
};

type Asked =
  | { type: "confirm"; message: string; default: boolean }
  | {
      type: "select" | "password" | "input";
      message: string;
      choices?: Choices;
      pageSize?: number;
      default?: string;
      validate?: (answer: string) => true | string;
    };

/** Asks one question. @throws UserError `interrupted` on Ctrl+C, and when the terminal is gone */
const answerTo = async (question: Asked, longest: number): Promise<unknown> => {
  if (heldDatabases > 0) throw new Error("A question must not keep others from the database.");
  const { default: inquirer } = await import("inquirer");
  const gone = new AbortController();
  // One character more than an answer may have shows that it was cut.
  const input = new Keyboard(process.stdin, process.stderr, longest + 1, () => gone.abort());
  const prompt = inquirer.createPromptModule({ input, output: process.stderr, signal: gone.signal });
  try {
    const answers: Record<string, unknown> = await prompt([{ ...question, name: "answer" }]);
    return answers["answer"];
  } catch (error) {
    const isOver =
      error instanceof Error && (error.name === "ExitPromptError" || error.name === "AbortPromptError");
    throw isOver ? interrupted("") : error;
  }
};
