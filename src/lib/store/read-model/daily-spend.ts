import type { DailySpend, DailySpendQuery, SplitKey } from "../../api.js";
import { daysAfter, lastOfMonth, spansOf } from "../../dates/days.js";
import type { Span } from "../../dates/ranges.js";
import { EVER } from "./days.js";
import { gathered } from "./gathered.js";
import { CUT_NAMES, type CutName, CUTS, type ReadModel, type Who } from "./read-model.js";
import { FIVE, formsIn } from "./who.js";

/** How `months` of a model are split. */
export const BRIEF = { split_by: ["model", "kind", "method"] } as const;

/** Whether only `who` of a model is split so. */
export const isOfWho = (key: SplitKey): boolean => !(BRIEF.split_by as readonly SplitKey[]).includes(key);

/** What `get_daily_spend` answers, from a model. */
export const dailySpend = (
  { months, who }: Pick<ReadModel, "months" | "who">,
  { from_date, to_date, ...split }: DailySpendQuery,
): DailySpend[] => {
  const asked = { from: from_date ?? EVER.from, to: to_date ?? EVER.to };
  // Sums by whose they are also are the shortest way to those of whole days.
  const isBrief = split.split_by.length > 0 && !split.split_by.some(isOfWho);
  const cut = who !== null && !isBrief ? who[cutFor(split.split_by)] : null;
  const rows = [...(cut?.days ?? months)]
    .filter(([month]) => month >= asked.from.slice(0, 7) && month <= asked.to.slice(0, 7))
    .flatMap(([month, days]) =>
      cut !== null && split.by_month === true ? fewestRows(cut, month, asked) : days.rows(asked),
    );
  return gathered(rows, split);
};

/** The sums of a month if all of its days with records are asked for; else those of its fives, and the days beside these. */
const fewestRows = (cut: Who[CutName], month: string, asked: Span): DailySpend[] => {
  const { days, fives, sums } = formsIn(cut, month);
  const [first, last] = [`${month}-01`, lastOfMonth(month)];
  const from = sums.span.from >= asked.from ? first : asked.from;
  const to = sums.span.to <= asked.to ? last : asked.to;
  if (from === first && to === last) return sums.rows();
  const whole = spansOf(first, last, FIVE).filter((five) => five.from >= from && five.to <= to);
  const [one, other] = [whole[0], whole.at(-1)];
  if (!one || !other) return days.rows({ from, to });
  const beside = (span: Span): DailySpend[] => (span.from <= span.to ? days.rows(span) : []);
  return [
    ...beside({ from, to: daysAfter(one.from, -1) }),
    ...fives.rows({ from: one.from, to: other.to }),
    ...beside({ from: daysAfter(other.to, 1), to }),
  ];
};

/** The first that tells apart all that is asked for. */
const cutFor = (wanted: readonly SplitKey[]): CutName =>
  CUT_NAMES.find((name) => {
    const keys: readonly SplitKey[] = CUTS[name];
    return wanted.every((key) => keys.includes(key));
  }) ?? "all";
