import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { AGENTS } from "../../src/lib/agents/index.js";
import type { Import, StoredRecord } from "../../src/lib/api.js";
import { plain, sum } from "../../src/lib/money.js";
import type { AgentScan } from "../../src/lib/scan/result.js";
import type { ListedSession } from "../../src/lib/scan/sessions.js";
import { type Home, jsonOf, newHome, runWords, sample } from "../support/cli.js";
import { addToTranscript, claudeLine, SAID } from "../support/claude-log.js";
import { giveDatabase, keepDatabasesOpen } from "../support/open-database.js";

keepDatabasesOpen();

interface Expected {
  agents: Record<string, { totals: Record<"requests" | "input_tokens" | "output_tokens", number> }>;
}

interface Prices {
  /** US dollars. */
  by_agent: Record<string, string>;
}

interface Scanned {
  agents: AgentScan[];
  warnings: string[];
}

const run = async <Document>(home: Home, ...words: string[]): Promise<Document> => {
  const outcome = await runWords([...words, "--json"], home, { env: { HOME: home.folder } });
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return jsonOf<Document>(outcome);
};

const scanAll = (home: Home, ...words: string[]): Promise<Scanned> =>
  run<Scanned>(home, "scan", "--yes", ...words);

/** What a scan says of Claude Code. */
const scan = async (home: Home, ...words: string[]): Promise<AgentScan> =>
  (await scanAll(home, ...words)).agents.find(({ agent }) => agent === "claude-code")!;

const records = async (home: Home): Promise<StoredRecord[]> =>
  (await run<{ records: StoredRecord[] }>(home, "records", "--range", "all", "--all")).records;

const briefly = async (home: Home) =>
  (await records(home)).map(({ timestamp, output_tokens }) => `${timestamp} ${output_tokens}`).sort();

const totals = async (home: Home): Promise<Record<string, unknown>> =>
  (await run<{ totals: Record<string, unknown> }>(home, "report", "--range", "all")).totals;

const homeWith = (...lines: Parameters<typeof claudeLine>[0][]): Home => {
  const home = newHome();
  addToTranscript(home, lines.map(claudeLine).join(""));
  return home;
};

const A = { id: "a", at: "2026-11-20T10:00:00.000Z", output: 100 };
const B = { id: "b", at: "2026-11-20T10:20:00.000Z", output: 200 };
const C = { id: "c", at: "2026-11-21T10:20:00.000Z", output: 300 };

/** All that the database and the notes of a home hold, and what words of the conversations are in it. */
const wordsKept = (home: Home, said: readonly string[]): string[] => {
  const files = readdirSync(home.dataDir, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  const kept = files.map((file) => readFileSync(path.join(file.parentPath, file.name), "latin1"));
  return said.filter((text) => kept.some((content) => content.includes(text)));
};

/** What people and models say in the samples, and in the transcripts of these tests. */
const SAYINGS = ["invented", SAID];

describe("aicost scan of the samples", () => {
  it("has each agent's tokens, and its worth at list price and the fee of two searches; and no word of what was said", async () => {
    const home = newHome();
    await giveDatabase(home);
    cpSync(sample("agents/home"), home.folder, { recursive: true });
    const expected = JSON.parse(readFileSync(sample("agents/expected.json"), "utf8")) as Expected;
    const { by_agent: prices } = JSON.parse(readFileSync(sample("agents/prices.json"), "utf8")) as Prices;
    const outcome = await runWords(["scan", "--yes", "--json"], home, { env: { HOME: home.folder } });
    const scanned = jsonOf<Scanned>(outcome).agents;
    const worth = Object.fromEntries(
      scanned
        .filter(({ found }) => found)
        .map(({ agent, included_usd, estimated_usd }) => [agent, plain(sum([included_usd, estimated_usd]))]),
    );
    const agents = AGENTS.map(({ id }) => id as string).filter((id) => id in prices);
    const fee = (agent: string): string => (agent === "claude-code" ? "0.02" : "0");
    expect(worth).toEqual(
      Object.fromEntries(agents.map((agent) => [agent, plain(sum([prices[agent] ?? "0", fee(agent)]))])),
    );
    const { rows } = await run<{ rows: Record<string, unknown>[] }>(
      home,
      "report",
      "--range",
      "all",
      "--by",
      "agent",
    );
    const tokens = Object.fromEntries(
      rows.map((row) => [
        String(row["agent"]),
        [row["request_count"], row["input_tokens"], row["output_tokens"]],
      ]),
    );
    expect(tokens).toEqual(
      Object.fromEntries(
        agents.map((agent) => {
          const { requests, input_tokens, output_tokens } = expected.agents[agent]!.totals;
          return [agent, [requests, input_tokens, output_tokens]];
        }),
      ),
    );
    addToTranscript(home, claudeLine(A));
    expect(await scan(home)).toMatchObject({ new_calls: 1 });
    expect(wordsKept(home, ["work/harbour"])).toEqual(["work/harbour"]);
    expect(wordsKept(home, SAYINGS)).toEqual([]);
    expect(SAYINGS.filter((text) => outcome.stdout.includes(text))).toEqual([]);
  });
});

describe("aicost sessions", () => {
  it("lists them by worth, with project, length and calls, and takes filters", async () => {
    const home = homeWith(A, B, { ...C, session: "s-2", cwd: "/home/ada/shop" });
    await scan(home);
    const list = async (...words: string[]) =>
      (await run<{ sessions: ListedSession[] }>(home, "sessions", "--range", "all", ...words)).sessions;
    expect(await list()).toMatchObject([
      { session: "s-1", project: "work/harbour", minutes: 20, calls: 2, tokens: 2300, worth_usd: "0.014" },
      { session: "s-2", project: "ada/shop", minutes: 0, calls: 1, tokens: 1300, worth_usd: "0.01" },
    ]);
    expect((await list("--sort", "start"))[0]).toMatchObject({ session: "s-2" });
    expect(await list("--project", "*/shop")).toHaveLength(1);
    expect(await list("--agent", "codex")).toEqual([]);
    const table = await runWords(["sessions", "--range", "all"], home);
    expect(table.stdout).toContain("claude-code  work/harbour  2026-11-20 10:00");
  });
});

describe("aicost sync", () => {
  it("scans too, once a scan was made", async () => {
    const home = homeWith(A);
    expect(await run(home, "sync")).not.toHaveProperty("scans");
    await scan(home);
    addToTranscript(home, claudeLine(B));
    expect(await run(home, "sync", "--no-scan")).not.toHaveProperty("scans");
    const { scans } = await run<{ scans: AgentScan[] }>(home, "sync");
    expect(scans.find(({ agent }) => agent === "claude-code")).toMatchObject({ new_calls: 1 });
  });

  it("tells what was scanned before it says that no key is stored", async () => {
    const home = homeWith(A);
    await scan(home);
    addToTranscript(home, claudeLine(B));
    const { stdout } = await runWords(["sync"], home, { env: { HOME: home.folder } });
    expect(stdout).toMatch(
      /^Claude Code[^]*\n\nNo usable key is stored, so no provider was asked\.[^\n]*\n$/,
    );
  });
});

describe("aicost scan", () => {
  it("stores each call once, whatever becomes of the logs, the notes on them, or their place", async () => {
    const home = homeWith(A, { ...B, output: 3 });
    const cut = claudeLine(C);
    const log = addToTranscript(home, cut.slice(0, 90));
    const first = await scan(home);
    expect(first).toMatchObject({
      new_calls: 2,
      from: "2026-11-20",
      to: "2026-11-20",
      included_usd: "0.01006",
    });
    expect(await scan(home)).toMatchObject({ new_calls: 0, import_id: null });

    addToTranscript(home, cut.slice(90) + claudeLine(B));
    expect(await scan(home)).toMatchObject({ new_calls: 1, grown_calls: 1 });
    const all = await records(home);
    expect(all.map(({ output_tokens }) => output_tokens).sort()).toEqual([100, 200, 300]);

    // The notes are lost; then so are the logs; then they come back elsewhere.
    rmSync(path.join(home.dataDir, "scans"), { recursive: true });
    expect(await scan(home)).toMatchObject({ new_calls: 0, grown_calls: 0, import_id: null });
    const copy = path.join(home.folder, ".config/claude/projects/copied");
    mkdirSync(copy, { recursive: true });
    cpSync(log, path.join(copy, "s-1.jsonl"));
    rmSync(path.join(home.folder, ".claude"), { recursive: true });
    expect(await scan(home)).toMatchObject({ found: true, new_calls: 0, grown_calls: 0 });
    expect(await records(home)).toEqual(all);
    const { imports } = await run<{ imports: Import[] }>(home, "imports");
    expect(imports.map(({ status, inserted, updated }) => [status, inserted, updated])).toEqual([
      ["done", 1, 1],
      ["done", 2, 0],
    ]);
  });

  it("keeps the first time of a call that grows over midnight, also without its notes", async () => {
    const home = homeWith({ ...A, at: "2026-11-30T23:59:59.500Z", output: 1 });
    await scan(home);
    const late = { ...A, at: "2026-12-01T00:00:04.000Z" };
    addToTranscript(home, claudeLine({ ...late, output: 50 }));
    expect(await scan(home)).toMatchObject({ new_calls: 0, grown_calls: 1, from: "2026-11-30" });
    rmSync(path.join(home.dataDir, "scans"), { recursive: true });
    rmSync(path.join(home.folder, ".claude"), { recursive: true });
    addToTranscript(home, claudeLine({ ...late, output: 70 }));
    expect(await scan(home)).toMatchObject({ new_calls: 0, grown_calls: 1 });
    expect(await records(home)).toMatchObject([
      {
        timestamp: "2026-11-30T23:45:00Z",
        output_tokens: 70,
        metadata: { first_at: "2026-11-30T23:59:59.500Z", last_at: "2026-11-30T23:59:59.500Z" },
      },
    ]);
  });

  it("takes back a message that was still being written, and says so once", async () => {
    const home = newHome();
    const folder = path.join(home.folder, ".local/share/opencode/storage/message/ses_1");
    mkdirSync(folder, { recursive: true });
    const write = (output: number, completed?: number): void =>
      writeFileSync(
        path.join(folder, "msg_1.json"),
        JSON.stringify({
          ...{ id: "msg_1", sessionID: "ses_1", role: "assistant", providerID: "openai", modelID: "gpt-5.4" },
          ...{ cost: 0.01, tokens: { input: 100, output, reasoning: 0, cache: { read: 0, write: 0 } } },
          time: { created: Date.parse("2026-11-20T10:00:00Z"), completed },
        }),
      );
    const scanOpenCode = async () => (await scanAll(home)).agents.find(({ agent }) => agent === "opencode");
    write(5);
    expect(await scanOpenCode()).toMatchObject({ new_calls: 1, withdrawn_calls: 0 });
    write(50, Date.parse("2026-11-20T10:00:09Z"));
    expect(await scanOpenCode()).toMatchObject({ new_calls: 1, withdrawn_calls: 1 });
    expect(await briefly(home)).toEqual(["2026-11-20T10:00:00Z 50"]);
    rmSync(path.join(home.dataDir, "scans"), { recursive: true });
    expect(await scanOpenCode()).toMatchObject({ new_calls: 0, withdrawn_calls: 0 });
    expect(await briefly(home)).toEqual(["2026-11-20T10:00:00Z 50"]);
  });

  it("gives the same of half the files and then all as of all at once", async () => {
    const [halves, whole] = [newHome(), newHome()];
    addToTranscript(whole, claudeLine(A) + claudeLine(B), "s-1");
    addToTranscript(whole, claudeLine(C), "s-2");
    await scan(whole);
    addToTranscript(halves, claudeLine(C), "s-2");
    await scan(halves);
    addToTranscript(halves, claudeLine(A) + claudeLine(B), "s-1");
    await scan(halves);
    const ids = async (home: Home) => (await records(home)).map(({ id }) => id);
    expect(await ids(halves)).toEqual(await ids(whole));
    expect(await totals(halves)).toEqual(await totals(whole));
  });

  it("makes one record of the calls of a quarter of an hour, each priced by itself", async () => {
    // Together they would be in the tier above 200,000 tokens, which costs twice as much.
    const long = { model: "claude-sonnet-4-5", input: 150_000, output: 1000 };
    const home = homeWith({ ...A, ...long }, { ...B, ...long, at: "2026-11-20T10:14:59.999Z" });
    expect(await scan(home)).toMatchObject({ new_calls: 2, included_usd: "0.93" });
    const both = { request_count: 2, input_tokens: 300_000, estimated_cost_usd: "0.93" };
    expect(await records(home)).toMatchObject([{ timestamp: "2026-11-20T10:00:00Z", ...both }]);
    // One more, at the beginning of the next quarter, and one of another session.
    addToTranscript(home, claudeLine({ ...C, ...long, at: "2026-11-20T10:15:00.000Z" }));
    addToTranscript(home, claudeLine({ ...C, ...long, id: "d", at: A.at, session: "s-2" }), "s-2");
    expect(await scan(home)).toMatchObject({ new_calls: 2, included_usd: "0.93" });
    expect((await records(home)).map(({ request_count }) => request_count).sort()).toEqual([1, 1, 2]);
    // Half of the price above 200,000 tokens: again each by itself.
    await run(home, "prices", "set", "claude-sonnet-4-5", "--input", "1", "--output", "0");
    await run(home, "reprice");
    expect((await records(home)).map((record) => record.estimated_cost_usd).sort()).toEqual([
      "0.15",
      "0.15",
      "0.3",
    ]);
  });

  it("parts the calls of a quarter of an hour if they are very many", async () => {
    const lines = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, number) =>
        claudeLine({ ...A, id: `m${from + number}`, output: 1 + from + number }),
      ).join("");
    const home = newHome();
    addToTranscript(home, lines(0, 700));
    await scan(home);
    addToTranscript(home, lines(700, 1100) + claudeLine({ ...A, id: "m3", output: 5000 }));
    expect(await scan(home)).toMatchObject({ new_calls: 400, grown_calls: 1 });
    const all = await records(home);
    expect(all.map(({ request_count }) => request_count).sort()).toEqual([100, 500, 500]);
    const outputs = all.reduce((sum, { output_tokens }) => sum + (output_tokens ?? 0), 0);
    expect(outputs).toBe((1100 * 1101) / 2 - 4 + 5000);
    rmSync(path.join(home.dataDir, "scans"), { recursive: true });
    expect(await scan(home)).toMatchObject({ new_calls: 0, grown_calls: 0 });
  });

  it("knows the calls of an archive that was restored", async () => {
    const [home, other] = [homeWith(A, B), newHome()];
    await scan(home);
    const archive = path.join(home.folder, "all.ndjson");
    await run(home, "export", "--output", archive);
    await run(other, "import", archive);
    addToTranscript(other, claudeLine(A) + claudeLine(B) + claudeLine(C));
    expect(await scan(other)).toMatchObject({ new_calls: 1, grown_calls: 0 });
    expect(await briefly(other)).toEqual([
      "2026-11-20T10:00:00Z 100",
      "2026-11-20T10:15:00Z 200",
      "2026-11-21T10:15:00Z 300",
    ]);
  });

  it("brings back what was undone, and what grew", async () => {
    const home = homeWith(A);
    const { import_id: first } = await scan(home);
    addToTranscript(home, claudeLine({ ...A, output: 150 }) + claudeLine(B));
    const { import_id: second } = await scan(home);
    const both = await briefly(home);
    await run(home, "imports", "undo", "--yes", second!);
    expect(await briefly(home)).toEqual(["2026-11-20T10:00:00Z 100"]);
    expect(await scan(home)).toMatchObject({ new_calls: 1, grown_calls: 1 });
    expect(await briefly(home)).toEqual(both);
    await run(home, "imports", "undo", "--yes", first!);
    expect(await briefly(home)).toEqual(both);
    expect(await scan(home)).toMatchObject({ new_calls: 0, import_id: null });
  });

  it("never spends what a plan includes, and lets a bill hide what a key pays for", async () => {
    const home = homeWith(A, C);
    const { warnings } = await scanAll(home);
    expect(warnings[0]).toContain("aicost scan --plan claude-code=max, or --api claude-code");
    const worth = "0.016";
    expect(await totals(home)).toMatchObject({ cost_usd: "0", estimated_usd: "0", included_usd: worth });

    // From the day of C on.
    await scan(home, "--api", "claude-code", "--since", "2026-11-21");
    expect(await totals(home)).toMatchObject({ cost_usd: "0.01", included_usd: "0.006" });
    addToTranscript(home, claudeLine({ ...C, id: "d" }));
    expect(await scan(home)).toMatchObject({ estimated_usd: "0.01", unknown_payer: 0 });
    expect(await totals(home)).toMatchObject({ cost_usd: "0.02", included_usd: "0.006" });
    await run(home, "add", "--provider", "anthropic", "--cost", "7", "--date", "2026-11-21");
    expect(await totals(home)).toMatchObject({ cost_usd: "7", hidden_estimate_usd: "0.02" });

    await scan(home, "--plan", "claude-code=max");
    expect(await totals(home)).toMatchObject({ cost_usd: "7", hidden_estimate_usd: "0" });
  });

  it("names tokens without a price, and keeps them included when they get one", async () => {
    const home = homeWith({ ...A, model: "claude-tern-1-preview" });
    expect(await scan(home)).toMatchObject({ unpriced_tokens: 1100, included_usd: "0" });
    expect(await totals(home)).toMatchObject({ unpriced_tokens: 1100, included_usd: "0", cost_usd: "0" });
    await run(home, "prices", "set", "claude-tern-1-preview", "--input", "1", "--output", "10");
    expect(await totals(home)).toMatchObject({ unpriced_tokens: 0, included_usd: "0.002", cost_usd: "0" });
  });

  it("asks before the first scan, and stores nothing with --dry-run", async () => {
    const home = homeWith(A);
    const env = { HOME: home.folder };
    const refused = await runWords(["scan"], home, { env });
    expect(refused).toMatchObject({ exit: 2, stdout: "" });
    expect(refused.stderr).toContain("No text of any conversation is stored");
    expect(await scan(home, "--dry-run")).toMatchObject({
      new_calls: 1,
      included_usd: "0.006",
      import_id: null,
    });
    expect(await records(home)).toEqual([]);
    await scan(home);
    addToTranscript(home, claudeLine(B));
    const again = await runWords(["scan"], home, { env });
    expect(again.stdout).toMatch(/^Claude Code {3}1 new call {3}2026-11-20 {3}included, worth \$0\.008\d*$/m);
  });

  it("removes the copies of databases that a killed scan left, and no others", async () => {
    const home = homeWith(A);
    const copyOf = (pid: number): string => {
      const folder = mkdtempSync(path.join(tmpdir(), `aicost-scan-${pid}-`));
      writeFileSync(path.join(folder, "copy.db"), SAID);
      return folder;
    };
    const lost = copyOf(spawnSync(process.execPath, ["--version"]).pid);
    const used = copyOf(process.ppid);
    try {
      await scan(home);
      expect([lost, used].map((folder) => existsSync(folder))).toEqual([false, true]);
    } finally {
      rmSync(used, { recursive: true });
    }
  });

  it("refuses agents and days that are none", async () => {
    const home = newHome();
    const refusal = async (...words: string[]) =>
      jsonOf<{ error: { code: string; message: string } }>(await runWords(["scan", ...words, "--json"], home))
        .error;
    expect(await refusal("--agent", "claude-cod")).toMatchObject({ code: "agent_unknown" });
    expect(await refusal("--api", "cursor")).toMatchObject({ code: "agent_unknown" });
    expect(await refusal("--since", "2026-11-01")).toMatchObject({ code: "usage" });
    expect(await refusal("--api", "codex", "--since", "soon")).toMatchObject({ code: "bad_date" });
    expect(await refusal("--api", "codex", "--plan", "codex=plus")).toMatchObject({ code: "usage" });
  });

  it("stores the names of project folders as it is told, and keeps to that", async () => {
    const home = homeWith(A);
    await scan(home, "--project-names", "hashed");
    addToTranscript(home, claudeLine(B));
    await scan(home);
    const [one, two] = await records(home);
    expect(one!.project).toMatch(/^[0-9a-f]{12}$/);
    expect(two!.project).toBe(one!.project);
  });
});
