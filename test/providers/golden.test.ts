import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCsv } from "../../src/lib/csv/open.js";
import { readCsv, type RowResult } from "../../src/lib/csv/reader.js";
import { plain, sum } from "../../src/lib/money.js";
import { formats } from "../../src/lib/providers/index.js";
import type { CsvFormat } from "../../src/lib/csv/format.js";
import { DetailGauge, Dimensions } from "../../src/lib/csv/detail.js";
import { Columns } from "../../src/lib/csv/row.js";
import type { CostRecord, Granularity } from "../../src/lib/record/record.js";
import type { CsvInput } from "../../src/lib/csv/decode.js";
import { mappedFormat, parseMapping } from "../../src/lib/csv/mapper.js";
import { checkFile } from "../../src/lib/imports/check.js";
import { fileOf, RATES } from "../csv/tables.js";

const SAMPLES = join(import.meta.dirname, "../samples");
const NOW = new Date("2026-11-22T12:00:00Z");

interface Expected {
  rows_in_file: number;
  rows: number;
  skipped?: Record<string, number>;
  rejected?: number;
  cost_usd: string | null;
  /** What was priced, not charged. */
  estimated_usd?: string;
  /** Credit that was bought ahead. */
  topup_usd?: string;
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
  for await (const rows of readCsv(file, { rates: RATES, now: NOW })) results.push(...rows);
  return { file, results };
};

const recordsOf = (results: RowResult[]): CostRecord[] =>
  results.flatMap((result) => (result.kind === "record" ? [result.record] : []));

const estimateOf = ({ metadata, estimated_cost_usd }: CostRecord): string =>
  (metadata.cost_basis === "estimated" && estimated_cost_usd) || "0";

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
    const { path: _, format, reading: _reading, width: _width, account: _account, ...head } = file;
    const rows = results.map((result) => {
      if (result.kind !== "record") return result;
      const { kind, line, beside, record } = result;
      return { kind, line, ...(beside && { beside }), record };
    });
    const golden = { format: format.id, ...head, results: rows };
    await expect(`${JSON.stringify(golden, null, 2)}\n`).toMatchFileSnapshot(
      join(SAMPLES, name.replace(/\.csv$/, ".records.json")),
    );
  });

  it.each(samples)("%s adds up to the totals that were reckoned apart from this program", async (name) => {
    const { results } = await readSample(name);
    const records = recordsOf(results);
    const want = expected[name];
    expect({
      rows_in_file: results.filter((result) => !("beside" in result)).length,
      rows: records.length,
      skipped: skips(results),
      rejected: results.filter(({ kind }) => kind === "reject").length,
      cost_usd: plain(sum(records.map((record) => record.cost_usd))),
      estimated_usd: plain(sum(records.map(estimateOf))),
      topup_usd: plain(sum(records.map((record) => record.topup_usd ?? "0"))),
      input_tokens: total(records.map((record) => record.input_tokens)),
      cached_tokens: total(records.map((record) => record.cache_read_tokens)),
      cache_write_tokens: total(records.map((record) => record.cache_write_tokens)),
      uncached_input_tokens: total(
        records.map((r) =>
          r.input_tokens === null ? 0 : r.input_tokens - total([r.cache_read_tokens, r.cache_write_tokens]),
        ),
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
      estimated_usd: want?.estimated_usd ?? "0",
      topup_usd: want?.topup_usd ?? "0",
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

describe("the sheets of a file", () => {
  const sheetsOf = async (name: string) => (await checked({ path: join(SAMPLES, name), name })).sheets;
  const checked = async (input: CsvInput) => {
    const file = await openCsv(input, { formats });
    return checkFile(file, { rates: RATES, timezone: "UTC", now: NOW });
  };

  it.each(samples)("%s add up to what it holds, a sheet a day", async (name) => {
    const sheets = await sheetsOf(name);
    const records = recordsOf((await readSample(name)).results);
    expect(plain(sum(sheets.map(({ cost_usd }) => cost_usd)))).toBe(
      plain(sum(records.map(({ cost_usd }) => cost_usd))),
    );
    expect(total(sheets.map(({ rows }) => rows))).toBe(records.length);
    expect(total(sheets.map(({ tokens }) => tokens))).toBe(
      total(records.map(({ tokens_used }) => tokens_used)),
    );
    expect([...new Set(sheets.map(({ day }) => day))].sort()).toEqual(
      [...new Set(records.map(({ timestamp }) => timestamp.slice(0, 10)))].sort(),
    );
  });

  it.each([
    ["openai_cost_2025.csv", "openai/cost", "org-DemoOrg00001"],
    ["openai_cost_2026_by_line_item.csv", "openai/cost", "org-DemoOrg00001"],
    ["openai_legacy_cost_2024.csv", "openai/cost", "org-DemoOrg00001"],
    ["openai_completions_usage_2026.csv", "openai/usage", null],
    ["openai_legacy_activity_2023.csv", "openai/usage", "org-DemoOrg00001"],
    ["anthropic_cost_2024.csv", "anthropic/cost", null],
    ["cursor_usage_events_2026_09.csv", "cursor/usage-events", null],
  ])("of %s are of the series %s and the account %s", async (name, series, account) => {
    const { file } = await readSample(name);
    expect(file.format.series).toBe(series);
    expect(new Set((await sheetsOf(name)).map((sheet) => sheet.account))).toEqual(new Set([account]));
  });

  it.each([
    ["openrouter_activity.csv", true],
    ["cursor_usage_events_2026_09.csv", true],
    ["openrouter_activity_daily.csv", false],
    ["openai_completions_usage_2025_minute.csv", false],
  ])("of %s hold events: %s", async (name, isEvents) => {
    expect((await sheetsOf(name)).every(({ is_events }) => is_events === isEvents)).toBe(true);
  });

  const costs = async (...rows: string[]) => {
    const header = "start_time,end_time,amount_value,amount_currency,organization_id,project_id,line_item";
    const path = fileOf([header, ...rows.map((row) => `1793577600,1793664000,${row}`), ""].join("\n"));
    return (await checked({ path, name: "costs.csv" })).sheets;
  };

  it("are apart by account and by project, if the file looks at projects", async () => {
    const places = async (...rows: string[]) =>
      (await costs(...rows)).map(({ account, project }) => [account, project]);
    expect(await places("1,usd,a,,", "1,usd,b,,", "2,usd,,,")).toEqual([
      ["a", null],
      ["b", null],
      [null, null],
    ]);
    expect(await places("1,usd,a,p,", "1,usd,a,,")).toEqual([
      ["a", "p"],
      ["a", ""],
    ]);
  });

  it("have a gross without refunds, and a hash that neither the order nor the spelling of rows changes", async () => {
    const [sheet] = await costs("105,usd,a,,x", "-50,usd,a,,y");
    expect(sheet).toMatchObject({ gross: "105", cost_usd: "55", rows: 2 });
    const hash = async (...rows: string[]) => (await costs(...rows))[0]?.hash;
    expect(await hash("-50.0,USD,a,,y", '"105.00",usd,"a",,x')).toBe(sheet?.hash);
    expect(await hash("105,usd,a,,x", "-50,usd,a,,z")).not.toBe(sheet?.hash);
    expect(await hash("104,usd,a,,x", "-49,usd,a,,y")).not.toBe(sheet?.hash);
    expect(await hash("105,usd,a,,x", "-50,usd,a,,y", "-50,usd,a,,y")).not.toBe(sheet?.hash);
  });

  it("are the same at another rate of the currency, but for the dollars", async () => {
    const path = fileOf("Day,Amt\n2026-11-01,5\n", "euros.csv");
    const format = mappedFormat("mine", parseMapping("date=Day,cost=Amt"), {
      timezone: "UTC",
      provider: "acme",
      currency: "EUR",
    });
    const at = async (rate: string) => {
      const file = await openCsv({ path, name: "euros.csv" }, { formats, saved: [format] });
      return (await checkFile(file, { rates: { given: { EUR: rate } }, timezone: "UTC", now: NOW }))
        .sheets[0]!;
    };
    const [some, other] = [await at("1.08"), await at("1.2")];
    expect(other.hash).toBe(some.hash);
    expect([some.gross, other.gross]).toEqual(["5.4", "6"]);
  });
});

describe("how fine a file looks at its series", () => {
  const detail = async (name: string) => {
    const file = await openCsv({ path: join(SAMPLES, name), name }, { formats });
    const { sheets } = await checkFile(file, { rates: {}, timezone: "UTC", now: NOW });
    return Math.max(...sheets.map((sheet) => sheet.detail));
  };

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
      const gauge = new DetailGauge(format);
      const cells = format.dimensions.map((_, index) => (set & (1 << index) ? "x" : ""));
      const filled = new Dimensions(format, new Columns(format.dimensions)).filledBy(cells);
      gauge.note({ filled, granularity });
      return [gauge.detail, `${format.id} ${granularity} ${set}`];
    });

  // Events are joined, however fine: only views are compared by their detail. An export without usage has no sheets.
  const all: readonly CsvFormat[] = formats.filter(({ id }) => !/^(?:cursor-|openai-empty)/.test(id));
  const series = [...new Set(all.map((format) => format.series))];

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
