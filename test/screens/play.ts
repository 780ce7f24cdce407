import { type Home, inTerminal, ROOT, type TerminalSize } from "../support/cli.js";
import { callsIn } from "../support/command-lines.js";
import { screenOf } from "./screen.js";
import type { Session } from "./sessions.js";
import path from "node:path";

/** What a session left on the screen. */
export interface Shown {
  session: Session;
  stage: Pick<Stage, "home" | "names">;
  rows: string[];
  exit: number | null;
}

export interface Stage {
  home: Home;
  env: Readonly<Record<string, string>>;
  /** What the names in braces stand for. */
  names: Readonly<Record<string, string>>;
  /** The moment that the clock of the program begins with; the real one if it is not given. */
  now?: string;
}

/** Puts what they stand for in the place of names in braces. Formats of `today` and `prompt` have braces of their own. */
const named = (text: string, names: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{([a-z-]+)\}/g, (whole, name: string) => names[name] ?? whole);

/** The words after `aicost` in a line that is typed. */
export const wordsOf = (line: string, names: Readonly<Record<string, string>>): string[] =>
  (callsIn(line)[0] ?? []).map((word) => named(word, names));

/** Plays sessions one after the other, each in a terminal of its own. */
export const play = async (
  sessions: readonly Session[],
  size: TerminalSize,
  stage: Stage,
): Promise<Shown[]> => {
  const { home, env, names, now } = stage;
  const clock = now === undefined ? {} : { NODE_OPTIONS: `--require ${CLOCK}`, DEMO_NOW: now };
  const all = { ...names, home: home.folder };
  const shown: Shown[] = [];
  for (const session of sessions) {
    const terminal = inTerminal(wordsOf(session.line, all), home, { ...env, ...clock }, size);
    // Whatever a terminal waits for that the session does not answer.
    const over = setTimeout(() => terminal.type(CTRL_C), MOST_MS);
    for (const [question, keys] of session.answers ?? []) {
      await terminal.shows(question);
      terminal.type(named(keys, all));
    }
    const { exit } = await terminal.ended;
    clearTimeout(over);
    shown.push({ session, stage, rows: screenOf(terminal.bytes()), exit });
  }
  return shown;
};

const CTRL_C = "\u0003";

/** No session takes as long, on a busy machine, too. */
const MOST_MS = 60_000;

const CLOCK = path.join(ROOT, "scripts/demo-clock.cjs");
