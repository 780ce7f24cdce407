import { describe, expect, it } from "vitest";
import Add from "../../src/commands/add.js";
import RecordsEdit from "../../src/commands/records/edit.js";
import Report from "../../src/commands/report.js";
import Today from "../../src/commands/today.js";
import type { StoredRecord } from "../../src/lib/api.js";
import { plain, sum } from "../../src/lib/money.js";
import { CHARGE_KINDS, KIND_NAMES } from "../../src/lib/record/kinds.js";
import { GROUP_NAMES } from "../../src/lib/reports/groups.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported, recorded, reported } from "./answers.js";

keepDatabasesOpen();

const edited = async (home: Home, ...argv: string[]): Promise<StoredRecord> =>
  (await answer<{ record: StoredRecord }>(RecordsEdit, argv, home)).record;

/** A charge of each kind on 2026-11-02, with amounts that tell them apart. */
const oneOfEach = async (): Promise<Home> => {
  const home = newHome();
  for (const [at, kind] of KIND_NAMES.entries())
    await added(home, "-p", "openrouter", "-c", String(10 ** at), "-d", "2026-11-02", "--kind", kind);
  return home;
};

describe("kinds of charge", () => {
  it("are kept apart, and a top-up is not a cost", async () => {
    const home = await oneOfEach();
    const { totals } = await reported(home);
    expect(totals).toMatchObject({
      cost_usd: "-889889",
      usage_usd: "1",
      extra_usage_usd: "10",
      subscription_usd: "100",
      topup_usd: "1000",
      fee_usd: "10000",
      tax_usd: "100000",
      credit_usd: "-1000000",
      record_count: 7,
    });
    const { records } = await recorded(home);
    expect(records.map(({ kind }) => kind).sort()).toEqual([...CHARGE_KINDS].sort());
    expect(records.find(({ kind }) => kind === "top_up")).toMatchObject({ cost_usd: "0", topup_usd: "1000" });
  });

  it("come to the total in every grouping", async () => {
    const home = await oneOfEach();
    for (const by of GROUP_NAMES) {
      const { totals, rows, without_hour } = await reported(home, "--by", by);
      expect(plain(sum(rows.map(({ cost_usd }) => cost_usd)))).toBe(totals.cost_usd);
      const topups = rows.map(({ topup_usd }) => topup_usd);
      expect(plain(sum([...topups, without_hour?.topup_usd ?? "0"]))).toBe("1000");
    }
    const { rows } = await reported(home, "--by", "kind");
    expect(Object.fromEntries(rows.map(({ kind, cost_usd }) => [kind, cost_usd]))).toEqual({
      usage: "1",
      extra_usage: "10",
      subscription: "100",
      top_up: "0",
      fee: "10000",
      tax: "100000",
      credit: "-1000000",
    });
  });

  it("are chosen by --kind, and plans left out by --no-subscriptions", async () => {
    const home = await oneOfEach();
    const costOf = async (...argv: string[]) => (await reported(home, ...argv)).totals.cost_usd;
    expect(await costOf("--kind", "fee", "--kind", "extra-usage")).toBe("10010");
    expect(await costOf("--no-subscriptions")).toBe("-889989");
    expect(await recorded(home, "--kind", "top-up")).toMatchObject({
      total: 1,
      records: [{ kind: "top_up" }],
    });
    expect((await refusal(Report, ["--kind", "gift"], home)).message).toContain("gift");
  });

  it("have their names in a report, which says what the total is made of", async () => {
    const home = newHome();
    await added(home, "-p", "chatgpt", "-c", "20", "-d", "2026-10-02", "--subscription");
    await added(home, "-p", "cursor", "-c", "12.4", "-d", "2026-10-03", "--kind", "extra-usage");
    await added(home, "-p", "openai", "-c", "1", "-d", "2026-10-03", "--estimated");
    await added(home, "-p", "openrouter", "-c", "25", "-d", "2026-10-04", "--kind", "top-up");
    const { stdout } = await runCommand(Report, ["-r", "2026-10", "--by", "kind"], home);
    expect(stdout).toContain(
      "October 2026   ~$33.40  =  $20.00 plans + $12.40 extra usage + $1.00 estimated",
    );
    expect(stdout).toMatch(/^extra usage +\$12\.40/m);
    expect(stdout).toMatch(/^Top-ups +\$25\.00 +credit bought ahead, not in the total$/m);
    const list = await runCommand(Report, ["-r", "2026-10", "--chart"], home);
    expect(list.stdout).toContain("Highest: ~$13.40 (2026-10-03). Not drawn: $20.00 plans.");
  });

  it("say what a pace goes on with: not a fee, nor tax, nor money given back", async () => {
    const home = newHome();
    const date = new Date().toISOString().slice(0, 10);
    const first = `${date.slice(0, 7)}-01`;
    for (const [kind, cost] of [
      ["subscription", "20"],
      ["fee", "3"],
      ["tax", "2"],
      ["credit", "5"],
    ] as const)
      await added(home, "-p", "openai", "-c", cost, "-d", first, "--kind", kind);
    expect(await answer(Today, [], home)).toMatchObject({ pace_usd: null });
    // A file that tells of the days.
    const file = fileIn(home, "days.csv", `Day,Price\n${first},0\n`);
    await imported(home, file, "--map", "date=Day,cost=Price", "--provider", "groq");
    expect(await answer(Today, [], home)).toMatchObject({ pace_usd: "20" });
  });
});

describe("aicost add", () => {
  it("takes money given back with and without a minus, and knows it by the minus", async () => {
    const home = newHome();
    const credit = { kind: "credit", cost_usd: "-5" };
    expect(await added(home, "-p", "groq", "-c", "5", "--kind", "credit")).toMatchObject(credit);
    expect(await added(home, "-p", "groq", "-c", "-5", "--kind", "credit")).toMatchObject(credit);
    expect(await added(home, "-p", "groq", "-c", "-5")).toMatchObject(credit);
    expect(await added(home, "-p", "groq", "-c", "-5", "--kind", "usage")).toMatchObject({ kind: "usage" });
  });

  it.each([
    [["-c", "5", "--estimated", "--kind", "subscription"], "bad_kind"],
    [["--requests", "5", "--kind", "top-up"], "bad_kind"],
    [["-c", "5", "--kind", "fee", "--subscription"], "usage"],
  ])("refuses %j", async (argv, code) => {
    expect(await refusal(Add, ["-p", "groq", ...argv], newHome())).toMatchObject({ code });
  });
});

describe("aicost records edit", () => {
  it("makes a top-up of a charge, gives it another amount, and makes a charge of it again", async () => {
    const home = newHome();
    const { id } = await added(home, "-p", "groq", "-c", "20");
    const costs = async (...argv: string[]) => {
      const { kind, cost_usd, topup_usd } = await edited(home, id, ...argv);
      return [kind, cost_usd, topup_usd];
    };
    expect(await costs("--kind", "top-up")).toEqual(["top_up", "0", "20"]);
    expect(await costs("--cost", "30")).toEqual(["top_up", "0", "30"]);
    expect(await costs("--kind", "credit")).toEqual(["credit", "-30", null]);
    expect(await costs("--kind", "fee")).toEqual(["fee", "30", null]);
    expect(await costs("--kind", "top-up", "--cost", "7")).toEqual(["top_up", "0", "7"]);
    expect(await costs("--kind", "usage")).toEqual(["usage", "7", null]);
    expect(await costs("--kind", "top-up")).toEqual(["top_up", "0", "7"]);
    expect(await costs("--estimated")).toEqual(["usage", "0", null]);
  });
});
