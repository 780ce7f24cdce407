import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  aicost,
  errorOf,
  fileIn,
  type Home,
  inTerminal,
  jsonOf,
  makeHome,
  newHome,
  NODE,
  removeHome,
  ROOT,
  runWords,
  sample,
  sharedHome,
  start,
} from "../support/cli.js";
import { giveDatabase, homeWithDatabase } from "../support/open-database.js";

/** A file whose import takes long enough for a progress bar: of as many bytes and rows as that needs. */
const longFile = (home: Home): string => {
  const rows = Array.from(
    { length: 3000 },
    (_, i) => `2026-11-05,${`model-${i % 50}`.padEnd(190, "-")},0.01,${i}`,
  );
  return fileIn(home, "long.csv", `Day,Model,Sum,Call\n${rows.join("\n")}\n`);
};

describe("every command with --json", () => {
  let home: Home;
  /** What stands for the id of an import and of a record. */
  const ids: Record<string, string | undefined> = {};
  beforeAll(async () => {
    home = await giveDatabase(makeHome());
    const argv = [
      "import",
      sample("openrouter_activity_daily.csv"),
      sample("openai_usage_empty.csv"),
      "--json",
    ];
    const { imports } = jsonOf<{ imports: { id: string }[] }>(await runWords(argv, home));
    ids["IMPORT"] = imports[0]?.id;
    const added = await runWords(["add", "--provider", "groq", "--cost", "1", "--json"], home);
    ids["RECORD"] = jsonOf<{ record: { id: string } }>(added).record.id;
  });
  afterAll(() => removeHome(home));

  // Node's own complaints would stand on stderr, or end the program.
  const env = { NODE_OPTIONS: "--trace-warnings --throw-deprecation" };

  it.each([
    ["imports", ["import", sample("openrouter_activity_daily.csv"), "--dry-run"]],
    ["imports", ["import", sample("openai_cost_2026_ungrouped.csv")]],
    ["imports", ["imports"]],
    ["import", ["imports", "show", "IMPORT"]],
    ["record", ["add", "--provider", "groq", "--cost", "2"]],
    ["records", ["records"]],
    ["record", ["records", "show", "RECORD"]],
    ["record", ["records", "edit", "RECORD", "--note", "x"]],
    ["removed", ["records", "remove", "RECORD", "--yes"]],
    ["undone", ["imports", "undo", "--yes", "IMPORT"]],
    ["rows", ["report", "--range", "all"]],
    ["rows", ["report", "--range", "all", "--chart", "--by", "month,provider", "--top", "2"]],
    ["rows", ["report", "--range", "all", "--format", "json"]],
    ["rows", ["report", "--range", "all", "--format", "csv"]],
    ["preferences", ["prefs"]],
    ["preferences", ["prefs", "set", "range", "7d"]],
    ["providers", ["providers"]],
    ["provider", ["providers", "add", "mine"]],
  ])("prints one document with “%s”, and nothing else: %j", async (key, argv) => {
    const outcome = await aicost([...argv.map((word) => ids[word] ?? word), "--json"], home, { env });
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    expect(jsonOf(outcome)).toHaveProperty(key);
  });

  it.each<[number, string, string[]]>([
    [2, "usage", ["report", "--no-such-flag"]],
    [2, "usage", ["import"]],
    [2, "usage", ["records", "show"]],
    [2, "bad_range", ["report", "--range", "x"]],
    [2, "entry_incomplete", ["add"]],
    [4, "file_missing", ["import", "/no/such/file.csv"]],
    [4, "record_not_found", ["records", "remove", "zzz", "--yes"]],
    [4, "import_not_found", ["imports", "undo", "--yes", "zzzz"]],
    [4, "provider_exists", ["providers", "add", "openai"]],
  ])("ends with exit %i and one document with the error %s", async (exit, code, argv) => {
    const outcome = await aicost([...argv, "--json"], home, { env });
    expect(outcome).toMatchObject({ exit, stderr: "" });
    expect(Object.keys(jsonOf(outcome))).toEqual(["error"]);
    expect(errorOf(outcome)).toMatchObject({ code, message: expect.any(String) as string });
  });
});

describe("the program", () => {
  const home = sharedHome();

  it("says on stderr what went wrong, and what to type", async () => {
    expect(await aicost(["import", "/no/such/file.csv"], home)).toEqual({
      stdout: "",
      stderr:
        "Error: There is no file /no/such/file.csv.\n  Check the path; a folder of CSV files works too.\n",
      exit: 4,
    });
  });

  it("prints no warning of the command framework to people who develop something else", async () => {
    const { stderr } = await aicost(["report", "--no-such-flag"], home, { env: { NODE_ENV: "development" } });
    expect(stderr).toBe("Error: There is no flag --no-such-flag.\n  See: aicost report --help\n");
  });

  it("shows no stack trace without DEBUG", async () => {
    const { stderr } = await aicost(["import", "/no/such/file.csv"], home, { env: { DEBUG: "" } });
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it.each([
    [["reprot"], "There is no command “reprot”.", "Did you mean: aicost report"],
    [["imports", "udno", "3f"], /^There is no command “imports udno/, "Did you mean: aicost imports undo"],
    [["xyzzy"], "There is no command “xyzzy”.", "See the commands with: aicost --help"],
  ])(
    "ends with exit 2 for the unknown command %j, and says what may be meant",
    async (argv, message, hint) => {
      const { stdout, stderr, exit } = await aicost(argv, home);
      expect({ stdout, exit }).toEqual({ stdout: "", exit: 2 });
      const [first = "", second] = stderr.split("\n");
      expect(first.replace(/^Error: /, "")).toMatch(message);
      expect(second?.trim()).toBe(hint);
      const outcome = await aicost([...argv, "--json"], home);
      expect(outcome).toMatchObject({ exit: 2, stderr: "" });
      expect(errorOf(outcome)).toMatchObject({ code: "command_unknown", hint });
    },
  );

  it.each([[["import", "--help"]], [["records", "edit", "--help"]], [["imports", "--help"]]])(
    "has help for %j",
    async (argv) => {
      const { stdout, stderr, exit } = await aicost(argv, home);
      expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
      expect(stdout).toContain("USAGE");
    },
  );

  it("knows its version", async () => {
    const { stdout, stderr, exit } = await aicost(["--version"], home);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(stdout).toMatch(/^aicost-cli\/\d+\.\d+\.\d+ \S+ node-v\d/);
  });

  it("needs no home for help, and makes nothing", async () => {
    const bare = newHome();
    await aicost(["report", "--help"], bare);
    const { stdout } = await aicost(["--version"], {
      ...bare,
      dataDir: "/proc/self",
      configDir: "/proc/self",
    });
    expect(stdout).toContain("aicost-cli");
  });

  it("prints no notes and no progress bar if nobody watches", async () => {
    const file = longFile(home);
    const map = ["--map", "date=Day,model=Model,cost=Sum,id=Call", "--provider", "groq"];
    const { stdout, stderr, exit } = await aicost(["import", file, ...map, "--dry-run"], home);
    expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
    expect(stdout).toContain("would be 3,000 new");
    expect(stdout).not.toContain("\r");
  });
});

describe("a pipe that is named like a file", () => {
  it("is imported like standard input", async () => {
    const home = await homeWithDatabase();
    const words = [NODE, path.join(ROOT, "bin/run.cjs"), "import"].map((word) => `'${word}'`).join(" ");
    const script = `${words} <(cat '${sample("openrouter_activity_daily.csv")}') --json`;
    const child = spawn("bash", ["-c", script], {
      env: { ...process.env, AICOST_DATA_DIR: home.dataDir, AICOST_CONFIG_DIR: home.configDir },
    });
    const { stdout } = await finished(child);
    expect(JSON.parse(stdout)).toMatchObject({ imports: [{ inserted: 3, cost_usd: "41.212345" }] });
  });
});

describe("a reader that stops reading", () => {
  let home: Home;
  beforeAll(async () => {
    home = await giveDatabase(makeHome());
    const rows = Array.from({ length: 4000 }, (_, i) => `2026-11-05,model-with-a-long-name-${i},${i}`).join(
      "\n",
    );
    const file = fileIn(home, "many.csv", `Day,Model,Sum\n${rows}\n`);
    await runWords(["import", file, "--map", "date=Day,model=Model,cost=Sum", "--provider", "groq"], home);
  });
  afterAll(() => removeHome(home));

  it.each([
    [["report", "--range", "all", "--by", "model"]],
    [["report", "--range", "all", "--by", "model", "--json"]],
    [["report", "--range", "all", "--by", "model", "--format", "csv"]],
    [["records", "--limit", "1000"]],
    [["--help"]],
  ])("does not make %j fail", async (argv) => {
    const words = [NODE, path.join(ROOT, "bin/run.cjs"), ...argv].map((word) => `'${word}'`).join(" ");
    const script = `set -o pipefail; ${words} | head -1 > /dev/null; echo "\${PIPESTATUS[0]}"`;
    const child = spawn("bash", ["-c", script], {
      env: { ...process.env, AICOST_DATA_DIR: home.dataDir, AICOST_CONFIG_DIR: home.configDir },
    });
    expect(await finished(child)).toEqual({ stdout: "0\n", stderr: "" });
  });
});

const finished = async (child: ChildProcess) => {
  const output = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (piece: string) => (output.stdout += piece));
  child.stderr?.setEncoding("utf8").on("data", (piece: string) => (output.stderr += piece));
  await once(child, "close");
  return output;
};

describe("in a terminal", () => {
  it("aicost add asks for what the flags leave out, and asks again after what is not an answer", async () => {
    const home = await homeWithDatabase();
    const terminal = inTerminal(["add", "--cost", "7", "--note", "by hand"], home);
    await terminal.shows("Provider");
    terminal.type("\u001b[B\r");
    await terminal.shows("What for");
    terminal.type("\u001b[B\r");
    await terminal.shows("Date");
    terminal.type("-x\r");
    await terminal.shows("is not a date");
    terminal.type("\u007f\u007f2026-11-05\r");
    await terminal.shows("Model (optional)");
    terminal.type("gpt\r");
    const { screen, exit } = await terminal.ended;
    expect(exit).toBe(0);
    expect(screen).toContain("Remove it with: aicost records remove");
    const { records } = jsonOf<{ records: unknown[] }>(
      await runWords(["records", "--range", "all", "--json"], home),
    );
    expect(records).toMatchObject([
      {
        provider: "aws",
        kind: "subscription",
        cost_usd: "7",
        timestamp: "2026-11-05T00:00:00Z",
        model_name: "gpt",
        metadata: { note: "by hand" },
      },
    ]);
  });

  it("aicost add can be left with Ctrl+C, and nothing is written", async () => {
    const home = await homeWithDatabase();
    const terminal = inTerminal(["add"], home);
    await terminal.shows("Provider");
    terminal.type("\u0003");
    const { screen, exit } = await terminal.ended;
    expect(exit).not.toBe(0);
    expect(screen).not.toContain("bug");
    expect(jsonOf(await runWords(["records", "--range", "all", "--json"], home))).toEqual({
      records: [],
      warnings: [],
      total: 0,
      shown: 0,
      more: false,
    });
  });

  it("aicost records remove shows what it is about, and asks", async () => {
    const home = await homeWithDatabase();
    const added = await runWords(["add", "--provider", "groq", "--cost", "1.25", "--json"], home);
    const { id } = jsonOf<{ record: { id: string } }>(added).record;
    const no = inTerminal(["records", "remove", id], home);
    await no.shows("$1.25");
    await no.shows("Remove this record?");
    no.type("n\r");
    await no.shows("Nothing was removed.");
    expect((await no.ended).exit).toBe(0);
    expect(jsonOf(await runWords(["records", "--json"], home))).toMatchObject({ total: 1 });
    const yes = inTerminal(["records", "remove", id], home);
    await yes.shows("Remove this record?");
    yes.type("y\r");
    await yes.shows("Removed one record.");
    expect((await yes.ended).exit).toBe(0);
    expect(jsonOf(await runWords(["records", "--json"], home))).toMatchObject({ total: 0 });
  });

  it("a long import shows how far it is, unless it is to be quiet", async () => {
    const home = await homeWithDatabase();
    const file = longFile(home);
    const map = ["--map", "date=Day,model=Model,cost=Sum,id=Call", "--provider", "groq", "--dry-run"];
    const terminal = inTerminal(["import", file, ...map], home);
    await terminal.shows("Reading [");
    await terminal.shows("Trying [");
    await terminal.shows("would be 3,000 new");
    expect((await terminal.ended).exit).toBe(0);
    const quiet = await inTerminal(["import", file, ...map, "--quiet"], home).ended;
    expect(quiet.screen).not.toContain("Reading [");
    expect(quiet.screen).toContain("would be 3,000 new");
  });
});

describe("a question that nobody can answer", () => {
  it.each([
    [["add"], "--provider and --cost"],
    [["add", "--provider", "groq"], "--cost"],
  ])("is not asked: %j", async (argv, flags) => {
    const { child, outcome } = start(argv, newHome());
    const { stdout, stderr, exit } = await outcome;
    expect({ stdout, exit, killed: child.killed }).toEqual({ stdout: "", exit: 2, killed: false });
    expect(stderr).toBe(`Error: The entry lacks ${flags}.\n  aicost add --provider chatgpt --cost 20\n`);
  });
});
