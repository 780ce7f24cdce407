import { existsSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import Records from "../../src/commands/records/index.js";
import Export from "../../src/commands/export.js";
import ImportsShow from "../../src/commands/imports/show.js";
import ImportsUndo from "../../src/commands/imports/undo.js";
import RecordsEdit from "../../src/commands/records/edit.js";
import RecordsRemove from "../../src/commands/records/remove.js";
import RecordsShow from "../../src/commands/records/show.js";
import type { StoredRecord } from "../../src/lib/api.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand, sample, steady } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported, recorded, reported, totalCost } from "./answers.js";

const snapshot = (name: string): string => path.join(import.meta.dirname, "snapshots", name);

interface Page {
  records: StoredRecord[];
  total: number;
  shown: number;
  more: boolean;
  warnings: string[];
}

let home: Home;
beforeEach(() => {
  home = newHome();
});

keepDatabasesOpen();

describe("aicost records", () => {
  it("says so where there are none", async () => {
    expect(await runCommand(Records, [], home)).toEqual({
      stdout: "No charges match. Try --range all\n",
      stderr: "",
      exit: 0,
    });
    expect(await answer(Records, [], home)).toEqual({
      records: [],
      total: 0,
      shown: 0,
      more: false,
      warnings: [],
    });
  });

  it("lists them newest first, in the columns of cost_records", async () => {
    await imported(home, sample("openrouter_activity_daily.csv"), sample("cursor_usage_events_2026_09.csv"));
    const { records, total } = await recorded(home);
    expect(total).toBe(13);
    const times = records.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted().toReversed());
    expect(Object.keys(records[0] ?? {}).sort()).toEqual([
      "account",
      "agent",
      "api_key",
      "cache_read_tokens",
      "cache_write_tokens",
      "collection_method",
      "cost_usd",
      "estimated_cost_usd",
      "granularity",
      "id",
      "import_id",
      "input_tokens",
      "kind",
      "metadata",
      "model_name",
      "output_tokens",
      "project",
      "provider",
      "request_count",
      "session",
      "timestamp",
      "tokens_used",
      "topup_usd",
    ]);
    for (const columns of ["80", "120"]) {
      const { stdout } = await runCommand(Records, ["--range", "all"], home, { COLUMNS: columns });
      await expect(steady(stdout, home)).toMatchFileSnapshot(snapshot(`records-${columns}.txt`));
    }
    const { stdout } = await runCommand(RecordsShow, [records.at(-1)?.id.slice(0, 8) ?? ""], home);
    await expect(steady(stdout, home)).toMatchFileSnapshot(snapshot("records-show.txt"));
    expect(await answer(RecordsShow, [records[0]?.id ?? ""], home)).toEqual({ record: records[0] });
  });

  it("filters, and pages", async () => {
    const [file] = await imported(home, sample("openrouter_activity_daily.csv"));
    const mine = await added(home, "-p", "groq", "-c", "1", "-d", "2026-11-02", "-m", "Llama");
    const models = async (...argv: string[]) =>
      (await recorded(home, ...argv)).records.map(({ model_name }) => model_name);
    expect(await models("--provider", "GROQ")).toEqual(["Llama"]);
    expect(await models("--model", "lla")).toEqual(["Llama"]);
    expect(await models("--method", "manual")).toEqual(["Llama"]);
    expect(await models("--method", "api")).toEqual([]);
    expect(await models("--import", file?.id?.slice(0, 8) ?? "")).toHaveLength(3);
    expect(await models("--range", "2026-11-01")).toHaveLength(2);
    expect(await models("--range", "2026-11-02..", "--method", "csv")).toEqual([
      "deepseek/deepseek-v4-flash",
    ]);
    const all = await recorded(home);
    const page = await answer<typeof all>(Records, ["--range", "all", "--limit", "1", "--page", "3"], home);
    expect(page).toEqual({ records: [all.records[2]], total: 4, shown: 1, more: true, warnings: [] });
    expect(all.records.map(({ id }) => id)).toContain(mine.id);
  });

  it("puts what costs the most, has the most tokens, or is the oldest first", async () => {
    await added(home, "-p", "groq", "-c", "3", "-d", "2026-11-02", "--input-tokens", "10", "-m", "b");
    await added(home, "-p", "groq", "-c", "9", "-d", "2026-11-01", "-m", "c", "--estimated");
    await added(home, "-p", "groq", "-c", "-4", "-d", "2026-11-03", "--input-tokens", "30", "-m", "a");
    const order = async (...argv: string[]) =>
      (await recorded(home, ...argv)).records.map(({ model_name }) => model_name).join("");
    expect(await order()).toBe("abc");
    expect(await order("--reverse")).toBe("cba");
    expect(await order("--sort", "cost")).toBe("cba");
    expect(await order("--sort", "cost", "--reverse")).toBe("abc");
    expect(await order("--sort", "tokens")).toBe("abc");
    expect(await order("--sort", "tokens", "--reverse")).toBe("bac");
    const second = await answer<{ records: StoredRecord[] }>(
      Records,
      ["-r", "all", "--sort", "cost", "-n", "1", "--page", "2"],
      home,
    );
    expect(second.records.map(({ model_name }) => model_name)).toEqual(["b"]);
  });

  it("says that it shows only some, unless that was asked for, and shows all with --all", async () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `2026-11-${String((i % 28) + 1).padStart(2, "0")},${i + 1},groq`,
    );
    const file = fileIn(home, "many.csv", `Day,Sum,Who\n${rows.join("\n")}\n`);
    await imported(home, file, "--map", "date=Day,cost=Sum,provider=Who");
    const page = await answer<Page>(Records, ["-r", "all"], home);
    const short = "Only 50 of 60 records are shown. See all with --all, or others with --page.";
    expect(page).toMatchObject({ total: 60, shown: 50, more: true, warnings: [short] });
    expect((await runCommand(Records, ["-r", "all"], home)).stdout).toContain(`! ${short}`);
    expect(await answer<Page>(Records, ["-r", "all", "--page", "2"], home)).toMatchObject({
      shown: 10,
      more: false,
      warnings: [],
    });
    const all = await answer<Page>(Records, ["-r", "all", "--all"], home);
    expect(all).toMatchObject({ total: 60, shown: 60, more: false, warnings: [] });
    expect(new Set(all.records.map(({ id }) => id)).size).toBe(60);
    expect(await refusal(Records, ["--all", "--limit", "5"], home)).toMatchObject({ exit: 2, code: "usage" });
  });

  it("prints the CSV of an export, of what matches, and what it leaves out on stderr", async () => {
    await imported(home, sample("openrouter_activity_daily.csv"), sample("cursor_usage_events_2026_09.csv"));
    const csv = async (...argv: string[]) =>
      runCommand(Records, ["-r", "all", "--format", "csv", ...argv], home);
    const { stdout: exported } = await runCommand(Export, ["--format", "csv"], home);
    const { stdout, stderr } = await csv("--all", "--reverse");
    expect(stderr).toBe("");
    expect(new Set(stdout.split("\r\n"))).toEqual(new Set(exported.split("\r\n")));
    expect((await csv("--provider", "openrouter")).stdout.split("\r\n")).toHaveLength(3 + 2);
    expect((await csv("--provider", "groq")).stdout).toBe(`${exported.split("\r\n")[0]}\r\n`);
  });

  it("says of usage without a price that a bill has its money, if there is one", async () => {
    await added(home, "-p", "groq", "-d", "2026-11-02", "--input-tokens", "10", "-m", "a");
    await added(home, "-p", "groq", "-d", "2026-11-03", "--input-tokens", "10", "-m", "a");
    await added(home, "-p", "groq", "-d", "2026-11-02", "-c", "5");
    const { stdout } = await runCommand(Records, ["-r", "all"], home);
    expect(stdout).toMatch(/2026-11-02 +groq +a +in the bill/);
    expect(stdout).toMatch(/2026-11-03 +groq +a +no price/);
    const { warnings } = await answer<Page>(Records, ["-r", "all"], home);
    expect(warnings).toEqual(["No price is known for 1 record."]);
  });

  it.each([
    [["--provider", "nobody"], "provider_unknown", 4],
    [["--import", "zzz"], "import_not_found", 4],
    [["--range", "yesteryear"], "bad_range", 2],
    [["--method", "fax"], "usage", 2],
    [["--limit", "1001"], "usage", 2],
    [["--page", "0"], "usage", 2],
  ])("refuses %j", async (argv, code, exit) => {
    expect(await refusal(Records, argv, home)).toMatchObject({ code, exit });
  });
});

describe("aicost records edit", () => {
  it("changes what is named, moves a manual entry to another month, and reports follow", async () => {
    const entry = await added(
      home,
      "-p",
      "groq",
      "-c",
      "1",
      "-d",
      "2026-11-05",
      "-m",
      "a",
      "--note",
      "first",
    );
    const { record } = await answer<{ record: StoredRecord }>(
      RecordsEdit,
      [
        entry.id.slice(0, 8),
        "--cost",
        "12.50",
        "--date",
        "2026-01-31 23:30",
        "--provider",
        "mistral",
        "--requests",
        "4",
      ],
      home,
    );
    expect(record).toEqual({
      ...entry,
      cost_usd: "12.5",
      timestamp: "2026-01-31T23:30:00Z",
      granularity: "event",
      provider: "mistral",
      request_count: 4,
    });
    expect(await recorded(home)).toMatchObject({ records: [record], total: 1, warnings: [] });
    expect((await reported(home)).rows).toMatchObject([{ day: "2026-01-31", cost_usd: "12.5" }]);
    const { stdout } = await runCommand(RecordsEdit, [entry.id, "--model", "", "--note", "second"], home);
    await expect(steady(stdout, home)).toMatchFileSnapshot(snapshot("records-edit.txt"));
  });

  it("forgets the first currency of an amount that is now in dollars", async () => {
    const entry = await added(home, "-p", "groq", "-c", "4", "--currency", "EUR", "--rate", "EUR=1.08");
    const { record } = await answer<{ record: StoredRecord }>(RecordsEdit, [entry.id, "--cost", "5"], home);
    expect(record).toMatchObject({ cost_usd: "5", metadata: { cost_basis: "billed" } });
    expect(record.metadata).not.toHaveProperty("original");
  });

  it("makes a charge of an estimate that gets an amount", async () => {
    const entry = await added(home, "-p", "groq", "-c", "4", "--estimated");
    await answer(RecordsEdit, [entry.id, "--cost", "5"], home);
    expect((await reported(home)).totals).toMatchObject({
      cost_usd: "5",
      usage_usd: "5",
      estimated_usd: "0",
    });
  });

  it("keeps the cached tokens a part of the input", async () => {
    const entry = await added(home, "-p", "groq", "--input-tokens", "100", "--cache-read-tokens", "80");
    expect(await refusal(RecordsEdit, [entry.id, "--input-tokens", "10"], home)).toMatchObject({
      code: "bad_count",
    });
    expect((await recorded(home)).records).toEqual([entry]);
  });

  it("refuses to change the date of an imported record, and nothing else of it changes", async () => {
    await imported(home, sample("openrouter_activity_daily.csv"));
    const before = await recorded(home);
    const id = before.records[0]?.id ?? "";
    expect(await refusal(RecordsEdit, [id, "--date", "2026-11-09", "--cost", "7"], home)).toMatchObject({
      exit: 4,
      code: "record_date_fixed",
    });
    expect(await recorded(home)).toEqual(before);
  });

  it("changes whose spend it is, but not the account of an imported record", async () => {
    const entry = await added(home, "-p", "groq", "-c", "1");
    const whose = ["--account", "acme", "--project", "shop", "--key", "production"];
    expect(await answer(RecordsEdit, [entry.id, ...whose], home)).toMatchObject({
      record: { account: "acme", project: "shop", api_key: "production" },
    });
    const secret = `sk-${"a1B2".repeat(12)}`;
    expect(await refusal(RecordsEdit, [entry.id, "--key", secret], home)).toMatchObject({
      code: "key_is_secret",
    });

    await imported(home, sample("openrouter_activity_daily.csv"));
    const { records } = await recorded(home, "--provider", "openrouter");
    const id = records[0]?.id ?? "";
    expect(await refusal(RecordsEdit, [id, "--account", "acme"], home)).toMatchObject({
      exit: 4,
      code: "record_account_fixed",
    });
    await answer(RecordsEdit, [id, "--project", "shop"], home);
    await imported(home, sample("openrouter_activity_daily.csv"));
    const after = await recorded(home, "--provider", "openrouter");
    expect(after.records).toHaveLength(records.length);
    expect(after.records.find((record) => record.id === id)).toMatchObject({ project: "shop" });
  });

  it.each([
    [["--cost", "1"], "zzz", "record_not_found", 4],
    [[], null, "entry_unchanged", 2],
    [["--cost", "x"], null, "bad_amount", 2],
    [["--date", "soon"], null, "bad_date", 2],
    [["--date", "2999-01-01"], null, "timestamp_out_of_range", 4],
    [["--provider", "nobody"], null, "provider_unknown", 4],
    [["--output-tokens", "x"], null, "bad_count", 2],
  ])("refuses %j of %s", async (flags, id, code, exit) => {
    const entry = await added(home, "-p", "groq", "-c", "1");
    expect(await refusal(RecordsEdit, [id ?? entry.id, ...flags], home)).toMatchObject({ code, exit });
    expect((await recorded(home)).records).toEqual([entry]);
  });
});

describe("an id that is empty, as of a variable that is not set", () => {
  it.each([
    ["record", RecordsShow, []],
    ["record", RecordsRemove, ["--yes"]],
    ["import", ImportsShow, []],
    ["import", ImportsUndo, []],
  ] as const)("is refused before anything is opened: %s", async (what, command, flags) => {
    expect(await refusal(command, ["", ...flags], home)).toMatchObject({
      exit: 2,
      message: `The id of the ${what} is empty.`,
      hint: `See them with: aicost ${what}s`,
    });
    expect(existsSync(home.dataDir)).toBe(false);
  });
});

describe("aicost records remove", () => {
  it("removes what was confirmed with --yes, and answers with it", async () => {
    const [first, second, third] = [
      await added(home, "-p", "groq", "-c", "1"),
      await added(home, "-p", "groq", "-c", "2"),
      await added(home, "-p", "groq", "-c", "4"),
    ];
    const removed = await answer(RecordsRemove, [first.id.slice(0, 10), second.id, "--yes"], home);
    expect(removed).toEqual({ removed: [first, second] });
    expect(await totalCost(home)).toBe("4");
    const outcome = await runCommand(RecordsRemove, [third.id, "-y"], home);
    expect(outcome).toEqual({ stdout: "Removed one record.\n", stderr: "", exit: 0 });
    expect((await recorded(home)).total).toBe(0);
  });

  it("removes one that is named twice once", async () => {
    const entry = await added(home, "-p", "groq", "-c", "1");
    expect(await answer(RecordsRemove, [entry.id, entry.id.slice(0, 9), "--yes"], home)).toEqual({
      removed: [entry],
    });
    expect((await recorded(home)).total).toBe(0);
  });

  it("asks for --yes where nobody can answer, and removes nothing", async () => {
    const entry = await added(home, "-p", "groq", "-c", "1");
    expect(await refusal(RecordsRemove, [entry.id], home)).toEqual({
      exit: 2,
      code: "not_confirmed",
      message: "Remove this record? Not a terminal, so aicost cannot ask.",
      hint: "Pass --yes to confirm.",
    });
    expect(await refusal(RecordsRemove, [entry.id, "zzz", "--yes"], home)).toMatchObject({
      exit: 4,
      code: "record_not_found",
    });
    expect((await recorded(home)).records).toEqual([entry]);
  });
});
