import path from "node:path";
import { vi } from "vitest";
import { type Home, inTerminal, ROOT, runWords, type TerminalSize } from "../support/cli.js";
import { callsIn } from "../support/command-lines.js";
import { inOneOpening } from "../support/open-database.js";
import { screenOf } from "./screen.js";
import type { Session } from "./sessions.js";

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

const namesOn = ({ names, home }: Stage): Record<string, string> => ({ ...names, home: home.folder });

/** Plays sessions one after the other, each in a terminal of its own. */
export const play = async (
  sessions: readonly Session[],
  size: TerminalSize,
  stage: Stage,
): Promise<Shown[]> => {
  const { home, env } = stage;
  const clock = clockOf(stage);
  const all = namesOn(stage);
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

/** By which programs that are started have the clock of a stage. */
const clockOf = ({ now }: Stage): Record<string, string> =>
  now === undefined ? {} : { NODE_OPTIONS: `--require ${CLOCK}`, DEMO_NOW: now };

/**
 * Plays sessions as `play` does, but those without questions in this process, on streams that say that they are a
 * terminal of this size; those that need the database as it is share an opening. A program of its own for each takes
 * ten times as long.
 */
export const playHere = async (
  sessions: readonly Session[],
  size: TerminalSize,
  stage: Stage,
): Promise<Shown[]> => {
  const shown: Shown[] = [];
  while (shown.length < sessions.length) {
    const [first, ...rest] = sessions.slice(shown.length);
    const way = wayOf(first!);
    const other = rest.findIndex((session) => wayOf(session) !== way);
    shown.push(...(await way([first!, ...rest.slice(0, other === -1 ? undefined : other)], size, stage)));
  }
  return shown;
};

/** How sessions are played that come one after the other. */
const wayOf = ({ line, answers }: Session): typeof play => {
  if (answers !== undefined) return play;
  return OPENS_ITSELF.test(line) ? inThisProcess : inOneOpeningHere;
};

/** Upkeep opens the database by itself; what the read model or no database answers is faster without opening one. */
const OPENS_ITSELF =
  /^aicost (?:db|report|today|prompt|coverage|explain|upcoming|schema|completion|profiles|(?:anomalies|providers|prefs|tags)$)/;

/** The database is opened and closed by the clock of the stage, too: what it leaves for the next command depends on the day. */
const inOneOpeningHere: typeof play = (sessions, size, stage) =>
  byItsClock(stage, () => inOneOpening(stage.home, () => playAll(sessions, size, stage)));

const inThisProcess: typeof play = (sessions, size, stage) =>
  byItsClock(stage, () => playAll(sessions, size, stage));

/** Works in this process as at the moment of a stage. */
export const byItsClock = async <Result>(
  { now }: Pick<Stage, "now">,
  work: () => Promise<Result>,
): Promise<Result> => {
  if (now !== undefined) vi.useFakeTimers({ toFake: ["Date"], now: new Date(now) });
  try {
    return await work();
  } finally {
    vi.useRealTimers();
  }
};

const playAll: typeof play = async (sessions, { columns }, stage) => {
  const { home, env } = stage;
  const shown: Shown[] = [];
  for (const session of sessions) {
    let screen = "";
    const { exit } = await runWords(wordsOf(session.line, namesOn(stage)), home, {
      // What they start in the background has the same clock.
      env: { ...env, ...clockOf(stage), HOME: home.folder, TERM: "xterm" },
      terminal: { columns, show: (bytes) => (screen += bytes) },
    });
    shown.push({ session, stage, rows: screenOf(screen), exit });
  }
  return shown;
};
