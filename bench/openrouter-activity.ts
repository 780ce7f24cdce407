import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const MODELS = [
  { slug: "openai/gpt-5.6-luna-20260709", provider: "Azure", perToken: 0.0000004 },
  { slug: "anthropic/claude-opus-5-20260601", provider: "Anthropic", perToken: 0.000015 },
  { slug: "google/gemini-4-flash-20260415", provider: "Google", perToken: 0.0000003 },
  { slug: "deepseek/deepseek-v4-20260210", provider: "DeepSeek", perToken: 0.0000006 },
];

const HEADER =
  "generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,byok_usage_inference,tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,model_permaslug,provider_name,variant,cancelled,streamed,user,finish_reason_raw,finish_reason_normalized,generation_time_ms,time_to_first_token_ms,app_name,api_key_name,api_key_disabled";

const DAY = 24 * 60 * 60 * 1000;

/** The half year of which all records of the benchmarks are: it ended last midnight, UTC. */
export const PERIOD = { days: 180, from: Math.floor(Date.now() / DAY) * DAY - 180 * DAY };

/** The moment of one of so many records, evenly over the period. */
export const momentOf = (at: number, rows: number): number =>
  PERIOD.from + Math.floor((at * PERIOD.days * DAY) / rows);

/** An activity export of OpenRouter: calls of four models with one key. */
export const activity = (rows: number): string => Array.from(lines(rows, {})).join("");

interface Shape {
  /** With so many keys. */
  keys?: number;
  /** The day of the period whose calls cost twice as much: another download of them. */
  dearDay?: number;
}

/** Writes such an export. */
export const writeActivity = (file: string, rows: number, shape: Shape = {}): Promise<void> =>
  pipeline(Readable.from(lines(rows, shape)), createWriteStream(file));

function* lines(rows: number, { keys = 1, dearDay }: Shape): Generator<string> {
  yield HEADER;
  for (let at = 0; at < rows; at++) {
    const day = Math.floor((momentOf(at, rows) - PERIOD.from) / DAY);
    const key = Math.floor(at / MODELS.length) % keys;
    yield `\n${line(at, rows, { key, times: day === dearDay ? 2 : 1 })}`;
  }
}

const line = (at: number, rows: number, { key, times }: { key: number; times: number }): string => {
  const { slug, provider, perToken } = MODELS[at % MODELS.length]!;
  const moment = momentOf(at, rows);
  const prompt = 200 + ((at * 7919) % 30_000);
  const completion = 10 + ((at * 104_729) % 2_000);
  const cost = (times * (prompt + 4 * completion) * perToken).toFixed(9);
  const created = new Date(moment).toISOString().replace("T", " ").replace("Z", "");
  const id = `gen-${Math.floor(moment / 1000)}-Bench${String(at).padStart(15, "0")}`;
  return `${id},${created},${cost},,,,0,${prompt},${completion},0,0,${slug},${provider},standard,false,true,,stop,stop,3120,1480,Bench,key-${key},false`;
};
