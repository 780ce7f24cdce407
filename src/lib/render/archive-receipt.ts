import type { ArchiveResult } from "../archive/import-archives.js";
import { totalCounts } from "../archive/restore.js";
import type { KindCounts } from "../archive/rows.js";
import type { ArchiveKind, RestoreCounts } from "../api.js";
import { tinted } from "./color.js";
import { archiveWarnings } from "./import-warnings.js";
import { fileName } from "./file-name.js";
import { formatCount } from "./money-text.js";
import type { Screen } from "./table.js";
import { fieldLines, printable, wrap } from "./text.js";

/** What a person is told of: a row of a file is a record, whether it counts or not. */
const SHOWN: readonly { kinds: readonly ArchiveKind[]; one: string; many: string }[] = [
  { kinds: ["cost_record", "sheet_row"], one: "record", many: "records" },
  { kinds: ["import"], one: "import", many: "imports" },
  { kinds: ["price", "price_list"], one: "price", many: "prices" },
  { kinds: ["edit"], one: "correction", many: "corrections" },
  { kinds: ["provider"], one: "provider", many: "providers" },
  { kinds: ["subscription"], one: "subscription", many: "subscriptions" },
  { kinds: ["credit"], one: "credit entry", many: "credit entries" },
  { kinds: ["budget"], one: "budget", many: "budgets" },
  { kinds: ["forecast"], one: "forecast", many: "forecasts" },
  { kinds: ["rates"], one: "day of exchange rates", many: "days of exchange rates" },
  { kinds: ["preferences"], one: "preferences", many: "preferences" },
];

export const archiveReceipt = (result: ArchiveResult, { width, color }: Screen): string => {
  const [head = "", ...more] = wrap(`${fileName(result.source)}   aicost archive`, width, 2);
  const lines = fieldLines(
    SHOWN.map(({ kinds, many }) => [
      many,
      countsText(totalCounts(kinds.map((kind) => result.kinds[kind])), result.dry_run),
    ]),
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

const notes = (result: ArchiveResult, width: number): string[] => [
  ...archiveWarnings(result).flatMap((warning) => wrap(warning, width, 2)),
  ...(result.dry_run ? ["nothing was written"] : []),
];

export const exportSummary = (counts: KindCounts, file: string): string => {
  const list = SHOWN.flatMap(({ kinds, one, many }) => {
    const count = kinds.reduce((sum, kind) => sum + counts[kind], 0);
    const isTold = many === "records" || (count > 0 && many !== "preferences");
    return isTold ? [`${formatCount(count)} ${count === 1 ? one : many}`] : [];
  });
  return `Exported ${list.join(", ")} to ${printable(file)}`;
};
