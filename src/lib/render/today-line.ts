import { UserError } from "../errors.js";
import { decimal, rounded, wholePercent } from "../money.js";
import type { BlankSpend, Spend } from "../reports/sum.js";
import { isUnknown, type TodaySpend } from "../reports/today.js";
import { clockIn } from "../dates/clock.js";
import { spendCost } from "./cost-text.js";
import { dayText, monthText } from "./day-text.js";
import { compactCount, formatMoney, NOTHING_STATED, signOf } from "./money-text.js";
import { printable } from "../terminal/clean.js";
import { own } from "../system/own.js";
import { type AgentSession, NO_SESSION, SESSION_PLACEHOLDERS } from "./session-text.js";

/** What `aicost today` prints if nothing is known. */
const NOTHING = "Nothing is recorded this month. Import a file with: aicost import FILE";

/**
 * What `aicost today` and `aicost prompt` print without `--format`: `$4.24 today · $64.85 Nov · pace $97` or, if the data end
 * before today, `$64.85 in Nov, data to 20 Nov, pace $97`. By a fresh forecast, `expected $110` stands in place of the pace.
 */
const lineFor = ({ date, today, month, data_to, pace_usd, expected_usd }: TodaySpend): string => {
  const end = data_to !== null && data_to < date ? ["data to {data-to}"] : [];
  const pace = expected_usd !== null ? ["expected {expected}"] : pace_usd === null ? [] : ["pace {pace}"];
  if (today.cost_usd !== null)
    return ["{today} today", ["{month} {month-name}", ...end].join(", "), ...pace].join(" · ");
  const sum = month.cost_usd === null ? "no data in {month-name}" : "{month} in {month-name}";
  return [sum, ...end, ...pace].join(", ");
};

/** A status bar has no room for more. */
const MOST_COLUMNS = 200;

const PLACEHOLDERS: Record<string, (spend: TodaySpend) => string> = {
  today: ({ today }) => costOf(today),
  yesterday: ({ yesterday }) => costOf(yesterday),
  month: ({ month }) => costOf(month),
  "month-name": ({ date }) => monthText(date),
  pace: (spend) => guessOf(spend, spend.pace_usd),
  expected: (spend) => guessOf(spend, spend.expected_usd),
  "data-to": ({ date, data_to }) =>
    data_to === null ? NOTHING_STATED : dayText(data_to, data_to.slice(0, 4) !== date.slice(0, 4)),
  budget: fullestBudget,
  tokens: ({ today: { cost_usd, input_tokens, output_tokens } }) =>
    cost_usd === null ? NOTHING_STATED : compactCount((input_tokens ?? 0) + (output_tokens ?? 0)),
  date: ({ date }) => date,
  "as-of": (spend) => asOf(spend),
};

/** `api 82%`: the budget with the largest share spent. */
function fullestBudget({ budgets = [] }: TodaySpend): string {
  const known = budgets.flatMap(({ spent, ...budget }) =>
    spent === null ? [] : [{ ...budget, spent, share: decimal(spent).div(budget.amount) }],
  );
  const [fullest] = known.toSorted((a, b) => b.share.cmp(a.share));
  if (fullest === undefined) return NOTHING_STATED;
  const { name, spent, amount, is_estimated, is_least } = fullest;
  return `${name} ${is_least ? "≥ " : ""}${is_estimated ? "~" : ""}${wholePercent(spent, amount)}%`;
}

const named = (placeholders: object): string[] => Object.keys(placeholders).map((name) => `{${name}}`);

export const PLACEHOLDER_NAMES = named(PLACEHOLDERS);

export const SESSION_PLACEHOLDER_NAMES = named(SESSION_PLACEHOLDERS);

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** @param names of the placeholders that there are @throws UserError `unknown_placeholder` */
export const checkFormat = (format: string, names: readonly string[] = PLACEHOLDER_NAMES): void => {
  const [unknown] = Array.from(format.matchAll(PLACEHOLDER)).filter(
    ([placeholder]) => !names.includes(placeholder),
  );
  if (unknown === undefined) return;
  throw new UserError(
    "unknown_placeholder",
    `There is no placeholder ${unknown[0]}.`,
    `Use any of ${names.join(", ")}`,
  );
};

/**
 * One line of at most 200 columns, without control characters. If newer spend may exist, it shows how old its figures
 * are, even if the format does not ask for that. What is not a placeholder stays as it is.
 */
export const todayLine = (
  spend: TodaySpend,
  format: string = lineFor(spend),
  session = NO_SESSION,
): string => {
  const line = filled(format, spend, session);
  const mark = [noRate(spend), asOf(spend)].filter((text) => text !== "" && !line.includes(text)).join(" ");
  if (mark === "") return line;
  return `${cut(line, MOST_COLUMNS - mark.length - 1)} ${mark}`.trim();
};

/** @param spend null if nothing is known of it: its placeholders are dashes */
const filled = (format: string, spend: TodaySpend | null, session: AgentSession): string => {
  const valueOf = (placeholder: string, name: string): string => {
    const ofSession = own(SESSION_PLACEHOLDERS, name);
    if (ofSession !== undefined) return ofSession(session);
    const ofSpend = own(PLACEHOLDERS, name);
    if (ofSpend === undefined) return placeholder;
    return spend === null ? NOTHING_STATED : ofSpend(spend);
  };
  return cut(printable(format.replaceAll(PLACEHOLDER, valueOf)), MOST_COLUMNS);
};

/** The line for a coding agent; null if nothing is known. @param spend null if nothing is known of it */
export const statusLine = (
  spend: TodaySpend | null,
  session: AgentSession,
  format?: string,
): string | null => {
  if (format !== undefined)
    return spend === null ? filled(format, null, session) : todayLine(spend, format, session);
  // Behind the mark of how old the figures are: the agent's own figure is of now.
  const parts = [
    ...(spend === null ? [] : [todayLine(spend)]),
    ...(session.cost_usd === null ? [] : [filled("session {session}", null, session)]),
  ];
  return parts.length === 0 ? null : parts.join(" · ");
};

/** The line or, if nothing is known, a sentence that says so. */
export const todayText = (spend: TodaySpend, format?: string): string =>
  isUnknown(spend) ? NOTHING : todayLine(spend, format);

/** Cuts a text to some columns; characters that may be wide count as two. */
const cut = (text: string, columns: number): string => {
  if (text.length * 2 <= columns) return text;
  let kept = "";
  let used = 0;
  for (const character of text) {
    used += character < FIRST_WIDE ? 1 : 2;
    if (used > columns) break;
    kept += character;
  }
  return kept;
};

/** The first block of characters that can take two columns, Hangul Jamo. */
const FIRST_WIDE = "\u1100";

/** `(no EUR rate)`: what is in dollars was to be in another currency. */
const noRate = ({ not_in }: TodaySpend): string => (not_in === undefined ? "" : `(no ${not_in} rate)`);

/** A dash if nothing is known. */
const costOf = (spend: Spend | BlankSpend): string => {
  if (spend.cost_usd === null) return NOTHING_STATED;
  return spend.record_count === 0 ? formatMoney("0", spend.currency) : spendCost(spend);
};

/** From here on, cents would make a guess look precise. */
const WHOLE_FROM = 10;

/** @param usd what the month may come to */
const guessOf = ({ month, currency }: TodaySpend, usd: string | null): string => {
  if (usd === null) return NOTHING_STATED;
  const guess = decimal(usd);
  const isLarge = guess.abs().gte(WHOLE_FROM);
  const whole = (): string => formatMoney(rounded(guess, 0).toFixed(), currency).replace(/\.0+$/, "");
  const text = isLarge ? whole() : formatMoney(usd, currency);
  // On the first days of a month nothing may be known of it yet.
  if (month.cost_usd === null) return text;
  // The `~` or `≥` of the month holds for the guess too; if the month has no price, neither has the guess.
  const cost = costOf(month);
  const at = cost.indexOf(signOf(currency));
  if (at === -1) return NOTHING_STATED;
  return `${cost.slice(0, at).replace(/-$/, "")}${text}`;
};

/** `(as of 14:05)`, or `(as of 2026-11-25)` on another day; empty if the figures are current. */
const asOf = ({ current, as_of, timezone, date }: TodaySpend): string => {
  if (current) return "";
  const then = clockIn(timezone, new Date(as_of));
  return `(as of ${then.date === date ? then.time : then.date})`;
};
