import type { Draft } from "../record/draft.js";
import type { ProviderApi } from "./api.js";

/** How a provider's spend is collected with a stored key. One folder a provider holds one, as one literal. */
export interface Collector {
  /** `providers.name`, for example `anthropic`. */
  provider: string;
  title: string;
  /** Where requests go unless the user names another address; null if only the user knows it. */
  baseUrl: string | null;
  authorize: (key: string) => Readonly<Record<string, string>>;
  keys: readonly KeyKind[];
  /** Which key is needed and where to make it, as a sentence. */
  keyHelp: string;
  /** By requests that cost nothing. @throws `Refusal`, or `key_cannot_collect` if it is good only for other things */
  check: (api: ProviderApi) => Promise<KeyCheck>;
  feeds: (credential: CollectedWith) => readonly Feed[];
}

export interface KeyKind {
  /** How its keys begin, or what tells them. The longest prefix that fits decides. */
  prefix: string | RegExp;
  /** For example “an Anthropic Admin API key”. */
  title: string;
  /** `yes` it reads what is spent; `perhaps` the provider must be asked; `no` it cannot. */
  collects: "yes" | "perhaps" | "no";
}

export interface KeyCheck {
  /** Tells this account from others of the provider for ever, such as an organisation's id; null if it does not say. */
  account: string | null;
  /** Null if the provider does not say. */
  accountName: string | null;
  /** What collecting needs to know, such as the id of a team. No secret. */
  facts?: Readonly<Record<string, string | boolean>>;
  note?: string;
}

/** What is known of a stored key, without the key. */
export interface CollectedWith {
  /** What `check` found out. */
  facts: Readonly<Record<string, unknown>>;
  options: CollectOptions;
}

export interface CollectOptions {
  /** Anthropic: which of its two APIs tells costs and usage. */
  anthropicApi: "classic" | "analytics";
  /** Anthropic: what Claude Code was used for, by person, too. */
  claudeCode: boolean;
}

/** One kind of rows that a provider's API gives, described as a `CsvFormat` is. */
export interface Feed {
  /** Stable id, kebab-case: what `aicost imports` shows, for example `anthropic-cost-report`. */
  id: string;
  title: string;
  /** The first part of every record's identity, for example `anthropic/cost-report`. */
  source: string;
  /** See `CsvFormat.series`: a feed and an export that show the same money share a series. */
  series: string;
  /** How fine it looks at its series. No export or other feed of the series has the same. */
  detail: number;
  /** What is collected instead if the provider does not know this one: it refuses its first request with 400 or 404. */
  fallback?: Feed;
  /** In pieces, each as soon as it is there. */
  collect: (api: ProviderApi, window: Window) => AsyncIterable<Collected>;
}

export interface Window {
  /** UTC dates, ends included; `to` may be today, which is not over yet. */
  from: string;
  to: string;
  now: Date;
  /** What the last piece of the last complete run said to remember; null the first time. */
  memory: Memory | null;
}

/** What a feed remembers from run to run. JSON. */
export type Memory = Readonly<Record<string, string | number | null>>;

export interface Collected {
  /** UTC dates held whole, those without spend too: they replace what was there. No date is in two pieces. */
  days: readonly string[];
  /** All on these days. */
  drafts: readonly Draft[];
  memory?: Memory;
  note?: string;
}
