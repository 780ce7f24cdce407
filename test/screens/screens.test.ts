import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeHome, ROOT, type TerminalSize } from "../support/cli.js";
import { faultsOf, tablesOn, wordsOn } from "./laws.js";
import { newPerson, NOW, type Person } from "./person.js";
import { play, type Shown } from "./play.js";
import { LOOKS, PROJECT_SESSIONS, SESSIONS } from "./sessions.js";

const SMALL: TerminalSize = { columns: 80, rows: 24 };
const LARGE: TerminalSize = { columns: 120, rows: 40 };

/** A few hundred starts of the program, which a busy machine may take minutes for. */
const TIMEOUT = 1_200_000;

/** What changes something says it in a sentence or two, which `npm run endure` looks at in the large terminal, too. */
const IN_LARGE = process.env["AICOST_ENDURE_ROUNDS"] === undefined ? LOOKS : SESSIONS;

let person: Person;
let shown: { small: Shown[]; large: Shown[] };

beforeAll(async () => {
  person = await newPerson(2);
  const [small, large] = await Promise.all(
    [SMALL, LARGE].map((size, at) =>
      play(size === SMALL ? SESSIONS : IN_LARGE, size, { ...person, home: person.homes[at]!, now: NOW }),
    ),
  );
  shown = { small: small!, large: large! };
}, TIMEOUT);

afterAll(async () => {
  await person.leave();
  person.homes.forEach(removeHome);
});

describe.each(SESSIONS.map(({ line }, at) => ({ line, at })))("$line", ({ at }) => {
  it("is whole in a terminal of 80x24", () => {
    expect(faultsOf(shown.small[at]!, SMALL)).toEqual([]);
  });

  const isInLarge = at < IN_LARGE.length;

  it.runIf(isInLarge)("is whole in a terminal of 120x40", () => {
    expect(faultsOf(shown.large[at]!, LARGE)).toEqual([]);
  });

  it.runIf(isInLarge)("says the same in both", () => {
    const [small, large] = [shown.small[at]!, shown.large[at]!];
    expect(wordsOn(small)).toBe(wordsOn(large));
    expect(tablesOn(small)).toBe(tablesOn(large));
  });
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
