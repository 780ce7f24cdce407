import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, totalmem, type } from "node:os";
import path from "node:path";
import { type Column, table } from "../src/lib/render/table.js";
import type { Comparison, Demand, Measure } from "./benchmark.js";

const SCREEN = { width: 100, color: false };

/** One comparison as text. */
export const resultText = ({ title, measures, demands }: Comparison): string => {
  const peer = measures[0]!;
  const columns: Column<Measure>[] = [
    { header: "", cell: ({ name }) => name },
    { header: "Seconds", cell: ({ seconds }) => seconds.toFixed(seconds < 1 ? 3 : 2), align: "decimal" },
    { header: "Ratio", cell: ({ seconds }) => ratio(seconds / peer.seconds), align: "decimal" },
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
  return [title, table(columns, measures, SCREEN), table(asked, demands, SCREEN), ""].join("\n\n");
};

/** The page `RESULTS.md`: on what machine, with which versions, and every comparison. */
export const resultsPage = (comparisons: readonly Comparison[], runs: number): string => {
  const model = cpus()[0]?.model ?? "unknown";
  const sections = comparisons.map((comparison) => {
    const [, ...rest] = resultText(comparison).trimEnd().split("\n");
    return `## ${comparison.title}\n\n\`\`\`text\n${rest.join("\n").trim()}\n\`\`\`\n`;
  });
  return [
    "# What the benchmarks measured",
    "",
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}; medians of ${runs} runs, in turns. The ratio is to the first line of a table. What is measured and asked: [README.md](README.md).`,
    "",
    `- Machine: ${cpus().length} × ${model}, ${count(totalmem() / 1024 ** 3)} GB, ${type()} ${release()}`,
    `- Node ${process.versions.node}, PGlite ${versionOf("@electric-sql/pglite")}, ccusage ${versionOf("ccusage")}`,
    `- aicost at ${commit()}`,
    "",
    sections.join("\n"),
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
