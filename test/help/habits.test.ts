import { describe, expect, it } from "vitest";
import { aicost, jsonOf, newHome, ROOT, sharedHome, start } from "../support/cli.js";
import { firstScreen } from "../../src/lib/help/first-screen.js";

const run = (line: string, env: Record<string, string> = {}) => aicost(line.split(" "), newHome(), { env });

describe("help", () => {
  it.each(["help", "-h", "--help"])("aicost %s is the first screen", async (line) => {
    expect(await run(line)).toEqual({ stdout: `${firstScreen()}\n`, stderr: "", exit: 0 });
  });

  it("is of a command, however it is asked for, with usage and examples first", async () => {
    const forms = ["report --help", "report -h", "help report", "help report 7d"];
    const [first, ...others] = await Promise.all(forms.map((line) => run(line)));
    expect(first?.stdout.split("\n").slice(0, 6).join("\n")).toBe(
      "show what you spent\n\nUSAGE\n  $ aicost report [FLAGS]\n\nEXAMPLES",
    );
    for (const other of others) expect(other).toEqual(first);
  });

  it("is of a topic, and of a command in it", async () => {
    expect((await run("help db")).stdout).toContain("$ aicost db COMMAND");
    expect((await run("help db check")).stdout).toContain("$ aicost db check [FLAGS]");
  });

  it.each([
    ["help reprot", "aicost report"],
    ["help db chek", "aicost db check"],
    ["credentials ad --help", "aicost credentials add"],
  ])("aicost %s suggests %s", async (line, meant) => {
    const { stdout, stderr, exit } = await run(line);
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
    expect(stderr).toContain(`Did you mean: ${meant}\n`);
  });

  it.each(["--version", "-v", "version"])("aicost %s is the version", async (line) => {
    expect((await run(line)).stdout).toMatch(/^aicost-cli\/\d+\.\d+\.\d+ /);
  });
});

describe("what is typed out of habit", () => {
  const home = sharedHome();
  const inHome = (line: string, env: Record<string, string> = {}) => aicost(line.split(" "), home, { env });

  it("takes a range behind a command as --range", async () => {
    await inHome(`import ${ROOT}/examples/openrouter-activity.csv`);
    expect(await inHome("report 2026-10 --by model")).toEqual(
      await inHome("report --range 2026-10 --by model"),
    );
    const { stdout, stderr, exit } = await inHome("report 7x");
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
    expect(stderr).toContain("There is no command “report 7x”.");
  });

  it("takes lists with commas", async () => {
    const both = await inHome(
      "report --range all --by provider --kind usage,top_up --provider openrouter,openai",
    );
    expect(both.stdout).toContain("$1.44");
  });

  it("names what is missing, and shows how it is typed", async () => {
    const { stderr, exit } = await inHome("import");
    expect(exit).toBe(2);
    expect(stderr).toBe(
      "Error: FILE is missing: a file to import; also a folder, a glob, or - for standard input.\n  For example: aicost import openai-cost.csv\n  See: aicost import --help\n",
    );
  });

  it("says an error of --json on stderr, too", async () => {
    const outcome = await start(["report", "--range", "x", "--json"], home).outcome;
    expect(jsonOf(outcome)).toMatchObject({ error: { code: "bad_range" } });
    expect(outcome.stderr).toContain("Error: “x” is not a range.");
  });

  it("cuts no value and leaves out no column if no terminal reads it", async () => {
    const name = "a-model-with-a-name-that-is-far-longer-than-any-terminal-is-wide".repeat(3);
    await inHome(`add --provider openrouter --model ${name} --cost 1 --date 2026-11-02`);
    const line = "report --range all --by model,week";
    const narrow = (await inHome(line, { COLUMNS: "80" })).stdout;
    const whole = (await inHome(line, { COLUMNS: "" })).stdout;
    expect(narrow).not.toContain(name);
    expect(whole).toContain(name);
    expect(whole).toContain("2026-W39");
    expect(whole).not.toMatch(/…|earlier/);
  });
});

describe("--jq", () => {
  const home = sharedHome();
  const report = (expression: string, ...more: string[]) =>
    aicost(["report", "--range", "all", "--by", "model", ...more, "--jq", expression], home);

  it("prints what jq makes of the JSON, texts without quotes", async () => {
    await aicost(["import", `${ROOT}/examples/openrouter-activity.csv`], home);
    expect(await report(".rows[] | [.model, .cost_usd] | @csv")).toEqual({
      stdout: '"mistral-large-2026","1.307456"\n"llama-4-scout","0.078189"\n"deepseek-v4-flash","0.050247"\n',
      stderr: "",
      exit: 0,
    });
    expect((await report("empty")).stdout).toBe("");
  });

  it("refuses an expression before the command does anything", async () => {
    const file = `${ROOT}/examples/openai-cost.csv`;
    const { stdout, stderr, exit } = await aicost(["import", file, "--jq", ".a |"], home);
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
    expect(stderr).toContain("Error: jq cannot apply “.a |”: syntax error");
    const imports = await aicost(["imports", "--jq", ".imports | length"], home);
    expect(imports.stdout).toBe("1\n");
  });

  it("says what jq cannot do with an answer", async () => {
    const { stdout, stderr, exit } = await report(".totals.cost_usd.x");
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
    expect(stderr).toContain("Cannot index string");
  });

  it("leaves stdout empty if the command fails", async () => {
    const { stdout, stderr, exit } = await report(".rows", "--provider", "nobody");
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 4 });
    expect(stderr).toContain("There is no provider “nobody”.");
  });
});
