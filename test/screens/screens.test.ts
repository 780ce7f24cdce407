import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeHome, ROOT, type TerminalSize } from "../support/cli.js";
import { faultsOf, tablesOn, wordsOn } from "./laws.js";
import { newPerson, NOW, type Person } from "./person.js";
import { play, playHere, type Shown, type Stage } from "./play.js";
import { LOOKS, PROJECT_SESSIONS, SESSIONS } from "./sessions.js";

const SMALL: TerminalSize = { columns: 80, rows: 24 };
const LARGE: TerminalSize = { columns: 120, rows: 40 };

/** What `npm run endure` plays takes a few hundred starts of the program, which a busy machine may take minutes for. */
const TIMEOUT = 1_200_000;

/**
 * In short, only what asks a question is played in a terminal of its own; and what changes something says it in a
 * sentence or two, which need not be looked at in the large terminal, too.
 */
const [playEach, inLarge] =
  process.env["AICOST_ENDURE_ROUNDS"] === undefined ? [playHere, LOOKS] : [play, SESSIONS];

let person: Person;
let stages: { small: Stage; large: Stage };
let shown: { small: Shown[]; large: Shown[] };

beforeAll(async () => {
  person = await newPerson(2);
  const [small, large] = person.homes.map((home) => ({ ...person, home, now: NOW }));
  stages = { small: small!, large: large! };
  shown = {
    small: await playEach(SESSIONS, SMALL, stages.small),
    large: await playEach(inLarge, LARGE, stages.large),
  };
}, TIMEOUT);

afterAll(async () => {
  await person.leave();
  person.homes.forEach(removeHome);
});

describe.each(SESSIONS.map(({ line }, at) => ({ line, at })))("$line", ({ at }) => {
  it("is whole in a terminal of 80x24", () => {
    expect(faultsOf(shown.small[at]!, SMALL)).toEqual([]);
  });

  const isInLarge = at < inLarge.length;

  it.runIf(isInLarge)("is whole in a terminal of 120x40", () => {
    expect(faultsOf(shown.large[at]!, LARGE)).toEqual([]);
  });

  it.runIf(isInLarge)("says the same in both", () => {
    const [small, large] = [shown.small[at]!, shown.large[at]!];
    expect(wordsOn(small)).toBe(wordsOn(large));
    expect(tablesOn(small)).toBe(tablesOn(large));
  });
});

/** Tables, charts, errors, progress and plain lines, with and without the database. */
const SAMPLE = [
  "aicost report --range mtd --by provider --compare --chart",
  "aicost report --range all --by model",
  "aicost today",
  "aicost prompt",
  "aicost records --range all --limit 20",
  "aicost import {samples}/openrouter_activity_daily.csv --dry-run",
  "aicost prefs set timezone Europe/Atlantis",
];

it("a terminal shows the same of the built program as of this process", { timeout: TIMEOUT }, async () => {
  const sample = SESSIONS.filter(({ line }) => SAMPLE.includes(line));
  expect(sample).toHaveLength(SAMPLE.length);
  const here = await playHere(sample, LARGE, stages.large);
  expect(await play(sample, LARGE, stages.large)).toEqual(here);
});

it("every command has a session", () => {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, "oclif.manifest.json"), "utf8")) as {
    commands: Record<string, unknown>;
  };
  const lines = [...SESSIONS, ...PROJECT_SESSIONS].map(({ line }) => `${line} `);
  const names = Object.keys(manifest.commands).map((id) => id.replaceAll(":", " "));
  expect(names).toContain("report");
  expect(names.filter((name) => !lines.some((line) => isOf(line, name, names)))).toEqual([]);
});

/** Whether a line calls this command, and not one below it. */
const isOf = (line: string, name: string, names: readonly string[]): boolean =>
  line.startsWith(`aicost ${name} `) &&
  !names.some((other) => other.startsWith(`${name} `) && line.startsWith(`aicost ${other} `));
