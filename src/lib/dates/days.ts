const DAY_MS = 86_400_000;

export const daysAfter = (date: string, days: number): string =>
  new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);

/** How many days there are from one to the other, ends included; 0 if the end comes first. */
export const daysCount = (from: string, to: string): number =>
  Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1);

/** How many days there are in spans that do not overlap, ends included. */
export const daysIn = (spans: readonly { from: string; to: string }[]): number =>
  spans.reduce((days, { from, to }) => days + daysCount(from, to), 0);

/** Ends included; none if the end comes first. */
export const daysBetween = (from: string, to: string): string[] =>
  Array.from({ length: daysCount(from, to) }, (_, at) => daysAfter(from, at));

export const spansOf = (from: string, to: string, days: number): { from: string; to: string }[] => {
  const spans = [];
  for (let start = from; start <= to; start = daysAfter(start, days)) {
    const end = daysAfter(start, days - 1);
    spans.push({ from: start, to: end < to ? end : to });
  }
  return spans;
};

/** @param month or a date in it */
export const lastOfMonth = (month: string): string => {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
};

/** The same day of a later month, or of an earlier one; its last day if it lacks that one. */
export const monthsAfter = (date: string, months: number): string => {
  const [year = 0, month = 0] = date.split("-").map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 7);
  const same = `${first}-${date.slice(8)}`;
  const last = lastOfMonth(first);
  return same < last ? same : last;
};

export const isWholeMonth = (from: string, to: string): boolean =>
  from.endsWith("-01") && to === lastOfMonth(from);

export const isWeekend = (date: string): boolean => [0, 6].includes(new Date(date).getUTCDay());

/** Dates in order as runs without gaps, ends included. */
export const runsOf = (dates: readonly string[]): { from: string; to: string }[] => {
  const runs: { from: string; to: string }[] = [];
  for (const date of dates) {
    const last = runs.at(-1);
    if (last && daysAfter(last.to, 1) === date) last.to = date;
    else runs.push({ from: date, to: date });
  }
  return runs;
};

/** The UTC date of a moment. */
export const dateOf = (moment: string): string => moment.slice(0, 10);
