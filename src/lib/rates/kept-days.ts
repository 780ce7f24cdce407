import { daysAfter, daysBetween, isWeekend } from "../dates/days.js";
import type { RateDay } from "../record/rates.js";

/** Records are of 2015 or later; a rate holds for a week. */
const FIRST_KEPT = "2014-12-25";

/** The days that a record may need. */
export const keptDays = (days: readonly RateDay[]): RateDay[] => days.filter(({ day }) => day >= FIRST_KEPT);

/** Whether a working day lies between two days, which the bank may have published. */
export const mayLackDays = (last: string, day: string): boolean =>
  daysBetween(daysAfter(last, 1), daysAfter(day, -1)).some((between) => !isWeekend(between));
