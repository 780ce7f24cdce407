import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import ImportsUndo from "../../src/commands/imports/undo.js";
import PricesImport from "../../src/commands/prices/import.js";
import Prices from "../../src/commands/prices/index.js";
import PricesRemove from "../../src/commands/prices/remove.js";
import PricesSet from "../../src/commands/prices/set.js";
import PricesShow from "../../src/commands/prices/show.js";
import PricesUpdate from "../../src/commands/prices/update.js";
import Report from "../../src/commands/report.js";
import Reprice from "../../src/commands/reprice.js";
import type { PricesInUse } from "../../src/lib/pricing/in-use.js";
import type { ImportedList } from "../../src/lib/pricing/import-list.js";
import type { EstimateResult } from "../../src/lib/pricing/estimates.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand, sample } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { startAnswering } from "../support/answering-server.js";
import { added, imported, recorded, reported } from "./answers.js";

keepDatabasesOpen();

const MAP = "date=when,model=model,input_tokens=in,output_tokens=out";

const usage = async (home: Home, rows: readonly string[], name = "usage.csv"): Promise<void> => {
  const file = fileIn(home, name, ["when,model,in,out", ...rows].join("\n"));
  await imported(home, file, "--map", MAP, "--provider", "litellm");
};

const estimates = async (home: Home): Promise<Record<string, string | null>> =>
  Object.fromEntries<string | null>(
    (await recorded(home)).records.map(({ model_name, estimated_cost_usd }) => [
      model_name ?? "",
      estimated_cost_usd,
    ]),
  );

const UNKNOWN = "2026-11-02,gpt-6.2-sol,1000000,100000";
const KNOWN = "2026-11-02,gpt-5.5,200000,5000";

/** A list in which GPT-5.5 costs that much for a million tokens, and one that nobody else has. */
const list = (home: Home, input: number, name = "list.json"): string =>
  fileIn(
    home,
    name,
    JSON.stringify(
      Object.fromEntries(
        ["gpt-5.5", "gpt-6.2-sol"].map((model) => [
          model,
          {
            litellm_provider: "openai",
            mode: "chat",
            input_cost_per_token: input / 1e6,
            output_cost_per_token: input / 1e6,
          },
        ]),
      ),
    ),
  );

const importList = async (home: Home, ...argv: string[]): Promise<ImportedList> =>
  (await answer<{ list: ImportedList }>(PricesImport, argv, home)).list;

describe("the receipt of a report", () => {
  const receipt = ["--range", "2026-11-02", "--by", "model"];
  const shown = (home: Home, ...argv: string[]) => answer<SpendReport>(Report, argv, home);
  const listsIn = async (home: Home, ...argv: string[]) =>
    (await shown(home, ...receipt, ...argv)).price_lists;

  it("names the lists that its estimates rest on, with their dates and hashes, and only those of what it shows", async () => {
    const home = newHome();
    await usage(home, [UNKNOWN, KNOWN]);
    const shipped = (await listsIn(home))?.estimated ?? [];
    expect(shipped.length).toBeGreaterThan(0);
    for (const name of shipped)
      expect(name).toMatch(/^(?:genai-prices \d+\.\d+\.\d+|overlay of \d{4}-\d\d-\d\d \([0-9a-f]{6}\))$/);

    await answer(PricesSet, ["gpt-6.2-sol", "--input", "3", "--output", "15"], home);
    await added(home, ...["--date", "2026-11-02", "--provider", "mistral", "--estimated", "--cost", "3"]);
    expect(await listsIn(home)).toEqual({
      estimated: ["its source", ...shipped, "own price"].sort(),
      included: [],
    });
    expect(await listsIn(home, "--provider", "mistral")).toEqual({ estimated: ["its source"], included: [] });
    expect(await listsIn(home, "--model", "gpt-6.2-sol")).toEqual({ estimated: ["own price"], included: [] });
    const { stdout } = await runCommand(Report, receipt, home);
    expect(stdout.replaceAll(/\n +/g, " ")).toContain(
      `list prices of the day, ${shipped.join(" + ")}; your own prices; as its source or you stated it`,
    );
    // Of what is not estimated, nothing is said.
    expect(await shown(home, "--range", "2026-10")).not.toHaveProperty("price_lists");
  });

  it("names an imported list by its file, day and hash", async () => {
    const home = newHome();
    const { sha256 } = await importList(home, list(home, 5), "--since", "2026-11-01");
    await usage(home, [UNKNOWN]);
    expect((await listsIn(home))?.estimated).toEqual([
      expect.stringMatching(new RegExp(`^list\\.json of \\d{4}-\\d\\d-\\d\\d \\(${sha256.slice(0, 6)}\\)$`)),
    ]);
  });

  it("shows what caching saved, if it is asked", async () => {
    const home = newHome();
    await answer(PricesSet, ["cached-1", "--input", "3", "--output", "15", "--cache-read", "0.5"], home);
    const tokens = ["--model", "cached-1", "--input-tokens", "2000000", "--cache-read-tokens", "1000000"];
    await added(home, "--date", "2026-11-02", "--provider", "groq", "--cost", "7", ...tokens);
    const saved = await shown(home, ...receipt, "--columns", "cost,saved");
    expect(saved.totals.saved_usd).toBe("2.5");
    expect(saved.rows[0]).toMatchObject({ model: "cached-1", saved_usd: "2.5" });
    expect((await shown(home, ...receipt)).totals).not.toHaveProperty("saved_usd");
    const { stdout } = await runCommand(Report, [...receipt, "--columns", "cost,saved"], home);
    expect(stdout).toMatch(/Cost +Saved\n[─]+\ncached-1 +\$7\.00 +\$2\.50/);
  });
});

describe("estimates", () => {
  it("are made of what a file, or a person, gives without money, and count until a bill does", async () => {
    const home = newHome();
    await usage(home, [UNKNOWN, KNOWN]);
    const record = await added(
      home,
      ...["--provider", "anthropic", "--model", "claude-sonnet-5", "--input-tokens", "1000000"],
      ...["--date", "2026-11-02"],
    );
    expect(record).toMatchObject({
      cost_usd: "0",
      estimated_cost_usd: "2",
      metadata: { cost_basis: "estimated", price: "genai-prices 0.1.8" },
    });
    expect(await estimates(home)).toEqual({ "gpt-6.2-sol": null, "gpt-5.5": "1.15", "claude-sonnet-5": "2" });
    const { totals } = await reported(home);
    expect(totals).toMatchObject({ cost_usd: "3.15", estimated_usd: "3.15", unpriced_tokens: 1_100_000 });
  });

  it("are not made where a source states its own", async () => {
    const home = newHome();
    const file = fileIn(home, "own.csv", `when,model,in,out,worth\n${KNOWN},0.77`);
    await imported(home, file, "--map", `${MAP},estimated_cost=worth`, "--provider", "litellm");
    const { records } = await recorded(home);
    expect(records).toMatchObject([{ estimated_cost_usd: "0.77", metadata: { cost_basis: "estimated" } }]);
    expect(records[0]?.metadata).not.toHaveProperty("price");
  });

  it("stay as they are when the same file comes again, whatever prices say by then", async () => {
    const home = newHome();
    await usage(home, [KNOWN]);
    await answer(PricesSet, ["gpt-5.5", "--input", "50", "--output", "50"], home);
    await usage(home, [KNOWN]);
    // A later export, with one row more.
    await usage(home, [KNOWN, "2026-11-02,gpt-5,1000000,0"], "later.csv");
    expect(await estimates(home)).toEqual({ "gpt-5.5": "1.15", "gpt-5": "1.25" });
  });
});

describe("aicost prices", () => {
  it("lists what is used, with its prices, and names what has none", async () => {
    const home = newHome();
    await usage(home, [UNKNOWN, KNOWN]);
    const { prices } = await answer<PricesInUse>(Prices, ["--range", "2026-11"], home);
    expect(prices).toMatchObject([
      { model: "gpt-6.2-sol", tokens: 1_100_000, rates: null, source: null },
      { model: "gpt-5.5", tokens: 205_000, source: "genai-prices 0.1.8" },
    ]);
    const { stdout } = await runCommand(Prices, ["--range", "2026-11"], home);
    expect(stdout).toMatch(/^gpt-5\.5 +litellm +\$5\+ +\$30\+ +\$0\.5\+ +genai-prices 0\.1\.8$/m);
    expect(stdout).toContain("Not priced: gpt-6.2-sol (1.1M tokens).");
  });

  it("set fills what had no price, and says how to undo that; remove changes no estimate", async () => {
    const home = newHome();
    await usage(home, [UNKNOWN, KNOWN]);
    const { filled } = await answer<{ filled: EstimateResult }>(
      PricesSet,
      ["gpt-6.2-sol", "--input", "3", "--output", "15", "--since", "2026-11-01"],
      home,
    );
    expect(filled).toMatchObject({
      records: 1,
      changes: [{ month: "2026-11", before_usd: null, after_usd: "4.5" }],
    });
    expect(await estimates(home)).toEqual({ "gpt-6.2-sol": "4.5", "gpt-5.5": "1.15" });
    await answer(PricesRemove, ["gpt-6.2-sol"], home);
    expect(await estimates(home)).toMatchObject({ "gpt-6.2-sol": "4.5" });
    expect(await refusal(PricesRemove, ["gpt-6.2-sol"], home)).toMatchObject({
      code: "price_unknown",
      exit: 4,
    });
    await answer(ImportsUndo, [filled.import_id!, "--yes"], home);
    expect(await estimates(home)).toEqual({ "gpt-6.2-sol": null, "gpt-5.5": "1.15" });
  });

  it("show has the history of a model", async () => {
    const home = newHome();
    await answer(PricesSet, ["claude-sonnet-5-5", "--input", "9", "--since", "2026-11-01"], home);
    const { history } = await answer<{ history: object[] }>(PricesShow, ["claude-sonnet-5-5"], home);
    const overlay: unknown = expect.stringMatching(/^overlay of 2026-11-28/);
    expect(history).toMatchObject([
      { since: "2026-11-01", source: "own price", rates: { input_mtok: "9" } },
      { since: "2026-09-28", source: overlay, rates: { cache_read_mtok: "0.2" } },
      { since: "2026-10-07", source: overlay, rates: { cache_read_mtok: "0.1" } },
    ]);
  });

  it.each([
    [["x"], "price_empty"],
    [["x", "--input", "-1"], "bad_price"],
    [["x", "--input", "cheap"], "bad_price"],
    [["x", "--input", "1000000"], "bad_price"],
    [["x", "--input", "1", "--since", "yesterweek"], "bad_date"],
    [[" ", "--input", "1"], "bad_model"],
  ])("set %j is refused: %s", async (argv, code) => {
    expect(await refusal(PricesSet, argv, newHome())).toMatchObject({ code, exit: 2 });
  });
});

describe("an imported list", () => {
  it("fills what had no price, changes no other estimate, and holds from its day on", async () => {
    const home = newHome();
    await usage(home, [UNKNOWN, KNOWN]);
    const imported = await importList(home, list(home, 7), "--since", "2026-11-01");
    expect(imported).toMatchObject({ form: "LiteLLM", prices: 2, since: "2026-11-01", differing: 1 });
    expect(imported.filled).toMatchObject({ records: 1, import_id: imported.id });
    expect(await estimates(home)).toEqual({ "gpt-6.2-sol": "7.7", "gpt-5.5": "1.15" });
    expect(await importList(home, list(home, 7), "--since", "2026-11-01")).toMatchObject({
      ...{ id: imported.id, is_known: true, filled: { records: 0 } },
    });
    // From today on, if nothing else is said: what is older keeps its prices.
    const later = await importList(home, list(home, 8, "later.json"));
    expect(later.differing).toBe(1);
    const dry = await answer<EstimateResult>(Reprice, ["--dry-run"], home);
    expect(dry).toMatchObject({
      records: 1,
      changes: [{ model: "gpt-5.5", before_usd: "1.15", after_usd: "1.435" }],
    });
    expect(await estimates(home)).toMatchObject({ "gpt-5.5": "1.15" });
    // Undone, it takes along what it filled.
    await answer(ImportsUndo, [imported.id, "--yes"], home);
    expect(await estimates(home)).toEqual({ "gpt-6.2-sol": null, "gpt-5.5": "1.15" });
    expect(await answer(Reprice, [], home)).toMatchObject({ records: 0, import_id: null });
  });

  it("is applied by reprice, which can be undone", async () => {
    const home = newHome();
    await usage(home, [KNOWN, "2026-10-02,gpt-5.5,1000000,0"]);
    await importList(home, list(home, 7), "--since", "2026-01-01");
    const { stdout } = await runCommand(Reprice, ["--range", "2026-11"], home);
    expect(stdout).toMatch(/^2026-11 +gpt-5\.5 +1 +~\$1\.15 +~\$1\.44 +\+\$0\.28$/m);
    const { changes } = await answer<EstimateResult>(Reprice, [], home);
    expect(changes).toMatchObject([{ month: "2026-10", before_usd: "5", after_usd: "7" }]);
    await answer(ImportsUndo, ["--last", "--yes"], home);
    await answer(ImportsUndo, ["--last", "--yes"], home);
    expect((await reported(home)).totals.estimated_usd).toBe("6.15");
  });

  it("changes nothing if it is cut, of another form, absurd or huge", async () => {
    const home = newHome();
    await usage(home, [UNKNOWN]);
    const whole = readFileSync(list(home, 7), "utf8");
    const files = {
      cut: whole.slice(0, -20),
      form: JSON.stringify({ a: 1 }),
      negative: whole.replaceAll("0.000007", "-0.000007"),
      absurd: whole.replaceAll("0.000007", "7"),
      csv: readFileSync(sample("openai_cost_2026_by_line_item.csv"), "utf8"),
    };
    for (const [name, text] of Object.entries(files)) {
      const refused = await refusal(
        PricesImport,
        [fileIn(home, `${name}.json`, text), "--since", "2026-01-01"],
        home,
      );
      expect(refused, name).toMatchObject({ code: "price_file", exit: 4 });
    }
    const huge = path.join(home.folder, "huge.json");
    writeFileSync(huge, "[");
    const megabyte = " ".repeat(1_000_000);
    for (let count = 0; count < 100; count++) appendFileSync(huge, megabyte);
    expect(await refusal(PricesImport, [huge], home)).toMatchObject({ code: "price_file", exit: 4 });
    expect(await refusal(PricesImport, ["/no/such/file.json"], home)).toMatchObject({ code: "file_missing" });
    expect(await estimates(home)).toEqual({ "gpt-6.2-sol": null });
  });
});

describe("aicost prices update", () => {
  const answers = new Map<string, (write: (text: string) => void) => number>();
  const server = startAnswering((request, response) => {
    const chunks: string[] = [];
    const status = answers.get(request.url ?? "")?.((text) => void chunks.push(text)) ?? 404;
    response.writeHead(status);
    for (const chunk of chunks) response.write(chunk);
    response.end();
  });
  afterAll(async () => (await server).stop());

  it("fetches a list when asked, and imports it", async () => {
    const home = newHome();
    await usage(home, [UNKNOWN]);
    const text = readFileSync(list(home, 7), "utf8");
    answers.set("/list.json", (write) => (write(text), 200));
    const url = `${(await server).url}/list.json`;
    const { list: fetched } = await answer<{ list: ImportedList }>(
      PricesUpdate,
      ["--url", url, "--since", "2026-11-01"],
      home,
    );
    expect(fetched).toMatchObject({ name: url.slice("http://".length), prices: 2, filled: { records: 1 } });
    expect(await estimates(home)).toEqual({ "gpt-6.2-sol": "7.7" });
  });

  it("takes no page, no part of a list, and nothing without end", async () => {
    const home = newHome();
    const { url } = await server;
    answers.set("/page", (write) => (write("<html>"), 200));
    answers.set("/huge", (write) => {
      for (let count = 0; count < 40; count++) write(" ".repeat(1_000_000));
      return 200;
    });
    const refused = (path: string) => refusal(PricesUpdate, ["--url", `${url}${path}`], home);
    expect(await refused("/page")).toMatchObject({ code: "price_file" });
    expect(await refused("/huge")).toMatchObject({ code: "answer_too_large" });
    expect(await refused("/gone")).toMatchObject({ code: "price_download", exit: 5 });
    expect(await refusal(PricesUpdate, ["--url", "http://example.com/list.json"], home)).toMatchObject({
      code: "bad_price_url",
    });
  });
});

it("no import of prices changes an estimate that is stored, unless usage is priced again", async () => {
  const price = fc.integer({ min: 1, max: 40 });
  const since = fc.constantFrom("2026-01-01", "2026-11-02", "2026-11-03");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(price, since, fc.boolean()), { minLength: 1, maxLength: 4 }),
      async (steps) => {
        const home = newHome();
        await usage(home, [KNOWN, UNKNOWN, "2026-11-03,claude-sonnet-5,1000,10"]);
        let before = await estimates(home);
        for (const [input, day, isOwn] of steps) {
          if (isOwn)
            await answer(
              PricesSet,
              ["gpt-5.5", "--input", String(input), "--output", "1", "--since", day],
              home,
            );
          else await importList(home, list(home, input), "--since", day);
          const after = await estimates(home);
          for (const [model, usd] of Object.entries(before)) if (usd !== null) expect(after[model]).toBe(usd);
          before = after;
        }
        await answer(Reprice, [], home);
        expect((await answer<EstimateResult>(Reprice, ["--dry-run"], home)).records).toBe(0);
      },
    ),
    { numRuns: 6 },
  );
});
