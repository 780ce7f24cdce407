import type { CsvFormat } from "../../csv/format.js";

/** What either download of the dashboard is when the period has no usage: buckets and nothing in them. */
export const openaiEmpty: CsvFormat = {
  id: "openai-empty",
  title: "OpenAI export of a period without usage",
  provider: "openai",
  source: "openai/empty",
  requires: ["start_time", "end_time", "start_time_iso", "end_time_iso"],
  exact: true,
  knows: [],
  date: "start_time",
  series: null,
  dimensions: [],
  read: () => ({ skip: "empty bucket" }),
};
