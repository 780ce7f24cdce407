import { type KeyResult, syncJson, type SyncJson, syncWarnings } from "../sync/result.js";
import { formatCount, usdOrDash } from "./money-text.js";
import { type Column, countColumn, type Screen, table } from "./table.js";
import { wrap } from "./text.js";

export const syncReceipt = (results: readonly KeyResult[], dryRun: boolean, screen: Screen): string => {
  const rows = results.map(syncJson);
  const names = new Set(rows.map(({ credential }) => credential)).size > 1;
  return [
    table(names ? [PROVIDER, NAME, ...COLUMNS] : [PROVIDER, ...COLUMNS], rows, screen),
    ...(dryRun ? ["", "Nothing was written."] : []),
    ...syncWarnings(results).flatMap((note) => ["", ...wrap(note, screen.width)]),
  ].join("\n");
};

const PROVIDER: Column<SyncJson> = {
  header: "Provider",
  cell: ({ provider }) => provider,
  shrinkTo: 8,
};

const NAME: Column<SyncJson> = {
  header: "Key",
  cell: ({ credential }) => credential,
  shrinkTo: 8,
};

const COLUMNS: readonly Column<SyncJson>[] = [
  { header: "Days", cell: ({ days }) => formatCount(days), align: "right" },
  { header: "Rows", cell: ({ rows }) => formatCount(rows), align: "right" },
  { header: "Cost", cell: ({ cost_usd }) => usdOrDash(cost_usd), align: "decimal" },
  countColumn("Tokens", ({ tokens }) => tokens, 20),
  { header: "Changes", cell: changesOf, shrinkTo: 12, tint: ({ error }) => (error ? "red" : undefined) },
];

function changesOf({ inserted, updated, replaced, covered, restated_days, error }: SyncJson): string {
  const parts = [
    ...(inserted > 0 ? [`${formatCount(inserted)} new`] : []),
    ...(updated > 0 ? [`${formatCount(updated)} updated`] : []),
    ...(replaced > 0 ? [`${formatCount(replaced)} gone`] : []),
    ...(covered > 0 ? [`${formatCount(covered)} left out`] : []),
    ...(restated_days > 0 ? [restated_days === 1 ? "1 day restated" : `${restated_days} days restated`] : []),
  ];
  if (error !== null) return parts.length === 0 ? "failed" : `${parts.join(", ")}; then failed`;
  return parts.join(", ") || "nothing new";
}
