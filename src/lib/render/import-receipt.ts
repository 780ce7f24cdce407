import type { LeftOutFacts } from "../csv/read-facts.js";
import { counted as countedOf, decimal } from "../money.js";
import type { ImportResult } from "../store/read-model/known-files.js";
import { REJECTS_SHOWN, type RejectedCell } from "../imports/result.js";
import { tinted } from "./color.js";
import { importWarnings } from "./import-warnings.js";
import { fileName } from "./file-name.js";
import { formatCount, formatUsd } from "./money-text.js";
import type { Screen } from "./table.js";
import { cut, padRight, shortId, textWidth, widest, wrap } from "./text.js";

const SPACE = "   ";

export const importReceipt = (receipt: ImportResult, { width, color }: Screen): string => {
  const [head = "", ...more] = wrap(headline(receipt), width, 2);
  const parts = [counts(receipt), amounts(receipt), nextStep(receipt)].filter((part) => part !== "");
  const oneLine = parts.join(SPACE);
  const details = [...(textWidth(oneLine) <= width - 2 ? [oneLine] : parts), ...notes(receipt)];
  return [
    tinted(head, "bold", color),
    ...more,
    ...details.flatMap((line) => wrap(line, width - 2, 2).map((part) => `  ${part}`)),
  ].join("\n");
};

const headline = ({ source, format, from, to }: ImportResult): string => {
  const dates = from === null || to === null ? "no records" : from === to ? from : `${from} to ${to}`;
  return [fileName(source), format, dates].join(SPACE);
};

const NUMBERS = { point: "decimal points", comma: "decimal commas", both: "decimal points and commas" };
const ORDERS = {
  DMY: "dates with the day first",
  MDY: "dates with the month first",
  YMD: "dates with the year first",
};

/** How the file was read, and what was left out before anything was compared. */
export const readText = ({ rows, read }: Pick<ImportResult, "rows" | "read">): string[] => {
  if (read === undefined) return [];
  const { days, numbers, dates, zone, currency, filtered, totals } = read;
  const ways = [
    ...(days === undefined ? [] : [`${countedOf(rows, "row")} of ${countedOf(days, "day")}`]),
    ...(currency === undefined ? [] : [`amounts in ${currency}`]),
    ...(numbers === undefined ? [] : [NUMBERS[numbers]]),
    ...(dates === undefined ? [] : [ORDERS[dates]]),
    ...(zone === undefined ? [] : [`times in ${zone.name}`]),
  ];
  return [
    ...(ways.length === 0 ? [] : [`read: ${ways.join(", ")}`]),
    ...(zone?.assumed
      ? [
          `${countedOf(zone.rows, "time")} without a time zone read as ${zone.name}, your own; if the file has another one, map it as date:UTC=… or date:Europe/Berlin=…`,
        ]
      : []),
    ...(filtered === undefined
      ? []
      : [`left out by --only or --except: ${countedOf(filtered.rows, "row")}${amountsText(filtered)}`]),
    ...(totals === undefined
      ? []
      : [
          `left out as the sum of rows above: ${totals.named.map(({ line, word }) => `${word} (line ${line})`).join(", ")}${totals.rows > totals.named.length ? ` and ${totals.rows - totals.named.length} more` : ""}${amountsText(totals)}`,
        ]),
  ];
};

const amountsText = ({ amounts }: LeftOutFacts): string => {
  const texts = Object.entries(amounts).map(([currency, amount]) =>
    currency === "USD" ? formatUsd(amount) : `${amount} ${currency}`,
  );
  return texts.length === 0 ? "" : `, ${texts.join(" and ")}`;
};

/** The words for what scripts know by another name. */
const WHY_SKIPPED: Partial<Record<string, string>> = { "empty bucket": "without usage" };

/** Empty if no row was skipped. @param skipped rows by reason */
export const skippedText = (skipped: Readonly<Record<string, number>>): string => {
  const reasons = Object.entries(skipped).filter(([, count]) => count > 0);
  const all = reasons.reduce((total, [, count]) => total + count, 0);
  const why = reasons
    .map(([reason, count]) => [WHY_SKIPPED[reason] ?? reason, count] as const)
    .map(([reason, count]) => (reasons.length > 1 ? `${count} ${reason}` : reason))
    .join(", ");
  return all === 0 ? "" : `${formatCount(all)} skipped (${why})`;
};

const counts = (receipt: ImportResult): string => {
  const { inserted, updated, unchanged, covered, kept_edits, skipped, rejected } = receipt;
  const parts = [
    counted(inserted, "new"),
    counted(updated, "updated"),
    counted(unchanged, "unchanged"),
    counted(covered + kept_edits, "left out"),
    skippedText(skipped),
    counted(rejected, "rejected"),
  ].filter((part) => part !== "");
  const done = parts.length === 0 ? "empty" : parts.join(", ");
  return receipt.dry_run ? `would be ${done}` : done;
};

const counted = (count: number, what: string): string => (count === 0 ? "" : `${formatCount(count)} ${what}`);

const amounts = ({ cost_usd, estimated_usd, topup_usd, counted_usd, tokens }: ImportResult): string => {
  const isPart = counted_usd !== null && !decimal(counted_usd).eq(cost_usd);
  const counts = isPart ? `, of which ${formatUsd(counted_usd)} counts` : "";
  const usd = decimal(cost_usd).eq(0) ? [] : [`${formatUsd(cost_usd)}${counts}`];
  return [
    ...usd,
    ...(estimated_usd === undefined ? [] : [`~${formatUsd(estimated_usd)} estimated`]),
    ...(topup_usd === undefined ? [] : [`${formatUsd(topup_usd)} topped up`]),
    ...(tokens === null ? [] : [`${formatCount(tokens)} tokens`]),
  ].join(SPACE);
};

const nextStep = ({ id, dry_run }: ImportResult): string => {
  if (dry_run) return "nothing was written";
  return id === null ? "" : `undo with: aicost imports undo ${shortId(id)}`;
};

const notes = (receipt: ImportResult): string[] => [
  ...readText(receipt),
  ...importWarnings(receipt),
  ...(receipt.ignored_columns.length > 0 ? [`columns not used: ${receipt.ignored_columns.join(", ")}`] : []),
];

/** @param rows the number of refused rows in all */
export const rejectsList = (rejects: readonly RejectedCell[], rows: number, { width }: Screen): string => {
  const shown = rejects.slice(0, REJECTS_SHOWN);
  const indent = Math.min(widest(shown.map(placeOf)) + 2, Math.floor(width / 2));
  const lines = shown.flatMap((reject) =>
    wrap(`${padRight(cut(placeOf(reject), indent - 2), indent)}${rejectText(reject)}`, width, indent),
  );
  const more = rows - new Set(shown.map(placeOf)).size;
  return [
    ...lines,
    ...(more > 0 ? [`… and ${counted(more, more === 1 ? "more row" : "more rows")}`] : []),
  ].join("\n");
};

const placeOf = ({ source, line }: RejectedCell): string => `${fileName(source)}:${line}`;

const rejectText = ({ column, value, reason }: RejectedCell): string => {
  if (column === "") return reason;
  return `${column}: ${value === "" ? (reason === "is empty" ? "the cell" : "an empty cell") : `“${cut(value, 40)}”`} ${reason}`;
};
