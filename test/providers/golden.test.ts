import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCsv, readCsv, type RowResult } from "../../src/lib/csv/reader.js";
import { plain, sum } from "../../src/lib/money.js";
import { formats } from "../../src/lib/providers/index.js";
import type { CostRecord } from "../../src/lib/record.js";

const SAMPLES = join(import.meta.dirname, "../samples");
const NOW = new Date("2026-11-22T12:00:00Z");

interface Expected {
  rows_in_file: number;
  rows: number;
  skipped?: Record<string, number>;
  rejected?: number;
  cost_usd: string | null;
  input_tokens: number | null;
  uncached_input_tokens: number | null;
  cached_tokens: number | null;
  cache_write_tokens: number | null;
  output_tokens: number | null;
  requests: number | null;
  total_tokens_unsplit?: number;
}

const expected = JSON.parse(readFileSync(join(SAMPLES, "expected.json"), "utf8")) as Record<string, Expected>;
const samples = readdirSync(SAMPLES).filter((name) => name.endsWith(".csv"));

const readSample = async (name: string) => {
  const file = await openCsv({ path: join(SAMPLES, name), name }, { formats });
  const results: RowResult[] = [];
  for await (const result of readCsv(file, { rates: {}, now: NOW })) results.push(result);
  return { file, results };
};

const recordsOf = (results: RowResult[]): CostRecord[] =>
  results.flatMap((result) => (result.kind === "record" ? [result.record] : []));

const total = (counts: (number | null | undefined)[]): number =>
  counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);

const skips = (results: RowResult[]): Record<string, number> => {
  const reasons: Record<string, number> = {};
  for (const result of results) {
    if (result.kind !== "skip") continue;
    const reason = result.reason.replaceAll(" ", "_");
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  }
  return reasons;
};

describe("each sample", () => {
  it("has its totals in expected.json", () => {
    expect(Object.keys(expected).sort()).toEqual(samples.sort());
  });

  it.each(samples)("%s gives its golden records", async (name) => {
    const { file, results } = await readSample(name);
    const { path: _, format, ...head } = file;
    const golden = { format: format.id, ...head, results };
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot(
      join(SAMPLES, name.replace(/\.csv$/, ".records.json")),
    );
  });

  it.each(samples)("%s adds up to the totals that were reckoned apart from this program", async (name) => {
    const { results } = await readSample(name);
    const records = recordsOf(results);
    const want = expected[name];
    expect({
      rows_in_file: results.length,
      rows: records.length,
      skipped: skips(results),
      rejected: results.filter(({ kind }) => kind === "reject").length,
      cost_usd: plain(sum(records.map((record) => record.cost_usd))),
      input_tokens: total(records.map((record) => record.input_tokens)),
      cached_tokens: total(records.map((record) => record.cache_read_tokens)),
      cache_write_tokens: total(records.map((record) => record.cache_write_tokens)),
      uncached_input_tokens: total(
        records.map((r) => total([r.input_tokens]) - total([r.cache_read_tokens, r.cache_write_tokens])),
      ),
      output_tokens: total(records.map((record) => record.output_tokens)),
      requests: total(records.map((record) => record.request_count)),
      tokens: total(records.map((record) => record.tokens_used)),
    }).toEqual({
      rows_in_file: want?.rows_in_file,
      rows: want?.rows,
      skipped: want?.skipped ?? {},
      rejected: want?.rejected ?? 0,
      cost_usd: want?.cost_usd ?? "0",
      input_tokens: total([want?.input_tokens]),
      cached_tokens: total([want?.cached_tokens]),
      cache_write_tokens: total([want?.cache_write_tokens]),
      uncached_input_tokens: total([want?.uncached_input_tokens]),
      output_tokens: total([want?.output_tokens]),
      requests: total([want?.requests]),
      tokens: want?.total_tokens_unsplit ?? total([want?.input_tokens, want?.output_tokens]),
    });
  });

  it.each(samples)("%s names no token count that its columns do not state", async (name) => {
    const { results } = await readSample(name);
    const want = expected[name];
    for (const record of recordsOf(results)) {
      if (want?.input_tokens === null) expect(record.input_tokens).toBeNull();
      if (want?.cached_tokens === null) expect(record.cache_read_tokens).toBeNull();
      if (want?.cache_write_tokens === null) expect(record.cache_write_tokens).toBeNull();
      if (want?.output_tokens === null) expect(record.output_tokens).toBeNull();
      if (want?.requests === null) expect(record.request_count).toBeNull();
    }
  });

  it.each(samples)("%s gives the same ids when it is read twice, each row its own", async (name) => {
    const ids = async () => recordsOf((await readSample(name)).results).map(({ id }) => id);
    const first = await ids();
    expect(await ids()).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
  });

  it.each(samples)("%s keeps no e-mail address", async (name) => {
    const { results } = await readSample(name);
    expect(JSON.stringify(recordsOf(results))).not.toMatch(/@|user-Demo/);
  });
});

describe("the same charge in another download", () => {
  const ids = async (name: string) => recordsOf((await readSample(name)).results).map(({ id }) => id);

  it("has the same id in a re-export that holds larger numbers in another order", async () => {
    const [before, after] = [
      await ids("openai_completions_usage_2026.csv"),
      await ids("openai_completions_usage_2026_reexport.csv"),
    ];
    expect(after.toSorted()).toEqual(before.toSorted());
  });
});

describe("how fine a file looks at its series", () => {
  const detail = async (name: string) => (await readSample(name)).file.detail ?? 0;

  it("is more for a cost export by line item than for one without grouping", async () => {
    expect(await detail("openai_cost_2026_by_line_item.csv")).toBeGreaterThan(
      await detail("openai_cost_2026_ungrouped.csv"),
    );
  });

  it("is more for minutes than for hours, and for hours than for days", async () => {
    const [minutes, hours, days] = [
      await detail("openai_completions_usage_2025_minute.csv"),
      await detail("openai_completions_usage_2026_hourly.csv"),
      await detail("openai_completions_usage_2026.csv"),
    ];
    expect(minutes).toBeGreaterThan(hours);
    expect(hours).toBeGreaterThan(days);
    expect(await detail("anthropic_usage_hourly.csv")).toBeGreaterThan(
      await detail("anthropic_usage_daily.csv"),
    );
  });

  it("is more for single calls than for days at OpenRouter", async () => {
    expect(await detail("openrouter_activity.csv")).toBeGreaterThan(
      await detail("openrouter_activity_daily.csv"),
    );
  });
});
