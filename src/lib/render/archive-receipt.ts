import type { ArchiveResult } from "../archive/import-archives.js";
import { archiveWarnings } from "../imports/result.js";
import type { KindCounts } from "../archive/rows.js";
import type { ArchiveKind, RestoreCounts } from "../api.js";
import { tinted } from "./color.js";
import { fileName } from "./import-table.js";
import { formatCount } from "./money-text.js";
import type { Screen } from "./table.js";
import { fieldLines, printable, wrap } from "./text.js";

const NAMES = {
  cost_record: ["record", "records"],
  import: ["import", "imports"],
  import_change: ["change to undo", "changes to undo"],
  provider: ["provider", "providers"],
  forecast: ["forecast", "forecasts"],
  preferences: ["preferences", "preferences"],
} as const satisfies Record<ArchiveKind, readonly [string, string]>;

const KINDS = Object.keys(NAMES) as ArchiveKind[];

export const archiveReceipt = (result: ArchiveResult, { width, color }: Screen): string => {
  const [head = "", ...more] = wrap(`${fileName(result.source)}   aicost archive`, width, 2);
  const lines = fieldLines(
    KINDS.map((kind) => [NAMES[kind][1], countsText(result.kinds[kind], result.dry_run)]),
    width - 2,
  );
  const details = [...(lines === "" ? ["empty"] : lines.split("\n")), ...notes(result, width - 2)];
  return [tinted(head, "bold", color), ...more, ...details.map((line) => `  ${line}`)].join("\n");
};

const countsText = (
  { inserted, updated, unchanged, covered }: RestoreCounts,
  isDry: boolean,
): string | null => {
  const parts = [
    counted(inserted, "new"),
    counted(updated, "updated"),
    counted(unchanged, "unchanged"),
    counted(covered, "left out"),
  ].filter((part) => part !== "");
  if (parts.length === 0) return null;
  return `${isDry ? "would be " : ""}${parts.join(", ")}`;
};

const counted = (count: number, what: string): string => (count === 0 ? "" : `${formatCount(count)} ${what}`);

const notes = ({ covered, dry_run }: ArchiveResult, width: number): string[] => [
  ...archiveWarnings(covered).flatMap((warning) => wrap(warning, width, 2)),
  ...(dry_run ? ["nothing was written"] : []),
];

export const exportSummary = (counts: KindCounts, file: string): string => {
  const parts = KINDS.filter(
    (kind) => kind === "cost_record" || (counts[kind] > 0 && kind !== "preferences"),
  );
  const list = parts.map((kind) => `${formatCount(counts[kind])} ${NAMES[kind][counts[kind] === 1 ? 0 : 1]}`);
  return `Exported ${list.join(", ")} to ${printable(file)}`;
};
