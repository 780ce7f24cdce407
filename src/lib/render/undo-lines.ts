import type { Undone, UndoPreview } from "../imports/undo.js";
import type { Import } from "../api.js";
import { counted, decimal } from "../money.js";
import { fileName } from "./file-name.js";
import { formatCount, formatUsd } from "./money-text.js";
import { shortId } from "./text.js";

/** Names the import, its days and its sum. */
export const undoQuestion = ({
  id,
  source_name,
  first_date,
  last_date,
  row_count,
  cost_usd,
}: Pick<Import, "id" | "source_name" | "first_date" | "last_date" | "row_count" | "cost_usd">): string => {
  const days =
    first_date === null || last_date === null
      ? []
      : [first_date === last_date ? first_date : `${first_date} to ${last_date}`];
  const usd = decimal(cost_usd).eq(0) ? [] : [formatUsd(cost_usd)];
  const facts = [...days, counted(row_count, "row"), ...usd].join(", ");
  return `Undo the import ${shortId(id)} of ${fileName(source_name)} (${facts})? Its records no longer count.`;
};

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
