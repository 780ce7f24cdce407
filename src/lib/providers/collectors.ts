import { anthropicCollector } from "./anthropic/collector.js";
import type { Collector, KeyKind } from "./collector.js";
import { deepseekCollector } from "./deepseek/collector.js";
import { kindOfKey } from "./key-kinds.js";
import { litellmCollector } from "./litellm/collector.js";
import { mistralCollector } from "./mistral/collector.js";
import { openaiCollector } from "./openai/collector.js";
import { openrouterCollector } from "./openrouter/collector.js";
import { vercelCollector } from "./vercel/collector.js";
import { xaiCollector } from "./xai/collector.js";

export const collectors = [
  anthropicCollector,
  deepseekCollector,
  litellmCollector,
  mistralCollector,
  openaiCollector,
  openrouterCollector,
  vercelCollector,
  xaiCollector,
] as const satisfies readonly Collector[];

export const collectorOf = (provider: string): Collector | undefined =>
  collectors.find((collector) => collector.provider === provider);

/** Keys of providers that have no API for what was spent. */
const OTHERS: readonly (KeyKind & { owner: string })[] = [
  { prefix: "gsk_", title: "a Groq API key", owner: "Groq", collects: "no" },
  { prefix: "AIza", title: "a Google API key", owner: "Google", collects: "no" },
  { prefix: "AQ.", title: "a Google API key", owner: "Google", collects: "no" },
];

/** @returns null for a key without a mark, such as a plain `sk-…` */
export const ownerOfKey = (key: string): (KeyKind & { owner: string }) | null =>
  kindOfKey(key, [
    ...collectors.flatMap(({ provider, keys }) => keys.map((kind) => ({ ...kind, owner: provider }))),
    ...OTHERS,
  ]);
