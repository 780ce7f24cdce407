import type { ExportPage } from "../csv/format.js";

/**
 * How a document says whose it is: by an address or a kind of object of the provider, not by the name of a model, which
 * others sell too.
 */
export const exportPages: readonly ExportPage[] = [
  {
    named:
      /\b(?:platform|console)\.(?:claude|anthropic)\.com\b|\bapi\.anthropic\.com\b|\banthropic\.com\/(?:legal|billing)/i,
    where: "Anthropic's CSV exports are at https://platform.claude.com, on the pages Cost and Usage.",
  },
  {
    named: /\b(?:platform|api|pay)\.openai\.com\b|"object"\s*:\s*"organization\.(?:costs|usage)\b/i,
    where: "OpenAI's CSV exports are at https://platform.openai.com/usage.",
  },
  {
    named: /\bopenrouter\.ai\b/i,
    where: "OpenRouter's CSV export is at https://openrouter.ai/activity.",
  },
  {
    named: /\b(?:www\.)?cursor\.(?:com|sh)\b/i,
    where: "Cursor's CSV export is at https://cursor.com/dashboard, under Usage.",
  },
];
