// The console examples of the docs: lines that begin with "$ " are commands, the lines below each are what it prints.
import { readdirSync } from "node:fs";
import path from "node:path";
import { openDemo } from "./demo.js";

const root = path.resolve(import.meta.dirname, "..");
const COLUMNS = 90;
const BLOCK = /(?<=^```console\n)[^]*?(?=^```$)/gm;
const EXAMPLE = /^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)/gm;
const ID = /\b[0-9a-f]{8}(?:(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\b/g;

/** The pages that people write: the README and those in docs/. */
export const pages = [
  "README.md",
  ...readdirSync(path.join(root, "docs"))
    .filter((file) => file.endsWith(".md") && file !== "commands.md")
    .map((file) => `docs/${file}`)
    .sort(),
];

let imported;

/** Imports the files of `examples`, once for all pages. @returns the data folder */
const imports = () => {
  if (imported === undefined) {
    imported = openDemo(COLUMNS, { NO_COLOR: "1" });
    process.once("exit", () => imported.close());
    imported.run("aicost import examples/*.csv");
  }
  return imported.dataDir;
};

/**
 * Runs the examples of a page, in order, in a home of their own. The README starts with an empty one; on every other
 * page the files of `examples` are imported already.
 * @returns the page with what the program prints now; random ids stay as they are on the page
 */
export const withOutputs = (name, text) => {
  if (!text.includes("```console")) return text;
  const demo = openDemo(COLUMNS, { NO_COLOR: "1" }, name === "README.md" ? undefined : imports());
  const realIds = new Map();
  const rerun = (_example, command, shown) => {
    const printed = demo.run(command.replaceAll(ID, (id) => realIds.get(id) ?? id));
    return `$ ${command}\n${withIdsOf(shown, shortened(printed, shown), realIds)}`;
  };
  try {
    return text.replaceAll(BLOCK, (block) => block.replaceAll(EXAMPLE, rerun));
  } finally {
    demo.close();
  }
};

/** A line "…" stands for what is left out: the example shows as many lines before and after it as it did. */
const shortened = (printed, shown) => {
  const lines = printed === "" ? [] : printed.replaceAll(/[ \t]+$/gm, "").split("\n");
  const before = shown.split("\n").slice(0, -1);
  const gap = before.indexOf("…");
  const tail = before.length - gap - 1;
  const kept = gap === -1 ? lines : [...lines.slice(0, gap), "…", ...lines.slice(lines.length - tail)];
  return kept.map((line) => `${line}\n`).join("");
};

/** @param realIds gets what each id on the page stands for */
const withIdsOf = (shown, printed, realIds) => {
  const known = shown.match(ID) ?? [];
  const real = printed.match(ID) ?? [];
  if (known.length !== real.length) return printed;
  known.forEach((id, i) => realIds.set(id, real[i]));
  const ids = known.values();
  return printed.replaceAll(ID, () => ids.next().value);
};
