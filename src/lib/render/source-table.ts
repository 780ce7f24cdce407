import type { ImportName } from "../api.js";
import { type SourceSpan, sourceSpans, type SpendSource } from "../reports/sources.js";
import { fileName } from "./file-name.js";
import { formatUsd, NOTHING_STATED, usdOrBlank } from "./money-text.js";
import { METHODS } from "./record-table.js";
import { spanText } from "./period-labels.js";
import { type Column, type Screen, table } from "./table.js";
import { shortId } from "./text.js";

/** Which source counts on which days, and what hides the others; a sentence if there are none. */
export const sourceTable = (sources: readonly SpendSource[], screen: Screen): string => {
  const spans = sourceSpans(sources);
  if (spans.length === 0) return "There are no sources on these days.";
  const hasAccounts = spans.some(({ account }) => account !== null);
  const columns: Column<SourceSpan>[] = [
    { header: "Days", cell: ({ from, to }) => spanText({ from, to }, true, screen.ascii ? "-" : "–") },
    { header: "Provider", cell: ({ provider }) => provider, shrinkTo: 10 },
    ...(hasAccounts ? [accountColumn] : []),
    { header: "Source", cell: sourceText, shrinkTo: 12 },
    { header: "Import", cell: ({ imports }) => idsOf(imports) },
    { header: "Counts", cell: countedText, align: "decimal" },
    { header: "Hidden", cell: ({ hidden_usd }) => usdOrBlank(hidden_usd), align: "decimal" },
    { header: "Because of", cell: becauseText },
  ];
  return table(columns, spans, { ...screen, marks: MARKS });
};

const MARKS = [
  [NOTHING_STATED, "it names no amount"],
  ["", "nothing counts, or nothing is hidden"],
] as const;

const accountColumn: Column<SourceSpan> = {
  header: "Account",
  cell: ({ account }) => account ?? "",
  shrinkTo: 8,
  priority: 10,
};

const countedText = ({ counted_usd, estimated_usd, hidden_usd }: SourceSpan): string => {
  if (counted_usd === "0") return hidden_usd === "0" ? NOTHING_STATED : "";
  return `${estimated_usd === "0" ? "" : "~"}${formatUsd(counted_usd)}`;
};

const sourceText = ({ imports: [first], method }: SourceSpan): string =>
  first === undefined ? METHODS[method] : fileName(first.source_name);

const becauseText = ({ hidden_by, hidden_usd, in_bill }: SourceSpan): string => {
  if (in_bill === true) return `bill ${idsOf(hidden_by)}`.trim();
  if (hidden_by.length > 0) return idsOf(hidden_by);
  return hidden_usd === "0" ? "" : "unfinished";
};

/** The first one, and how many there are besides. */
const idsOf = (imports: readonly ImportName[]): string => {
  const [first, ...others] = imports;
  if (first === undefined) return "";
  return `${shortId(first.id)}${others.length === 0 ? "" : ` +${others.length}`}`;
};
