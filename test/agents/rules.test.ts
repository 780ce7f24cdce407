import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import sqlite from "node-sqlite3-wasm";
import { expect, test } from "vitest";
import type { Place } from "../../src/lib/agents/agent.js";
import { readLogs } from "../../src/lib/agents/read-logs.js";
import { emptyState } from "../../src/lib/agents/state.js";
import { callsOf, newFolder, placeOf, SAMPLES, Stored } from "./homes.js";

const write = (home: string, file: string, ...lines: unknown[]): string => {
  const target = path.join(home, file);
  mkdirSync(path.dirname(target), { recursive: true });
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(target, `${text.join("\n")}\n`);
  return target;
};

const claudeLine = (message: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  type: "assistant",
  timestamp: "2026-11-20T10:00:00.000Z",
  sessionId: "s1",
  uuid: "u1",
  cwd: "/home/ada/work/harbour",
  ...more,
  message: { model: "claude-opus-5-5", usage: { input_tokens: 10, output_tokens: 5 }, ...message },
});

const CLAUDE = ".claude/projects/-home-ada/s1.jsonl";
const SECRET = "zebra-crossing";

const readAt = async (place: Place, only: string) => {
  const { agents } = await readLogs(place, emptyState(), { only: [only] });
  return agents[0]!;
};

test("lines that are not JSON are told by their number, and nothing of them", async () => {
  const home = newFolder();
  const good = claudeLine({ id: "m1", content: SECRET });
  write(
    home,
    CLAUDE,
    { type: "user", message: SECRET },
    good,
    `{"usage": {"input_tokens": ${SECRET}`,
    claudeLine({ id: "m2" }),
    `"input_tokens" ${SECRET}`,
    "null",
    '{"usage":null}',
    { type: "assistant", message: { usage: [SECRET] } },
  );
  const { state, agents } = await readLogs(placeOf(home), emptyState());
  const [claude] = agents;
  expect(claude?.calls.map(({ key }) => key)).toEqual(["m1", "m2"]);
  expect(claude?.problems).toEqual([
    { file: path.join(home, CLAUDE), line: 3, says: "2 lines are not JSON. They were passed over." },
  ]);
  const kept = JSON.stringify([
    agents,
    [...state.agents].map(([id, { files, carry }]) => [id, carry, [...files]]),
  ]);
  expect(kept).not.toContain("zebra");
});

test("a line of many megabytes is read, and others are passed over", async () => {
  const home = newFolder();
  const long = "x".repeat(9_000_000);
  write(
    home,
    CLAUDE,
    { type: "user", long },
    claudeLine({ id: "m1", long }),
    { type: "user", long },
    claudeLine({ id: "m2" }),
  );
  const { calls } = await readAt(placeOf(home), "claude-code");
  expect(calls.map(({ key }) => key)).toEqual(["m1", "m2"]);
});

test("names of objects' own properties are names like others", async () => {
  const home = newFolder();
  const usage = { inputTokens: 10, outputTokens: 5 };
  const metrics = JSON.parse(
    `{"__proto__":${JSON.stringify({ usage })},"constructor":${JSON.stringify({ usage })}}`,
  ) as object;
  write(home, ".copilot/session-state/a/events.jsonl", {
    type: "session.shutdown",
    timestamp: "2026-11-20T10:00:00Z",
    data: { modelMetrics: metrics },
  });
  write(home, ".pi/agent/sessions/a/b.jsonl", {
    type: "message",
    timestamp: "2026-11-20T10:00:00Z",
    message: {
      role: "assistant",
      provider: "constructor",
      model: "__proto__",
      responseId: "__proto__",
      usage: { input: 1, output: 1 },
    },
  });
  const stored = await callsOf(home);
  expect(stored.list().map(({ provider, model }) => [provider, model])).toEqual([
    ["github-copilot", "__proto__"],
    ["github-copilot", "constructor"],
    ["constructor", "__proto__"],
  ]);
});

test("linked folders are looked into once, also if they lead in a circle", async () => {
  const home = newFolder();
  write(home, "elsewhere/-home-ada/s1.jsonl", claudeLine({ id: "m1" }));
  mkdirSync(path.join(home, ".claude"));
  symlinkSync(path.join(home, "elsewhere"), path.join(home, ".claude/projects"));
  symlinkSync(path.join(home, "elsewhere"), path.join(home, "elsewhere/circle"));
  symlinkSync(path.join(home, "nowhere"), path.join(home, "elsewhere/dead.jsonl"));
  const { calls, files, problems } = await readAt(placeOf(home), "claude-code");
  expect([calls.length, files, problems]).toEqual([1, 1, []]);
});

test("several requests of one message are several calls, also if they come in two scans", async () => {
  const home = newFolder();
  const lines = [
    claudeLine({ id: "m1" }),
    claudeLine({ id: "m1" }, { requestId: "r2" }),
    claudeLine(
      { id: "m1", usage: { input_tokens: 10, output_tokens: 9 } },
      { requestId: "r1", timestamp: "2026-11-20T10:00:09Z" },
    ),
    claudeLine(
      { id: "m1", usage: { input_tokens: 10, output_tokens: 99 } },
      { requestId: "r3", isSidechain: true },
    ),
  ];
  for (const split of [0, 1, 2, 3, 4]) {
    const stored = new Stored();
    write(home, CLAUDE, ...lines.slice(0, split));
    await stored.scan(home, ["claude-code"]);
    write(home, CLAUDE, ...lines);
    await stored.scan(home, ["claude-code"]);
    expect(stored.list().map(({ key, tokens }) => [key, tokens.output])).toEqual([
      ["m1", 5],
      ["m1:r1", 9],
    ]);
  }
});

test("a fork whose parent is gone counts from where its log is no copy any more", async () => {
  const home = newFolder();
  const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 20) + seconds * 1000).toISOString();
  const event = (seconds: number, input: number) => ({
    timestamp: at(seconds),
    type: "event_msg",
    payload: { type: "token_count", info: { total_token_usage: { input_tokens: input, output_tokens: 1 } } },
  });
  const item = (seconds: number) => ({ timestamp: at(seconds), type: "response_item", payload: {} });
  write(
    home,
    ".codex/sessions/2026/11/20/rollout-2026-11-20T00-00-00-00000000-0000-4000-8000-000000000002.jsonl",
    { timestamp: at(0), type: "session_meta", payload: { id: "child", forked_from_id: "gone" } },
    event(1, 100),
    // Lines without usage fill the time up to the next copied event.
    ...[2.5, 4, 5.5].map(item),
    event(7, 300),
    event(30, 450),
  );
  const { calls } = await readAt(placeOf(home), "codex");
  expect(calls.map(({ tokens }) => tokens.input)).toEqual([150]);
});

test("a branch belongs to the session that it came from", async () => {
  const home = newFolder();
  write(home, CLAUDE, claudeLine({ id: "m1" }, { sessionId: "a", forkedFrom: { sessionId: "b" } }));
  const { calls } = await readAt(placeOf(home), "claude-code");
  expect(calls.map(({ session }) => session)).toEqual(["b"]);
});

test("Claude Desktop's agent mode has whole homes, several folders down", async () => {
  const home = newFolder();
  const below = "a/b/c/.claude/projects/-work/s.jsonl";
  write(
    home,
    `Library/Application Support/Claude/local-agent-mode-sessions/${below}`,
    claudeLine({ id: "m1" }),
  );
  write(
    home,
    `AppData/Local/Packages/Claude_x1/LocalCache/Roaming/Claude/local-agent-mode-sessions/${below}`,
    claudeLine({ id: "m2" }),
  );
  write(
    home,
    `AppData/Local/Packages/Other_x1/LocalCache/Roaming/Claude/local-agent-mode-sessions/${below}`,
    claudeLine({ id: "m3" }),
  );
  const keysOn = async (platform: NodeJS.Platform) =>
    (await readAt({ env: {}, home, platform }, "claude-code")).calls.map(({ key }) => key);
  expect(await keysOn("darwin")).toEqual(["m1"]);
  expect(await keysOn("win32")).toEqual(["m2"]);
  expect(await keysOn("linux")).toEqual([]);
});

test.each([
  [{ env: { ANTHROPIC_API_KEY: "secret" } }, {}, "key"],
  [{ apiKeyHelper: "secret" }, { oauthAccount: {} }, "key"],
  [{}, { oauthAccount: { name: "secret" } }, "plan"],
  [{}, {}, null],
])("Claude Code with the settings %j and the account %j is paid by %s", async (settings, account, paidBy) => {
  const home = newFolder();
  write(home, ".claude/settings.json", { cleanupPeriodDays: 90, ...settings });
  write(home, ".claude.json", account);
  write(
    home,
    CLAUDE,
    claudeLine({ id: "m1" }),
    claudeLine({ id: "m2", model: "us.anthropic.claude-opus-5-5-v1:0" }),
  );
  const { calls, deletesAfterDays } = await readAt(placeOf(home), "claude-code");
  expect(calls.map((call) => [call.provider, call.paidBy])).toEqual([
    ["anthropic", paidBy],
    ["aws", "key"],
  ]);
  expect(deletesAfterDays).toBe(90);
});

test("a database is read up to its last commit, wherever its log ends", async () => {
  const home = newFolder();
  const folder = path.join(home, ".local/share/opencode");
  mkdirSync(folder, { recursive: true });
  const source = path.join(SAMPLES, "home/.local/share/opencode");
  copyFileSync(`${source}/opencode.db`, `${folder}/opencode.db`);
  const log = readFileSync(`${source}/opencode.db-wal`);
  // As in a backup.
  chmodSync(`${folder}/opencode.db`, 0o400);
  const counts: number[] = [];
  for (let part = 0; part <= 8; part += 1) {
    writeFileSync(`${folder}/opencode.db-wal`, log);
    truncateSync(`${folder}/opencode.db-wal`, Math.floor((log.length * part) / 8));
    const { calls, problems } = await readAt(placeOf(home), "opencode");
    expect(problems).toEqual([]);
    counts.push(calls.length);
  }
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
  expect([counts[0], counts[8]]).toEqual([0, 13]);
  // What follows a damaged frame was never committed.
  log[Math.floor(log.length / 2)]! ^= 1;
  writeFileSync(`${folder}/opencode.db-wal`, log);
  expect((await readAt(placeOf(home), "opencode")).calls).toHaveLength(counts[4]!);
});

const KILO = ".local/share/kilo/kilo.db";

const withKilo = (home: string, sql: string): void => {
  mkdirSync(path.dirname(path.join(home, KILO)), { recursive: true });
  const database = new sqlite.Database(path.join(home, KILO));
  database.exec(sql);
  database.close();
};

const message = (id: string, created: number, more: object): string =>
  `('${id}', 's', ${created}, ${created}, '${JSON.stringify({ role: "assistant", providerID: "anthropic", modelID: "m", ...more })}')`;

test("messages of equal numbers are told apart by their times, and only what changed is read again", async () => {
  const home = newFolder();
  const hour = 3_600_000;
  const first = Date.UTC(2026, 9, 20);
  const say = (id: string, at: number): void =>
    withKilo(
      home,
      `create table if not exists message(id text primary key, session_id text, time_created integer, time_updated integer, data text);
       insert into message values ${message(id, at, { time: { created: at, completed: at + 9 }, tokens: { input: 1, output: 2 } })};`,
    );
  const stored = new Stored();
  const scan = async (): Promise<number> => {
    const { agents } = await stored.scan(home, ["kilo"]);
    return agents[0]!.calls.length;
  };
  say("a", first);
  say("b", first + 1);
  say("c", first + 3 * hour);
  expect(await scan()).toBe(3);
  say("d", first + 4 * hour);
  // What was read in the last hour is read again.
  expect(await scan()).toBe(2);
  // For a moment, the clock is wrong.
  say("e", Date.now() + 1000 * hour);
  await scan();
  say("f", Date.now());
  await scan();
  expect(stored.list()).toHaveLength(6);
});

test("a message that was read while it was written is one call in the end", async () => {
  const home = newFolder();
  const created = Date.UTC(2026, 10, 20);
  const tokens = (output: number) => ({ input: 1, output, reasoning: 0, cache: { read: 2, write: 3 } });
  withKilo(
    home,
    `create table message(id text primary key, session_id text, time_created integer, time_updated integer, data text);
     create table part(id text primary key, message_id text, session_id text, data text);
     insert into message values ${message("a", created, { time: { created }, tokens: tokens(1) })};`,
  );
  const stored = await callsOf(home, ["kilo"]);
  expect(stored.list().map(({ tokens: { output } }) => output)).toEqual([1]);
  const done = { time: { created, completed: created + 9 }, tokens: tokens(7), cost: 0.5 };
  const step = (id: string, output: number): string =>
    `('${id}', 'a', 's', '${JSON.stringify({ type: "step-finish", tokens: tokens(output) })}')`;
  withKilo(
    home,
    `insert or replace into message values ${message("a", created, done)}, ${message("copy", created, done)};
     insert into part values ${step("p1", 20)}, ${step("p2", 7)};`,
  );
  await stored.scan(home, ["kilo"]);
  expect(
    stored.list().map(({ tokens: { input, output }, statedCost }) => [input, output, statedCost]),
  ).toEqual([[12, 27, "0.5"]]);
});
