import { beforeAll, describe, expect, it } from "vitest";
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

  it("is unknown of what is entered by hand", async () => {
    const fresh = newHome();
    await added(fresh, "-p", "openai", "-c", "2", "-d", "2026-11-02");
    expect(Object.keys(await groups(fresh, "key"))).toEqual(["null"]);
  });
});
