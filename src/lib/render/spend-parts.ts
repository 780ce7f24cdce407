import { isWholeMonth } from "../dates/days.js";
import type { DateRange } from "../dates/ranges.js";
import { counted, decimal } from "../money.js";
import type { SpendReport } from "../reports/report.js";
import { isFlat, type Spend, type SpendPart } from "../reports/sum.js";
import { spendCost } from "./cost-text.js";
import { formatMoney } from "./money-text.js";
import type { Screen } from "./table.js";
import { wrap } from "./text.js";

/** What a total may be made of, and what it is called. */
const PARTS: readonly (readonly [name: SpendPart, text: string])[] = [
  ["subscription_usd", "plans"],
  ["extra_usage_usd", "extra usage"],
  ["usage_usd", "API"],
  ["fee_usd", "fees"],
  ["tax_usd", "tax"],
  ["credit_usd", "credits"],
  ["estimated_usd", "estimated"],
];

const partsOf = (spend: Spend): (typeof PARTS)[number][] => PARTS.filter(([name]) => spend[name] !== "0");

/** Also part of what left the account. */
const TOP_UPS = ["topup_usd", "top-ups"] as const;

/** `October 2026   $80.00  =  $60.00 plans + $20.00 API`; empty if there is nothing. */
export const composition = (
  { range, totals, cash = false }: Pick<SpendReport, "range" | "totals" | "cash">,
  { width }: Screen,
): string => {
  const isBought = cash && totals.topup_usd !== "0";
  const [first, ...others] = [...(isBought ? [TOP_UPS] : []), ...partsOf(totals)];
  if (first === undefined) return "";
  const rest = others.map(([name, text]) => ` ${signed(totals[name], totals.currency)} ${text}`).join("");
  const [name, text] = first;
  const sum = others.length === 0 ? text : `=  ${formatMoney(totals[name], totals.currency)} ${text}${rest}`;
  return wrap(`${periodText(range)}   ${spendCost(totals)}  ${sum}`, width, 2).join("\n");
};

/** `Average $2.17 a day over 60 days with data`; empty if usage costs nothing. */
export const averageText = (
  { totals, average }: Pick<SpendReport, "totals" | "average">,
  { width }: Screen,
): string => {
  if (average === undefined || decimal(average.usd_per_day).eq(0)) return "";
  const cost = spendCost({ ...totals, cost_usd: average.usd_per_day });
  const flat = flatText(totals);
  const days =
    average.over === "covered"
      ? `${counted(average.days, "day")} with data`
      : `${counted(average.days, "calendar day")}, because no import tells which days have data`;
  const text = `Average ${cost} a day over ${days}`;
  return wrap(flat === "" ? text : `${text}, without ${flat}`, width, 2).join("\n");
};

/** `$60.00 plans, $4.10 tax`: what was charged at once; empty if nothing was. */
export const flatText = (spend: Spend): string =>
  partsOf(spend)
    .filter(([name]) => isFlat(name))
    .map(([name, text]) => `${formatMoney(spend[name], spend.currency)} ${text}`)
    .join(", ");

const signed = (amount: string, currency?: string): string =>
  amount.startsWith("-")
    ? `- ${formatMoney(amount.slice(1), currency)}`
    : `+ ${formatMoney(amount, currency)}`;

/** A month by its name, else the days. */
const periodText = (range: DateRange): string => {
  const { from, to } = range;
  if (from === null || to === null || !isWholeMonth(from, to)) return daysText(range);
  const first = new Date(`${from}T00:00:00Z`);
  return first.toLocaleDateString("en-US", { month: "long", year: "numeric", timeZone: "UTC" });
};

export const daysText = ({ from, to }: DateRange): string => {
  if (from === null || to === null) return "no days";
  return from === to ? from : `${from} to ${to}`;
};
