import type { CsvFormat } from "../csv/format.js";
import { anthropicCost } from "./anthropic/cost.js";
import { anthropicUsage } from "./anthropic/usage.js";
import { cursorUsageEvents, cursorUsageEventsUnsplit } from "./cursor/usage-events.js";
import { openaiCost } from "./openai/cost.js";
import { openaiEmpty } from "./openai/empty.js";
import { openaiLegacyActivity } from "./openai/legacy-activity.js";
import { openaiLegacyCost } from "./openai/legacy-cost.js";
import { openaiUsage } from "./openai/usage.js";
import { openrouterActivityDaily } from "./openrouter/activity-daily.js";
import { openrouterActivity } from "./openrouter/activity.js";

/** Every export that is recognised by its columns. No two of them match the same header. */
export const formats = [
  anthropicCost,
  anthropicUsage,
  cursorUsageEvents,
  cursorUsageEventsUnsplit,
  openaiCost,
  openaiUsage,
  openaiEmpty,
  openaiLegacyActivity,
  openaiLegacyCost,
  openrouterActivity,
  openrouterActivityDaily,
] as const satisfies readonly CsvFormat[];

/** The providers that have an export of what they charged. */
export const costExports = (): ReadonlySet<string> =>
  new Set(formats.filter(({ series }) => series?.endsWith("/cost")).map(({ provider }) => provider));
