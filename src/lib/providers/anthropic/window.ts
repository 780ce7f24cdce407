import type { Query } from "../api.js";
import type { Window } from "../collector.js";
import { daysAfter } from "../../dates/days.js";

export const between = ({ from, to }: Pick<Window, "from" | "to">): Query => ({
  starting_at: `${from}T00:00:00Z`,
  ending_at: `${daysAfter(to, 1)}T00:00:00Z`,
});

/** Buckets of a day, as many a page as there may be. */
export const daily = (window: Window): Query => ({ ...between(window), bucket_width: "1d", limit: 31 });
