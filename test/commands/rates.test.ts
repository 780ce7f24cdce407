import { createWriteStream, readFileSync, statSync } from "node:fs";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import Import from "../../src/commands/import.js";
import ImportsUndo from "../../src/commands/imports/undo.js";
import PrefsSet from "../../src/commands/prefs/set.js";
import Prompt from "../../src/commands/prompt.js";
import RatesImport from "../../src/commands/rates/import.js";
import Rates from "../../src/commands/rates/index.js";
import RatesRemove from "../../src/commands/rates/remove.js";
import RatesSet from "../../src/commands/rates/set.js";
import RatesUpdate from "../../src/commands/rates/update.js";
import RecordsShow from "../../src/commands/records/show.js";
import Report from "../../src/commands/report.js";
import Sync from "../../src/commands/sync.js";
import Today from "../../src/commands/today.js";
import { type AnsweringServer, startAnswering } from "../support/answering-server.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand } from "../support/cli.js";
import { inOneOpening, keepDatabasesOpen } from "../support/open-database.js";
import { zipped } from "../support/zip.js";
import { added, imported, recorded } from "./answers.js";

keepDatabasesOpen();

const FOLDER = "test/fixtures/rates";
const HISTORY = `${FOLDER}/eurofxref-hist.zip`;
const SUNDAY = new Date("2026-11-29T12:00:00Z");

// The clock alone stands still; timers go on.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: SUNDAY }));
afterEach(() => void vi.useRealTimers());
afterEach(() => void vi.unstubAllEnvs());

interface Listed {
  rates: { currency: string; usd: string; date: string | null; source: string }[];
  ecb: { days: number; first_day: string; last_day: string } | null;
}

const listed = (home: Home): Promise<Listed> => answer<Listed>(Rates, [], home);

describe("aicost rates", () => {
  it("lists what was set and imported, and takes it away again", async () => {
    const home = newHome();
    expect(await listed(home)).toEqual({ rates: [], ecb: null });
    await answer(RatesSet, ["aed", "0.2723"], home);
    await answer(RatesSet, ["AED", "0.2724", "--date", "2026-11-05"], home);
    await answer(RatesSet, ["AED", "0.2725", "--date", "2026-11-05"], home);
    expect(await answer(RatesImport, [HISTORY], home)).toMatchObject({
      inserted: 16,
      updated: 0,
      left_out: 0,
    });
    expect(await answer(RatesImport, [`${FOLDER}/eurofxref.csv`], home)).toMatchObject({ unchanged: 1 });
    const { rates, ecb } = await listed(home);
    expect(ecb).toEqual({ days: 16, first_day: "2025-12-23", last_day: "2026-11-27" });
    expect(rates).toHaveLength(31);
    expect(rates).toEqual(
      expect.arrayContaining([
        { currency: "AED", usd: "0.2723", date: null, source: "set" },
        { currency: "AED", usd: "0.2725", date: "2026-11-05", source: "set" },
        { currency: "EUR", usd: "1.12", date: "2026-11-27", source: "ecb" },
        { currency: "CNY", usd: "0.15135135135135135135", date: "2026-11-27", source: "ecb" },
      ]),
    );
    for (const columns of ["80", "120"]) {
      const { stdout } = await runCommand(Rates, [], home, { COLUMNS: columns });
      await expect(stdout).toMatchFileSnapshot(`snapshots/rates-${columns}.txt`);
    }
    await answer(RatesRemove, ["AED"], home);
    expect(await refusal(RatesRemove, ["AED"], home)).toMatchObject({ code: "rate_unknown", exit: 4 });
    await answer(RatesRemove, ["AED", "--date", "2026-11-05"], home);
    expect(await answer(RatesRemove, ["--ecb"], home)).toEqual({ removed: 16 });
    expect(await listed(home)).toEqual({ rates: [], ecb: null });
  });

  it.each([
    [RatesSet, ["USD", "1"], "bad_rate", "US dollars have no rate: everything is counted in them."],
    [RatesSet, ["euro", "1"], "bad_currency", "“euro” is not a currency."],
    [RatesSet, ["EUR", "0"], "bad_rate", "“0” is not a rate for EUR."],
    [RatesSet, ["EUR", "x"], "bad_rate", "“x” is not a rate for EUR."],
    [RatesSet, ["EUR", "10000000"], "bad_rate", "“10000000” is not a rate for EUR."],
    [RatesSet, ["EUR", "1", "--date", "2026-02-30"], "bad_date", "“2026-02-30” is not a day."],
    [RatesRemove, [], "usage", "Name either a currency, with or without --date, or --ecb."],
    [RatesRemove, ["--ecb", "--date", "2026-11-05"], "usage", /^Name either/],
    [RatesImport, ["none.csv"], "file_missing", "There is no file none.csv."],
    [
      RatesImport,
      ["examples/openai-cost.csv"],
      "rates_unreadable",
      /not a whole rate file.*Nothing was changed\.$/,
    ],
  ] as const)("refuses %o %j", async (command, argv, code, message) => {
    expect(await refusal(command, [...argv], newHome())).toMatchObject({
      code,
      message: typeof message === "string" ? message : (expect.stringMatching(message) as string),
      hint: expect.any(String) as string,
    });
  });

  it("refuses a file that is broken, or 100 MB large, and changes nothing", async () => {
    const home = newHome();
    await answer(RatesImport, [HISTORY], home);
    const before = await listed(home);
    const daily = readFileSync(`${FOLDER}/eurofxref.csv`, "utf8");
    const zip = readFileSync(HISTORY);
    const large = fileIn(home, "large.csv", "");
    const output = createWriteStream(large);
    for (let i = 0; i < 100; i++) output.write("x".repeat(1024 * 1024));
    output.end();
    await once(output, "close");
    expect(statSync(large).size).toBe(100 * 1024 * 1024);
    const huge = [daily.split("\n")[0], ...Array<string>(90_000).fill(daily.split("\n")[1] ?? ""), ""].join(
      "\n",
    );
    const files = {
      "large.csv": "rates_unreadable",
      [fileIn(home, "cut.zip", zip.subarray(0, 900))]: "file_damaged",
      [fileIn(home, "cut.csv", daily.slice(0, -3))]: "rates_unreadable",
      [fileIn(home, "negative.csv", daily.replace("1.1200", "-1.1200"))]: "rates_unreadable",
      [fileIn(
        home,
        "two.zip",
        zipped([
          { name: "a.csv", content: daily },
          { name: "b.csv", content: daily },
        ]),
      )]: "rates_unreadable",
      [fileIn(home, "huge.zip", zipped([{ name: "a.csv", content: huge }]))]: "rates_unreadable",
      [fileIn(home, "rates.html", "<!doctype html><html>")]: "rates_unreadable",
    };
    for (const [file, code] of Object.entries(files)) {
      const path = file === "large.csv" ? large : file;
      expect({ file, ...(await refusal(RatesImport, [path], home)) }).toMatchObject({ file, code, exit: 4 });
    }
    expect(await listed(home)).toEqual(before);
  });
});

describe("aicost rates update", () => {
  let server: AnsweringServer | undefined;
  afterEach(() => server?.stop());

  /** A mirror of the files; it notes what was asked for. */
  const mirror = async (files: Record<string, Buffer | number>): Promise<string[]> => {
    const asked: string[] = [];
    server = await startAnswering(({ url = "" }, response) => {
      asked.push(url);
      const file = files[url] ?? 404;
      if (typeof file === "number") response.writeHead(file).end();
      else response.end(file);
    });
    vi.stubEnv("AICOST_RATES_URL", `${server.url}/eurofxref`);
    return asked;
  };
  const files = {
    "/eurofxref/eurofxref.zip": readFileSync(`${FOLDER}/eurofxref.zip`),
    "/eurofxref/eurofxref-hist.zip": readFileSync(HISTORY),
  };
  const [DAILY, ALL] = Object.keys(files);

  it("fetches the history first, then the daily file, and the history again if days are missing", async () => {
    const home = newHome();
    const asked = await mirror(files);
    expect(await answer(RatesUpdate, [], home)).toMatchObject({ inserted: 16, last_day: "2026-11-27" });
    expect(await answer(RatesUpdate, [], home)).toMatchObject({ inserted: 0, last_day: "2026-11-27" });
    expect(asked).toEqual([ALL, DAILY]);
    const other = newHome();
    const daily = readFileSync(`${FOLDER}/eurofxref.csv`, "utf8");
    const of = (day: string) => fileIn(other, "rates.csv", daily.replace("27 November", day));
    await answer(RatesImport, [of("26 November")], other);
    expect(await answer(RatesUpdate, [], other)).toMatchObject({ inserted: 1 });
    await answer(RatesRemove, ["--ecb"], other);
    await answer(RatesImport, [of("24 November")], other);
    expect(await answer(RatesUpdate, [], other)).toMatchObject({ inserted: 15, updated: 1 });
    expect(asked.slice(2)).toEqual([DAILY, DAILY, ALL]);
  });

  it.each<[string, Record<string, Buffer | number>, string]>([
    ["a server in trouble", { [ALL!]: 403 }, "provider_failed"],
    ["a redirect", { [ALL!]: 301 }, "provider_failed"],
    ["a page instead of the file", { [ALL!]: Buffer.from("<!doctype html><html>") }, "rates_unreadable"],
    ["a file that is cut off", { [ALL!]: files[ALL as keyof typeof files].subarray(0, 900) }, "file_damaged"],
    ["an answer of 100 MB", { [ALL!]: Buffer.alloc(100 * 1024 * 1024) }, "answer_too_large"],
  ])("refuses %s, and changes nothing", async (_, answers, code) => {
    const home = newHome();
    await mirror(answers);
    expect(await refusal(RatesUpdate, [], home)).toMatchObject({ code });
    expect(await listed(home)).toEqual({ rates: [], ecb: null });
  });

  it("takes no address that is not encrypted", async () => {
    vi.stubEnv("AICOST_RATES_URL", "http://rates.example.com/");
    expect(await refusal(RatesUpdate, [], newHome())).toMatchObject({
      code: "bad_rates_url",
      message: expect.stringContaining("is not encrypted") as string,
    });
  });

  it("is a part of a sync if it is switched on, and of nothing else", async () => {
    const home = newHome();
    const asked = await mirror(files);
    await answer(Sync, [], home);
    await answer(RatesSet, ["EUR", "1.08"], home);
    await answer(Report, [], home);
    expect(asked).toEqual([]);
    await answer(PrefsSet, ["update-rates", "on"], home);
    await answer(Sync, ["--dry-run"], home);
    expect(asked).toEqual([]);
    expect(await answer(Sync, [], home)).toMatchObject({ rates: { inserted: 16 }, warnings: [] });
    await server?.stop();
    await mirror({});
    const { stdout, stderr, exit } = await runCommand(Sync, [], home);
    expect({ stdout, stderr, exit }).toMatchObject({
      stdout: expect.stringContaining("No usable key") as string,
      stderr: expect.stringMatching(/answered 404 instead of eurofxref\.zip/) as string,
      exit: 5,
    });
  });
});

const EURO_MAP = ["--map", "date=Day,cost=Cost", "--provider", "groq", "--currency", "EUR"];

describe("an import in another currency", () => {
  it("takes each charge at the rate of its day, and keeps that rate", async () => {
    const home = newHome();
    const file = fileIn(home, "euro.csv", "Day,Cost\n2026-11-20,2\n2026-11-22,2\n2026-11-27,3\n");
    expect(await refusal(Import, [file, ...EURO_MAP], home)).toMatchObject({
      code: "currency_rate_missing",
      message: "There is no rate for EUR on 2026-11-20: no rate of EUR is stored.",
      hint: expect.stringMatching(
        /--rate EUR=NUMBER.*aicost rates set EUR NUMBER[^]*aicost rates update/,
      ) as string,
    });
    expect((await recorded(home)).total).toBe(0);
    await answer(RatesImport, [HISTORY], home);
    expect(await imported(home, file, ...EURO_MAP)).toMatchObject([{ inserted: 3, cost_usd: "7.86" }]);
    const { records } = await recorded(home);
    const ecb = { currency: "EUR", rate_source: "ecb" };
    expect(records.map(({ cost_usd, metadata }) => [cost_usd, metadata.original])).toEqual([
      ["3.36", { ...ecb, amount: "3", rate: "1.12", rate_date: "2026-11-27" }],
      ["2.25", { ...ecb, amount: "2", rate: "1.125", rate_date: "2026-11-20" }],
      ["2.25", { ...ecb, amount: "2", rate: "1.125", rate_date: "2026-11-20" }],
    ]);
    const { stdout } = await runCommand(RecordsShow, [records[0]!.id], home);
    expect(stdout).toContain("3 EUR at 1.12 (ECB, 2026-11-27)");
    await answer(RatesSet, ["EUR", "2", "--date", "2026-11-20"], home);
    expect(await imported(home, file, ...EURO_MAP)).toMatchObject([
      { unchanged: 3, cost_usd: "7.86", kept_rates: { EUR: { kept: ["1.125"], given: "2, 1.12" } } },
    ]);
    const [first] = await imported(home, file, ...EURO_MAP);
    await answer(ImportsUndo, [first!.imported_as!, "--yes"], home);
    expect(await imported(home, file, ...EURO_MAP)).toMatchObject([{ inserted: 3, cost_usd: "11.36" }]);
  });

  it("holds for what is entered by hand, too", async () => {
    const home = newHome();
    await answer(RatesImport, [HISTORY], home);
    const charge = ["-p", "groq", "-c", "74", "--currency", "CNY"];
    expect(await added(home, ...charge, "--date", "2026-11-28")).toMatchObject({
      cost_usd: "11.2",
      metadata: { original: { rate_date: "2026-11-27", rate_source: "ecb" } },
    });
    expect(await added(home, ...charge, "--rate", "CNY=0.14")).toMatchObject({ cost_usd: "10.36" });
  });
});

describe("a report in another currency", () => {
  const filled = async (): Promise<Home> => {
    const home = newHome();
    await inOneOpening(home, async () => {
      await answer(RatesImport, [HISTORY], home);
      const file = fileIn(home, "usd.csv", "Day,Cost\n2026-11-20,9\n2026-11-22,9\n2026-11-27,11.2\n");
      await imported(home, file, "--map", "date=Day,cost=Cost", "--provider", "groq");
      await answer(PrefsSet, ["currency", "EUR"], home);
    });
    return home;
  };
  const RANGE = ["--range", "2026-11"];

  it("converts each day at its rate, and keeps dollars in JSON", async () => {
    const home = await filled();
    const report = await answer<Record<string, unknown>>(
      Report,
      [...RANGE, "--by", "provider", "--compare"],
      home,
    );
    expect(report).toMatchObject({
      totals: { cost_usd: "29.2", usage_usd: "29.2", currency: "EUR", cost: "26" },
      rows: [{ provider: "groq", cost_usd: "29.2", currency: "EUR", cost: "26" }],
      rates: [{ source: "ecb", from: "2026-11-20", to: "2026-11-27" }],
    });
    for (const columns of ["80", "120"]) {
      const shown = await runCommand(Report, [...RANGE, "--chart"], home, { COLUMNS: columns });
      await expect(shown.stdout).toMatchFileSnapshot(`snapshots/report-euro-${columns}.txt`);
    }
    const { stdout } = await runCommand(
      Report,
      [...RANGE, "--format", "csv", "--columns", "cost,per-mtok"],
      home,
    );
    expect(stdout).toBe("day,cost_eur,eur_per_mtok\r\n2026-11-20,8,\r\n2026-11-22,8,\r\n2026-11-27,10,\r\n");
  });

  it("refuses a day without a rate, and looks at no other days", async () => {
    const home = await filled();
    await added(home, "-p", "chatgpt", "-c", "20", "--date", "2026-11-10");
    expect(await refusal(Report, RANGE, home)).toMatchObject({
      code: "currency_rate_missing",
      exit: 4,
      message: expect.stringContaining("There is no rate for EUR on 2026-11-10: ") as string,
    });
    const { totals } = await answer<{ totals: object }>(Report, [...RANGE, "-p", "groq"], home);
    expect(totals).toMatchObject({ cost: "26" });
    await answer(RatesSet, ["EUR", "1.25"], home);
    expect(await answer(Report, RANGE, home)).toMatchObject({ totals: { cost: "42" } });
  });

  it("shows today and the prompt in it, or dollars with a mark", async () => {
    const home = await filled();
    vi.setSystemTime(new Date("2026-11-27T12:00:00Z"));
    const today = async () => (await runCommand(Today, [], home)).stdout;
    expect(await today()).toBe("€10.00 today · €26.00 Nov · pace €98\n");
    expect((await runCommand(Prompt, [], home)).stdout).toBe(await today());
    expect(await answer(Today, [], home)).toMatchObject({
      today: { cost_usd: "11.2", currency: "EUR", cost: "10" },
      yesterday: { cost_usd: "0", currency: "EUR", cost: "0" },
      month: { cost_usd: "29.2", cost: "26" },
      pace_usd: "109.5",
      pace: "97.5",
    });
    await added(home, "-p", "chatgpt", "-c", "20", "--date", "2026-11-10");
    expect(await today()).toMatch(/^\$11\.20 today · \$49\.20 Nov · pace \$1\d\d \(no EUR rate\)\n$/);
    expect((await runCommand(Today, ["--format", "{today}"], home)).stdout).toBe("$11.20 (no EUR rate)\n");
    const told = await answer<{ not_in: string; warnings: string[] }>(Today, [], home);
    expect(told).toMatchObject({ not_in: "EUR", warnings: [expect.stringContaining("2026-11-10")] });
  });
});
