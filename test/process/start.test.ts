import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { aicost, type Home, newHome, ROOT } from "../support/cli.js";

/** The files of this project, packages included, that a command runs. */
const filesRunBy = async (argv: readonly string[], home: Home): Promise<string[]> => {
  const folder = path.join(home.folder, "coverage");
  await aicost(argv, home, { env: { NODE_V8_COVERAGE: folder } });
  const scripts = readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as {
      result: { url: string }[];
    };
    return result.map(({ url }) => url);
  });
  return scripts
    .filter((url) => url.startsWith("file:"))
    .map((url) => path.relative(ROOT, fileURLToPath(url)));
};

/** What was bundled into files of dist/, as the bundler notes it above each part of them. */
const bundledIn = (files: readonly string[]): string[] =>
  files.flatMap((file) =>
    Array.from(
      readFileSync(path.join(ROOT, file), "utf8").matchAll(/^\s*\/\/ ((?:src|node_modules)\/.+)$/gm),
      (match) => match[1] ?? "",
    ),
  );

it("aicost report loads no more packages and no more of src than it needs", async () => {
  // It is refused before it opens a database.
  const files = await filesRunBy(["report", "--by", "nothing"], newHome());
  expect(files.filter((file) => !/^(bin|dist)\//.test(file))).toEqual([]);
  const parts = bundledIn(files);
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
    // Part of the command framework.
    "tinyglobby",
  ]);
  const folders = new Set(parts.filter((part) => part.startsWith("src/")).map((part) => path.dirname(part)));
  expect([...folders].sort()).toEqual([
    "src",
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

it("aicost --version loads neither a package nor a command", async () => {
  const files = await filesRunBy(["--version"], newHome());
  expect(files).toContain("dist/light/version.cjs");
  expect([...new Set(bundledIn(files))].sort()).toEqual(["src/lib/package-root.ts", "src/light/version.ts"]);
});

it("aicost --version says what the command framework says", async () => {
  const home = newHome();
  const [version, help] = await Promise.all([aicost(["--version"], home), aicost(["--help"], home)]);
  expect(help.stdout).toContain(`VERSION\n  ${version.stdout}`);
});
