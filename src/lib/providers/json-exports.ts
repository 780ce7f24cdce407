import { ccusageReport } from "./ccusage/daily.js";
import type { JsonExport, JsonPlace } from "./json-export.js";

const EXPORTS: readonly JsonExport[] = [ccusageReport];

/** A JSON value as the CSV table that its format reads; null if it is not a known export. */
export const tableOfJson = (value: unknown, place: JsonPlace): string | null => {
  const found = EXPORTS.find(({ is }) => is(value));
  if (found === undefined) return null;
  const lines = [found.columns, ...found.rows(value, place)].map((cells) => cells.map(cellText).join(","));
  return `${lines.join("\n")}\n`;
};

const cellText = (cell: string | number | null): string =>
  cell === null ? "" : `"${String(cell).replaceAll('"', '""')}"`;
