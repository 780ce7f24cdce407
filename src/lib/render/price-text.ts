import type { OwnPrice } from "../api.js";
import type { EstimateResult } from "../pricing/estimates.js";
import type { ImportedList } from "../pricing/import-list.js";
import { counted, plain, sum } from "../money.js";
import { ITS_SOURCE, OWN_PRICE, type Rate } from "../record/price.js";
import { formatCount, formatUsd } from "./money-text.js";
import { printable, shortId } from "./text.js";

/** A rate as it is shown: that of usual requests, and a sign if long ones cost otherwise. */
export const rateText = (rate: Rate | undefined): string => {
  if (rate === undefined) return "";
  return typeof rate === "string" ? `$${rate}` : `$${rate.base}+`;
};

/** `gpt-6.2-sol: $3 input, $15 output, since 2026-01-01`. */
export const ownPriceText = ({ model, provider, since, rates }: OwnPrice): string => {
  const parts = Object.entries(rates).map(([unit, rate]) => `${rateText(rate)} ${UNITS[unit] ?? unit}`);
  const of = provider === null ? "" : ` at ${provider}`;
  return `${printable(model)}${of}: ${parts.join(", ")}${since === null ? "" : `, since ${since}`}`;
};

const UNITS: Readonly<Record<string, string>> = {
  input_mtok: "input",
  output_mtok: "output",
  cache_read_mtok: "cache read",
  cache_write_mtok: "cache write",
  cache_write_1h_mtok: "cache write for an hour",
  batch_input_mtok: "batch input",
  batch_output_mtok: "batch output",
  requests_kcount: "for a thousand requests",
  web_searches_kcount: "for a thousand searches",
};

/** `list prices of the day, genai-prices 0.1.8 + overlay of 2026-11-28 (a41c9f)`: what estimates rest on. */
export const priceListsText = (names: readonly string[]): string => {
  const lists = names.filter((name) => name !== OWN_PRICE && name !== ITS_SOURCE);
  return [
    ...(lists.length > 0 ? [`list prices of the day, ${lists.map(printable).join(" + ")}`] : []),
    ...(names.includes(OWN_PRICE) ? ["your own prices"] : []),
    ...(names.includes(ITS_SOURCE) ? ["as its source or you stated it"] : []),
  ].join("; ");
};

/** What had no price, and has one now; no lines for nothing. */
export const filledLines = ({ records, changes, import_id }: EstimateResult): string[] => {
  if (records === 0) return [];
  const models = [...new Set(changes.map(({ model }) => model))].map(printable).join(", ");
  const usd = plain(sum(changes.map(({ after_usd }) => after_usd)));
  return [
    `Priced now: ${counted(records, "record")} of ${models}, ~${formatUsd(usd)}.`,
    `Undo with: aicost imports undo ${shortId(import_id ?? "")}`,
  ];
};

export const listReceipt = ({
  name,
  form,
  prices,
  since,
  sha256,
  is_known,
  filled,
  differing,
  id,
}: ImportedList): string => {
  const head = `${printable(name)}   price list (${form}), ${formatCount(prices)} prices, ${sha256.slice(0, 6)}`;
  const state = is_known ? "already imported" : `holds from ${since} on`;
  const undo = filled.records === 0 && !is_known ? [`Undo with: aicost imports undo ${shortId(id)}`] : [];
  const others =
    differing === 0
      ? []
      : [
          `${counted(differing, "record")} would have another estimate. To see them: aicost reprice --dry-run`,
        ];
  return [
    head,
    `  ${state}`,
    ...[...filledLines(filled), ...undo, ...others].map((line) => `  ${line}`),
  ].join("\n");
};
