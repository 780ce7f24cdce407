import type { Row } from "../../csv/format.js";

/** The numbers of a day are the same whatever zone the download is in: it is the date that the text has. */
export const bucketDay = (row: Row): string =>
  row.writtenDay(row.has("start_time_iso") ? "start_time_iso" : "utc_date");
