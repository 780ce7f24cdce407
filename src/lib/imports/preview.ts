import type { Import, ImportFacts, ImportHead, IngestCounts, Sheet, SheetFate } from "../api.js";
import { sheetOf } from "../record/sent-rows.js";
import { NO_COUNTS } from "../store/send-in-parts.js";
import type { Store } from "../store/store.js";
import { plain } from "../money.js";
import type { Portion } from "./batches.js";
import { costOf } from "./manifest.js";

/** What an import would come to. */
export interface Preview {
  /** The import that the file is, if it was in already. */
  known: Import | undefined;
  counts: IngestCounts;
  facts: ImportFacts;
  /** What of its amount would count, US dollars; null if that is known only afterwards. */
  countedUsd: string | null;
  /** What would become of each sheet. */
  fates: SheetFate[];
}

/** Sends the rows of some sheets. @param isWanted by the number of a sheet */
export type SendWanted = (
  isWanted: (number: number) => boolean,
  send: (portion: Portion) => Promise<void>,
) => Promise<void>;

/** Only the rows of sheets that would stand for or beside others are sent: what becomes of the rest is known. */
export const preview = async (
  store: Store,
  head: ImportHead,
  sheets: readonly Sheet[],
  send: SendWanted,
): Promise<Preview> => {
  const answer = await store.call("preview_import", { import: head, sheets });
  const { import: known, fates, leaving, facts } = answer;
  const rowsOf = (fate: SheetFate): number =>
    sheets.reduce((sum, { rows }, number) => (fates[number] === fate ? sum + rows : sum), 0);
  const counts = {
    ...NO_COUNTS,
    inserted: rowsOf("new"),
    unchanged: rowsOf("in"),
    covered: rowsOf("loses"),
  };
  let met = 0;
  const isCompared = (number: number): boolean => fates[number] === "wins" || fates[number] === "joins";
  await send(isCompared, async ({ records, sheets: numbers }) => {
    for (const joins of [true, false]) {
      const rows = records.lines.filter(
        (line) => joins === (fates[numbers[sheetOf(line)] ?? -1] === "joins"),
      );
      if (rows.length === 0) continue;
      const compared = await store.call("compare_rows", { rows: rows.join("\n"), joins });
      for (const key of Object.keys(compared) as (keyof typeof compared)[]) counts[key] += compared[key];
      met += compared.updated + compared.unchanged;
    }
  });
  const replaced = Math.max(0, leaving - met);
  const isSure = !fates.includes("joins") || counts.covered + counts.kept_edits === 0;
  const countedUsd = isSure ? plain(costOf(sheets.filter((_, number) => fates[number] !== "loses"))) : null;
  return { known, counts: { ...counts, replaced }, facts, countedUsd, fates };
};
