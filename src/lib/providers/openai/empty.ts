import { dateOf } from "../../dates/days.js";
import type { ExportFormat } from "../../csv/format.js";

/** What either download of the dashboard is when the period has no usage: buckets and nothing in them. */
export const openaiEmpty: ExportFormat = {
  id: "openai-empty",
  title: "OpenAI export of a period without usage",
  provider: "openai",
  where: "platform.openai.com, Usage: Export (of days without usage)",
  source: "openai/empty",
  requires: ["start_time", "end_time", "start_time_iso", "end_time_iso"],
  exact: true,
  knows: [],
  date: "start_time",
  series: "openai/empty",
  dimensions: [],
  read: (row) => ({ skip: "empty bucket", day: dateOf(row.epoch("start_time")) }),
};
