import { expect, it } from "vitest";
import { sharedHome } from "../support/cli.js";
import { faultsOf, tablesOn, wordsOn } from "./laws.js";
import { screenOf } from "./screen.js";

const home = sharedHome();
const shown = (...rows: string[]) => ({
  session: { line: "aicost report" },
  stage: { home, names: {} },
  rows,
  exit: 0,
});
const faults = (...rows: string[]) => faultsOf(shown(...rows), { columns: 40, rows: 24 });

const TABLE = [
  "Model         Provider     Cost",
  "───────────────────────────────",
  "通義千問      aws         $1.00",
  "claude-opus-  openai    $200.00",
  "  5-5",
  "───────────────────────────────",
  "Total                   $201.00",
];

it("a whole screen has no faults", () => {
  expect(faults("A sentence.", "", ...TABLE, "2 of 9 models; see more with --limit")).toEqual([]);
  expect(faults("  /a/path/that/is/longer/than/the/terminal/is/wide.csv")).toEqual([]);
  expect(faults("Key  sk-ant-admin01-…kkAA", "Notices go to http://127.0.0.1:1/…")).toEqual([]);
});

it.each([
  ["too wide", "A sentence that is wider than the terminal."],
  ["a bug", "It costs undefined."],
  ["a bug", "    at file:///main.js:12:5"],
  ["cut", "A sentence that ends in the mid…"],
])("finds what is %s: %s", (fault, line) => {
  expect(faults(line)).toContainEqual(expect.stringContaining(fault));
});

it.each([
  ["columns run into each other", 2, "a-long-name-of-a-model  aws  $1.00"],
  ["wider than its table", 2, "通義千問      aws         $1.00  more"],
  ["the rules of a table differ", 5, "──────────"],
  ["cut: cla…-5", 3, "cla…-5        openai    $200.00"],
  ["cut: $2…00", 3, "claude-opus-  openai      $2…00"],
  ["how to see whole names", 3, "claude-opus-  op…ai     $200.00"],
])("finds in a table: %s", (fault, place, line) => {
  expect(faults(...TABLE.with(place, line))).toContainEqual(expect.stringContaining(fault));
});

it("takes a cut name if it is said how to see it", () => {
  const table = TABLE.with(3, "claude-opus-  op…ai     $200.00");
  expect(faults(...table, "", "No room for whole names (…): use a wider", "terminal, or --json.")).toEqual(
    [],
  );
});

it("compares words outside of tables, wherever lines end", () => {
  const wide = shown(
    "One two three.",
    "",
    ...TABLE,
    "",
    "No room for Share: use a wider terminal, or --json.",
  );
  const narrow = shown("One", "two three.", "", ...TABLE);
  expect([wordsOn(wide), tablesOn(wide)]).toEqual(["Onetwothree.", 1]);
  expect([wordsOn(narrow), tablesOn(narrow)]).toEqual(["Onetwothree.", 1]);
});

it("reads what a terminal shows in the end", () => {
  expect(
    screenOf("50 %\r\u001b[K\u001b[1mdone\u001b[22m\r\nWhat? \u001b[3Dxy\r\n\u001b[1A\u001b[2Kyes"),
  ).toEqual(["done", "yes"]);
  expect(screenOf("通義\b\b!")).toEqual(["通!"]);
});
