import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { loadPricer, type Pricer } from "../../src/lib/prices/pricer.js";
import type { Usage } from "../../src/lib/prices/usage.js";
import type { Rate, StoredPrices } from "../../src/lib/record/price.js";

const NOTHING: StoredPrices = { own: [], lists: [] };

const usage = (changes: Partial<Usage>): Usage => ({
  provider: "anthropic",
  model: "claude-sonnet-5",
  day: "2026-11-20",
  moment: null,
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  requests: null,
  webSearches: 0,
  isBatch: false,
  isOneRequest: false,
  longerThan: null,
  special: null,
  ...changes,
});

const M = 1_000_000;

const usd = (pricer: Pricer, changes: Partial<Usage>): string | undefined =>
  pricer.estimate(usage(changes))?.usd;

const base = (rate: Rate | undefined): string | null =>
  rate === undefined ? null : typeof rate === "string" ? rate : rate.base;

interface Expected {
  model: string;
  provider: string;
  input?: string;
  output?: string;
  cache_read?: string;
  source: "overlay" | "package" | null;
}

const MODELS = JSON.parse(readFileSync("test/prices/models.json", "utf8")) as Expected[];

describe("the 65 models of the comparison", async () => {
  const pricer = await loadPricer(NOTHING);

  it("are all there", () => expect(MODELS).toHaveLength(65));

  it.each(MODELS)("$model has one answer: $source", ({ model, provider, source, ...rates }) => {
    const found = pricer.chain.on(provider, model, "2026-11-20");
    if (source === null) {
      expect(found).toBeNull();
      return;
    }
    expect(found?.source).toMatch(
      source === "package"
        ? /^genai-prices 0\.1\.8(?: \+ overlay of 2026-11-28 \([0-9a-f]{6}\))?$/
        : /^overlay of 2026-11-28 \([0-9a-f]{6}\)$/,
    );
    const table = found?.rates ?? {};
    const { input, output } = rates;
    expect({ input: base(table["input_mtok"]), output: base(table["output_mtok"]) }).toEqual({
      input,
      output,
    });
    // Where a list has no rate for cached input, it costs as other input.
    expect(base(table["cache_read_mtok"]) ?? input).toBe(rates.cache_read);
  });
});

describe("the faults of the package", async () => {
  const pricer = await loadPricer(NOTHING);
  const deepseek = { provider: "deepseek", model: "deepseek-v4-pro", input: M, output: M };

  it("1: no peak price before there was one", () => {
    expect(usd(pricer, { ...deepseek, day: "2026-05-10", moment: "2026-05-10T02:00:00Z" })).toBe("1.305");
    expect(usd(pricer, { ...deepseek, day: "2026-11-20", moment: "2026-11-20T02:00:00Z" })).toBe("5.28");
    expect(usd(pricer, { ...deepseek, day: "2026-11-20", moment: "2026-11-20T04:00:00Z" })).toBe("2.64");
  });

  it("2: no peak price at weekends", () => {
    expect(usd(pricer, { ...deepseek, day: "2026-11-21", moment: "2026-11-21T02:00:00Z" })).toBe("2.64");
    expect(usd(pricer, { ...deepseek, day: "2026-11-22", moment: "2026-11-22T07:00:00Z" })).toBe("2.64");
  });

  it("takes what is not known by the hour as off-peak, and says so", () => {
    expect(pricer.estimate(usage(deepseek))).toMatchObject({ usd: "2.64", note: "off-peak" });
    expect(pricer.estimate(usage({ ...deepseek, day: "2026-11-21" }))?.note).toBeNull();
  });

  it("3: claude-sonnet-5-5 is not claude-sonnet-5", () => {
    const model = "claude-sonnet-5-5";
    expect(usd(pricer, { model, input: M, cacheRead: M })).toBe("0.1");
    expect(usd(pricer, { model, input: M, cacheRead: M, day: "2026-10-06" })).toBe("0.2");
    // There was no such model yet; nor is there one by these names.
    expect(usd(pricer, { model, input: M, day: "2026-09-27" })).toBeUndefined();
    expect(usd(pricer, { model: "claude-sonnet-5-9", input: M })).toBeUndefined();
    expect(usd(pricer, { model: "claude-sonnet-5-turbo", input: M })).toBeUndefined();
    expect(usd(pricer, { provider: "deepseek", model: "deepseek-v4-pro-max", input: M })).toBeUndefined();
  });

  it("4: a request fee for each request", () => {
    const sonar = { provider: "perplexity", model: "sonar", input: 1000 };
    expect(usd(pricer, { ...sonar, requests: 10 })).toBe("0.121");
    expect(pricer.estimate(usage(sonar))).toMatchObject({ usd: "0.001", note: "without request fees" });
  });

  it("5: mistral-large-latest is the new one", () => {
    expect(usd(pricer, { provider: "mistral", model: "mistral-large-latest", input: M, output: M })).toBe(
      "2",
    );
  });

  it("6: deepseek-chat costs what it does", () => {
    expect(usd(pricer, { provider: "deepseek", model: "deepseek-chat", input: M, output: M })).toBe("0.7");
  });

  it("7: search fees of Gemini", () => {
    const gemini = { provider: "google-ai-studio", webSearches: 10, input: M };
    expect(usd(pricer, { ...gemini, model: "gemini-2.5-flash" })).toBe("0.65");
    expect(usd(pricer, { ...gemini, model: "gemini-3.5-flash" })).toBe("1.64");
    expect(pricer.chain.on("google-ai-studio", "gemini-2.5-flash", "2026-11-20")?.source).toMatch(
      /^genai-prices 0\.1\.8 \+ overlay of 2026-11-28 \([0-9a-f]{6}\)$/,
    );
  });

  it("8: it prints nothing", () => {
    const written = [process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, "write").mockImplementation(() => true),
    );
    const logged = (["log", "warn", "error", "info", "debug"] as const).map((name) =>
      vi.spyOn(console, name),
    );
    usd(pricer, { provider: "perplexity", model: "sonar-pro", input: M, requests: 3, webSearches: 2 });
    const spies = [...written, ...logged];
    const calls = spies.map(({ mock }) => mock.calls.length);
    for (const spy of spies) spy.mockRestore();
    expect(calls).toEqual(spies.map(() => 0));
  });

  it.each([
    ["google-ai-studio", "models/gemini-2.5-pro", "1.25"],
    ["litellm", "openai/gpt-5.5", "5"],
    ["langfuse", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "3"],
    ["openai", "gpt-5.5(xhigh)", "5"],
    ["anthropic", "claude-opus-4-1-20250805", "15"],
  ])("9: of %s, %s is known", (provider, model, input) => {
    expect(usd(pricer, { provider, model, input: M })).toBe(input);
  });

  it("10: a batch costs half at Anthropic, OpenAI and Google", () => {
    const batch = { input: M, output: M, isBatch: true };
    expect(usd(pricer, { ...batch, model: "claude-sonnet-5" })).toBe("6");
    expect(usd(pricer, { ...batch, provider: "openai", model: "gpt-5" })).toBe("5.625");
    expect(usd(pricer, { ...batch, provider: "google-ai-studio", model: "gemini-2.5-flash" })).toBe("1.4");
    expect(usd(pricer, { ...batch, provider: "xai", model: "grok-4.5" })).toBe("6.4");
    // Searches cost the same in a batch.
    expect(usd(pricer, { ...batch, output: 0, webSearches: 100 })).toBe("2");
    expect(
      pricer.estimate(usage({ ...batch, provider: "mistral", model: "mistral-large-latest" })),
    ).toMatchObject({ usd: "2", note: "batch at the standard price" });
  });
});

describe("what tokens cost", async () => {
  const pricer = await loadPricer(NOTHING);

  it("cache reads, and writes for five minutes and for an hour", () => {
    expect(usd(pricer, { input: M, cacheRead: M })).toBe("0.2");
    expect(usd(pricer, { input: M, cacheWrite: M })).toBe("2.5");
    expect(usd(pricer, { input: M, cacheWrite1h: M })).toBe("4");
    expect(usd(pricer, { input: 4 * M, cacheRead: M, cacheWrite: M, cacheWrite1h: M })).toBe("8.7");
  });

  it("long requests, by one request and never by the sum of a day", () => {
    const long = { model: "claude-sonnet-4-5", input: 300_000, output: 100_000 };
    expect(usd(pricer, long)).toBe("2.4");
    expect(usd(pricer, { ...long, isOneRequest: true })).toBe("4.05");
    expect(usd(pricer, { ...long, isOneRequest: true, input: 200_000 })).toBe("2.1");
    expect(usd(pricer, { ...long, input: 100, longerThan: 200_000 })).toBe("2.2506");
  });

  it("is exact for the smallest amounts", () => {
    expect(usd(pricer, { provider: "openai", model: "gpt-5-nano", input: 1 })).toBe("0.00000005");
    expect(usd(pricer, { provider: "deepseek", model: "deepseek-v4-flash", input: 1, cacheRead: 1 })).toBe(
      "0.000000003",
    );
  });

  it("prices no media as text, and nothing without a rate for it", () => {
    expect(usd(pricer, { provider: "openai", model: "gpt-4o-audio-preview", input: M })).toBeUndefined();
    expect(usd(pricer, { provider: "openai", model: "gpt-image-2", output: M })).toBeUndefined();
    expect(usd(pricer, { provider: "openai", model: "text-embedding-3-small", output: M })).toBeUndefined();
  });
});

describe("the chain", () => {
  const list = (since: string, price: string) => ({
    id: since,
    name: "prices.json",
    since,
    created_at: "2026-11-20T10:00:00Z",
    sha256: "abcdef0123456789",
    rows: [{ provider: "anthropic", model: "claude-sonnet-5", since: null, rates: { input_mtok: price } }],
  });
  const own = (since: string | null, price: string) => ({
    provider: null,
    model: "claude-sonnet-5",
    since,
    rates: { input_mtok: price },
  });

  it("asks the user's own prices first, then imported lists from their day on, then what is shipped", async () => {
    const pricer = await loadPricer({
      own: [own("2026-11-25", "9")],
      lists: [list("2026-11-10", "7")],
    });
    const on = (day: string) => pricer.estimate(usage({ input: M, day }));
    expect(on("2026-11-26")).toEqual({ usd: "9", source: "own price", note: null });
    expect(on("2026-11-25")?.usd).toBe("9");
    expect(on("2026-11-24")).toEqual({ usd: "7", source: "prices.json of 2026-11-20 (abcdef)", note: null });
    expect(on("2026-11-09")).toEqual({ usd: "2", source: "genai-prices 0.1.8", note: null });
  });

  it("takes the last own price that began by then", async () => {
    const pricer = await loadPricer({ own: [own(null, "1"), own("2026-11-25", "9")], lists: [] });
    expect(usd(pricer, { input: M, day: "2020-01-01" })).toBe("1");
    expect(usd(pricer, { input: M, day: "2026-12-01" })).toBe("9");
  });
});
