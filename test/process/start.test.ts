import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { aicost, type Home, newHome, ROOT } from "../support/cli.js";

/** A file that a command ran, and the parts that were bundled into it and evaluated: it is named after its source. */
interface Script {
  file: string;
  parts: string[];
}

/** The files of this project, packages included, that a command runs. */
const scriptsRunBy = async (argv: readonly string[], home: Home): Promise<Script[]> => {
  const folder = path.join(home.folder, "coverage");
  await aicost(argv, home, { env: { NODE_V8_COVERAGE: folder } });
  return readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as Coverage;
    return result
      .filter(({ url }) => url.startsWith("file:") || url.startsWith("/"))
      .map(({ url, functions }) => ({
        file: path.relative(ROOT, url.startsWith("/") ? url : fileURLToPath(url)),
        parts: functions
          .filter(({ functionName, ranges }) => PART.test(functionName) && (ranges[0]?.count ?? 0) > 0)
          .map(({ functionName }) => functionName),
      }));
  });
};

const PART = /^(?:src|node_modules)\//;

interface Coverage {
  result: { url: string; functions: { functionName: string; ranges: { count: number }[] }[] }[];
}

it("aicost report loads no more packages and no more of src than it needs", async () => {
  // It is refused before it opens a database.
  const scripts = await scriptsRunBy(["report", "--by", "nothing"], newHome());
  expect(scripts.map(({ file }) => file).sort()).toEqual([
    "bin/program.cjs",
    "bin/run.cjs",
    "dist/program.cjs",
  ]);
  const parts = scripts.flatMap((script) => script.parts);
  const packages = Object.keys(packageJson.dependencies).filter((name) =>
    parts.some((part) => part.startsWith(`node_modules/${name}/`)),
  );
  expect(packages).toEqual([
    "@oclif/core",
    "asciichart",
    "big.js",
    "cli-table3",
    "fastest-levenshtein",
    "string-width",
    "temporal-polyfill",
  ]);
  const folders = new Set(parts.filter((part) => part.startsWith("src/")).map((part) => path.dirname(part)));
  expect([...folders].sort()).toEqual([
    "src/commands",
    "src/lib",
    "src/lib/auth",
    "src/lib/providers",
    "src/lib/render",
    "src/lib/reports",
    "src/lib/store",
  ]);
  expect(parts.filter((part) => part.startsWith("src/lib/providers/"))).toEqual([
    "src/lib/providers/cost-exports.ts",
  ]);
});

it("a command runs what was compiled when the program was built", async () => {
  const told = `process.stdout.write(String(require("./bin/program.cjs").load().script.cachedDataRejected))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", told], { cwd: ROOT });
  expect(stdout).toBe("false");
});

it.each([
  ["--version", "version"],
  ["today", "today"],
  ["prompt", "today"],
])("aicost %s loads neither a package nor a command", async (word, name) => {
  const home = newHome();
  await aicost(["add", "--provider", "openai", "--cost", "1"], home);
  const scripts = await scriptsRunBy([word], home);
  expect(scripts.map(({ file }) => file).sort()).toEqual(["bin/run.cjs", `dist/light/${name}.cjs`]);
});

it("aicost --version says what the command framework says", async () => {
  const home = newHome();
  const [version, help] = await Promise.all([aicost(["--version"], home), aicost(["--help"], home)]);
  expect(help.stdout).toContain(`VERSION\n  ${version.stdout}`);
});
