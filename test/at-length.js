// Runs tests at length that the suite runs in short:
//   npm run fuzz -- [--cases N] [--seed N]    damaged tables and archives
//   npm run endure -- [--rounds N] [--rows N] [--cuts N] [--laws N] [--runs N] [--seed N]   imports that are
//     killed, power that is cut, random sequences of imports, undos and edits against a model of what counts, faults that are
//     put into its rules, and random commands, reports and archives
// With --short, a few of each.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";

/** How much is tried. */
const AT_LENGTH = { cases: "100000", rounds: "200", rows: "50000", cuts: "300", laws: "2000", runs: "200" };
/** To see in some minutes that all of it works. */
const SHORT = { cases: "1000", rounds: "3", rows: "2000", cuts: "5", laws: "4", runs: "3" };

const text = { type: "string" };
const { positionals, values: given } = parseArgs({
  allowPositionals: true,
  options: {
    ...{ cases: text, rounds: text, rows: text, cuts: text, laws: text, runs: text, seed: text },
    short: { type: "boolean" },
  },
});
const values = { seed: String(Date.now() % 2 ** 31), ...(given.short ? SHORT : AT_LENGTH), ...given };
const [name = "fuzz"] = positionals;
const counted = name === "fuzz" ? "cases" : "cuts";
process.stdout.write(`Repeat these ${counted} with: --${counted} ${values[counted]} --seed ${values.seed}\n`);
const RANDOM = [
  ...["agents/splits", "archive/round-trip", "commands/report", "commands/scan-splits", "screens/screens"],
  ...["read-model/model", "schema/coverage", "schema/daily-spend"],
].map((file) => `test/${file}.test.ts`);
const folders = name === "endure" ? ["test/endure", "test/layers", ...RANDOM] : [`test/${name}`];
const projects = ["program", "commands", "pure", "schema"].flatMap((project) => ["--project", project]);
const argv = ["vitest", "run", ...folders, ...projects, "--test-timeout", "0"];
const child = spawn("npx", argv, {
  stdio: "inherit",
  env: {
    ...process.env,
    AICOST_FUZZ_CASES: values.cases,
    AICOST_FUZZ_SEED: values.seed,
    AICOST_ENDURE_ROUNDS: values.rounds,
    AICOST_ENDURE_ROWS: values.rows,
    AICOST_ENDURE_CUTS: values.cuts,
    AICOST_ENDURE_LAWS: values.laws,
    AICOST_ENDURE_RUNS: values.runs,
  },
});
const [exit] = await once(child, "close");
process.exitCode = exit ?? 1;
