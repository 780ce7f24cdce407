import type { DailySpend } from "../../api.js";
import { daysOf, DAMAGED } from "./days.js";
import { gathered, summed } from "./gathered.js";
import {
  type ByMonth,
  CUT_NAMES,
  type CutName,
  CUTS,
  type Days,
  type Form,
  FORMS,
  type Who,
} from "./read-model.js";

/** So many days of a month are one of its fives: the sixth ends on its 30th day, and its 31st is the seventh. */
export const FIVE = 5;

const fiveOf = ({ date }: Pick<DailySpend, "date">): string =>
  `${date.slice(0, 7)} ${Math.ceil(Number(date.slice(8)) / FIVE)}`;

/**
 * By whose they are.
 * @param days split by all that there is; what was made of months that are the same as before stays
 */
export const whoOf = (days: ByMonth, before: Who | null): Who => {
  const who = Object.fromEntries(
    CUT_NAMES.map((name) => [name, { days: new Map(), fives: new Map(), sums: new Map() }]),
  ) as Record<CutName, Record<Form, Map<string, Days>>>;
  // The rows of one month at a time.
  for (const [month, of] of days) {
    const kept = before?.all.days.get(month) === of ? before : null;
    const rows = kept === null ? of.rows() : [];
    for (const name of CUT_NAMES) {
      const forms = kept === null ? formsOf(of, rows, name) : formsIn(kept[name], month);
      for (const form of FORMS) who[name][form].set(month, forms[form]);
    }
  }
  return who;
};

type Forms = Record<Form, Days>;

/** @param rows those of a month split by all that there is, which also are the days of the last cut */
const formsOf = (days: Days, rows: readonly DailySpend[], name: CutName): Forms => {
  const split_by = CUTS[name];
  const ofDays = gathered(rows, { split_by });
  const ofFives = summed(ofDays, split_by, fiveOf);
  return {
    days: name === "all" ? days : daysOf(ofDays),
    fives: daysOf(ofFives),
    sums: daysOf(gathered(ofFives, { split_by, by_month: true })),
  };
};

/** Those of a month that is there. */
export const formsIn = (cut: Who[CutName], month: string): Forms => {
  const [days, fives, sums] = FORMS.map((form) => cut[form].get(month));
  if (!days || !fives || !sums) throw DAMAGED;
  return { days, fives, sums };
};
