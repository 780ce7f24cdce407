import { own } from "../../system/own.js";

/** What ccusage calls agents that have another name here. */
const AGENTS: Partial<Record<string, string>> = {
  claude: "claude-code",
  copilot: "copilot-cli",
  gemini: "gemini-cli",
};

/** @param name as ccusage or a user writes it @returns its id here, as `aicost scan` stores it */
export const agentNamed = (name: string): string => {
  const plain = name.trim().toLowerCase();
  return own(AGENTS, plain) ?? plain;
};

/** Who would bill what these agents use, whatever the model. */
const PROVIDERS: Partial<Record<string, string>> = {
  "claude-code": "anthropic",
  codex: "openai",
  "copilot-cli": "github-copilot",
  "gemini-cli": "google",
};

/** By the beginning of a model's name, for agents that work with several providers. */
const MAKERS: readonly [RegExp, string][] = [
  [/^claude/, "anthropic"],
  [/^(?:gpt|o\d|codex|chatgpt)/, "openai"],
  [/^gemini/, "google"],
  [/^grok/, "xai"],
  [/^deepseek/, "deepseek"],
  [/^(?:mistral|codestral|devstral|magistral)/, "mistral"],
];

/** ccusage does not say who would bill a call: it is the agent's own provider, else the maker of the model, else the agent. */
export const providerOfDay = (agent: string, model: string | null): string => {
  const [, maker] = MAKERS.find(([form]) => form.test(model?.toLowerCase() ?? "")) ?? [];
  return own(PROVIDERS, agent) ?? maker ?? agent;
};
