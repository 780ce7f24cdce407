import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { Config } from "@oclif/core";
import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { aicost, newHome, ROOT } from "../support/cli.js";
import { scriptsRunBy } from "../support/coverage.js";

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
    "src/lib/command",
    "src/lib/config",
    "src/lib/dates",
    "src/lib/record",
    "src/lib/render",
    "src/lib/reports",
    "src/lib/secrets",
    "src/lib/store",
    "src/lib/system",
    "src/lib/terminal",
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
  const { stdout } = await aicost(["--version"], newHome());
  expect(stdout).toBe(`${(await Config.load({ root: ROOT })).userAgent}\n`);
});
