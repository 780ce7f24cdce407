import { afterEach, describe, expect, it, vi } from "vitest";
import Add from "../../src/commands/add.js";
import Credits from "../../src/commands/credits/index.js";
import CreditsAdd from "../../src/commands/credits/add.js";
import CreditsRemove from "../../src/commands/credits/remove.js";
import Export from "../../src/commands/export.js";
import CreditsSet from "../../src/commands/credits/set.js";
import Import from "../../src/commands/import.js";
import ImportsUndo from "../../src/commands/imports/undo.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import RatesSet from "../../src/commands/rates/set.js";
import Report from "../../src/commands/report.js";
import UpcomingCommand from "../../src/commands/upcoming.js";
import type { Credits as Found, ListedCredit } from "../../src/lib/credits/look.js";
import { daysBetween } from "../../src/lib/dates/days.js";
import type { Upcoming } from "../../src/lib/subscriptions/upcoming.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import type { StoredRecord } from "../../src/lib/api.js";
import { answer, type Home, newHome, refusal, runCommand, sample, steady } from "../support/cli.js";
import { keepDatabasesOpen, openHome } from "../support/open-database.js";
import { added, recorded, reported } from "./answers.js";

keepDatabasesOpen();
afterEach(() => void vi.useRealTimers());

const at = (moment: string): void => void vi.useFakeTimers({ toFake: ["Date"], now: new Date(moment) });

interface AddedCredit {
  record: StoredRecord | null;
  fee: StoredRecord | null;
  credit: ListedCredit | null;
}
const bought = (home: Home, ...argv: string[]) => answer<AddedCredit>(CreditsAdd, argv, home);
const listed = (home: Home, ...argv: string[]) => answer<Found>(Credits, argv, home);
const balances = async (home: Home) =>
  (await listed(home)).credits.map(({ provider, balance_usd }) => [provider, balance_usd]);
const used = (home: Home, provider: string, cost: string, date: string) =>
  added(home, "--provider", provider, "--cost", cost, "--date", date);

describe("aicost credits", () => {
  it("shows what is left, how long it lasts, and what expires", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    await used(home, "openai", "12", "2026-11-01");
    await used(home, "openai", "3", "2026-11-21");
    expect((await listed(home)).credits).toEqual([]);
    const first = await bought(home, "openai", "50", "--date", "2026-11-20", "--expires", "2026-12-31");
    expect(first).toMatchObject({
      record: { kind: "top_up", topup_usd: "50", metadata: { expires_on: "2026-12-31" } },
      fee: null,
      credit: { balance_usd: "47" },
    });
    // $15 in 30 days are half a dollar a day: until the end of the year $27.50 of it are left.
    expect((await listed(home)).credits).toEqual([
      {
        ...{ provider: "openai", since: "2026-11-20", balance_usd: "47" },
        ...{ added_usd: "50", used_usd: "3", lapsed_usd: "0", usd_per_day: "0.5", over_days: 30 },
        over: "calendar",
        runs_out_on: "2027-01-01",
        will_lapse: [{ on: "2027-01-01", usd: "27.5" }],
        lots: [
          {
            id: first.record?.id,
            kind: "top_up",
            since: "2026-11-20",
            left_usd: "47",
            expires_on: "2026-12-31",
          },
        ],
        checked: null,
      },
    ]);
    at("2027-01-01T00:00:00Z");
    expect((await listed(home)).credits).toMatchObject([
      { balance_usd: "0", lapsed_usd: "47", usd_per_day: null, lots: [] },
    ]);
  });

  it("takes top-ups of add and of files as entries, and undoes them", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    const topUp = await added(
      home,
      "--provider",
      "openai",
      "--cost",
      "10",
      "--kind",
      "top-up",
      "--date",
      "2026-11-02",
    );
    expect(topUp).toMatchObject({ topup_usd: "10" });
    const { imports } = await answer<{ imports: { id: string }[] }>(
      Import,
      [sample("focus_1_0_vendor.csv")],
      home,
    );
    const [file] = (await recorded(home, "--kind", "top-up")).records.filter(({ import_id }) => import_id);
    expect((await listed(home, file?.provider ?? "")).entries).toMatchObject([
      { kind: "top_up", usd: file?.topup_usd },
    ]);
    const [credit] = (await listed(home, file?.provider ?? "")).credits;
    expect(credit).toMatchObject({ added_usd: file?.topup_usd });
    expect((await listed(home, "openai")).entries).toMatchObject([{ usd: "10", expires_on: "2027-11-02" }]);
    await answer(ImportsUndo, [imports[0]?.id ?? "", "--yes"], home);
    expect(await balances(home)).toEqual([["openai", "10"]]);
  });

  it("makes a fee of what OpenRouter charges on top, and removes it with the top-up", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    const card = await bought(home, "openrouter", "14.55");
    expect(card.fee).toMatchObject({ kind: "fee", cost_usd: "0.8", timestamp: "2026-11-22T12:00:00Z" });
    expect((await bought(home, "openrouter", "100", "--crypto")).fee).toMatchObject({ cost_usd: "5" });
    expect((await bought(home, "openrouter", "100", "--no-fee")).fee).toBeNull();
    expect((await bought(home, "openrouter", "100", "--fee", "2.5")).fee).toMatchObject({ cost_usd: "2.5" });
    expect((await bought(home, "openai", "100")).fee).toBeNull();
    expect((await recorded(home, "--provider", "openrouter")).total).toBe(7);
    const { removed } = await answer<{ removed: AddedCredit }>(
      CreditsRemove,
      [card.record?.id.slice(0, 8) ?? "", "--yes"],
      home,
    );
    expect(removed).toMatchObject({ record: { id: card.record?.id }, fee: { id: card.fee?.id } });
    expect((await recorded(home, "--provider", "openrouter")).total).toBe(5);
    expect(await balances(home)).toEqual([
      ["openai", "100"],
      ["openrouter", "300"],
    ]);
  });

  it("uses granted credit first, and counts it as nothing that was paid", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    await bought(home, "deepseek", "10");
    await bought(home, "deepseek", "5", "--granted", "--expires", "2026-12-31", "--note", "sorry");
    await used(home, "deepseek", "6", "2026-11-22");
    expect((await listed(home)).credits[0]).toMatchObject({
      balance_usd: "9",
      lots: [{ kind: "top_up", left_usd: "9" }],
    });
    expect((await recorded(home)).total).toBe(2);
  });

  it("moves with an archive, which says so, and says of credit whose last day is over that it expired", async () => {
    at("2026-11-22T12:00:00Z");
    const [home, there] = [newHome(), newHome()];
    const added = await runCommand(
      CreditsAdd,
      ["openai", "20", "--date", "2026-11-10", "--expires", "2026-11-20", "--granted"],
      home,
    );
    expect(added.stdout).toContain("It expired after 2026-11-20.");
    await answer(CreditsSet, ["anthropic", "18"], home);
    const file = `${home.folder}/all.aicost`;
    const exported = await runCommand(Export, ["--output", file], home);
    expect(exported.stdout + exported.stderr).toContain("2 credit entries");
    expect((await runCommand(Import, [file], there)).stdout).toMatch(/credit entries +2 new/);
    expect(await balances(there)).toEqual(await balances(home));
  });

  it("starts again with a balance that is set, at its moment", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    await bought(home, "openai", "50", "--date", "2026-11-22");
    await used(home, "openai", "4", "2026-11-22");
    const { entry, credit } = await answer<{ entry: { id: string }; credit: ListedCredit }>(
      CreditsSet,
      ["openai", "42.10"],
      home,
    );
    // The usage of that day is in it.
    expect(credit).toMatchObject({ balance_usd: "38.1", since: "2026-11-22", used_usd: "4" });
    at("2026-11-22T12:00:01Z");
    expect((await bought(home, "openai", "10")).credit).toMatchObject({ balance_usd: "48.1" });
    const early = await runCommand(CreditsAdd, ["openai", "10", "--date", "2026-11-21"], home);
    expect(early.stdout).toContain("It does not count");
    expect(early.stdout).toContain("Balance: $48.10.");
    await answer(CreditsRemove, [entry.id, "--yes"], home);
    expect(await balances(home)).toEqual([["openai", "66"]]);
    // A balance may be below zero.
    at("2026-11-22T12:00:02Z");
    await answer(CreditsSet, ["openai", "-3"], home);
    expect(await balances(home)).toEqual([["openai", "-7"]]);
  });

  it("starts on the UTC day of the first top-up, in another zone too", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    await answer(PrefsSet, ["timezone", "Asia/Tokyo"], home);
    const call = (moment: string, cost: string) => used(home, "openai", cost, moment);
    // In Tokyo both are on the 21st.
    await call("2026-11-20T20:00:00Z", "1");
    await call("2026-11-21T02:00:00Z", "2");
    await bought(home, "openai", "10", "--date", "2026-11-21T05:00:00Z");
    expect(await balances(home)).toEqual([["openai", "8"]]);
  });

  it("converts other currencies at the rate of the day", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    const euros = ["--currency", "EUR"];
    expect(await refusal(CreditsAdd, ["mistral", "20", ...euros], home)).toMatchObject({
      code: "currency_rate_missing",
    });
    await answer(RatesSet, ["EUR", "1.1"], home);
    const { record } = await bought(home, "mistral", "20", ...euros);
    expect(record).toMatchObject({
      topup_usd: "22",
      metadata: { original: { currency: "EUR", amount: "20" } },
    });
    expect(await balances(home)).toEqual([["mistral", "22"]]);
  });

  it("refuses what cannot be", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    for (const [argv, code] of [
      [["openai", "0"], "bad_amount"],
      [["openai", "much"], "bad_amount"],
      [["nobody", "5"], "provider_unknown"],
      [["openai", "5", "--expires", "soon"], "bad_date"],
      [["openai", "5", "--expires", "2026-11-21"], "bad_date"],
      [["openai", "5", "--date", "2026-13-01"], "bad_date"],
      [["openai", "5", "--fee", "x"], "bad_amount"],
    ] as const)
      expect(await refusal(CreditsAdd, [...argv], home), argv.join(" ")).toMatchObject({ code });
    expect(await refusal(CreditsRemove, ["abcd", "--yes"], home)).toMatchObject({ code: "credit_not_found" });
    expect(await refusal(CreditsRemove, ["", "--yes"], home)).toMatchObject({ code: "usage" });
    expect(await refusal(Credits, ["nobody"], home)).toMatchObject({ code: "provider_unknown" });
    expect((await recorded(home)).total).toBe(0);
  });

  it("is drawn", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    expect((await runCommand(Credits, [], home)).stdout).toContain("aicost credits add openai 50");
    await used(home, "openai", "60", "2026-11-21");
    await bought(home, "openai", "50", "--date", "2026-11-20");
    await bought(home, "openrouter", "20");
    await answer(Add, ["--provider", "anthropic", "--cost", "9", "--date", "2026-11-20"], home);
    await bought(home, "anthropic", "30", "--expires", "2026-12-10", "--date", "2026-11-20");
    const { stdout } = await runCommand(Credits, [], home);
    await expect(stdout).toMatchFileSnapshot("snapshots/credits.txt");
    const { stdout: one } = await runCommand(Credits, ["anthropic"], home);
    await expect(steady(one, home)).toMatchFileSnapshot("snapshots/credits-entries.txt");
  });
});

describe("aicost report --cash", () => {
  const cash = (home: Home, ...argv: string[]) => reported(home, "--cash", ...argv);
  const parts = ({ totals }: SpendReport) => [totals.cost_usd, totals.topup_usd, totals.paid_by_credit_usd];

  it("has top-ups, and no usage that they pay for", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    await used(home, "openai", "4", "2026-11-01");
    await used(home, "openai", "12", "2026-11-06");
    await used(home, "anthropic", "9", "2026-11-06");
    await answer(
      Add,
      ["--provider", "chatgpt", "--cost", "20", "--date", "2026-11-02", "--subscription"],
      home,
    );
    await answer(Add, ["--provider", "openai", "--cost", "-1", "--date", "2026-11-07"], home);
    const before = await cash(home);
    expect(parts(before)).toEqual(["44", "0", "0"]);
    expect(before.warnings.join()).toContain("aicost credits add");
    await bought(home, "openai", "10", "--date", "2026-11-05");
    await bought(home, "openai", "3", "--granted", "--date", "2026-11-06");
    const whole = await cash(home, "--by", "day");
    // 4 before the ledger, 20 for the plan, 9 elsewhere, 10 bought, 1 back. Of the 12, nothing is left to pay.
    expect(parts(whole)).toEqual(["42", "10", "12"]);
    expect(whole.cash).toBe(true);
    expect(whole.warnings.join()).not.toContain("aicost credits add");
    expect(whole.rows.map(({ day, cost_usd }) => [day, cost_usd])).toEqual([
      ["2026-11-01", "4"],
      ["2026-11-02", "20"],
      ["2026-11-05", "10"],
      ["2026-11-06", "9"],
      ["2026-11-07", "-1"],
    ]);
    expect((await reported(home)).totals.cost_usd).toBe("44");
  });

  it("has what goes below zero, until a top-up settles it", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    await bought(home, "openrouter", "10", "--date", "2026-11-05");
    await added(home, "--provider", "openrouter", "--cost", "8", "--date", "2026-11-06", "--model", "a");
    await added(home, "--provider", "openrouter", "--cost", "4", "--date", "2026-11-06", "--model", "b");
    // The fee of 80 cents, and two dollars of twelve, shared out in proportion.
    expect(parts(await cash(home))).toEqual(["12.8", "10", "10"]);
    expect((await cash(home, "--by", "model")).rows.map(({ model, cost_usd }) => [model, cost_usd])).toEqual([
      [null, "10.8"],
      ["a", "1.3333333333"],
      ["b", "0.6666666667"],
    ]);
    await bought(home, "openrouter", "20", "--date", "2026-11-08", "--no-fee");
    expect(parts(await cash(home))).toEqual(["30.8", "30", "12"]);
    expect(parts(await cash(home, "--kind", "top-up"))).toEqual(["30", "30", "0"]);
    const { totals } = await answer<SpendReport>(
      Report,
      ["--cash", "--range", "2026-11-06..2026-11-07"],
      home,
    );
    expect([totals.cost_usd, totals.paid_by_credit_usd]).toEqual(["0", "12"]);
  });

  it("is drawn, in the currency of the user too", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    await bought(home, "openrouter", "100", "--date", "2026-11-05");
    await used(home, "openrouter", "30", "2026-11-06");
    await used(home, "anthropic", "12", "2026-11-10");
    const range = ["--cash", "--range", "2026-11-01..2026-11-12"];
    const drawn = await runCommand(Report, [...range, "--chart"], home);
    await expect(drawn.stdout).toMatchFileSnapshot("snapshots/report-cash.txt");
    expect((await runCommand(Report, [...range, "--format", "csv"], home)).stdout).toMatch(
      /cost_usd.*paid_by_credit_usd/,
    );
    await answer(RatesSet, ["EUR", "2"], home);
    await answer(PrefsSet, ["currency", "EUR"], home);
    const { stdout } = await runCommand(Report, [...range, "--by", "provider"], home);
    expect(stdout).toMatch(/Paid by credit +€15\.00/);
    expect((await reported(home, "--cash")).totals).toMatchObject({
      cost: "58.75",
      paid_by_credit_usd: "30",
    });
  });

  it("refuses columns about usage, and sources", async () => {
    const home = newHome();
    expect(await refusal(Report, ["--cash", "--columns", "cost,per-mtok"], home)).toMatchObject({
      code: "cash_columns",
    });
    expect(await refusal(Report, ["--cash", "--sources"], home)).toMatchObject({ code: "usage" });
  });
});

describe("aicost upcoming with prepaid credit", () => {
  const coming = (home: Home, ...argv: string[]) => answer<Upcoming>(UpcomingCommand, argv, home);
  const rows = ({ upcoming }: Upcoming) =>
    upcoming
      .filter(({ kind }) => kind !== "usage")
      .map((row) => [row.date, row.kind, "usd" in row ? row.usd : undefined]);

  /** A dollar and a half on each of the days ahead. */
  const forecast = async (home: Home): Promise<void> => {
    const store = await openHome(home);
    await store.call("save_forecasts", {
      forecasts: [
        {
          ...{
            provider: null,
            model_name: null,
            model_version: "test",
            confidence_score: "0.5",
            metadata: {},
          },
          training_data_start: "2026-10-01",
          training_data_end: "2026-11-21",
          training_record_count: 30,
          days: daysBetween("2026-11-22", "2027-01-22").map(
            (day) => [day, "1.5", "1", "2", "1", "2"] as const,
          ),
        },
      ],
    });
    await store.close();
  };

  it("has top-ups that will be needed, credit that expires, and what leaves the account", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    // A dollar a day.
    await used(home, "openrouter", "30", "2026-11-21");
    await bought(home, "openrouter", "20", "--date", "2026-11-22");
    await bought(home, "openai", "5", "--date", "2026-11-22", "--expires", "2026-12-05");
    await bought(home, "deepseek", "8", "--date", "2026-12-01");
    await answer(CreditsSet, ["anthropic", "-2"], home);
    const first = await coming(home);
    expect(rows(first)).toEqual([
      ["2026-12-01", "top_up", "8"],
      ["2026-12-05", "expiry", "5"],
      ["2026-12-13", "top_up", "20"],
    ]);
    expect(first.upcoming.at(-1)).toMatchObject({ provider: "openrouter", fee_usd: "1.1", expected: true });
    expect(first.totals).toMatchObject({
      ...{
        topups_usd: "29.1",
        expiring_usd: "5",
        usage_usd: null,
        paid_by_credit_usd: null,
        cash_usd: "29.1",
      },
    });
    await forecast(home);
    const { totals } = await coming(home);
    // Of $45 that are expected in 30 days, $30 are OpenRouter's, which credit pays for.
    expect(totals).toMatchObject({
      usage_usd: "45",
      paid_by_credit_usd: "30",
      total_usd: "45",
      cash_usd: "44.1",
    });
    const { stdout } = await runCommand(UpcomingCommand, ["--days", "21"], home);
    await expect(stdout).toMatchFileSnapshot("snapshots/upcoming-credit.txt");
  });

  it("does not make up how much is bought", async () => {
    at("2026-11-22T12:00:00Z");
    const home = newHome();
    await used(home, "openai", "30", "2026-11-21");
    await answer(CreditsSet, ["openai", "3", "--date", "2026-11-22"], home);
    const found = await coming(home);
    expect(rows(found)).toEqual([["2026-11-26", "top_up", null]]);
    expect(found.totals).toMatchObject({ topups_usd: "0", unknown_topups: 1, cash_usd: "0" });
    expect((await runCommand(UpcomingCommand, [], home)).stdout).toContain("top-ups of an unknown amount");
  });
});
