import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Command, Flags, type Interfaces, Parser } from "@oclif/core";
import { describe, expect, it } from "vitest";
import { pages } from "../scripts/console-examples.js";
import { MAP_TARGETS } from "../src/lib/csv/mapper.js";
import { RANGE_FORMS } from "../src/lib/dates/ranges.js";
import { EXIT } from "../src/lib/error-codes.js";
import { collectors } from "../src/lib/providers/collectors.js";
import { PLACEHOLDER_NAMES } from "../src/lib/render/today-line.js";
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

const variables = filesIn("src", ".ts").flatMap(
  (file) => textOf(`src/${file}`).match(/\bAICOST_[A-Z_]+/g) ?? [],
);

/** What a page lists in full, each as the page writes it. */
const lists: [page: string, what: string, written: string[]][] = [
  ["README.md", "form of a range", RANGE_FORMS.split(/, | or /).map((form) => `\`${form}\``)],
  ["docs/imports.md", "target of --map", Object.keys(MAP_TARGETS).map((target) => `\`${target}\``)],
  ["docs/keys.md", "provider with an API", collectors.map(({ title }) => `\n| ${title} `)],
  ["docs/scripts.md", "placeholder of --format", PLACEHOLDER_NAMES.map((name) => `\`${name}\``)],
  ["docs/scripts.md", "environment variable", [...new Set(variables)].map((name) => `\`${name}\``)],
  [
    "docs/scripts.md",
    "exit code",
    Object.values(EXIT)
      // Nothing ends with 6 yet.
      .filter((code) => code !== 6)
      .map((code) => `\n| ${code} `),
  ],
];

it.each(lists)("%s lists every %s", (page, _what, written) => {
  const text = textOf(page);
  expect(written).not.toEqual([]);
  expect(written.filter((each) => !text.includes(each))).toEqual([]);
});
