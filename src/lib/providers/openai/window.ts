import type { Query } from "../api.js";
import type { Window } from "../collector.js";
import { daysAfter } from "../../dates/days.js";

/** The beginning of a UTC date in seconds since 1970, as OpenAI takes moments. */
export const startOf = (date: string): number => Date.parse(date) / 1000;

/** Buckets of a day, so many a page; the end is not part of the window. */
export const daily = ({ from, to }: Window, limit: number): Query => ({
  start_time: startOf(from),
  end_time: startOf(daysAfter(to, 1)),
  bucket_width: "1d",
  limit,
});
