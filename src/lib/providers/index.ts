import type { ExportFormat } from "../csv/format.js";
import { claudeCodeTeam } from "./anthropic/claude-code-team.js";
import { anthropicCost } from "./anthropic/cost.js";
import { claudeSpendReport } from "./anthropic/spend-report.js";
import { anthropicUsage } from "./anthropic/usage.js";
import { awsCostAndUsage } from "./aws/cost-and-usage.js";
import { awsCostExplorer } from "./aws/cost-explorer.js";
import { azureCostDetails } from "./azure/cost-details.js";
import { ccusageDaily } from "./ccusage/daily.js";
import { cursorUsageEvents, cursorUsageEventsUnsplit } from "./cursor/usage-events.js";
import { deepseekAmount } from "./deepseek/amount.js";
import { deepseekCost } from "./deepseek/cost.js";
import { fireworksBillingMetrics } from "./fireworks/billing-metrics.js";
import { fireworksUsageCosts } from "./fireworks/usage-costs.js";
import { focusCostAndUsage } from "./focus/cost-and-usage.js";
import { copilotPremiumRequests } from "./github-copilot/premium-requests-2025-06.js";
import { copilotUsageReport } from "./github-copilot/usage-report.js";
import { googleCloudCostTable } from "./google-cloud/cost-table.js";
import { googleCloudReports } from "./google-cloud/reports.js";
import { langfuseObservations } from "./langfuse/observations.js";
import { litellmDailyExport } from "./litellm/daily-export.js";
import { litellmSpendLogs } from "./litellm/spend-logs.js";
import { openaiCost } from "./openai/cost.js";
import { openaiEmpty } from "./openai/empty.js";
import { openaiLegacyActivity } from "./openai/legacy-activity.js";
import { openaiLegacyCost } from "./openai/legacy-cost.js";
import { openaiUsage } from "./openai/usage.js";
import { openrouterActivityDaily } from "./openrouter/activity-daily.js";
import { openrouterActivity } from "./openrouter/activity.js";
import { pollinationsUsage } from "./pollinations/usage.js";

/** Every export that is recognised by its columns. No two of them match the same header. */
export const formats = [
  anthropicCost,
  anthropicUsage,
  claudeSpendReport,
  claudeCodeTeam,
  awsCostExplorer,
  awsCostAndUsage,
  azureCostDetails,
  ccusageDaily,
  copilotUsageReport,
  copilotPremiumRequests,
  cursorUsageEvents,
  cursorUsageEventsUnsplit,
  deepseekAmount,
  deepseekCost,
  fireworksBillingMetrics,
  fireworksUsageCosts,
  focusCostAndUsage,
  googleCloudCostTable,
  googleCloudReports,
  langfuseObservations,
  litellmSpendLogs,
  litellmDailyExport,
  openaiCost,
  openaiUsage,
  openaiEmpty,
  openaiLegacyActivity,
  openaiLegacyCost,
  openrouterActivity,
  openrouterActivityDaily,
  pollinationsUsage,
] as const satisfies readonly ExportFormat[];

/** The providers that have an export of what they charged. */
export const costExports = (): ReadonlySet<string> =>
  new Set(formats.filter(({ series }) => series.endsWith("/cost")).map(({ provider }) => provider));

/** Where a user finds the exports of these formats or, without any, the first one of a provider; each once. */
export const whereToExport = (provider: string, ids: readonly string[]): string[] => {
  const own: readonly ExportFormat[] = formats.filter((format) => format.provider === provider);
  const used = own.filter(({ id }) => ids.includes(id));
  return [...new Set((used.length > 0 ? used : own.slice(0, 1)).map(({ where }) => where))];
};
