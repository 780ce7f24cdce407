import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCsv } from "../../src/lib/csv/open.js";
import { readCsv, type RowResult } from "../../src/lib/csv/reader.js";
import { plain, sum } from "../../src/lib/money.js";
import { formats } from "../../src/lib/providers/index.js";
import type { CsvFormat } from "../../src/lib/csv/format.js";
import { DetailGauge } from "../../src/lib/csv/detail.js";
import { Columns } from "../../src/lib/csv/row.js";
import type { CostRecord, Granularity } from "../../src/lib/record/record.js";
import { read } from "../csv/tables.js";

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
    const { path: _, format, reading: _reading, width: _width, series: _series, ...head } = file;
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

describe("the series of a file", () => {
  it("is null until the file was read, and for exports that nothing overlaps", async () => {
    const name = "openai_cost_2025.csv";
    expect((await openCsv({ path: join(SAMPLES, name), name }, { formats })).series).toBeNull();
    expect((await readSample("cursor_usage_events_2026_09.csv")).file.series).toBeNull();
  });

  it.each([
    ["openai_cost_2025.csv", "openai/cost org-DemoOrg00001"],
    ["openai_cost_2026_by_line_item.csv", "openai/cost org-DemoOrg00001"],
    ["openai_legacy_cost_2024.csv", "openai/cost org-DemoOrg00001"],
    ["openai_completions_usage_2026.csv", "openai/usage"],
    ["openai_legacy_activity_2023.csv", "openai/usage"],
    ["anthropic_cost_2024.csv", "anthropic/cost"],
  ])("says whose money it is, as far as the rows do: %s", async (name, series) => {
    expect((await readSample(name)).file.series).toBe(series);
  });

  const costs = (...organizations: string[]) =>
    [
      "start_time,end_time,amount_value,amount_currency,organization_id",
      ...organizations.map((organization) => `1793577600,1793664000,1,usd,${organization}`),
      "",
    ].join("\n");
  const seriesOf = async (...organizations: string[]) => (await read(costs(...organizations))).file.series;

  it("names each of several organizations once, in the same order", async () => {
    expect(await seriesOf("org-b", "org-a", "", "org-b")).toBe("openai/cost org-a,org-b");
  });

  it("is the format's where no row names an organization", async () => {
    expect(await seriesOf("")).toBe("openai/cost");
  });

  it("fits the database, and is another one for other organizations", async () => {
    const many = Array.from({ length: 40 }, (_, index) => `org-DemoOrganization${index}`);
    const series = await seriesOf(...many);
    expect(series).toHaveLength(300);
    expect(await seriesOf(...many.slice(0, 39))).not.toBe(series);
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

  const granularities: Granularity[] = ["day", "hour", "event"];

  /** What every set of filled dimensions weighs in a format, and what it is. */
  const weights = (format: CsvFormat, granularity: Granularity): [number, string][] =>
    Array.from({ length: 2 ** format.dimensions.length }, (_, set) => {
      const gauge = new DetailGauge(format, new Columns(format.dimensions));
      gauge.note(
        format.dimensions.map((_, index) => (set & (1 << index) ? "x" : "")),
        granularity,
      );
      return [gauge.detail, `${format.id} ${granularity} ${set}`];
    });

  const all: readonly CsvFormat[] = formats;
  const series = [...new Set(all.flatMap((format) => format.series ?? []))];

  it.each(series)("is never the same for two files of %s that are split in different ways", (name) => {
    const found = all
      .filter((format) => format.series === name)
      .flatMap((format) => granularities.flatMap((granularity) => weights(format, granularity)));
    expect(new Set(found.map(([weight]) => weight)).size).toBe(found.length);
    expect(found.length).toBeGreaterThan(1);
  });

  it.each(series)("is more in %s for a finer bucket than for any dimensions", (name) => {
    const inSeries = all.filter((format) => format.series === name);
    const range = (granularity: Granularity) =>
      inSeries.flatMap((format) => weights(format, granularity).map(([weight]) => weight));
    expect(Math.min(...range("hour"))).toBeGreaterThan(Math.max(...range("day")));
    expect(Math.min(...range("event"))).toBeGreaterThan(Math.max(...range("hour")));
  });
});
