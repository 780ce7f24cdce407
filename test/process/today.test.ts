import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { modelFile } from "../../src/lib/store/read-model/file.js";
import { openHome } from "../support/open-database.js";
import {
  aicost,
  fileIn,
  type Home,
  inTerminal,
  jsonOf,
  makeHome,
  removeHome,
  start,
} from "../support/cli.js";
import { scriptsRunBy } from "../support/coverage.js";

/** Nothing is booked in it. */
let home: Home;
beforeAll(async () => {
  home = makeHome();
  await (await openHome(home)).close();
});
afterAll(() => removeHome(home));

const NOTHING = "Nothing is recorded this month. Import a file with: aicost import FILE\n";

const scriptsOf = async (argv: readonly string[]): Promise<string[]> =>
  (await scriptsRunBy(argv, home)).map(({ file }) => file);

const HEAVY = /program\.cjs$|@oclif|pglite|temporal|supabase-js|fs-native-extensions/;

it.each(["prompt", "today"])("aicost %s loads no command framework, database or lock", async (word) => {
  expect((await scriptsOf([word])).filter((url) => HEAVY.test(url))).toEqual([]);
  expect(await scriptsOf([word, "--json"])).toContainEqual(expect.stringMatching(/dist\/program\.cjs$/));
});

it("aicost prompt changes nothing if what it knows is current", async () => {
  const before = readdirSync(home.dataDir);
  expect(await aicost(["prompt"], home)).toEqual({ stdout: "", stderr: "", exit: 0 });
  expect(await aicost(["today"], home)).toEqual({ stdout: NOTHING, stderr: "", exit: 0 });
  expect(readdirSync(home.dataDir)).toEqual(before);
});

it("leaves what it cannot answer itself to the command framework", async () => {
  fileIn(home, "broken/config.json", "{");
  const env = { AICOST_CONFIG_DIR: path.join(home.folder, "broken") };
  expect(await aicost(["prompt"], home, { env })).toEqual({ stdout: "", stderr: "", exit: 0 });
  const refused = await aicost(["today"], home, { env });
  expect(refused).toMatchObject({ stdout: "", exit: 4 });
  expect(refused.stderr).toMatch(/^Error: The config file .* is not valid JSON/);
  const wrong = await aicost(["today", "--format", "{cost}"], home);
  expect(wrong).toMatchObject({ stdout: "", exit: 2 });
  expect(wrong.stderr).toMatch(/^Error: There is no placeholder \{cost\}\.\n {2}Use any of \{today\}/);
});

it("refuses a placeholder of a prompt only from a person: a prompt must not break", async () => {
  expect(await aicost(["prompt", "--format", "{cost}"], home)).toEqual({ stdout: "", stderr: "", exit: 0 });
  const { screen, exit } = await inTerminal(["prompt", "--format", "{cost}"], home).ended;
  expect(exit).toBe(2);
  // In a terminal of 100 columns, errors break between words.
  expect(screen.trimEnd().split("\r\n")).toEqual([
    "Error: There is no placeholder {cost}.",
    "  Use any of {today}, {yesterday}, {month}, {month-name}, {pace}, {expected}, {data-to}, {budget},",
    "  {tokens}, {date}, {as-of}, {session}, {model}, {project}",
  ]);
});

const AGENT = ["prompt", "--agent", "claude-code"];
const STATUS = '{"session_id":"4f1c","cost":{"total_cost_usd":1.5}}';

it("prints a status line for Claude Code without a command framework, database or lock", async () => {
  expect((await scriptsOf(AGENT)).filter((url) => HEAVY.test(url))).toEqual([]);
  expect(await aicost(AGENT, home, { input: STATUS })).toEqual({
    stdout: "session ~$1.50\n",
    stderr: "",
    exit: 0,
  });
});

it("does not wait for a standard input that stays open, and does without one that is closed or a folder", async () => {
  const open = start(AGENT, home, { input: null });
  open.child.stdin?.write(STATUS);
  expect(await open.outcome).toEqual({ stdout: "session ~$1.50\n", stderr: "", exit: 0 });
  const silent = start(AGENT, home, { input: null });
  expect(await silent.outcome).toEqual({ stdout: "", stderr: "", exit: 0 });
  for (const input of ["<&-", "< /"]) {
    const prefix = ["sh", "-c", `exec "$@" ${input}`, "sh"];
    expect(await aicost(AGENT, home, { prefix })).toEqual({ stdout: "", stderr: "", exit: 0 });
  }
});

it("starts one refresh, however many prompts there are at once, and knows more after it", async () => {
  const counted = path.join(home.folder, "refreshes");
  const counter = fileIn(
    home,
    "count.cjs",
    `if (process.argv[2] === "today") require("node:fs").appendFileSync(${JSON.stringify(counted)}, "x");`,
  );
  const env = { NODE_OPTIONS: `--require ${counter}` };
  rmSync(modelFile(home.dataDir));
  const outcomes = await Promise.all(Array.from({ length: 12 }, () => aicost(["prompt"], home, { env })));
  for (const outcome of outcomes) expect(outcome).toMatchObject({ stderr: "", exit: 0 });
  const isDone = () =>
    existsSync(modelFile(home.dataDir)) && !existsSync(path.join(home.dataDir, "database.lock.holder"));
  const deadline = Date.now() + 20_000;
  while (!isDone() && Date.now() < deadline) await sleep(50);
  expect(jsonOf(await aicost(["prompt", "--json"], home, { env }))).toMatchObject({ current: true });
  expect(readFileSync(counted, "utf8")).toBe("x");
});
