import { describe, expect, it } from "vitest";
import type { ImportResult } from "../../src/lib/store/read-model/known-files.js";
import type { RejectedCell } from "../../src/lib/imports/result.js";
import { importReceipt, rejectsList } from "../../src/lib/render/import-receipt.js";
import { importDays, importDetail, importTable } from "../../src/lib/render/import-table.js";
import { importWarnings, type Noted } from "../../src/lib/render/import-warnings.js";
import { exportList, preferencesTable, providerTable } from "../../src/lib/render/list-tables.js";
import { recordDetail, recordTable } from "../../src/lib/render/record-table.js";
import { textWidth } from "../../src/lib/render/text.js";
import type { Import, StoredRecord } from "../../src/lib/api.js";
import { NARROW, WIDE } from "./screens.js";

const snapshot = (name: string): string => `snapshots/${name}.txt`;

const record = (changes: Partial<StoredRecord>): StoredRecord => ({
  id: "0b6f1c9e-5d1c-5c3e-8a0e-2f1d3b5a7c9e",
  provider: "openai",
  timestamp: "2026-11-05T23:30:12Z",
  granularity: "event",
  kind: "usage",
  model_name: "gpt-5",
  cost_usd: "0.000171",
  estimated_cost_usd: null,
  topup_usd: null,
  tokens_used: 1_234_567,
  input_tokens: 1_230_000,
  output_tokens: 4_567,
  cache_read_tokens: 400_000,
  cache_write_tokens: null,
  request_count: 3,
  collection_method: "csv_import",
  import_id: "3f2a9c1d-0000-4000-8000-000000000000",
  account: null,
  project: null,
  api_key: null,
  agent: null,
  session: null,
  metadata: { cost_basis: "billed" },
  ...changes,
});

const records = [
  record({}),
  record({ id: "1b6f1c9e", timestamp: "2026-11-05T00:00:00Z", granularity: "day", cost_usd: "1204.5" }),
  record({
    id: "2b6f1c9e",
    timestamp: "2026-11-01T00:00:00Z",
    granularity: "month",
    kind: "subscription",
    provider: "claude-desktop",
    model_name: null,
    cost_usd: "20",
    tokens_used: null,
    collection_method: "manual_entry",
    metadata: { cost_basis: "billed" },
  }),
  record({
    id: "3b6f1c9e",
    provider: "anthropic",
    model_name: "claude-sonnet-4-5-20250929",
    cost_usd: "0",
    estimated_cost_usd: "3.21",
    collection_method: "api_automated",
    metadata: { cost_basis: "estimated" },
  }),
  record({
    id: "4b6f1c9e",
    provider: "cursor",
    model_name: "auto",
    cost_usd: "0",
    estimated_cost_usd: "1.5",
    metadata: { cost_basis: "included" },
  }),
  record({ id: "5b6f1c9e", provider: "deepseek", cost_usd: "0", metadata: { cost_basis: "none" } }),
];

describe("recordTable and recordDetail", () => {
  it.each([
    ["80", NARROW],
    ["120", WIDE],
  ])("look like this, %s columns wide", async (width, screen) => {
    await expect(recordTable(records, "Europe/Berlin", screen)).toMatchFileSnapshot(
      snapshot(`records-${width}`),
    );
  });

  it("show a call at its local time, and a bucket on the date that its provider named", () => {
    const dates = (timezone: string) =>
      recordTable(records.slice(0, 3), timezone, NARROW)
        .split("\n")
        .slice(2, 5)
        .map((line) => line.slice(10, 26).trim());
    expect(dates("Pacific/Auckland")).toEqual(["2026-11-06 12:30", "2026-11-05", "2026-11"]);
    expect(dates("America/Los_Angeles")).toEqual(["2026-11-05 15:30", "2026-11-05", "2026-11"]);
  });

  it.each<[string, Partial<StoredRecord>, string]>([
    ["tokens without a price", { metadata: { cost_basis: "none" } }, "no price"],
    ["requests alone", { metadata: { cost_basis: "none" }, tokens_used: null }, "–"],
    ["a charge of nothing", { metadata: { cost_basis: "billed" } }, "$0.00"],
    ["an estimate of nothing", { metadata: { cost_basis: "estimated" }, estimated_cost_usd: "0" }, "$0.00"],
    ["what a plan covers at no stated worth", { metadata: { cost_basis: "included" } }, "included"],
  ])("show %s as what it is", (_, changes, cost) => {
    const detail = recordDetail(record({ cost_usd: "0", ...changes }), "UTC", NARROW);
    expect(/^Cost +(.*)$/m.exec(detail)?.[1]).toBe(cost);
  });

  it("show one record with everything that is known of it", async () => {
    const metadata = {
      cost_basis: "billed" as const,
      note: "line one\nline two \u001b[31mred",
      original: { currency: "CNY", amount: "10", rate: "0.14" },
    };
    const text = recordDetail(record({ metadata }), "Europe/Berlin", NARROW);
    await expect(text).toMatchFileSnapshot(snapshot("record-detail"));
  });
});

const imported: Import = {
  id: "3f2a9c1d-0000-4000-8000-000000000000",
  source_name: "/home/ada/Downloads/openai-cost.csv",
  format: "openai-cost",
  sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  status: "done",
  created_at: "2026-11-06T08:15:30Z",
  undone_at: null,
  row_count: 13,
  inserted: 11,
  updated: 0,
  unchanged: 0,
  covered: 0,
  kept_edits: 0,
  replaced: 4,
  skipped: 2,
  rejected: 0,
  cost_usd: "0.7432",
  first_date: "2026-11-02",
  last_date: "2026-11-05",
  counted_rows: 11,
  counted_usd: "0.7432",
  facts: {},
  account: null,
};

describe("importTable and importDetail", () => {
  const undone: Import = {
    ...imported,
    id: "77aa0000",
    source_name: "-",
    format: "cursor-usage-events",
    status: "undone",
    undone_at: "2026-11-07T09:00:00Z",
    cost_usd: "1235.5",
    row_count: 120_411,
    inserted: 118_000,
    updated: 2_411,
    counted_rows: 0,
    counted_usd: "0",
  };

  it.each([
    ["80", NARROW],
    ["120", WIDE],
  ])("look like this, %s columns wide", async (width, screen) => {
    const text = importTable([imported, undone], "Europe/Berlin", screen);
    await expect(text).toMatchFileSnapshot(snapshot(`imports-${width}`));
  });

  it("show a dash for the cost of a file that names none", () => {
    const usage = { ...imported, cost_usd: "0" };
    expect(importTable([usage], "UTC", NARROW)).not.toContain("$");
    expect(importDetail(usage, "UTC", NARROW)).toMatch(/^Cost +–$/m);
  });

  it("show one import with everything that is known of it", async () => {
    await expect(importDetail(undone, "Europe/Berlin", NARROW)).toMatchFileSnapshot(
      snapshot("import-detail"),
    );
  });
});

const receipt = (changes: Partial<ImportResult> = {}): ImportResult => ({
  id: imported.id,
  source: "Downloads/openai-cost.csv",
  format: "OpenAI cost export",
  format_id: "openai-cost",
  rows: 13,
  inserted: 11,
  updated: 0,
  unchanged: 0,
  covered: 0,
  kept_edits: 0,
  replaced: 0,
  skipped: { "empty bucket": 2 },
  rejected: 0,
  cost_usd: "0.7432",
  counted_usd: "0.7432",
  facts: {},
  tokens: null,
  from: "2026-11-02",
  to: "2026-11-05",
  dry_run: false,
  ignored_columns: [],
  ...changes,
});

describe("importReceipt", () => {
  it("says in two lines what came in, and how to take it back", () => {
    expect(importReceipt(receipt(), WIDE).split("\n")).toEqual([
      "openai-cost.csv   OpenAI cost export   2026-11-02 to 2026-11-05",
      "  11 new, 2 skipped (without usage)   $0.74   undo with: aicost imports undo 3f2a9c1d",
    ]);
  });

  it("never breaks the command that takes it back", () => {
    expect(importReceipt(receipt(), NARROW).split("\n").slice(1)).toEqual([
      "  11 new, 2 skipped (without usage)",
      "  $0.74",
      "  undo with: aicost imports undo 3f2a9c1d",
    ]);
  });

  it("says that nothing was new, without a way to take it back", () => {
    const text = importReceipt(receipt({ id: null, inserted: 0, unchanged: 11, skipped: {} }), NARROW);
    expect(text.split("\n")[1]).toBe("  11 unchanged   $0.74");
  });

  it("says what a dry run would do", () => {
    const text = importReceipt(receipt({ dry_run: true }), NARROW);
    expect(text).toContain("would be 11 new");
    expect(text).toContain("nothing was written");
    expect(text).not.toContain("undo");
  });

  it("says that a file has nothing in it", () => {
    const text = importReceipt(
      receipt({ id: null, source: "-", inserted: 0, skipped: {}, cost_usd: "0", from: null, to: null }),
      NARROW,
    );
    expect(text).toBe("standard input   OpenAI cost export   no records\n  empty");
  });

  it("says all that may happen to rows", async () => {
    const all = receipt({
      inserted: 1_204,
      updated: 17,
      unchanged: 3,
      covered: 12,
      kept_edits: 1,
      replaced: 30,
      skipped: { "empty bucket": 2, "total line": 1 },
      rejected: 4,
      tokens: 88_000_000,
      ignored_columns: ["organization_name", "user\u001b[2Jid"],
    });
    await expect(importReceipt(all, NARROW)).toMatchFileSnapshot(snapshot("import-receipt-80"));
    await expect(importReceipt(all, WIDE)).toMatchFileSnapshot(snapshot("import-receipt-120"));
  });

  it("says what of a file counts, if not all of it does", () => {
    expect(importReceipt(receipt({ counted_usd: "0.5" }), WIDE)).toContain("$0.74, of which $0.50 counts");
    expect(importReceipt(receipt({ counted_usd: null }), WIDE)).not.toContain("of which");
  });

  it("says what a file estimates and what it buys ahead, apart from what it charges", () => {
    const text = importReceipt(
      receipt({ cost_usd: "0", counted_usd: "0", estimated_usd: "3.5", topup_usd: "25" }),
      WIDE,
    );
    expect(text).toContain("11 new, 2 skipped (without usage)   ~$3.50 estimated   $25.00 topped up   undo");
  });
});

describe("importWarnings", () => {
  const noted = (changes: Partial<Noted>): Noted => ({
    id: imported.id,
    covered: 0,
    kept_edits: 0,
    replaced: 0,
    facts: {},
    ...changes,
  });
  const largest = { model: "o9", date: "2026-11-01", usd: "100" };

  it("say nothing of an import that changes nothing else", () => {
    expect(importWarnings(noted({}))).toEqual([]);
  });

  it("name charges that a file lacks and that still count, with both ways out", () => {
    const missing = { rows: 1, usd: "100", largest, stay: true };
    const [what, ways] = importWarnings(noted({ facts: { missing, lower: { days: 1, usd: "100" } } }));
    expect(what).toBe(
      "1 charge of these days ($100.00) is not in this file, and still counts; $100.00 for o9 on 2026-11-01",
    );
    expect(ways).toMatch(/^to keep it so, do nothing; .* --replace; .* --account NAME$/);
  });

  it("name charges that no longer count, once, and how to get them back", () => {
    const missing = { rows: 3, usd: "105", largest: { ...largest, model: null }, stay: false };
    expect(importWarnings(noted({ replaced: 5, facts: { missing } }))).toEqual([
      "2 records of other imports of these days no longer count",
      "3 charges of these days ($105.00) are not in this file, and no longer count; the largest: $100.00 on 2026-11-01; to keep them: aicost imports undo 3f2a9c1d",
    ]);
  });

  it("name days that are lower, what shows the money already, and imports that changed hands", () => {
    const facts = {
      lower: { days: 2, usd: "1.5" },
      covered_by: ["a/1.csv", "2.csv", "3.csv", "-", "5.csv"],
      rebound: { imports: 2 },
    };
    expect(importWarnings(noted({ covered: 7, kept_edits: 1, facts })).slice(0, -1)).toEqual([
      "2 days show $1.50 less than already counts, which stays",
      "7 rows left out: 1.csv, 2.csv, 3.csv and 2 more already show these days",
      "2 earlier imports that do not say whose they are count for another account now",
      "1 row left out: edited by hand, and kept",
    ]);
  });
});

describe("importDays", () => {
  it("say of each day what counts, and what counts instead", async () => {
    const on = (day: string) => ({ day, last_day: day });
    const day = { account: null, project: null, ...on("2026-11-01"), rows: 2, cost_usd: "5" };
    const hidden_by = [{ id: imported.id, source_name: "a/v1.csv" }];
    const text = importDays(
      [
        { ...day, counted_rows: 2, counted_usd: "5", hidden_by: [] },
        { ...day, ...on("2026-11-02"), account: "org-A", counted_rows: 0, counted_usd: "0", hidden_by },
      ],
      NARROW,
    );
    await expect(text).toMatchFileSnapshot(snapshot("import-days"));
  });
});

describe("rejectsList", () => {
  const rejects = Array.from({ length: 23 }, (_, i): RejectedCell => ({
    source: "Downloads/openai-cost.csv",
    line: i + 2,
    column: i === 3 ? "" : "amount_value",
    value: ["abc", "", "1,23", ""][i % 4] ?? "",
    reason: i === 3 ? "has 7 cells where the header has 6" : "is not an amount",
  }));

  it("shows the first twenty rows, where each is and why, and how many more there are", async () => {
    const text = rejectsList(rejects, rejects.length, NARROW);
    await expect(text).toMatchFileSnapshot(snapshot("rejects-80"));
    expect(text.split("\n")).toHaveLength(21);
    expect(text.endsWith("… and 3 more rows")).toBe(true);
    expect(rejectsList(rejects.slice(0, 20), 20, NARROW)).not.toContain("more");
  });

  it("shows the ends of a cell of a million characters", () => {
    const cell = { source: "a.csv", line: 2, column: "cost", value: "9".repeat(1_000_000), reason: "is bad" };
    expect(rejectsList([cell], 1, NARROW)).toMatch(/cost: “9+…9+” is bad$/);
  });

  it("cuts what is too long", () => {
    const long = {
      source: "x".repeat(90),
      line: 2,
      column: "c".repeat(90),
      value: "古".repeat(90),
      reason: "is bad ".repeat(30),
    };
    expect(
      rejectsList([long], 1, NARROW)
        .split("\n")
        .every((line) => textWidth(line) <= 80),
    ).toBe(true);
  });
});

describe("preferencesTable, providerTable and exportList", () => {
  it("look like this", async () => {
    const preferences = preferencesTable(
      {
        currency: "USD",
        timezone: "Europe/Berlin",
        theme: "system",
        default_date_range: "30d",
        email_notifications: false,
        forecast_enabled: true,
        metadata: { update_rates: true },
      },
      NARROW,
    );
    await expect(preferences).toMatchFileSnapshot(snapshot("preferences-80"));
    const providers = providerTable(
      [
        { name: "openai", display_name: "OpenAI", formats: ["openai-cost", "openai-usage"], collects: true },
        { name: "mistral", display_name: "Mistral", formats: [], collects: false },
      ],
      NARROW,
    );
    const formats = exportList(
      [
        [
          "openai",
          [
            { id: "openai-cost", title: "OpenAI cost export", where: "platform.openai.com, Usage: Export" },
            { id: "openai-usage", title: "OpenAI usage export", where: "platform.openai.com, Usage: Export" },
          ],
        ],
        [
          "any provider",
          [
            {
              id: "focus",
              title: "FOCUS cost and usage",
              where: `any vendor that ${"exports ".repeat(12)}it`,
            },
          ],
        ],
      ],
      NARROW,
    );
    await expect(`${providers}\n\n${formats}`).toMatchFileSnapshot(snapshot("providers-80"));
  });
});
