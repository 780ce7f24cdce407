import { own } from "../system/own.js";

/** Agents' names of providers that have another one here. */
const NAMES: Partial<Record<string, string>> = {
  "amazon-bedrock": "aws",
  "anthropic-vertex": "google-cloud",
  "azure-cognitive-services": "azure",
  "azure-openai-responses": "azure",
  "fireworks-ai": "fireworks",
  "github-models": "github-copilot",
  "google-vertex": "google-cloud",
  "google-vertex-anthropic": "google-cloud",
  "vercel-ai-gateway": "vercel",
  togetherai: "together",
};

/** @param name as an agent's settings have it @returns who bills, as `providers.name` may have it */
export const providerOf = (name: string): string => {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "")
    .slice(0, 100);
  return own(NAMES, plain) ?? (plain || "unknown");
};
