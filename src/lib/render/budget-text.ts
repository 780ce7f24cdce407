import type { Budget } from "../api.js";
import type { CheckedBudgets } from "../budgets/check.js";
import { type BudgetState, lacksRate } from "../budgets/state.js";
import { daysAfter } from "../dates/days.js";
import { decimal, wholePercent } from "../money.js";
import { kindText } from "../record/kinds.js";
import { barOf, barStyle } from "./bar.js";
import { formatMoney, NOTHING_STATED } from "./money-text.js";
import { type Column, type Screen, table } from "./table.js";
import { tinted } from "./color.js";
import { wrapWhole } from "./text.js";
import { withWarnings } from "./warning-lines.js";

/** Columns of a bar. */
const BAR = 14;

/** From this share on, a bar is yellow. */
const NEAR = 80;

/** All budgets: how much of each is spent, what it is likely to come to, and what is to be said of each. */
export const budgetsText = (
  states: readonly BudgetState[],
  { date, timezone, warnings }: { date: string; timezone: string; warnings: readonly string[] },
  screen: Screen,
): string => {
  const title = tinted(`Budgets on ${date} (${timezone})`, "bold", screen.color);
  const drawn = table(columnsFor(states, screen), states, {
    ...screen,
    marks: [[NOTHING_STATED, "not known"]],
    otherWays: "--json",
  });
  const said = states.flatMap((state) =>
    budgetSentences(state).flatMap((text) => wrapWhole(text, screen.width)),
  );
  const parts = [title, drawn, said.join("\n")].filter((part) => part !== "");
  return withWarnings(parts.join("\n\n"), warnings, screen);
};

const columnsFor = (states: readonly BudgetState[], { ascii = false }: Screen): Column<BudgetState>[] => {
  const hasForecast = states.some(({ expected }) => expected !== null);
  return [
    { header: "Budget", cell: ({ name }) => name, shrinkTo: 10 },
    { header: "Per", cell: ({ period }) => period, priority: 10 },
    { header: "Until", cell: ({ to }) => to, priority: 20 },
    { header: "Used", cell: (state) => barText(state, ascii), tint: tintOf, priority: 30 },
    { header: "%", cell: percentText, align: "right", tint: tintOf },
    { header: "Spent", cell: spentText, align: "decimal" },
    { header: "Of", cell: ({ amount, currency }) => formatMoney(amount, currency), align: "decimal" },
    {
      header: hasForecast ? "Expected" : "Pace",
      cell: (state) => likelyText(state),
      align: "decimal",
      priority: 40,
    },
  ];
};

const tintOf = ({ exceeded, percent, crossing }: BudgetState): "red" | "yellow" | "green" | undefined => {
  if (percent === null) return undefined;
  if (exceeded) return "red";
  return crossing !== null || Number(percent) >= NEAR ? "yellow" : "green";
};

const barText = ({ spent, amount }: BudgetState, ascii: boolean): string => {
  if (spent === null) return "";
  const [used, limit] = [decimal(spent), decimal(amount)];
  const bar = used.lt(0) ? "" : barOf(used, { limit, room: BAR }, barStyle(ascii));
  return bar + (ascii ? "." : "░").repeat(BAR - bar.length);
};

/** As of `{budget}`. */
export const percentText = ({ spent, amount }: BudgetState): string =>
  spent === null ? NOTHING_STATED : `${wholePercent(spent, amount)}%`;

export const spentText = ({ spent, currency, is_estimated, is_least }: BudgetState): string =>
  spent === null
    ? NOTHING_STATED
    : `${is_least ? "≥ " : ""}${is_estimated ? "~" : ""}${formatMoney(spent, currency)}`;

const likelyText = ({ expected, pace, currency }: BudgetState): string => {
  const likely = expected ?? pace;
  return likely === null ? NOTHING_STATED : formatMoney(likely, currency);
};

/** What there is to say of a budget: nothing if it is well within. */
export const budgetSentences = (state: BudgetState): string[] => {
  const { name, currency, spent, from, to, days_with_data, days_so_far, data_to } = state;
  if (lacksRate(state))
    return [
      `${name}: not known, because there is no exchange rate for ${currency}. Set one with: aicost rates set ${currency} NUMBER`,
    ];
  if (spent === null)
    return [`${name}: nothing is known of ${from} to ${to} yet. See what is missing: aicost coverage`];
  const crossing = crossingSentence(state);
  const data =
    days_with_data < days_so_far && days_with_data > 0 && data_to !== null
      ? ` ${days_with_data} of ${days_so_far} days have data, the last is ${data_to}.`
      : "";
  return crossing === null ? [] : [`${name} ${crossing}${driverSentence(state)}${data}`];
};

/** Days without data may be those on which it was exceeded. */
const crossingSentence = ({
  from,
  days_so_far,
  crossing,
  exceeded,
  spent,
  amount,
  currency,
  forecast,
}: BudgetState): string | null => {
  if (crossing === null) return null;
  const { day, by } = crossing;
  if (exceeded)
    return `is exceeded since ${day}: ${formatMoney(spent ?? "0", currency)} of ${formatMoney(amount, currency)}.`;
  const isOver = day < daysAfter(from, days_so_far - 1);
  if (by === "forecast" && forecast !== null)
    return `${isOver ? "was probably" : "is likely to be"} exceeded on ${day}, by the forecast of ${forecast.made_at.slice(0, 10)}.`;
  if (isOver) return `was probably exceeded on ${day}, if spending went on as on the days with data.`;
  return `will be exceeded on ${day} if spending goes on like this.`;
};

const driverSentence = ({ driver, currency }: BudgetState): string => {
  if (driver === null) return "";
  const { provider, model, cost, percent } = driver;
  const what =
    model === null ? `${provider} (plans, fees and other spend without a model)` : `${model} at ${provider}`;
  return ` Most of it so far: ${what}, ${formatMoney(cost, currency)}${percent === null ? "" : ` (${percent}%)`}.`;
};

/** What a check says. @param at percent, if any was asked for */
export const checkText = (
  { over, unknown }: CheckedBudgets,
  { at, count }: { at: number | undefined; count: number },
  { width }: Screen,
): string => {
  const limit = at === undefined ? "is exceeded" : `has reached ${at}%`;
  if (count === 0) return "There are no budgets. Set one with: aicost budgets set api 100 --per month";
  const lines = over.flatMap((state) => {
    const { name, currency, amount, exceeded, to } = state;
    if (exceeded) return budgetSentences(state);
    return [
      `${name} has used ${percentText(state)}: ${spentText(state)} of ${formatMoney(amount, currency)} until ${to}.`,
    ];
  });
  const unclear = unknown.flatMap(budgetSentences);
  const none = over.length === 0 ? [`No budget ${limit}.`] : [];
  return [...lines, ...none, ...unclear].flatMap((text) => wrapWhole(text, width)).join("\n");
};

/** What was set. @param before the budget that it replaces */
export const setText = (budget: Budget, before: Budget | null): string =>
  before === null
    ? `Set the budget ${budget.name}: ${limitText(budget)}.`
    : `Changed the budget ${budget.name}: ${limitText(before)} → ${limitText(budget)}.`;

/** `$100.00 a month from the 17th, for anthropic`. */
const limitText = ({ amount, currency, period, reset_day, ...filters }: Budget): string => {
  const cycle = reset_day === null ? "" : `, from day ${reset_day}`;
  const { providers, models, projects, tags, kinds } = filters;
  const only = [providers, models, projects, tags, kinds.map(kindText)].flatMap((names) =>
    names.length === 0 ? [] : [names.join(" or ")],
  );
  const of = only.length === 0 ? "" : `, only ${only.join(", ")}`;
  return `${formatMoney(amount, currency)} a ${period}${cycle}${of}`;
};
