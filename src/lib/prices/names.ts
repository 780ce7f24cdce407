import { modelName } from "../record/model-name.js";
import { own } from "../system/own.js";

/** What price lists call the providers of this program that have prices of their own. */
const SELLERS: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  "claude-desktop": "anthropic",
  openai: "openai",
  chatgpt: "openai",
  "google-cloud": "google",
  "google-ai-studio": "google",
  google: "google",
  deepseek: "deepseek",
  mistral: "mistral",
  xai: "x-ai",
  "x-ai": "x-ai",
  perplexity: "perplexity",
  moonshotai: "moonshotai",
  zai: "zai",
  minimax: "minimax",
  cohere: "cohere",
  // They sell models of others, at prices of their own.
  aws: "aws",
  fireworks: "fireworks",
  groq: "groq",
  openrouter: "openrouter",
  together: "together",
};

/** The vendors of models, by the beginnings of their names. */
const VENDORS: readonly (readonly [RegExp, string])[] = [
  [/^claude-/, "anthropic"],
  [/^(?:gpt-|chatgpt-|o\d|codex-|text-embedding-|davinci-|babbage-)/, "openai"],
  [/^(?:gemini|gemma)-/, "google"],
  [/^grok-/, "x-ai"],
  [/^deepseek-/, "deepseek"],
  [/^(?:mistral|ministral|magistral|codestral|devstral|mixtral|pixtral|voxtral)-/, "mistral"],
  [/^(?:kimi|moonshot)-/, "moonshotai"],
  [/^glm-/, "zai"],
  [/^minimax-/, "minimax"],
  [/^qwen/, "qwen"],
  [/^sonar(?:-|$)/, "perplexity"],
  [/^command-/, "cohere"],
];

/** What stands before the name of a model and after it, and says nothing of its price. */
const AROUND = /^(?:models\/)|(?:\((?:minimal|low|medium|high|xhigh|max)\))$/g;

/** Who sells a model, and what price lists may call it. */
export interface Asked {
  /** `providers.name`. */
  provider: string;
  /** Null if nothing says who that is. */
  seller: string | null;
  /** In lower case, the source's own name first. */
  names: readonly string[];
}

/**
 * Who sells a model: its provider, or its vendor if the provider only passes requests on.
 * @param provider `providers.name` @param model as its source writes it
 */
export const askedOf = (provider: string, model: string): Asked => {
  const bare = model.trim().replace(AROUND, "");
  const name = modelName(provider, bare).toLowerCase();
  const written = bare.toLowerCase();
  const vendor = VENDORS.find(([form]) => form.test(name))?.[1];
  const afterSlash = written.slice(written.indexOf("/") + 1);
  return {
    provider,
    seller: own(SELLERS, provider) ?? vendor ?? null,
    names: [...new Set([written, afterSlash, name])],
  };
};

/** The name of a model without the date of a snapshot, `-latest` and `-preview`: none of them changes the price. */
export const undated = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[-@]20\d\d-?[01]\d-?[0-3]\d$/, "")
    .replace(/-(?:latest|preview)$/, "");

/** Models whose tokens may be sound or images, which cost otherwise: which tokens those are is not told. */
export const isOfMedia = (name: string): boolean =>
  /(?:^|[-_.])(?:audio|realtime|live|tts|transcribe|whisper|image|video|omni|banana)(?:[-_.]|$)/.test(name);
