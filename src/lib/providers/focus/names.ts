/** What vendors call themselves in FOCUS, and our names of them. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^(?:aws|amazon)/i, "aws"],
  [/^(?:microsoft|azure)/i, "azure"],
  [/^google/i, "google-cloud"],
  [/^github/i, "github-copilot"],
  [/^(?:anthropic|claude)/i, "anthropic"],
  [/^openai/i, "openai"],
  [/^open ?router/i, "openrouter"],
  [/^(?:cursor|anysphere)/i, "cursor"],
  [/^(?:xai|x\.ai)/i, "xai"],
  [/^mistral/i, "mistral"],
  [/^deepseek/i, "deepseek"],
  [/^fireworks/i, "fireworks"],
  [/^together/i, "together"],
  [/^perplexity/i, "perplexity"],
  [/^groq/i, "groq"],
  [/^vercel/i, "vercel"],
  [/^litellm|^berriai/i, "litellm"],
];

/** The series of the bills that providers have of their own: a FOCUS file shows the same money. */
const BILLS: Readonly<Record<string, string>> = {
  aws: "aws/cost",
  azure: "azure/cost",
  "google-cloud": "google-cloud/cost",
  "github-copilot": "github-copilot/usage",
  anthropic: "anthropic/cost",
  openai: "openai/cost",
  openrouter: "openrouter/activity",
  cursor: "cursor/usage-events",
  xai: "xai/usage",
  mistral: "mistral/usage",
  deepseek: "deepseek/cost",
  fireworks: "fireworks/cost",
  vercel: "vercel/report",
  litellm: "litellm/spend",
};

/** The series of the rows of a provider. */
export const seriesOfBill = (provider: string): string => BILLS[provider] ?? `focus/${provider}`;

/** `/providers/Microsoft.Billing/billingAccounts/123` is `123`, and `/subscriptions/123` too, as in other exports. */
export const withoutPath = (name: string): string =>
  /(?:^|\/)(?:billingAccounts|subscriptions|projects)\/([^/]+)/i.exec(name)?.[1] ?? name;

/** Vendors that sell more than AI. */
const SELL_MORE = ["aws", "azure", "google-cloud", "github-copilot", "vercel"];

const ONLY_AI = new Set(NAMES.map(([, name]) => name).filter((name) => !SELL_MORE.includes(name)));

export const sellsOnlyAi = (provider: string): boolean => ONLY_AI.has(provider);

/** Our name of a vendor; that of others in the same spelling. Null if nothing of it can be a name. */
export const providerNamed = (vendor: string): string | null =>
  NAMES.find(([pattern]) => pattern.test(vendor.trim()))?.[1] ??
  (vendor
    .trim()
    .toLowerCase()
    .replace(/,? (?:inc|llc|ltd|gmbh|corp)\.?$/, "")
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 100) ||
    null);
