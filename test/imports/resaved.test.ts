import path from "node:path";
import { expect, it } from "vitest";
import type { ImportJson, RejectedCell } from "../../src/lib/imports/result.js";
import { isDestroyed, savedBy, type Spreadsheet, SPREADSHEETS } from "../csv/spreadsheets.js";
import { sampleBytes, sampleTables } from "../fuzz/sample-tables.js";
import { errorOf, fileIn, type Home, jsonOf, newHome, type Outcome, runWords } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";

keepDatabasesOpen();

const totalsIn = async (home: Home): Promise<unknown> =>
  jsonOf<{ totals: unknown }>(await runWords(["report", "--range", "all", "--json"], home)).totals;

const importsOf = (outcome: Outcome): ImportJson[] => {
  expect({ exit: outcome.exit, stderr: outcome.stderr, stdout: outcome.stdout }).toMatchObject({
    exit: 0,
    stderr: "",
  });
  return jsonOf<{ imports: ImportJson[] }>(outcome).imports;
};

/** What a person must say if all dates of a file are of the first days of a month, or one number only has decimals. */
const toSay = (outcome: Outcome): string[] => {
  const { code, rejects = [] } = errorOf(outcome) as { code: string; rejects?: RejectedCell[] };
  if (code === "dates_ambiguous") return ["--dates", "MDY"];
  const isSaid = rejects.some(({ reason }) => reason.includes("import the file with --numbers comma"));
  return code === "numbers_ambiguous" || isSaid ? ["--numbers", "comma"] : [];
};

it.each(sampleTables)(
  "$name, saved again by spreadsheets, brings nothing new over the original",
  async (sample) => {
    const home = newHome();
    const original = fileIn(home, sample.name, sampleBytes.get(sample.name) ?? "");
    const records = sample.rows.filter(({ golden }) => golden.kind === "record").length;
    // One sample has rows that are refused.
    const ifBad = sample.rows.some(({ golden }) => golden.kind === "reject") ? ["--on-error", "skip"] : [];
    const take = (file: string, ...said: string[]): Promise<Outcome> =>
      runWords(["import", file, ...said, "--json"], home);
    expect(importsOf(await take(original, ...ifBad))).toMatchObject([{ inserted: records }]);
    const totals = await totalsIn(home);

    const importAgain = async (spreadsheet: Spreadsheet): Promise<void> => {
      const name = `${path.parse(sample.name).name} by ${spreadsheet.name}.csv`;
      const file = fileIn(home, name, savedBy(spreadsheet, sample));
      const first = await take(file);
      const isLost = isDestroyed(sample, spreadsheet);
      const said = first.exit === 0 || isLost ? [] : [...toSay(first), ...ifBad];
      const outcome = said.length > 0 ? await take(file, ...said) : first;
      if (isLost) {
        expect(errorOf(outcome)).toMatchObject({ code: "rows_rejected" });
        return;
      }
      const nothing = { inserted: 0, updated: 0, covered: 0, replaced: 0 };
      expect(importsOf(outcome)).toMatchObject([{ ...nothing, unchanged: records }]);
    };
    for (const spreadsheet of SPREADSHEETS) await importAgain(spreadsheet);
    expect(await totalsIn(home)).toEqual(totals);
  },
);

it("asks for the order of dates that a provider writes with the month first, if semicolons say that a spreadsheet saved them", async () => {
  const home = newHome();
  const azure = (name: string, delimiter: string, point: string) =>
    fileIn(
      home,
      name,
      [
        ["Date", "MeterCategory", "MeterName", "UnitOfMeasure", "Quantity", "CostInBillingCurrency"],
        ["11/02/2026", "Azure OpenAI", "gpt 4o 1120 Inp glbl Tokens", "1K", `1250${point}5`, `3${point}12`],
        ["11/04/2026", "Azure OpenAI", "gpt 4o 1120 Inp glbl Tokens", "1K", `10${point}5`, `1${point}5`],
      ]
        .map((cells) => cells.join(delimiter))
        .join("\n"),
    );
  const take = (file: string, ...said: string[]) => runWords(["import", file, ...said, "--json"], home);
  const resaved = azure("resaved.csv", ";", ",");
  expect(importsOf(await take(azure("bill.csv", ",", ".")))).toMatchObject([
    { from: "2026-11-02", to: "2026-11-04", inserted: 2 },
  ]);
  expect(errorOf(await take(resaved))).toMatchObject({ code: "dates_ambiguous" });
  expect(importsOf(await take(resaved, "--dates", "MDY"))).toMatchObject([{ inserted: 0, unchanged: 2 }]);
});
