import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { afterEach, expect, test } from "vitest";
import { forget, labelled, loadState, saveState } from "../../src/lib/agents/state.js";
import { callsOf, newFolder, sampleHome, Stored } from "./homes.js";
import { openedWhile } from "./opened.js";
import { storedZstd } from "./zstd.js";

const CODEX_CUT =
  ".codex/sessions/2026/11/20/rollout-2026-11-20T01-00-00-f77f3eea-05b8-4722-92d7-e0414faab4ec.jsonl";
const OPENCODE = ".local/share/opencode/opencode.db";
const CLAUDE_CUT = ".claude/projects/-home-ada-work-harbour/47eaa099-2cb6-416d-86dc-283cf0480ff9.jsonl";

const given = ({ agents }: Awaited<ReturnType<Stored["scan"]>>) => agents.flatMap(({ calls }) => calls);

const scanned = async (): Promise<{ home: string; stored: Stored }> => {
  const home = sampleHome();
  return { home, stored: await callsOf(home) };
};

const { TZ } = process.env;
afterEach(() => {
  process.env["TZ"] = TZ;
});

test("a second scan gives nothing, and opens no log", async () => {
  const { home, stored } = await scanned();
  const before = stored.list();
  const opened = await openedWhile(async () => {
    expect(given(await stored.scan(home))).toEqual([]);
  });
  expect(opened.filter((file) => /\.(?:jsonl|zst|db|db-wal)$|storage|chats/.test(file))).toEqual([]);
  expect(stored.list()).toEqual(before);
});

test("the state survives its file, and a file that is none is an empty state", async () => {
  const { home, stored } = await scanned();
  const file = path.join(newFolder(), "deep", "state.json");
  saveState(file, stored.state);
  // Words of the conversations and titles of the samples.
  expect(readFileSync(file, "utf8") + JSON.stringify(stored.list())).not.toMatch(
    /invented|masked|subagent\)/,
  );
  stored.state = loadState(file);
  expect(given(await stored.scan(home))).toEqual([]);
  for (const broken of ["", "{", "null", '{"form":1,"agents":[[1]]}', '{"form":99}']) {
    writeFileSync(file, broken);
    expect(loadState(file).agents.size).toBe(0);
  }
});

test("the rest of a cut line is one more call", async () => {
  const { home, stored } = await scanned();
  const [line = ""] = readFileSync(path.join(home, CODEX_CUT), "utf8").split("\n").slice(-1);
  const usage = {
    input_tokens: 54_786,
    cached_input_tokens: 32_459,
    output_tokens: 2_695,
    reasoning_output_tokens: 1_317,
  };
  const whole = JSON.stringify({
    timestamp: "2026-11-20T11:05:00.000Z",
    type: "event_msg",
    payload: { type: "token_count", info: { total_token_usage: usage } },
  });
  truncateSync(path.join(home, CODEX_CUT), statSync(path.join(home, CODEX_CUT)).size - line.length);
  const before = stored.list();
  const added = async () => {
    await stored.scan(home);
    return stored.list().filter((call) => !before.some(({ key }) => key === call.key));
  };
  appendFileSync(path.join(home, CODEX_CUT), whole.slice(0, 120));
  expect(await added()).toEqual([]);
  appendFileSync(path.join(home, CODEX_CUT), whole.slice(120));
  const [call, ...others] = await added();
  expect(others).toEqual([]);
  expect(call?.tokens).toMatchObject({ input: 5, output: 5 });
  // Its end makes it no other call.
  appendFileSync(path.join(home, CODEX_CUT), "\n");
  expect(await added()).toEqual([call]);
  expect(stored.list()).toHaveLength(before.length + 1);
});

test("rewritten, truncated and replaced logs give the same calls again", async () => {
  const { home, stored } = await scanned();
  const before = stored.list();
  const file = path.join(home, CLAUDE_CUT);
  const bytes = readFileSync(file);
  writeFileSync(`${file}.new`, bytes);
  renameSync(`${file}.new`, file);
  expect(given(await stored.scan(home)).length).toBeGreaterThan(5);
  truncateSync(file, 3000);
  await stored.scan(home);
  writeFileSync(file, bytes);
  await stored.scan(home);
  // Another content of at least the same size in the same file.
  writeFileSync(file, Buffer.concat([Buffer.from('{"type":"summary"}\n'), bytes]));
  await stored.scan(home);
  expect(stored.list()).toEqual(before);
});

test("a log that is compressed later is read once, one that vanished keeps its calls", async () => {
  const { home, stored } = await scanned();
  const before = stored.list();
  const file = path.join(home, CODEX_CUT);
  writeFileSync(`${file}.zst`, storedZstd(readFileSync(file)));
  rmSync(file);
  rmSync(path.join(home, ".claude"), { recursive: true });
  const reading = await stored.scan(home);
  expect(given(reading).every(({ key }) => stored.calls.has(`codex ${key}`))).toBe(true);
  expect(reading.state.agents.get("claude-code")?.files.size).toBe(1);
  expect(stored.list()).toEqual(before);
});

test("a copied home gives the same calls", async () => {
  const { home, stored } = await scanned();
  const copy = path.join(newFolder(), "elsewhere");
  cpSync(home, copy, { recursive: true });
  expect((await callsOf(copy)).list()).toEqual(stored.list());
  await stored.scan(copy);
  expect(stored.list()).toEqual((await callsOf(copy)).list());
});

test("a call that grows over midnight keeps its time", async () => {
  const home = sampleHome();
  const file = path.join(home, CLAUDE_CUT);
  const lines = readFileSync(file, "utf8").split("\n");
  const end = lines.findIndex((line) => line.includes("2026-11-21T00:00:02.000Z"));
  writeFileSync(file, `${lines.slice(0, end).join("\n")}\n`);
  const stored = await callsOf(home, ["claude-code"]);
  appendFileSync(file, lines.slice(end).join("\n"));
  await stored.scan(home, ["claude-code"]);
  const [call] = stored.list().filter(({ at }) => at === "2026-11-20T23:59:59.800Z");
  expect(call?.tokens.output).toBe(1850);
});

test.each(["Pacific/Auckland", "America/New_York"])("calls are the same in %s", async (zone) => {
  const { stored } = await scanned();
  process.env["TZ"] = zone;
  expect((await callsOf(sampleHome())).list()).toEqual(stored.list());
});

test("undoing an import brings back what it stored, and only that", async () => {
  const home = sampleHome();
  const stored = await callsOf(home, ["pi", "codex"]);
  const state = labelled(labelled(stored.state, "import 1", ["pi"]), "import 2");
  stored.state = forget(state, "import 1");
  const reading = await stored.scan(home, ["pi", "codex"]);
  expect(reading.agents.map(({ agent, calls }) => [agent.id, calls.length])).toEqual([
    ["codex", 0],
    ["pi", 8],
  ]);
  expect(forget(labelled(reading.state, "import 3"), "import 3").agents.get("codex")?.files.size).toBe(
    reading.state.agents.get("codex")?.files.size,
  );
});

test("credentials are never opened, and nothing is written beside the logs", async () => {
  const home = sampleHome();
  const secrets = [".claude/.credentials.json", ".codex/auth.json", ".gemini/oauth_creds.json"];
  secrets.push(".local/share/opencode/auth.json", ".pi/agent/auth.json", ".copilot/config.json");
  for (const file of secrets) writeFileSync(path.join(home, file), '{"token":"secret"}');
  writeFileSync(path.join(home, ".claude/settings.json"), "{}");
  const listing = (): string[] => readdirSync(home, { recursive: true, encoding: "utf8" }).sort();
  const before = listing();
  const opened = await openedWhile(async () => {
    await callsOf(home);
  });
  expect(opened).toContain(path.join(home, ".claude/settings.json"));
  expect(opened).toContain(path.join(home, ".local/share/opencode/opencode.db-wal"));
  expect(opened.filter((file) => secrets.some((secret) => file.endsWith(secret)))).toEqual([]);
  expect(listing()).toEqual(before);
});

/** A pipe that ends whenever it is opened: one that does not would stop the test for ever. */
const makePipe = (file: string): ChildProcess => {
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  execFileSync("mkfifo", [file]);
  return spawn("sh", ["-c", 'while :; do : > "$0"; done', file], { stdio: "ignore" });
};

test.skipIf(process.platform === "win32")("pipes are not opened, whatever they are named", async () => {
  const home = sampleHome();
  copyFileSync(path.join(home, OPENCODE), path.join(home, OPENCODE.replace(".db", "-beta.db")));
  const pipes = [".claude/settings.json", ".gemini/settings.json", ".gemini/projects.json"];
  pipes.push(".gemini/tmp/lantern-api/.project_root", ".claude/projects/-home-ada-work-harbour/pipe.jsonl");
  pipes.push(".local/share/opencode/opencode-beta.db-wal", "pipe");
  const paths = pipes.map((pipe) => path.join(home, pipe));
  const writers = paths.map(makePipe);
  const link = path.join(home, ".codex/sessions/rollout-pipe.jsonl");
  symlinkSync(path.join(home, "pipe"), link);
  try {
    const stored = new Stored();
    const opened = await openedWhile(async () => {
      await stored.scan(home);
    });
    expect(opened.filter((file) => [...paths, link].includes(file))).toEqual([]);
    expect(stored.list()).toHaveLength(90);
  } finally {
    for (const writer of writers) writer.kill();
  }
});

test("a log that cannot be opened is a problem, and the others are read", async () => {
  const home = sampleHome();
  const broken = path.join(home, ".local/share/opencode/opencode-beta.db");
  writeFileSync(broken, "This is no database.");
  mkdirSync(path.join(home, ".codex/sessions/rollout-folder.jsonl"));
  writeFileSync(path.join(home, ".codex/sessions/rollout-damaged.jsonl.zst"), "This is not compressed.");
  const stored = new Stored();
  const { agents } = await stored.scan(home);
  expect(agents.flatMap(({ problems }) => problems.map(({ file }) => path.basename(file)))).toEqual([
    "rollout-damaged.jsonl.zst",
    "opencode-beta.db",
  ]);
  expect(stored.list()).toHaveLength(90);
});
