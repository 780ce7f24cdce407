import { describe, expect, it } from "vitest";
import Report from "../../src/commands/report.js";
import { fileIn, jsonOf, newHome, runCommand } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { added, imported } from "./answers.js";

keepDatabasesOpen();

const DAYS = ["--range", "2026-11-02..2026-11-05", "--by", "provider", "--strict"];
const MAP = "date=Day,model=Model,cost=Price,input_tokens=In";

/** A bill of these days. */
const billed = async (...days: string[]) => {
  const home = newHome();
  const rows = days.map((day) => `${day},llama-4,1.50,1000`);
  const file = fileIn(home, "bill.csv", ["Day,Model,Price,In", ...rows].join("\n"));
  await imported(home, file, "--map", MAP, "--provider", "groq");
  return home;
};

describe("report --strict", () => {
  it("is met if every day is billed", async () => {
    const home = await billed("2026-11-02", "2026-11-03", "2026-11-04", "2026-11-05");
    const outcome = await runCommand(Report, DAYS, home);
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    expect(jsonOf(await runCommand(Report, [...DAYS, "--json"], home))).toMatchObject({ uncertain: [] });
  });

  it("answers, exits with 6 and names what is estimated, not priced or missing", async () => {
    const home = await billed("2026-11-02", "2026-11-03");
    await added(home, "--date", "2026-11-02", "--provider", "mistral", "--estimated", "--cost", "3");
    await added(
      home,
      "--date",
      "2026-11-04",
      "--provider",
      "groq",
      "--model",
      "nobody-prices-this-1",
      "--input-tokens",
      "1200",
    );
    const uncertain = [
      "$3.00 of mistral is estimated.",
      "1,200 tokens of nobody-prices-this-1 (groq) have no price.",
      "The data end on 2026-11-03: later days are not known.",
    ];
    const outcome = await runCommand(Report, DAYS, home);
    expect(outcome).toMatchObject({ exit: 6 });
    expect(outcome.stdout).toMatch(/^groq /m);
    const told = ["This number is not certain:", ...uncertain.map((sentence) => `- ${sentence}`), ""];
    expect(outcome.stderr).toBe(told.join("\n"));
    const json = await runCommand(Report, [...DAYS, "--json"], home);
    expect(json).toMatchObject({ exit: 6 });
    expect(jsonOf(json)).toMatchObject({
      totals: { cost_usd: "6" },
      // Also if it is not grouped by model.
      not_priced: [{ provider: "groq", model: "nobody-prices-this-1", tokens: 1200 }],
      uncertain,
    });
  });
});
