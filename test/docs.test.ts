import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Command } from "@oclif/core";
import { describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const readme = readFileSync(path.join(root, "README.md"), "utf8");

const files = readdirSync(path.join(root, "src/commands"), { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts"),
);
const commands = await Promise.all(
  files.sort().map(async (file) => ({
    name: file.replace(/(\/index)?\.ts$/, "").replaceAll("/", " "),
    command: ((await import(path.join(root, "src/commands", file))) as { default: typeof Command }).default,
  })),
);

/** A lower-case fragment without a full stop; a word in capitals may begin it. */
const isFragment = (text: string | undefined): boolean =>
  text !== undefined && text.trim() !== "" && !/^\p{Lu}\p{Ll}/u.test(text) && !text.trimEnd().endsWith(".");

it("finds the commands", () => {
  expect(commands.map(({ name }) => name)).toContain("import");
});

describe.each(commands)("aicost $name", ({ name, command }) => {
  it("has a summary that is a fragment", () => {
    expect(command.summary).toSatisfy(isFragment);
  });

  it("has an example", () => {
    expect(command.examples).not.toEqual([]);
  });

  it("is named in the README", () => {
    expect(readme).toMatch(new RegExp(`aicost ${name}\\b`));
  });

  it("says what every flag and argument is for, in a fragment", () => {
    const { flags, baseFlags, args } = command;
    for (const [flag, { summary, description }] of Object.entries({ ...baseFlags, ...flags })) {
      expect(isFragment(summary ?? description), `--${flag}: ${summary ?? description}`).toBe(true);
    }
    for (const [arg, { description }] of Object.entries(args)) {
      expect(isFragment(description), `${arg}: ${description}`).toBe(true);
    }
  });
});
