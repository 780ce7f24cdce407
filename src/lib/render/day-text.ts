const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Nov`. @param date a calendar date or month */
export const monthText = (date: string): string => MONTHS[Number(date.slice(5, 7)) - 1] ?? "";

/** `2 Nov`, with a year `2 Nov 2026`. @param date a calendar date */
export const dayText = (date: string, withYear: boolean): string =>
  `${Number(date.slice(8))} ${monthText(date)}${withYear ? ` ${date.slice(0, 4)}` : ""}`;
