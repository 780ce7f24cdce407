import { UserError } from "../errors.js";
import { decimal, rounded } from "../money.js";
import type { Spend } from "../reports/sum.js";
import type { TodaySpend } from "../reports/today.js";
import { clockIn } from "../dates/clock.js";
import { spendCost } from "./cost-text.js";
import { compactCount, formatUsd } from "./money-text.js";
import { printable } from "../terminal/clean.js";

/** What `aicost today` and `aicost prompt` print without `--format`. */
const LINE = "{today} today · {month} {month-name} · pace {pace}";

/** A status bar has no room for more. */
const MOST_COLUMNS = 200;

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const PLACEHOLDERS: Record<string, (spend: TodaySpend) => string> = {
  today: ({ today }) => costOf(today),
  yesterday: ({ yesterday }) => costOf(yesterday),
  month: ({ month }) => costOf(month),
  "month-name": ({ date }) => MONTHS[Number(date.slice(5, 7)) - 1] ?? "",
  pace: (spend) => paceOf(spend),
  tokens: ({ today: { input_tokens, output_tokens } }) =>
    compactCount((input_tokens ?? 0) + (output_tokens ?? 0)),
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
export const todayLine = (spend: TodaySpend, format: string = LINE): string => {
  checkFormat(format);
  const filled = format.replaceAll(PLACEHOLDER, (_, name: string) => PLACEHOLDERS[name]?.(spend) ?? "");
  const line = cut(printable(filled), MOST_COLUMNS);
  const mark = asOf(spend);
  if (line.includes(mark)) return line;
  return `${cut(line, MOST_COLUMNS - mark.length - 1)} ${mark}`.trim();
};

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

const costOf = (spend: Spend): string => (spend.record_count === 0 ? formatUsd("0") : spendCost(spend));

/** From here on, cents would make a guess look precise. */
const WHOLE_DOLLARS_FROM = 10;

const paceOf = ({ month, pace_usd }: TodaySpend): string => {
  const pace = decimal(pace_usd);
  const isLarge = pace.abs().gte(WHOLE_DOLLARS_FROM);
  const text = isLarge ? formatUsd(rounded(pace, 0).toFixed()).replace(/\.00$/, "") : formatUsd(pace_usd);
  // The `~` or `≥` of the month holds for the pace too; if the month has no price, neither has the pace.
  const marked = /^(.*?)-?\$/.exec(costOf(month));
  return marked === null ? "–" : `${marked[1] ?? ""}${text}`;
};

/** `(as of 14:05)`, or `(as of 2026-11-25)` on another day; empty if the figures are current. */
const asOf = ({ current, as_of, timezone, date }: TodaySpend): string => {
  if (current) return "";
  const then = clockIn(timezone, new Date(as_of));
  return `(as of ${then.date === date ? then.time : then.date})`;
};
