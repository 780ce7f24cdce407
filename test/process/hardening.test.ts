import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  aicost,
  fileIn,
  type Home,
  inTerminal,
  jsonOf,
  newHome,
  ROOT,
  runWords,
  sample,
} from "../support/cli.js";
import { asUserError } from "../../src/lib/command/print-error.js";
import { homeWithDatabase } from "../support/open-database.js";

const DAILY = sample("openrouter_activity_daily.csv");

/** Runs a script in which `aicost` is the built program. */
const shell = async (script: string, home: Home) => {
  const program = `aicost() { '${process.execPath}' '${path.join(ROOT, "bin/run.cjs")}' "$@"; }`;
  const child = spawn("bash", ["-c", `${program}\n${script}`], {
    env: { ...process.env, AICOST_DATA_DIR: home.dataDir, AICOST_CONFIG_DIR: home.configDir },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (output.stdout += piece));
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (output.stderr += piece));
  const [exit] = (await once(child, "close")) as [number | null];
  return { ...output, exit };
};

describe("standard input", () => {
  it.each([
    [`cat '${DAILY}' | aicost import /dev/stdin --json`, "/dev/stdin"],
    [`aicost import - - --json < '${DAILY}'`, "-"],
    [`cat '${DAILY}' | aicost import - /dev/stdin --json`, "-"],
  ])("is read once: %s", async (script, source) => {
    const { stdout, exit } = await shell(script, await homeWithDatabase());
    expect(exit).toBe(0);
    expect((JSON.parse(stdout) as { imports: unknown[] }).imports).toMatchObject([{ source, inserted: 3 }]);
  });

  it("leaves nothing in the temporary folder", async () => {
    const home = await homeWithDatabase();
    const env = { TMPDIR: path.join(home.folder, "config") };
    await aicost(["import", "-"], home, { env, input: readFileSync(DAILY) });
    expect(readdirSync(env.TMPDIR)).toEqual([]);
    expect(tmpdir()).not.toBe(env.TMPDIR);
  });

  it("is not /dev/null", async () => {
    expect(await shell("aicost import /dev/null", newHome())).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining("The file /dev/null is empty.") as string,
    });
  });
});

describe("output that cannot be written", () => {
  it.each(["report", "prefs --json", "--help"])("is said in one line: %s", async (argv) => {
    expect(await shell(`aicost ${argv} > /dev/full`, await homeWithDatabase())).toEqual({
      exit: 5,
      stdout: "",
      stderr: "Error: Cannot write the output: the disk is full.\n",
    });
  });
});

describe("a data folder that cannot be one", () => {
  it("is told only in our words", async () => {
    const { stderr, exit } = await aicost(["prefs"], { ...newHome(), dataDir: "/dev/null/x" });
    expect(exit).toBe(5);
    expect(stderr).toMatch(
      /^Error: The data folder \/dev\/null\/x cannot be written \(ENOTDIR\)\.\n {2}\S.*\n$/,
    );
  });
});

describe("a data folder that is a dangling link", () => {
  it.each(["", "/below"])("is told in words%s", async (below) => {
    const home = newHome();
    symlinkSync("/nowhere/disk", home.dataDir);
    const words = ["add", "--provider", "openai", "--cost", "1"];
    const { stdout, stderr, exit } = await aicost(words, { ...home, dataDir: home.dataDir + below });
    expect({ stdout, exit }).toEqual({ stdout: "", exit: 5 });
    expect(stderr).toBe(
      `Error: The data folder ${home.dataDir}${below} cannot be made: ${home.dataDir} is a link to /nowhere/disk, which does not exist.\n` +
        "  Make that folder, attach its disk, or name another folder: AICOST_DATA_DIR=/path/to/folder\n",
    );
  });
});

describe("an error of a disk that nothing foresaw", () => {
  const thrownBy = (work: () => void): unknown => {
    try {
      work();
    } catch (error) {
      return error;
    }
    return undefined;
  };
  const none = { command: "report", flags: [], example: undefined };

  it("is told in words", () => {
    const full = thrownBy(() => writeFileSync("/dev/full", "x"));
    expect(asUserError(full, none)).toMatchObject({
      code: "disk_full",
      message: expect.stringMatching(
        /^(?:The file \/dev\/full|A file) cannot be used: the disk is full\.$/,
      ) as string,
    });
    // As Node throws it for a drive without a medium.
    const noMedium = Object.assign(new Error("Unknown system error -123: No medium found, open '/dev/sr0'"), {
      code: "Unknown system error -123",
      syscall: "open",
      path: "/dev/sr0",
    });
    expect(asUserError(noMedium, none)).toMatchObject({
      code: "disk_failed",
      message: "The file /dev/sr0 cannot be used: its disk does not answer (error 123).",
    });
    // What is not of a disk is a bug still.
    const missing = thrownBy(() => readFileSync("/nowhere"));
    expect(asUserError(missing, none).code).toBe("bug");
  });
});

describe("a name that is not UTF-8", () => {
  it("is refused as such", async () => {
    const home = newHome();
    const script = `cp '${DAILY}' "$0"/$'b\\xffd.csv'; aicost import "$0"`.replaceAll("$0", home.folder);
    expect(await shell(script, home)).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining("its name is not UTF-8") as string,
    });
  });
});

describe("a missing argument", () => {
  it("is told without advice on flags", async () => {
    const { stderr } = await aicost(["import", "--rate", "CNY=1"], newHome());
    expect(stderr).not.toContain("Note:");
    expect(stderr).toContain("Error: FILE is missing: a file to import;");
  });
});

describe("Ctrl+C", () => {
  it("at a question ends with exit 130 and says nothing", async () => {
    const terminal = inTerminal(["add"], newHome());
    await terminal.shows("Provider");
    terminal.type("\u0003");
    const { screen, exit } = await terminal.ended;
    expect(exit).toBe(130);
    expect(screen).not.toMatch(/bug|Error|force closed/);
  });

  it(
    "in an import keeps what was written, and the import is completed under its own id",
    { timeout: 120_000 },
    async () => {
      const home = await homeWithDatabase();
      const rows = Array.from({ length: 20_000 }, (_, i) => `2026-11-05T00:00:00Z,0.01,${i}`).join("\n");
      const file = fileIn(home, "calls.csv", `When,Sum,Call\n${rows}\n`);
      const argv = ["import", file, "--map", "date=When,cost=Sum,id=Call", "--provider", "groq"];
      const listed = async () =>
        jsonOf<{ imports: { id: string; status: string }[] }>(await runWords(["imports", "--json"], home))
          .imports;

      const terminal = inTerminal(argv, home);
      await terminal.shows("Writing [");
      // A tenth of the rows is in.
      await terminal.shows("====");
      terminal.type("\u0003");
      const { screen, exit } = await terminal.ended;
      expect(exit).toBe(130);
      expect(screen).toContain("Stopped. The import is not complete; import the file again to complete it.");
      expect(screen).not.toContain("Error");
      const [begun] = await listed();
      expect(begun?.status).toBe("running");
      expect(await runWords(argv, home)).toMatchObject({ exit: 0, stderr: "" });
      expect(await listed()).toMatchObject([{ id: begun?.id, status: "done" }]);
    },
  );
});
