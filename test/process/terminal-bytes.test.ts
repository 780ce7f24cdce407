import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  aicost,
  fileIn,
  type Home,
  inTerminal,
  jsonOf,
  newHome,
  type Outcome,
  runWords,
} from "../support/cli.js";
import { homeWithDatabase, inOneOpening, keepDatabasesOpen } from "../support/open-database.js";
import { type Replay, startReplay } from "../support/replay.js";
import { ANTHROPIC_KEYS, replayAnthropic } from "../support/replay/anthropic.js";

/** What controls a terminal, in every form that text from outside can take: colors, titles, links, C1, direction marks. */
const EVIL = "a\u001b[31mb\u001b]8;;http://x\u0007c\u009b2Jd\u202ee\u2066f\u200fg\u007fh\bi";

/** Bytes that must not be there once our own colors are taken away. */

const CONTROLS = /(?!\r?\n|\t)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** The colors of our own, each of which starts before a text of ours and ends after it. */

const OWN_COLORS = /\u001b\[(?:0|1|2|22|3[1-69]|90)m/g;

const controlsIn = ({ stdout, stderr }: Outcome): string[] => {
  const text = stdout + stderr;
  expect(text).not.toContain("\u001b[31mb");
  return text.replaceAll(OWN_COLORS, "").match(CONTROLS) ?? [];
};

const COLOR = { env: { FORCE_COLOR: "1", NO_COLOR: "", AICOST_SECRETS: "file" } };

/** Runs a command in each of its ways to print, and expects clean bytes. @returns all that it printed */
const clean = async (
  home: Home,
  argv: readonly string[],
  env: Record<string, string> = {},
  input?: string,
  run: typeof runWords = runWords,
) => {
  const options = { env: { ...COLOR.env, ...env }, ...(input === undefined ? {} : { input }) };
  const outcomes = [await run(argv, home, options), await run([...argv, "--json"], home, options)];
  for (const outcome of outcomes) expect([argv, controlsIn(outcome)]).toEqual([argv, []]);
  return outcomes.map(({ stdout, stderr }) => stdout + stderr).join("\n");
};

/** The parts of `EVIL`; a question itself moves the cursor and has colors. */
const EVIL_PARTS = /\u001b\[31mb|\u001b\]8;|\u0007c|\u009b|\u202e|\u2066|\u200f|\u007f|\u0008i/g;

/** Asks a question in a terminal, and says no. @returns all that it showed */
const asked = async (home: Home, argv: readonly string[], question: string): Promise<string> => {
  const terminal = inTerminal(argv, home, { FORCE_COLOR: "1" });
  await terminal.shows(question);
  terminal.type("n\r");
  const { screen } = await terminal.ended;
  expect([argv, terminal.bytes().match(EVIL_PARTS)]).toEqual([argv, null]);
  return screen;
};

const MAP = ["--map", "date=Day,cost=Sum,model=Model", "--provider", "groq"];
const row = (day: string, sum: string): string => `${day},${sum},"m-${EVIL}",x\n`;

keepDatabasesOpen();

describe("no text from outside controls the terminal:", () => {
  it("names of files, cells of headers and of rows", async () => {
    const home = await homeWithDatabase();
    const good = fileIn(
      home,
      `bill-${EVIL.replaceAll("/", "")}.csv`,
      `Day,Sum,Model,"N-${EVIL}"\n${row("2026-11-05", "1")}`,
    );
    const bad = fileIn(home, "bad.csv", `Day,Sum,Model,"N-${EVIL}"\n${row("2026-11-05", `"1${EVIL}"`)}`);
    const unknown = fileIn(home, `unknown-${EVIL.replaceAll("/", "")}.csv`, `"N-${EVIL}",b\n1,2\n`);
    await inOneOpening(home, async () => {
      expect(await clean(home, ["import", good, ...MAP])).toContain("columns not used");
      expect(await clean(home, ["import", bad, ...MAP])).toContain("refused");
      await clean(home, ["import", unknown]);
      await clean(home, ["import", `/no/such/${EVIL}.csv`]);
      await clean(home, ["imports"]);
      for (const format of ["table", "markdown"]) {
        const report = ["report", "--range", "all", "--by", "model", "--format", format, "--chart"];
        expect(await clean(home, report)).toContain("m-a");
      }
      await clean(home, ["records", "--range", "all"]);
    });
    const terminal = inTerminal(
      ["report", "--range", "all", "--by", "model", "--format", "csv"],
      home,
      COLOR.env,
    );
    expect((await terminal.ended).screen).toContain("m-a");
    expect(terminal.bytes().replaceAll(/\r+\n/g, "\n").match(CONTROLS)).toBeNull();
    // What another program reads is the data.
    const csv = await aicost(["report", "--range", "all", "--by", "model", "--format", "csv"], home);
    expect(csv.stdout).toContain("\u001b[31mb");
  });

  it("values of flags and of the environment, notes, and names of providers", async () => {
    const home = newHome();
    expect(await clean(home, ["providers", "add", "mine", "--display-name", EVIL])).toContain("mine");
    await clean(home, ["providers"]);
    await clean(home, ["add", "-p", "mine", "-c", "1", "-d", "2026-11-05", "--note", `n-${EVIL}`]);
    await clean(home, ["add", "-p", "mine", "-c", "1", "-d", "2026-11-05", "-m", `m-${EVIL}`]);
    await clean(home, ["records", "--range", "all"]);
    for (const argv of [
      ["add", "-p", EVIL, "-c", "1"],
      ["add", "-p", "mine", "-c", EVIL],
      ["add", "-p", "mine", "-c", "1", "-d", EVIL],
      ["report", "--range", EVIL],
      ["report", "--range", "all", "--provider", EVIL],
      ["report", "--range", "all", "--model", EVIL],
      ["report", `--${EVIL}`],
      ["report", EVIL],
      ["records", "show", EVIL],
      ["prefs", "set", EVIL, EVIL],
      ["prefs", "set", "timezone", EVIL],
      ["export", "--output", `/no/such/${EVIL}`],
      // What the command framework refuses.
      ["report", `--${EVIL}`, `--x${EVIL}=${EVIL}`],
      ["report", "--format", EVIL],
      ["imports", "--limit", EVIL],
      ["import", "a.csv", "--format", EVIL, "--map", EVIL],
      ["import", "a.csv", "--save-map", EVIL],
      ["prefs", "set", "timezone", "UTC", EVIL],
      ["prefs", "set", EVIL],
    ]) {
      await clean(home, argv);
    }
    await clean(newHome(), [EVIL], {}, undefined, aicost);
    await clean(home, ["prefs"], { AICOST_PROFILE: EVIL });
    await clean(home, ["prefs"], { AICOST_WAIT: EVIL });
    await clean(home, ["today", "--format", `{today} ${EVIL}`]);
    await clean(newHome(), ["today", "--format", `{today} ${EVIL}`], {}, undefined, aicost);
  }, 120_000);

  it("what a provider answers to aicost sync", async () => {
    const home = newHome();
    let replay: Replay = replayAnthropic;
    const { url } = await startReplay((request) => replay(request));
    const add = ["credentials", "add", "anthropic", "--key-stdin", "--base-url", url];
    await clean(home, add, {}, `${ANTHROPIC_KEYS.admin}\n`);
    const headers = { "x-should-retry": "false", "retry-after": "0" };
    for (const status of [400, 403, 404]) {
      replay = () => ({ status, headers, body: { error: { type: EVIL, message: EVIL } } });
      expect(await clean(home, ["sync"])).toContain("a [31mb");
    }
    replay = () => ({ status: 200, headers, body: { data: EVIL, [EVIL]: EVIL } });
    expect(await clean(home, ["sync"])).toContain("failed");
    replay = () => ({ status: 401, headers, body: { error: { message: EVIL } } });
    await clean(home, ["credentials", "check"]);
    await clean(home, ["credentials"]);
  }, 120_000);

  it("questions", async () => {
    const home = await homeWithDatabase();
    const named = EVIL.replaceAll("/", "");
    const bill = fileIn(home, `bill-${named}.csv`, `Day,Sum,Model,N\n${row("2016-01-05", "1")}`);
    const id = await inOneOpening(home, async () => {
      expect(await runWords(["import", bill, ...MAP], home)).toMatchObject({ exit: 0 });
      const entry = await runWords(["add", "-p", "groq", "-c", "1", "-m", `m-${EVIL}`, "--json"], home);
      return jsonOf<{ record: { id: string } }>(entry).record.id;
    });
    expect(await asked(home, ["records", "remove", id], "Remove this record?")).toContain("m-a");
    const archive = ["db", "archive", "--before", "2016-02", "--to", path.join(home.folder, named)];
    expect(await asked(home, archive, "Move one record to")).toContain("2016-01");
  }, 120_000);

  it("the config file, and archives", async () => {
    const home = newHome();
    const archive = (await runWords(["export"], home)).stdout;
    await clean(home, ["import", "-"], {}, archive.replace("\n", `\n{"${EVIL}": 1}\n`));
    await clean(home, ["import", "-"], {}, `{"aicost": "${EVIL}"}\n`);
    mkdirSync(home.configDir, { recursive: true });
    writeFileSync(path.join(home.configDir, "config.json"), `{"profile": ${JSON.stringify(EVIL)}}`);
    await clean(home, ["prefs"]);
    writeFileSync(path.join(home.configDir, "config.json"), `{"profile": "${EVIL}`);
    await clean(home, ["prefs"]);
  });
});
