import type { Undone, UndoPreview } from "../imports/undo.js";
import { formatCount, formatUsd } from "./money-text.js";

export const undoLines = ({ removed, restored, edits_lost }: Undone): string => {
  const back = restored > 0 ? `, ${formatCount(restored)} restored` : "";
  return [
    `Import undone: ${records(removed)} removed${back}.`,
    ...(edits_lost > 0 ? [`You had edited ${formatCount(edits_lost)} of them by hand.`] : []),
  ].join("\n");
};

export const undoPreviewLines = ({ removed, restored, edits_lost, cost_usd }: UndoPreview): string => {
  const back = restored > 0 ? ` and restore ${formatCount(restored)}` : "";
  return [
    `Undoing it would remove ${records(removed)}${back}.`,
    ...(edits_lost > 0 ? [`You have edited ${formatCount(edits_lost)} of them by hand.`] : []),
    `All charges together: ${formatUsd(cost_usd.before)} → ${formatUsd(cost_usd.after)}`,
    "Nothing was changed.",
  ].join("\n");
};

const records = (count: number): string => (count === 1 ? "one record" : `${formatCount(count)} records`);
