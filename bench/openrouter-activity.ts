const MODELS = [
  { slug: "openai/gpt-5.6-luna-20260709", provider: "Azure", perToken: 0.0000004 },
  { slug: "anthropic/claude-opus-5-20260601", provider: "Anthropic", perToken: 0.000015 },
  { slug: "google/gemini-4-flash-20260415", provider: "Google", perToken: 0.0000003 },
  { slug: "deepseek/deepseek-v4-20260210", provider: "DeepSeek", perToken: 0.0000006 },
];

const HEADER =
  "generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,byok_usage_inference,tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,model_permaslug,provider_name,variant,cancelled,streamed,user,finish_reason_raw,finish_reason_normalized,generation_time_ms,time_to_first_token_ms,app_name,api_key_name,api_key_disabled";

const FIRST = Date.UTC(2026, 0, 1);
const HALF_A_YEAR = 180 * 24 * 60 * 60 * 1000;

/**
 * An activity export of OpenRouter: calls in 2026, evenly over half a year, of four models. The same number of rows
 * gives the same text.
 */
export const openRouterActivity = (rows: number): string =>
  [HEADER, ...Array.from({ length: rows }, (_, at) => line(at, rows))].join("\n");

const line = (at: number, rows: number): string => {
  const { slug, provider, perToken } = MODELS[at % MODELS.length]!;
  const moment = FIRST + Math.floor((at * HALF_A_YEAR) / rows);
  const prompt = 200 + ((at * 7919) % 30_000);
  const completion = 10 + ((at * 104_729) % 2_000);
  const cost = ((prompt + 4 * completion) * perToken).toFixed(9);
  const created = new Date(moment).toISOString().replace("T", " ").replace("Z", "");
  const id = `gen-${Math.floor(moment / 1000)}-Bench${String(at).padStart(15, "0")}`;
  return `${id},${created},${cost},,,,0,${prompt},${completion},0,0,${slug},${provider},standard,false,true,,stop,stop,3120,1480,Bench,bench-key,false`;
};
