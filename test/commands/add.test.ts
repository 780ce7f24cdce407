import path from "node:path";
import { describe, expect, it } from "vitest";
import Add from "../../src/commands/add.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import ProvidersAdd from "../../src/commands/providers/add.js";
import { answer, newHome, refusal, runCommand, sharedHome, steady } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, recorded, reported } from "./answers.js";

keepDatabasesOpen();

describe("aicost add", () => {
  it("books a charge of today, and shows it", async () => {
    const home = newHome();
    const record = await added(home, "--provider", "chatgpt", "--cost", "$1,020.50");
    expect(record).toEqual({
      account: null,
      agent: null,
      session: null,
      project: null,
      api_key: null,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      provider: "chatgpt",
      timestamp: `${new Date().toISOString().slice(0, 10)}T00:00:00Z`,
      granularity: "day",
      kind: "usage",
      model_name: null,
      cost_usd: "1020.5",
      estimated_cost_usd: null,
      topup_usd: null,
      tokens_used: null,
      input_tokens: null,
      output_tokens: null,
      cache_read_tokens: null,
      cache_write_tokens: null,
      request_count: null,
      collection_method: "manual_entry",
      import_id: null,
      metadata: { cost_basis: "billed" },
    });
    expect(await recorded(home)).toEqual({
      records: [record],
      total: 1,
      shown: 1,
      more: false,
      warnings: [],
    });
  });

  it("takes all that is known of a charge", async () => {
    const home = newHome();
    const flags = [
      "-p",
      "mistral",
      "-c",
      "4.20",
      "-d",
      "2026-11-05 14:30",
      "-m",
      "large",
      "--currency",
      "eur",
    ];
    const counts = ["--input-tokens", "1,200", "--output-tokens", "34", "--requests", "3"];
    const caches = ["--cache-read-tokens", "800", "--cache-write-tokens", "100"];
    const rest = ["--rate", "EUR=1.08", "--note", "naïve 🙂"];
    const { stdout, stderr, exit } = await runCommand(Add, [...flags, ...counts, ...caches, ...rest], home);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    await expect(steady(stdout, home)).toMatchFileSnapshot(
      path.join(import.meta.dirname, "snapshots/add.txt"),
    );
    expect((await recorded(home)).records).toMatchObject([
      {
        timestamp: "2026-11-05T14:30:00Z",
        granularity: "event",
        cost_usd: "4.536",
        tokens_used: 1234,
        input_tokens: 1200,
        cache_read_tokens: 800,
        cache_write_tokens: 100,
        request_count: 3,
        metadata: { original: { currency: "EUR", amount: "4.2", rate: "1.08" }, note: "naïve 🙂" },
      },
    ]);
  });

  it("takes a moment in the user's time zone, and one with an offset as it is", async () => {
    const home = newHome();
    await answer(PrefsSet, ["timezone", "Pacific/Auckland"], home);
    const local = await added(home, "-p", "groq", "-c", "1", "-d", "2026-11-05 00:30");
    const fixed = await added(home, "-p", "groq", "-c", "1", "-d", "2026-11-05T00:30:00-05:00");
    expect([local.timestamp, fixed.timestamp]).toEqual(["2026-11-04T11:30:00Z", "2026-11-05T05:30:00Z"]);
  });

  it("keeps estimates and flat fees apart from what was billed", async () => {
    const home = newHome();
    await added(home, "-p", "chatgpt", "-c", "20", "-d", "2026-11-01", "--subscription");
    await added(home, "-p", "chatgpt", "-c", "3", "-d", "2026-11-01", "--estimated");
    await added(home, "-p", "groq", "--requests", "5", "--input-tokens", "70", "-d", "2026-11-01");
    await added(home, "-p", "mistral", "-c", "-2.5", "-d", "2026-11-01");
    expect((await reported(home)).totals).toMatchObject({
      cost_usd: "20.5",
      usage_usd: "0",
      credit_usd: "-2.5",
      subscription_usd: "20",
      estimated_usd: "3",
      request_count: 5,
      unpriced_tokens: 70,
      record_count: 4,
    });
  });

  it("knows a provider however it is capitalized, and one's own", async () => {
    const home = newHome();
    await answer(ProvidersAdd, ["my-gateway"], home);
    expect(await added(home, "-p", "my-gateway", "-c", "1")).toMatchObject({ provider: "my-gateway" });
    expect(await added(home, "-p", "OpenAI", "-c", "1")).toMatchObject({ provider: "openai" });
  });

  const home = sharedHome();
  it.each([
    [[], "entry_incomplete", 2, "The entry lacks --provider and --cost."],
    [["-p", "groq"], "entry_incomplete", 2, "The entry lacks --cost."],
    [["-c", "1"], "entry_incomplete", 2, "The entry lacks --provider."],
    [["-p", "groq", "-c", "1,23"], "bad_amount", 2, "“1,23” is not an amount."],
    [["-p", "groq", "-c", "NaN"], "bad_amount", 2, "“NaN” is not an amount."],
    [["-p", "groq", "-c", "1e9"], "bad_amount", 2, "“1e9” is too large for one charge."],
    [["-p", "groq", "-c", "1", "-d", "05.11.2026"], "bad_date", 2, "“05.11.2026” is not a date."],
    [["-p", "groq", "-c", "1", "-d", "2026-02-30"], "bad_date", 2, /^“2026-02-30” is not a date\./],
    [
      ["-p", "groq", "-c", "1", "-d", "1970-01-01"],
      "timestamp_out_of_range",
      4,
      "A record of 1970-01 is out of range.",
    ],
    [
      ["-p", "groq", "-c", "1", "-d", "2999-01-01"],
      "timestamp_out_of_range",
      4,
      "A record of 2999-01 is out of range.",
    ],
    [["-p", "groq", "--requests", "-1"], "bad_count", 2, "“-1” is not a number of requests."],
    [["-p", "groq", "--requests=1.5"], "bad_count", 2, "“1.5” is not a number of requests."],
    [["-p", "groq", "--requests=0x10"], "bad_count", 2, "“0x10” is not a number of requests."],
    [["-p", "groq", "--input-tokens=99999999999999999999"], "bad_count", 2, /input tokens\.$/],
    [
      ["-p", "groq", "--input-tokens", "10", "--cache-read-tokens", "11"],
      "bad_count",
      2,
      "There are more cached tokens than input tokens (10), which include them.",
    ],
    [
      ["-p", "groq", "-c", "1", "--currency", "EUR"],
      "currency_rate_missing",
      4,
      /^There is no rate for EUR on \d{4}-\d\d-\d\d: no rate of EUR is stored\.$/,
    ],
    [
      ["-p", "groq", "-c", "1", "--currency", "EUR", "--rate", "EUR=0"],
      "bad_rate",
      2,
      "“EUR=0” is not a rate.",
    ],
    [["-p", "nobody", "-c", "1"], "provider_unknown", 4, "There is no provider “nobody”."],
    [["-p", "groq", "-c", "1", "-m", "m".repeat(201)], /./, 2, /./],
    [["-p", "groq", "--currency", "EUR", "--requests", "1"], "usage", 2, /--cost/],
    [["-p", "groq", "-c", "1", "--subscription", "--estimated"], "usage", 2, /--estimated/],
  ])("refuses %j with nothing written", async (argv, code, exit, message) => {
    const before = await recorded(home);
    const found = await refusal(Add, argv, home);
    expect(found).toMatchObject({
      exit,
      code: typeof code === "string" ? code : (expect.stringMatching(code) as string),
      message: typeof message === "string" ? message : (expect.stringMatching(message) as string),
    });
    expect(await recorded(home)).toEqual(before);
  });

  it("names the flags to use if nobody can be asked", async () => {
    const { stdout, stderr, exit } = await runCommand(Add, [], newHome());
    expect({ stdout, stderr, exit }).toEqual({
      stdout: "",
      stderr: "Error: The entry lacks --provider and --cost.\n  aicost add --provider chatgpt --cost 20\n",
      exit: 2,
    });
  });
});
