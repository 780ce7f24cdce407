import { describe, expect, it } from "vitest";
import { modelName } from "../../src/lib/record/model-name.js";

/** What each provider calls a model, and the name that all of them come to. */
const SAME: Record<string, [string, string][]> = {
  anthropic: [
    ["claude-sonnet-4-5-20250929", "claude-sonnet-4-5"],
    ["claude-sonnet-4-5", "claude-sonnet-4-5"],
    ["Claude Sonnet 4.5", "claude-sonnet-4-5"],
    ["Claude Opus 5", "claude-opus-5"],
    ["claude-opus-5-20261001", "claude-opus-5"],
    ["claude-3-5-sonnet-20241022", "claude-3-5-sonnet"],
    ["claude-3-5-sonnet-latest", "claude-3-5-sonnet"],
    ["Claude Haiku 3", "claude-3-haiku"],
    ["claude-3-opus-20240229", "claude-3-opus"],
  ],
  openai: [
    ["gpt-5.6-sol-2026-07-09", "gpt-5.6-sol"],
    ["gpt-4o-mini-2024-07-18", "gpt-4o-mini"],
    ["o3-mini-2025-01-31", "o3-mini"],
  ],
  openrouter: [
    ["anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"],
    ["anthropic/claude-5-sonnet-20260616", "claude-sonnet-5"],
    ["anthropic/claude-3.7-sonnet:thinking", "claude-3-7-sonnet"],
    ["openai/gpt-5.5-20260423", "gpt-5.5"],
    ["google/gemini-2.5-pro", "gemini-2.5-pro"],
    ["x-ai/grok-4.6", "grok-4.6"],
    ["deepseek/deepseek-v4-flash-20260731", "deepseek-v4-flash"],
  ],
  cursor: [
    ["claude-4.5-sonnet", "claude-sonnet-4-5"],
    ["claude-4.5-sonnet-thinking", "claude-sonnet-4-5"],
    ["claude-4-sonnet-thinking", "claude-sonnet-4"],
    ["claude-opus-4-7-thinking-max", "claude-opus-4-7"],
    ["claude-opus-5-thinking", "claude-opus-5"],
    ["gpt-5-high", "gpt-5"],
    ["gpt-5.1-codex-max-high", "gpt-5.1-codex-max"],
    ["gpt-5-high-fast", "gpt-5-fast"],
    ["grok-4.5-fast-xhigh", "grok-4.5-fast"],
  ],
  litellm: [
    ["openrouter/auto", "openrouter/auto"],
    ["bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "claude-sonnet-4-5"],
    ["vertex_ai/claude-sonnet-4-5@20250929", "claude-sonnet-4-5"],
    ["azure/gpt-4o", "gpt-4o"],
    ["gemini/gemini-2.5-flash", "gemini-2.5-flash"],
  ],
  aws: [
    ["anthropic.claude-opus-4-6-v1", "claude-opus-4-6"],
    ["eu.anthropic.claude-haiku-4-5-20251001-v1:0", "claude-haiku-4-5"],
    ["openai.gpt-oss-120b-1:0", "gpt-oss-120b"],
    ["Claude Opus 5 (Amazon Bedrock Edition)", "claude-opus-5"],
  ],
  "google-ai-studio": [["models/gemini-2.5-pro", "gemini-2.5-pro"]],
  fireworks: [
    ["accounts/fireworks/models/glm-5p2", "glm-5.2"],
    ["accounts/fireworks/models/kimi-k2p6", "kimi-k2.6"],
  ],
  together: [["deepseek-ai/DeepSeek-V3.1", "deepseek-v3.1"]],
};

/** Names that must never come together: other models, sizes, prices, or nobody's. */
const APART: [string, string[]][] = [
  [
    "anthropic",
    [
      ...["claude-opus-4", "claude-opus-4-1", "claude-opus-4-5", "claude-sonnet-4", "claude-sonnet-4-5"],
      ...["claude-haiku-4-5", "claude-3-haiku", "claude-3-5-haiku", "claude-3-5-sonnet", "claude-3-7-sonnet"],
      ...[
        "claude-3-5-sonnet-20240620",
        "claude-sonnet-5",
        "claude-sonnet-5-5",
        "claude-2.1",
        "claude-instant-1.2",
      ],
    ],
  ],
  [
    "openai",
    [
      ...[
        "gpt-4",
        "gpt-4-0613",
        "gpt-4-turbo",
        "gpt-4-1106-preview",
        "gpt-4-0125-preview",
        "gpt-4o",
        "gpt-4o-mini",
      ],
      ...["gpt-4o-2024-05-13", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-5", "gpt-5-pro", "gpt-5-mini"],
      ...[
        "gpt-5.1",
        "gpt-5.1-codex",
        "gpt-5.1-codex-max",
        "gpt-5-search-api",
        "chatgpt-4o-latest",
        "o1",
        "o1-pro",
      ],
      ...["o3", "o3-mini", "ft:gpt-4o-mini-2024-07-18:acme::a1", "ft:gpt-4o-mini-2024-07-18:acme::b2"],
    ],
  ],
  [
    "openrouter",
    [
      ...["deepseek/deepseek-v4-pro", "deepseek/deepseek-v4-pro:free", "deepseek/deepseek-chat-v3-0324"],
      ...[
        "deepseek/deepseek-v3.1",
        "deepseek/deepseek-v3.2",
        "moonshotai/kimi-k2",
        "moonshotai/kimi-k2-0905",
      ],
      ...[
        "google/gemini-2.5-flash",
        "google/gemini-2.5-flash-preview-09-2025",
        "google/gemini-2.5-flash-lite",
      ],
      ...[
        "openrouter/auto",
        "auto",
        "mistralai/mistral-large-2411",
        "mistralai/mistral-large-2407",
        "anthropic/",
      ],
    ],
  ],
  [
    "cursor",
    ["auto", "composer-2.5", "composer-2.5-fast", "gpt-5", "gpt-5-fast", "gpt-5-mini", "gpt-5-codex"],
  ],
];

describe("the name of a model", () => {
  it("is the same for a provider of any name", () => {
    expect(modelName("constructor", "claude-sonnet-4.5")).toBe("claude-sonnet-4-5");
  });

  it.each(Object.entries(SAME))("is one for all that %s calls it", (provider, names) => {
    expect(names.map(([name]) => modelName(provider, name))).toEqual(names.map(([, same]) => same));
    // Whoever else has the name calls the same thing so.
    for (const [, same] of names) expect(modelName("openai", same)).toBe(same);
  });

  it.each(APART)("is another one for every other model of %s", (provider, names) => {
    expect(new Set(names.map((name) => modelName(provider, name))).size).toBe(names.length);
  });

  it("is what the source wrote if the rule does not know it", () => {
    for (const name of ["My Model", "text-embedding-3-small", "mistralai/mixtral-8x7b", "模型-20250101", ""])
      expect(modelName("my-gateway", name)).toBe(name);
  });
});
