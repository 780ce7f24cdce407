import { UserError } from "../errors.js";
import { decimal, rounded } from "../money.js";
import type { BlankSpend, Spend } from "../reports/sum.js";
import { isUnknown, type TodaySpend } from "../reports/today.js";
import { clockIn } from "../dates/clock.js";
import { spendCost } from "./cost-text.js";
import { dayText, monthText } from "./day-text.js";
import { compactCount, formatMoney, NOTHING_STATED, signOf } from "./money-text.js";
import { printable } from "../terminal/clean.js";

/** What `aicost today` prints if nothing is known. */
const NOTHING = "Nothing is recorded this month. Import a file with: aicost import FILE";

/**
 * What `aicost today` and `aicost prompt` print without `--format`: `$4.24 today · $64.85 Nov · pace $97` or, if the data end
 * before today, `$64.85 in Nov, data to 20 Nov, pace $97`.
 */
const lineFor = ({ date, today, month, data_to, pace_usd }: TodaySpend): string => {
  const end = data_to !== null && data_to < date ? ["data to {data-to}"] : [];
  const pace = pace_usd === null ? [] : ["pace {pace}"];
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
  pace: (spend) => paceOf(spend),
  "data-to": ({ date, data_to }) =>
    data_to === null ? NOTHING_STATED : dayText(data_to, data_to.slice(0, 4) !== date.slice(0, 4)),
  tokens: ({ today: { cost_usd, input_tokens, output_tokens } }) =>
    cost_usd === null ? NOTHING_STATED : compactCount((input_tokens ?? 0) + (output_tokens ?? 0)),
  date: ({ date }) => date,
  "as-of": (spend) => asOf(spend),
};

export const PLACEHOLDER_NAMES = Object.keys(PLACEHOLDERS).map((name) => `{${name}}`);

const PLACEHOLDER = /\{([^{}]*)\}/g;

/** @throws UserError `unknown_placeholder` */
export const checkFormat = (format: string): void => {
  const [unknown] = Array.from(format.matchAll(PLACEHOLDER)).filter(
    ([, name = ""]) => !Object.hasOwn(PLACEHOLDERS, name),
  );
  if (unknown === undefined) return;
  throw new UserError(
    "unknown_placeholder",
    `There is no placeholder ${unknown[0]}.`,
    `Use any of ${PLACEHOLDER_NAMES.join(", ")}`,
  );
};

/**
 * One line of at most 200 columns, without control characters. If newer spend may exist, it shows how old its figures
 * are, even if the format does not ask for that.
 */
export const todayLine = (spend: TodaySpend, format: string = lineFor(spend)): string => {
  checkFormat(format);
  const filled = format.replaceAll(PLACEHOLDER, (_, name: string) => PLACEHOLDERS[name]?.(spend) ?? "");
  const line = cut(printable(filled), MOST_COLUMNS);
  const mark = [noRate(spend), asOf(spend)].filter((text) => text !== "" && !line.includes(text)).join(" ");
  if (mark === "") return line;
  return `${cut(line, MOST_COLUMNS - mark.length - 1)} ${mark}`.trim();
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

const paceOf = ({ month, pace_usd }: TodaySpend): string => {
  if (pace_usd === null) return NOTHING_STATED;
  const currency = month.cost_usd === null ? undefined : month.currency;
  const pace = decimal(pace_usd);
  const isLarge = pace.abs().gte(WHOLE_FROM);
  const whole = (): string => formatMoney(rounded(pace, 0).toFixed(), currency).replace(/\.0+$/, "");
  // The `~` or `≥` of the month holds for the pace too; if the month has no price, neither has the pace.
  const cost = costOf(month);
  const at = cost.indexOf(signOf(currency));
  if (at === -1) return NOTHING_STATED;
  return `${cost.slice(0, at).replace(/-$/, "")}${isLarge ? whole() : formatMoney(pace_usd, currency)}`;
};

/** `(as of 14:05)`, or `(as of 2026-11-25)` on another day; empty if the figures are current. */
const asOf = ({ current, as_of, timezone, date }: TodaySpend): string => {
  if (current) return "";
  const then = clockIn(timezone, new Date(as_of));
  return `(as of ${then.date === date ? then.time : then.date})`;
};
