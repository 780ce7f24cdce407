import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { execFile } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { hasDatabase } from "../../src/lib/store/embedded-database.js";
import type { SyncJson } from "../../src/lib/sync/result.js";
import {
  aicost,
  errorOf,
  fileIn,
  type Home,
  jsonOf,
  newHome,
  runWords,
  start,
  steady,
  ROOT,
} from "../support/cli.js";
import { homeWithDatabase, inOneOpening, keepDatabasesOpen } from "../support/open-database.js";
import { fixture, type Replay, type ReplayServer, startReplay } from "../support/replay.js";
import { ANTHROPIC_KEYS, replayAnthropic } from "../support/replay/anthropic.js";
import { OPENAI_KEYS, replayOpenai } from "../support/replay/openai.js";

keepDatabasesOpen();

const ENV = { AICOST_SECRETS: "file" };
const SINCE = ["--since", "2026-11-08"];
const EXPECTED = fixture<Record<string, { total_usd: string }>>("expected");
const TOTAL = EXPECTED["anthropic_cost_report"]!.total_usd;

const run = (argv: string[], home: Home, env: Record<string, string> = {}) =>
  runWords(argv, home, { env: { ...ENV, ...env } });

/** Stores the key of a provider that answers so. */
const withKey = async (home: Home, provider: string, key: string, replay: Replay): Promise<ReplayServer> => {
  const server = await startReplay(replay);
  const argv = ["credentials", "add", provider, "--key-stdin", "--base-url", server.url];
  const add = () => runWords(argv, home, { env: ENV, input: `${key}\n` });
  const outcome = await (hasDatabase(home.dataDir) ? inOneOpening(home, add) : add());
  expect(outcome).toMatchObject({ exit: 0 });
  server.requests.length = 0;
  return server;
};

const withAnthropic = (home: Home, replay: Replay = replayAnthropic) =>
  withKey(home, "anthropic", ANTHROPIC_KEYS.admin, replay);

const syncs = async (home: Home, ...argv: string[]): Promise<SyncJson[]> => {
  const outcome = await run(["sync", ...argv, "--json"], home);
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return jsonOf<{ syncs: SyncJson[] }>(outcome).syncs;
};

const cost = async (home: Home): Promise<string> => {
  const outcome = await run(["report", "--range", "all", "--by", "provider", "--json"], home);
  return jsonOf<{ totals: { cost_usd: string } }>(outcome).totals.cost_usd;
};

/** Waits until a provider was asked so often. */
const asked = async ({ requests }: ReplayServer, count: number): Promise<void> => {
  while (requests.length < count) await sleep(10);
};

describe("aicost sync", () => {
  it("shows what came, in 80 columns", async () => {
    const home = await homeWithDatabase();
    await withAnthropic(home);
    const openai = await withKey(home, "openai", OPENAI_KEYS.admin, replayOpenai);
    openai.fault = ({ path: asked }) =>
      asked.endsWith("/embeddings") ? { status: 402, body: {} } : undefined;
    const outcome = await aicost(["sync", ...SINCE], home, { env: { ...ENV, COLUMNS: "80" } });
    expect(outcome.exit).toBe(3);
    const text = `${outcome.stdout}--- stderr\n${outcome.stderr}`;
    await expect(steady(text, home)).toMatchFileSnapshot("snapshots/sync-80.txt");
  });

  it("says so if there is no usable key", async () => {
    const home = newHome();
    expect(await run(["sync"], home)).toMatchObject({
      exit: 0,
      stdout:
        "No usable key is stored, so no provider was asked. Store one with: aicost credentials add PROVIDER\n",
    });
    expect(await syncs(home)).toEqual([]);
    await withAnthropic(home);
    await run(["credentials", "disable", "anthropic"], home);
    expect(await syncs(home)).toEqual([]);
    expect((await run(["sync", "--provider", "openai"], home)).stdout).toContain(
      "No usable key of openai is stored",
    );
  });

  it("is done only for the providers that were named", async () => {
    const home = newHome();
    const anthropic = await withAnthropic(home);
    await withKey(home, "openai", OPENAI_KEYS.admin, replayOpenai);
    const [only, ...others] = await syncs(home, ...SINCE, "--provider", "openai");
    expect([only?.provider, others]).toEqual(["openai", []]);
    expect(anthropic.requests).toEqual([]);
  });

  it("refuses days and providers that are none", async () => {
    const home = newHome();
    const refusal = async (...argv: string[]) => {
      const outcome = await run(["sync", ...argv, "--json"], home);
      return [outcome.exit, errorOf(outcome).code];
    };
    expect(await refusal("--since", "2999-01-01")).toEqual([2, "bad_date"]);
    expect(await refusal("--since", "last week")).toEqual([2, "bad_date"]);
    expect(await refusal("--provider", "groq")).toEqual([4, "provider_not_collected"]);
    expect(await refusal("--install", "--dry-run")).toEqual([2, "usage"]);
  });

  it("leaves the database to others while it waits for a provider", async () => {
    const home = await homeWithDatabase();
    const server = await withAnthropic(home);
    server.fault = () => "hang";
    const { child, outcome } = start(["sync"], home, { env: ENV });
    await asked(server, 1);
    expect(await run(["report", "--json"], home, { AICOST_WAIT: "0" })).toMatchObject({ exit: 0 });
    child.kill("SIGKILL");
    await outcome;
  });

  it("runs once at a time: the second one waits, or says who is at it", async () => {
    const home = await homeWithDatabase();
    const server = await withAnthropic(home);
    server.fault = (_, before) => (before === 0 ? "hang" : undefined);
    const first = start(["sync", ...SINCE], home, { env: ENV });
    await asked(server, 1);
    const second = await run(["sync", "--json"], home, { AICOST_WAIT: "0" });
    expect([second.exit, errorOf(second).code]).toEqual([5, "sync_running"]);
    expect(errorOf(second).message).toContain(`(process ${first.child.pid},`);
    const third = aicost(["sync", ...SINCE, "--json"], home, { env: ENV });
    await sleep(500);
    first.child.kill("SIGKILL");
    expect(await third).toMatchObject({ exit: 0 });
    expect(await cost(home)).toBe(TOTAL);
  });

  it("stops on Ctrl+C, writes nothing more, and goes on the next time", async () => {
    const home = await homeWithDatabase();
    const server = await withAnthropic(home);
    server.fault = (_, before) => (before === 2 ? "hang" : undefined);
    const { child, outcome } = start(["sync", ...SINCE], home, { env: ENV });
    await asked(server, 3);
    child.kill("SIGINT");
    expect(await outcome).toMatchObject({
      exit: 130,
      stdout: "",
      stderr: "Stopped. What was written so far stays. Run it again for the rest.\n",
    });
    await inOneOpening(home, async () => {
      expect(await cost(home)).toBe("0");
      expect(await syncs(home, ...SINCE)).toMatchObject([{ status: "done", cost_usd: TOTAL }]);
    });
  });
});

describe("a sync that is killed", () => {
  it("while it asks is made whole by the next one", { timeout: 120_000 }, async () => {
    const home = await homeWithDatabase();
    const server = await withAnthropic(home);
    for (const number of [0, 1, 2, 3]) {
      server.requests.length = 0;
      server.fault = (_, before) => (before === number ? "hang" : undefined);
      const { child, outcome } = start(["sync", ...SINCE], home, { env: ENV });
      await asked(server, number + 1);
      child.kill("SIGKILL");
      await outcome;
    }
    server.fault = () => undefined;
    expect(await syncs(home, ...SINCE)).toMatchObject([{ inserted: 67, cost_usd: TOTAL }]);
    expect(await cost(home)).toBe(TOTAL);
  });

  it("while it writes is made whole by the next one", { timeout: 240_000 }, async () => {
    const days = Array.from({ length: 60 }, (_, i) => new Date(Date.UTC(2026, 8, 20 + i)).toISOString());
    const results = (day: number, amount: string) =>
      Array.from({ length: 40 }, (_, i) => ({ amount, currency: "USD", description: `${day} ${i}` }));
    let amount = "1";
    const home = await homeWithDatabase();
    const server = await withAnthropic(home, (request) => {
      if (request.path.endsWith("/messages")) return { status: 200, body: { data: [], has_more: false } };
      if (!request.path.endsWith("/cost_report")) return replayAnthropic(request);
      const data = days.map((start, day) => ({
        starting_at: start,
        ending_at: start,
        results: results(day, amount),
      }));
      return { status: 200, body: { data, has_more: false, next_page: null } };
    });
    const whole = 60 * 40;
    for (const [at, delay] of [0, 600, 1200].entries()) {
      amount = String(at + 1);
      server.requests.length = 0;
      const { child, outcome } = start(["sync", "--since", "2026-09-20"], home, { env: ENV });
      await asked(server, 2);
      await sleep(delay);
      child.kill("SIGKILL");
      await outcome;
      // Each day is of one answer; whole, unless this is the first one, whose days come as they are written.
      const [list, report] = await inOneOpening(home, async () => [
        await run(["imports", "--json"], home),
        await run(["report", "--range", "all", "--by", "day", "--json"], home),
      ]);
      const { imports } = jsonOf<{ imports: { status: string }[] }>(list);
      const isFirst = !imports.some(({ status }) => status === "done");
      for (const row of jsonOf<{ rows: { day: string; cost_usd: string; record_count: number }[] }>(report)
        .rows) {
        if (isFirst) expect(row.record_count, row.day).toBeLessThanOrEqual(40);
        else expect(row.record_count, row.day).toBe(40);
        expect(Math.round(Number(row.cost_usd) * 100) % row.record_count, row.day).toBe(0);
      }
    }
    amount = "3";
    await inOneOpening(home, async () => {
      const [last] = await syncs(home, "--since", "2026-09-20", "--provider", "anthropic");
      expect(last).toMatchObject({ status: "done", cost_usd: String((whole * 3) / 100) });
      expect(await cost(home)).toBe(String((whole * 3) / 100));
      expect((await syncs(home, "--since", "2026-09-20"))[0]).toMatchObject({
        inserted: 0,
        updated: 0,
        replaced: 0,
      });
    });
  });
});

describe("aicost sync --install", () => {
  /** A crontab that is a file, as the real one is, on a machine without systemd. */
  const crontabIn = ({ folder }: Home): { env: Record<string, string>; text: () => string } => {
    const bin = path.join(folder, "bin");
    const file = path.join(folder, "crontab");
    mkdirSync(bin);
    writeFileSync(
      path.join(bin, "crontab"),
      `#!/bin/sh
case "$1" in
  -l) [ -e '${file}' ] || { echo "no crontab for ada" >&2; exit 1; }; cat '${file}';;
  -r) rm '${file}';;
  -) cat > '${file}';;
esac
`,
    );
    writeFileSync(path.join(bin, "systemctl"), "#!/bin/sh\nexit 1\n");
    for (const tool of ["crontab", "systemctl"]) chmodSync(path.join(bin, tool), 0o755);
    return {
      env: { PATH: `${bin}:${process.env["PATH"]}` },
      text: () => (existsSync(file) ? readFileSync(file, "utf8") : ""),
    };
  };

  it("shows a line, puts it into the crontab, and that line collects", async () => {
    const home = await homeWithDatabase();
    const { env, text } = crontabIn(home);
    fileIn(home, "crontab", "MAILTO=ada\n0 5 * * * backup\n");
    await withAnthropic(home);
    const argv = ["sync", "--install", "--every", "12", "--provider", "anthropic", "--yes", "--json"];
    const outcome = await run(argv, home, env);
    expect(jsonOf(outcome)).toEqual({ installed: { scheduler: "cron", name: "aicost-sync" } });
    const line =
      text()
        .split("\n")
        .find((each) => each.includes("run.cjs")) ?? "";
    expect(outcome.stderr).toContain(line);
    expect(text()).toMatch(/^MAILTO=ada\n0 5 \* \* \* backup\n/);
    expect(line).not.toContain(ANTHROPIC_KEYS.admin);

    const command = /^\d+ [\d,]+ \* \* \* (.*)$/.exec(line)?.[1] ?? "";
    const surroundings = { env: { PATH: "/usr/bin:/bin", HOME: home.folder } };
    await promisify(execFile)("/bin/sh", ["-c", command], surroundings);
    expect(await cost(home)).toBe(TOTAL);

    expect(jsonOf(await run(["sync", "--uninstall", "--yes", "--json"], home, env))).toEqual({
      uninstalled: [{ scheduler: "cron", name: "aicost-sync" }],
    });
    expect(text()).toBe("MAILTO=ada\n0 5 * * * backup\n");
    expect(jsonOf(await run(["sync", "--uninstall", "--yes", "--json"], home, env))).toEqual({
      uninstalled: [],
    });
  });

  it("lets the job find the logs of an agent that keeps them elsewhere", async () => {
    const home = await homeWithDatabase();
    const { env, text } = crontabIn(home);
    const logs = path.join(home.folder, "elsewhere");
    cpSync(path.join(ROOT, "test/samples/agents/home/.codex"), logs, { recursive: true });
    const here = { ...env, HOME: home.folder, CODEX_HOME: logs };
    expect((await run(["scan", "--yes"], home, here)).stdout).toMatch(/^Codex +\d+ new calls/);
    expect(await run(["sync", "--install", "--no-scan", "--yes"], home, here)).toMatchObject({ exit: 0 });
    expect(text()).not.toContain(logs);
    expect(await run(["sync", "--install", "--yes"], home, here)).toMatchObject({ exit: 0 });
    const [, command = "", end] =
      /^\d+ [\d,]+ \* \* \* (.*sync --quiet.*?)( >\/dev\/null)$/m.exec(text()) ?? [];
    const surroundings = { env: { PATH: "/usr/bin:/bin", HOME: home.folder } };
    const sh = (line: string) => promisify(execFile)("/bin/sh", ["-c", line], surroundings);
    expect(await sh(command)).toEqual({ stdout: "Codex   nothing new\n", stderr: "" });
    expect(await sh(`${command}${end}`)).toEqual({ stdout: "", stderr: "" });
  });

  it("does nothing if nobody can agree to it", async () => {
    const home = newHome();
    const { env, text } = crontabIn(home);
    const outcome = await run(["sync", "--install", "--json"], home, env);
    expect([outcome.exit, errorOf(outcome).code]).toEqual([2, "not_confirmed"]);
    expect(text()).toBe("");
  });
});
