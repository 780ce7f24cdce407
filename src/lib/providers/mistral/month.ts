import { daysAfter } from "../../dates/days.js";

/** A calendar month, by its first and last UTC date. */
export interface Month {
  from: string;
  to: string;
}

export const monthOf = (date: string): Month => {
  const from = `${date.slice(0, 7)}-01`;
  const next = `${daysAfter(from, 31).slice(0, 7)}-01`;
  return { from, to: daysAfter(next, -1) };
};

export const monthsBetween = (from: string, to: string): Month[] => {
  const months = [];
  for (let month = monthOf(from); month.from <= to; month = monthOf(daysAfter(month.to, 1))) {
    months.push(month);
  }
  return months;
};

export const queryOf = ({ from }: Month) => ({
  month: Number(from.slice(5, 7)),
  year: Number(from.slice(0, 4)),
});
