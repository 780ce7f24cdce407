import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Command, Flags, type Interfaces, Parser } from "@oclif/core";
import { describe, expect, it } from "vitest";
import { pages } from "../scripts/console-examples.js";
import { EXIT } from "../src/lib/errors.js";
import { ROOT } from "./support/cli.js";
import { callsIn, codeIn } from "./support/command-lines.js";

const textOf = (file: string): string => readFileSync(path.join(ROOT, file), "utf8");
const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .map((file) => file.replaceAll(path.sep, "/"))
    .sort();

const readme = textOf("README.md");
const docs = filesIn("docs", ".md").map((file) => `docs/${file}`);
const allPages = pages.map(textOf).join("\n");

const commands = await Promise.all(
  filesIn("src/commands", ".ts").map(async (file) => ({
    name: file.replace(/(\/index)?\.ts$/, "").replaceAll("/", " "),
    command: ((await import(path.join(ROOT, "src/commands", file))) as { default: typeof Command }).default,
  })),
);

/** The command that words begin with, and the words after it. @throws if there is none */
const commandOf = (words: readonly string[]) => {
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(" ");
    const found = commands.find((each) => each.name === name);
    if (found) return { ...found, rest: words.slice(count) };
  }
  throw new Error(`There is no command: aicost ${words.join(" ")}`);
};

const flagsOf = ({ baseFlags, flags }: typeof Command): Interfaces.FlagInput => ({
  ...baseFlags,
  ...flags,
  json: Flags.boolean(),
});

/** The flags among words that the command does not have. */
const unknownFlags = (words: readonly string[]): string[] => {
  const { command, rest } = commandOf(words);
  const known = Object.entries(flagsOf(command)).flatMap(([name, flag]) => [
    `--${name}`,
    ...(flag.type === "boolean" && flag.allowNo ? [`--no-${name}`] : []),
    ...(flag.char ? [`-${flag.char}`] : []),
  ]);
  return rest
    .map((word) => word.replace(/=.*/s, ""))
    .filter((word) => /^--?[a-z]/.test(word) && !known.includes(word));
};

/** Reads words as the command does. @throws what is wrong with them */
const parse = async (words: readonly string[]): Promise<void> => {
  const { command, rest } = commandOf(words);
  await Parser.parse(rest, { flags: flagsOf(command), args: command.args, strict: command.strict });
};

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

  it("has examples that it understands", async () => {
    expect(command.examples).not.toEqual([]);
    for (const example of command.examples) {
      const line = typeof example === "string" ? example : example.command;
      const typed = line.replaceAll("<%= config.bin %>", "aicost").replaceAll("<%= command.id %>", name);
      const calls = callsIn(typed);
      expect(calls).not.toEqual([]);
      for (const words of calls) await parse(words);
    }
  });

  it("is named in the README or in a page of docs/", () => {
    expect(allPages).toMatch(new RegExp(`aicost ${name}\\b`));
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

describe("calls of aicost in a text", () => {
  it.each([
    ["aicost today", [["today"]]],
    ["aicost add --note 'a b' # why", [["add", "--note", "a b"]]],
    ["npm ci && ./bin/run.cjs import *.csv && ./bin/run.cjs report", [["import", "*.csv"], ["report"]]],
    [`PS1='$(aicost prompt --format "{today} ")\\$ '`, [["prompt", "--format", "{today} "]]],
    ['command = "aicost prompt"', [["prompt"]]],
    ["$ aicost import a.csv --map \\\n  x", [["import", "a.csv", "--map", "x"]]],
    ["aicost vault import aicost-vault.txt", [["vault", "import", "aicost-vault.txt"]]],
    ["The folder aicost", []],
  ])("%j", (text, calls) => {
    expect(callsIn(text)).toEqual(calls);
  });
});

describe.each([...pages, "CHANGELOG.md", "supabase/README.md", "bench/README.md"])(
  "the code in %s",
  (page) => {
    const text = textOf(page);

    it("names only commands and flags that there are", () => {
      for (const words of codeIn(text).flatMap(callsIn)) {
        expect(unknownFlags(words), words.join(" ")).toEqual([]);
      }
    });

    it("has shell blocks that can be run", async () => {
      const blocks = [...text.matchAll(/^```sh\n([^]*?)^```$/gm)];
      for (const words of blocks.flatMap(([, block = ""]) => callsIn(block))) await parse(words);
    });
  },
);

it.each(docs)("%s is linked from the README", (page) => {
  expect(readme).toContain(`](${page})`);
});

it.each(["README.md", "CHANGELOG.md", "bench/README.md", "supabase/README.md", ...docs])(
  "the links in %s lead somewhere",
  (page) => {
    for (const [, target = ""] of textOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (target.startsWith("https:")) continue;
      const [file = "", anchor] = target.split("#");
      const linked = file === "" ? page : path.posix.join(path.posix.dirname(page), file);
      expect(existsSync(path.join(ROOT, linked)), target).toBe(true);
      if (anchor !== undefined) expect(anchorsIn(textOf(linked)), target).toContain(anchor);
    }
  },
);

/** As GitHub makes them. */
const anchorsIn = (markdown: string): string[] =>
  [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, "")
      .replaceAll(" ", "-"),
  );

describe("docs/scripts.md", () => {
  const scripts = textOf("docs/scripts.md");
  const variables = filesIn("src", ".ts").flatMap(
    (file) => textOf(`src/${file}`).match(/\bAICOST_[A-Z_]+/g) ?? [],
  );

  it.each([...new Set(variables)].sort())("names the environment variable %s", (variable) => {
    expect(scripts).toContain(`\`${variable}\``);
  });

  it.each(Object.values(EXIT).filter((code) => code !== EXIT.overBudget))(
    "explains the exit code %i",
    (code) => {
      expect(scripts).toMatch(new RegExp(`^\\| ${code} +\\|`, "m"));
    },
  );
});
