import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import ImportsUndo from "../../src/commands/imports/undo.js";
import TagsAdd from "../../src/commands/tags/add.js";
import { plain, sum } from "../../src/lib/money.js";
import { sumSpend } from "../../src/lib/reports/sum.js";
import { answer, newHome, ROOT, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { imported, recorded, reported } from "./answers.js";

/** Reckoned apart from this program. */
interface Expected {
  rows_in_file: number;
  rows: number;
  cost_usd: string | null;
  /** What was priced, not charged. */
  estimated_usd?: string;
  /** Credit that was bought ahead. */
  topup_usd?: string;
  input_tokens: number | null;
  cached_tokens: number | null;
  cache_write_tokens: number | null;
  output_tokens: number | null;
  requests: number | null;
  total_tokens_unsplit?: number;
  skipped?: Record<string, number>;
  rejected?: number;
}

const expected = Object.entries(
  JSON.parse(readFileSync(sample("expected.json"), "utf8")) as Record<string, Expected>,
);

/** A count that nothing states is null in a report, where the reckoning has 0 rows or no column. */
const counts = ({ rows, ...want }: Expected) => ({
  input_tokens: rows === 0 ? null : want.input_tokens,
  output_tokens: rows === 0 ? null : want.output_tokens,
  cache_read_tokens: rows === 0 ? null : want.cached_tokens,
  cache_write_tokens: rows === 0 ? null : want.cache_write_tokens,
  request_count: rows === 0 ? null : want.requests,
  record_count: rows,
});

const GROUPINGS = [
  ["provider", "model,method", "kind", "model-id"],
  ["account", "project", "key", "tag", "hour", "key,account", "month,project", "hour,key", "tag,weekday"],
].flat();

/** What the totals were reckoned with. */
const RATES = ["--rate", "CNY=0.14", "--rate", "EUR=1.08"];

keepDatabasesOpen();

describe.each(expected)("%s, imported and reported", (name, want) => {
  it("has the totals that were reckoned apart from this program, however it is grouped", async () => {
    const home = newHome();
    const files = await imported(home, sample(name), "--on-error", "skip", ...RATES);
    const skipped = Object.values(want.skipped ?? {}).reduce((total, count) => total + count, 0);
    expect(files).toMatchObject([
      {
        rows: want.rows_in_file,
        inserted: want.rows,
        skipped,
        rejected: want.rejected ?? 0,
        cost_usd: want.cost_usd ?? "0",
      },
    ]);
    // What aicost's own price lists make of tokens is not in the file.
    const { records } = await recorded(home);
    const priced = records.filter(({ metadata }) => metadata.price !== undefined);
    const estimated_usd = plain(
      sum([want.estimated_usd ?? "0", ...priced.map(({ estimated_cost_usd }) => estimated_cost_usd ?? "")]),
    );
    await answer(TagsAdd, ["half", "--project", "*a*", "--key", "*e*"], home);
    for (const by of GROUPINGS) {
      const { totals: shown, rows, without_hour } = await reported(home, "--by", by);
      expect(sumSpend(rows)).toEqual(shown);
      if (!by.includes("hour")) expect(without_hour).toBeUndefined();
      const totals = without_hour === undefined ? shown : sumSpend([shown, without_hour]);
      expect(totals).toMatchObject({
        cost_usd: plain(sum([want.cost_usd ?? "0", estimated_usd])),
        estimated_usd,
        topup_usd: want.topup_usd ?? "0",
        ...counts(want),
      });
      const { usage_usd, extra_usage_usd, subscription_usd, fee_usd, tax_usd, credit_usd } = totals;
      const charged = [usage_usd, extra_usage_usd, subscription_usd, fee_usd, tax_usd, credit_usd];
      expect(plain(sum([...charged, totals.estimated_usd]))).toBe(totals.cost_usd);
    }
  });

  it("changes nothing when it is imported again, and leaves nothing when it is undone", async () => {
    const home = newHome();
    const [first] = await imported(home, sample(name), "--on-error", "skip", ...RATES);
    const before = await reported(home);
    const [again] = await imported(home, sample(name), "--on-error", "skip", ...RATES);
    expect(again).toMatchObject({ id: null, inserted: 0, updated: 0, unchanged: want.rows });
    expect(await reported(home)).toEqual(before);
    if (first?.id) await answer(ImportsUndo, [first.id, "--yes"], home);
    expect((await recorded(home)).total).toBe(0);
  });
});

describe("a file that is imported twice", () => {
  it("counts once, with both of two rows that share every key column", async () => {
    const home = newHome();
    const file = sample("anthropic_cost_2026_08.csv");
    const first = await imported(home, file);
    const second = await imported(home, file);
    expect(first).toMatchObject([{ inserted: 12, unchanged: 0 }]);
    expect(second).toMatchObject([{ id: null, inserted: 0, updated: 0, unchanged: 12 }]);
    expect((await reported(home)).totals).toMatchObject({ cost_usd: "1235.5", record_count: 12 });
  });
});

describe("two rows of a file that are the same to the byte", () => {
  it("are two charges", async () => {
    const home = newHome();
    const file = sample("cursor_usage_events_2026_09.csv");
    const lines = readFileSync(file, "utf8").trim().split(/\r?\n/);
    expect(new Set(lines).size).toBe(lines.length - 1);
    await imported(home, file, file);
    await imported(home, file);
    expect((await reported(home)).totals).toMatchObject({ cost_usd: "1020.22", record_count: 10 });
  });
});

describe.each([
  [["anthropic_cost_2026_08.csv", "anthropic_usage_daily.csv"]],
  [["anthropic_usage_daily.csv", "anthropic_cost_2026_08.csv"]],
])("a cost and a usage file of one provider, in the order %j", (names) => {
  it("have the dollars of the one and the tokens of the other", async () => {
    const home = newHome();
    for (const name of names) await imported(home, sample(name));
    const { totals } = await reported(home, "--by", "provider");
    expect(totals).toMatchObject({
      cost_usd: "1235.5",
      estimated_usd: "0",
      input_tokens: 281836805,
      output_tokens: 225742,
    });
  });
});

describe("the example exports", () => {
  it("can be imported all at once and reported", async () => {
    const home = newHome();
    await imported(home, path.join(ROOT, "examples"));
    const { totals, rows } = await reported(home, "--by", "provider");
    expect(rows.map((row) => row.provider).sort()).toEqual(["anthropic", "cursor", "openai", "openrouter"]);
    expect(plain(sum(rows.map((row) => row.cost_usd)))).toBe(totals.cost_usd);
  });
});
