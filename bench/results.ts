import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { cpus, release, totalmem, type } from "node:os";
import path from "node:path";
import { type Column, table } from "../src/lib/render/table.js";
import type { Comparison, Demand, Measure } from "./benchmark.js";

/** The version of the peer of reports. */
export const CCUSAGE = "20.0.24";

const SCREEN = { width: 100, color: false };

/** One comparison as text. */
export const resultText = ({ title, measures, demands }: Comparison): string => {
  const peer = measures[0];
  const columns: Column<Measure>[] = [
    { header: "", cell: ({ name }) => name },
    { header: "Seconds", cell: ({ seconds }) => seconds.toFixed(seconds < 1 ? 3 : 2), align: "decimal" },
    { header: "Ratio", cell: ({ seconds }) => ratio(seconds / (peer?.seconds ?? seconds)), align: "decimal" },
    {
      header: "Peak memory",
      cell: ({ megabytes }) => (megabytes === null ? "" : `${count(megabytes)} MB`),
      align: "right",
    },
  ];
  const asked: Column<Demand>[] = [
    { header: "Asked", cell: ({ what }) => what },
    { header: "Measured", cell: ({ measured }) => measured, align: "right" },
    { header: "", cell: ({ met }) => (met ? "met" : "MISSED") },
  ];
  const measured = measures.length === 0 ? [] : [table(columns, measures, SCREEN)];
  return [title, ...measured, table(asked, demands, SCREEN), ""].join("\n\n");
};

/**
 * Writes what one benchmark found in the place of what it found before, with the machine and the versions.
 * @param file the page that holds what all of them found
 */
export const writeResults = async (
  file: string,
  name: string,
  comparisons: readonly Comparison[],
  runs: number,
): Promise<void> => {
  const sections = sectionsOf(await readFile(file, "utf8").catch(() => ""));
  sections.set(name, sectionOf(name, comparisons, runs));
  const head = `# What the benchmarks measured

Written by \`npm run bench\`. A ratio is to the first line of its table. What is measured, and asked, and how:
[README.md](README.md).`;
  await writeFile(file, `${[head, ...sections.values()].join("\n\n")}\n`);
};

/** The sections of a page by the name of their benchmark. */
const sectionsOf = (page: string): Map<string, string> =>
  new Map(
    page
      .trimEnd()
      .split(/\n\n(?=## )/)
      .slice(1)
      .map((section) => [section.slice(3, section.indexOf("\n")), section]),
  );

const sectionOf = (name: string, comparisons: readonly Comparison[], runs: number): string =>
  [`## ${name}`, conditions(runs), ...comparisons.map(block)].join("\n\n");

const block = (comparison: Comparison): string => `\`\`\`text\n${resultText(comparison).trim()}\n\`\`\``;

const conditions = (runs: number): string => {
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}, ${count(totalmem() / 1024 ** 3)} GB, ${type()} ${release()}`;
  const extraCertificates =
    process.env["NODE_EXTRA_CA_CERTS"] === undefined ? "not set" : "set, which slows every start of Node";
  return [
    `- ${new Date().toISOString().slice(0, 10)}, aicost at ${commit()}, medians of ${runs} runs, in turns`,
    `- ${machine}`,
    `- Node ${process.versions.node}, PGlite ${versionOf("@electric-sql/pglite")}, ccusage ${CCUSAGE}; NODE_EXTRA_CA_CERTS is ${extraCertificates}`,
  ].join("\n");
};

const versionOf = (name: string): string => {
  const file = path.resolve(import.meta.dirname, "../node_modules", name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
};

const commit = (): string =>
  execFileSync("git", ["describe", "--always", "--dirty"], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  }).trim();

const ratio = (times: number): string => times.toFixed(times < 0.1 ? 3 : 2);

/** A number with commas between thousands. */
export const count = (value: number): string => Math.round(value).toLocaleString("en-US");
