import { writeFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import Add from "../../src/commands/add.js";
import RecordsShow from "../../src/commands/records/show.js";
import Report from "../../src/commands/report.js";
import { type Home, newHome, refusal, runCommand, sample, sharedHome } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported, recorded, reported } from "./answers.js";

keepDatabasesOpen();

const SAMPLES = [
  "openai_cost_2026_by_line_item.csv",
  "openai_completions_usage_2026.csv",
  "anthropic_cost_2026_08.csv",
  "anthropic_usage_daily.csv",
];

/** By the group's name. */
const groups = async (home: Home, by: "account" | "project" | "key", ...argv: string[]) => {
  const { rows } = await reported(home, "--by", by, ...argv);
  const key = by === "key" ? "api_key" : by;
  return Object.fromEntries(rows.map((row) => [String(row[key]), row]));
};

describe("whose spend it is", () => {
  let home: Home;
  beforeAll(async () => {
    home = sharedHome();
    await imported(home, ...SAMPLES.map(sample));
  });

  it("is told by name, tokens of one export beside the money of another", async () => {
    const projects = await groups(home, "project");
    // The usage export has the ids of projects only, the cost export both.
    expect(projects["Alpha"]).toMatchObject({ input_tokens: 1_489_797, request_count: 395 });
    expect(projects["Alpha"]?.cost_usd).toMatch(/^0\.3/);
    const keys = await groups(home, "key");
    // Anthropic's usage export has the names of keys only, its cost export both.
    expect(keys["demo-prod"]).toMatchObject({ cost_usd: "1235.4", input_tokens: 281_335_005 });
    expect(Object.keys(await groups(home, "account"))).toEqual(["null", "Demo Org"]);
  });

  it("limits a report, and a list", async () => {
    const { totals } = await reported(home, "--key", "demo-*");
    expect(totals.cost_usd).toBe("1235.4");
    const ofProject = await reported(home, "--project", "ALPHA", "--by", "day");
    const alpha = (await groups(home, "project"))["Alpha"];
    expect(ofProject.totals.cost_usd).toBe(alpha?.cost_usd);
    const { records, total } = await recorded(home, "--project", "alpha");
    expect(total).toBe(alpha?.record_count);
    expect(new Set(records.map(({ project }) => project)).size).toBe(1);
    expect((await recorded(home, "--project", records[0]?.project ?? "")).total).toBe(total);
    expect((await recorded(home, "--account", "demo org,nobody")).total).toBeGreaterThan(0);
  });

  it("is shown with a record, by name and id", async () => {
    const { records } = await recorded(home, "--project", "alpha");
    const { stdout } = await runCommand(RecordsShow, [records[0]?.id ?? ""], home);
    expect(stdout).toMatch(/^Project +Alpha \(proj_Demo1a+\)$/m);
  });

  it("is never asked for by the key itself", async () => {
    const secret = `sk-proj-${"a1B2".repeat(8)}`;
    const refused = await refusal(Report, ["--key", secret], home);
    expect(refused).toMatchObject({ code: "key_is_secret", exit: 2 });
    expect(JSON.stringify(refused)).not.toContain(secret);
  });

  it("is what you say of what you enter by hand", async () => {
    const fresh = newHome();
    const mine = ["-p", "openai", "-d", "2026-11-02", "--key", " laptop "];
    await added(fresh, "-p", "openai", "-c", "2", "-d", "2026-11-02");
    await added(fresh, ...mine, "-c", "3", "--account", "home", "--project", "shop");
    await added(fresh, ...mine, "-c", "4", "--account", "work");
    const keys = await groups(fresh, "key");
    expect(Object.entries(keys).map(([name, { cost_usd }]) => [name, cost_usd])).toEqual([
      ["laptop (work)", "4"],
      ["laptop (home)", "3"],
      ["null", "2"],
    ]);
    expect(Object.keys(await groups(fresh, "project"))).toEqual(["null", "shop"]);
    expect(await recorded(fresh, "--project", "shop")).toMatchObject({
      records: [{ account: "home", project: "shop", api_key: "laptop" }],
    });
  });

  it("has a name of its own, and not a secret", async () => {
    const entry = ["-p", "openai", "-c", "2"];
    const secret = `sk-proj-${"a1B2".repeat(8)}`;
    const refused = await refusal(Add, [...entry, "--key", secret], home);
    expect(refused).toMatchObject({ code: "key_is_secret", exit: 2 });
    expect(JSON.stringify(refused)).not.toContain(secret);
    for (const flag of ["--account", "--project", "--key"]) {
      for (const name of [" ", "x".repeat(201), "a\nb"]) {
        expect(await refusal(Add, [...entry, flag, name], home)).toMatchObject({ code: "bad_name", exit: 2 });
      }
    }
  });

  describe("in a file that you map", () => {
    const content = [
      "Day,Team,Org,Key name,Model,Amount (USD)",
      "2026-11-02,shop,acme,ci,large,1.25",
      "2026-11-02,docs,acme,ci,large,2",
      `2026-11-03,shop,globex,sk-proj-${"a1B2".repeat(8)},large,4`,
      "2026-11-03,,,,large,8",
    ].join("\n");
    const MONEY = 'date=Day,cost="Amount (USD)",model=Model';
    const WHOSE = `${MONEY},project=Team,key=Key name`;
    const file = (home: Home, month = "2026-11", more = ""): string => {
      const at = path.join(path.dirname(home.dataDir), `${month}.csv`);
      writeFileSync(at, content.replaceAll("2026-11", month) + more);
      return at;
    };
    const costsBy = async (home: Home, by: "project" | "key") =>
      Object.entries(await groups(home, by)).map(([name, { cost_usd }]) => [name, cost_usd]);

    it("is what the columns say, without the secret of a key, and a saved mapping keeps it", async () => {
      const fresh = newHome();
      await imported(fresh, file(fresh), "--map", WHOSE, "--provider", "mistral", "--save-map", "mine");
      const once = {
        project: await costsBy(fresh, "project"),
        key: await costsBy(fresh, "key"),
      };
      expect(once).toEqual({
        project: [
          ["null", "8"],
          ["shop", "5.25"],
          ["docs", "2"],
        ],
        key: [
          ["null", "8"],
          ["sk-pro…a1B2", "4"],
          ["ci", "3.25"],
        ],
      });
      await imported(fresh, file(fresh, "2026-10"));
      expect(await costsBy(fresh, "project")).toEqual([
        ["null", "16"],
        ["shop", "10.5"],
        ["docs", "4"],
      ]);
    });

    it("comes to rows that are in already, and counts them once", async () => {
      const fresh = newHome();
      const mapped = (...words: string[]) => [...words, "--provider", "mistral"];
      await imported(fresh, file(fresh), ...mapped("--map", MONEY));
      const before = (await recorded(fresh)).records.map(({ id }) => id);
      const later = file(fresh, "2026-11", "\n2026-11-04,shop,acme,ci,large,16");
      await imported(fresh, later, ...mapped("--map", WHOSE));
      const { records } = await recorded(fresh);
      expect(records.map(({ id }) => id)).toEqual(expect.arrayContaining(before));
      expect(records.map(({ project }) => String(project)).sort()).toEqual([
        "docs",
        "null",
        "shop",
        "shop",
        "shop",
      ]);
      expect((await reported(fresh)).totals.cost_usd).toBe("31.25");
    });
  });
});
