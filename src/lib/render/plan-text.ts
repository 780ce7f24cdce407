import { costText, type PlanAdvice, type PlanOption } from "../plans/advice.js";
import type { Plans } from "../plans/look.js";
import { tinted } from "./color.js";
import { formatUsd, NOTHING_STATED } from "./money-text.js";
import { type Column, type Screen, table } from "./table.js";
import { wrapWhole } from "./text.js";

const COLUMNS: readonly Column<PlanOption>[] = [
  { header: "", cell: ({ kind }) => (kind === "current" ? "you pay" : ""), priority: 3 },
  { header: "Plan", cell: ({ name }) => name, shrinkTo: 14 },
  {
    header: "Price",
    cell: ({ price_usd }) => (price_usd === null ? NOTHING_STATED : formatUsd(price_usd)),
    align: "decimal",
    priority: 2,
  },
  { header: "This use would cost", cell: (option) => costText(option), align: "right" },
  { header: "Includes", cell: includes, shrinkTo: 12, priority: 1 },
];

function includes({ kind, allowance_usd, limits }: PlanOption): string {
  if (allowance_usd !== null) return `${formatUsd(allowance_usd)} of use`;
  return limits ?? (kind === "api" ? "" : NOTHING_STATED);
}

/** Each plan with what it gave, what others would have cost, and how sure that is. */
export const plansText = ({ plans, without_subscription, range }: Plans, screen: Screen): string => {
  const lines = (text: string): string => wrapWhole(text, screen.width, 2).join("\n");
  const missing = without_subscription.map(({ agent, included_usd }) =>
    lines(
      `A plan covered ${formatUsd(included_usd)} of the use of ${agent} since ${range.from}, but no subscription says what it costs. Add it with: aicost subscriptions add`,
    ),
  );
  if (plans.length === 0 && missing.length === 0)
    return "There are no subscriptions. Add one with:\n  aicost subscriptions add claude max --since 2026-01-15";
  return [...plans.map((advice) => adviceText(advice, screen)), ...missing].join("\n\n");
};

const adviceText = (advice: PlanAdvice, screen: Screen): string => {
  const { options, suggestion, assumptions, not_seen } = advice;
  const lines = (text: string): string => wrapWhole(text, screen.width, 2).join("\n");
  const list = (title: string, sentences: readonly string[]): string =>
    sentences.length === 0 ? "" : [title, ...sentences.map((each) => lines(`- ${each}`))].join("\n");
  return [
    [tinted(advice.name, "bold", screen.color), lines(gaveText(advice))]
      .filter((line) => line !== "")
      .join("\n"),
    options.length === 0 ? "" : table(COLUMNS, options, { ...screen, otherWays: "--json" }),
    lines(suggestion.says),
    [list("Assumed:", assumptions), list("Not seen:", not_seen)].filter((part) => part !== "").join("\n"),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
};

/** `$312.40 of use a month at list price, $3.12 for each dollar: $280.10, $310.00, $347.10 in the last months.` */
const gaveText = ({ use, worth_usd, extra_usd, worth_per_dollar }: PlanAdvice): string => {
  if (use === null || worth_usd === null) return "";
  const each =
    worth_per_dollar === null ? "" : `; each dollar of its price gave ${formatUsd(worth_per_dollar)}`;
  const extra =
    extra_usd === null || extra_usd === "0" ? "" : `, ${formatUsd(extra_usd)} of it charged on top`;
  const months = use.months.map(({ included_usd }) => formatUsd(included_usd));
  const moves =
    months.length > 1
      ? ` Covered by the plan, in periods of 30 days up to ${use.to}: ${months.join(", ")}.`
      : "";
  return `${formatUsd(worth_usd)} of use a month at list price${extra}${each}.${moves}`;
};
