import AddCommand from "../../src/commands/add.js";
import ImportCommand from "../../src/commands/import.js";
import RecordsCommand from "../../src/commands/records/index.js";
import ReportCommand from "../../src/commands/report.js";
import type { ImportJson } from "../../src/lib/imports/result.js";
import type { SpendReport } from "../../src/lib/reports/report.js";
import type { StoredRecord } from "../../src/lib/api.js";
import { answer, type Home } from "../support/cli.js";

/** `import --json`: what became of each file. */
export const imported = async (home: Home, ...argv: string[]): Promise<ImportJson[]> =>
  (await answer<{ imports: ImportJson[] }>(ImportCommand, argv, home)).imports;

/** `report --range all --json`. */
export const reported = (home: Home, ...argv: string[]): Promise<SpendReport> =>
  answer<SpendReport>(ReportCommand, ["--range", "all", ...argv], home);

/** `report --range all --json`: the cost of it all. */
export const totalCost = async (home: Home): Promise<string> => (await reported(home)).totals.cost_usd;

/** `records --json` of all there are, up to 1,000. */
export const recorded = (home: Home, ...argv: string[]) => {
  const range = argv.includes("--range") ? [] : ["--range", "all"];
  return answer<{ records: StoredRecord[]; total: number }>(
    RecordsCommand,
    [...range, "--limit", "1000", ...argv],
    home,
  );
};

/** `add --json`. */
export const added = async (home: Home, ...argv: string[]): Promise<StoredRecord> =>
  (await answer<{ record: StoredRecord }>(AddCommand, argv, home)).record;
