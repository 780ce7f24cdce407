const FIREWORKS = "accounts/fireworks/models/";

const words = (text: string): string[] => text.split(/\s+/);

const VENDORS_AND_GATEWAYS = words(
  `anthropic openai google x-ai xai deepseek deepseek-ai mistral mistralai meta meta-llama qwen moonshot moonshotai z-ai
  zai zai-org minimax minimaxai cohere amazon microsoft nvidia perplexity azure azure_ai bedrock bedrock_converse vertex_ai
  gemini groq together_ai fireworks_ai github_copilot`,
);

/** Amazon Bedrock writes `us.anthropic.` before a name. */
const REGIONS_AND_VENDORS = words(
  "us us-gov eu apac jp au ca global anthropic amazon meta mistral cohere deepseek openai qwen",
);

/** What stands before a name and says where the model is served from; as often as one is there. */
const PLACES = [
  "models/",
  FIREWORKS,
  ...VENDORS_AND_GATEWAYS.map((name) => `${name}/`),
  ...REGIONS_AND_VENDORS.map((name) => `${name}.`),
];

/** Models whose name a vendor or a page writes with capitals or blanks too: `Claude Opus 5`, `DeepSeek-V3.1`. */
const FAMILIES =
  /^(?:claude|gpt|chatgpt|o\d|gemini|gemma|grok|deepseek|mistral|magistral|ministral|codestral|devstral|llama|qwen|kimi|glm|minimax|command|nova|sonar)(?![a-z])/;

/** Snapshots that are other models, or cost otherwise, than what their name without the date stands for. */
const APART = new Set([
  "gpt-4o-2024-05-13",
  "gpt-4o-audio-preview-2024-10-01",
  "gpt-4o-realtime-preview-2024-10-01",
  "claude-3-5-sonnet-20240620",
]);

/** The date of a snapshot: `-2026-07-09`, `-20260709` or `@20260709`. */
const SNAPSHOT =
  /[-@]20[2-9]\d(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/;

/** What Amazon Bedrock puts behind a name: `-v1:0`, `-v1`, `-1:0`. */
const REVISION = /-(?:v\d+(?::\d+)?|\d+:\d+)$/;

/** How a provider writes in the name that the model thinks, and how much: the model, and its price, are the same. */
const MODES: ReadonlyMap<string, readonly RegExp[]> = new Map([
  [
    "cursor",
    [/-thinking(?:-(?:low|medium|high|xhigh|max))?$/, /-(?:minimal|low|medium|high|xhigh)(?=-fast$|$)/],
  ],
  ["openrouter", [/:thinking$/]],
]);

/** Other spellings of a name, and the vendor's own. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  // Cursor and OpenRouter write `claude-4.5-sonnet` and `claude-sonnet-4.5`.
  [/^claude-(\d+)(?:[.-](\d{1,2}))?-(opus|sonnet|haiku|fable|mythos)(?=$|[-:])/, "claude-$3-$1-$2"],
  [/^claude-(opus|sonnet|haiku|fable|mythos)-(\d+)[.-](\d{1,2})?(?=$|[-:])/, "claude-$1-$2-$3"],
  [/^(claude-[a-z]+-\d+)-(?=$|[-:])/, "$1"],
  [/^claude-(opus|sonnet|haiku)-3(-\d)?(?=$|[-:])/, "claude-3$2-$1"],
  [/^(claude-.+)-latest$/, "$1"],
  [/-\(amazon-bedrock-edition\)$/, ""],
];

/** Fireworks writes `5p2` for 5.2. */
const POINTS = /(?<=\d)p(?=\d)/g;

const known = new Map<string, string>();

/**
 * One name for a model, whatever its sources call it: `anthropic/claude-sonnet-4.5`, `claude-sonnet-4-5-20250929` and Cursor's
 * `claude-4.5-sonnet-thinking` are `claude-sonnet-4-5`, as its vendor's API has it. Variants with a price of their own,
 * such as `:free`, `-fast` or `-mini`, and fine-tuned models stay apart.
 * @param model as the source writes it
 */
export const modelName = (provider: string, model: string): string => {
  const key = `${provider}\t${model}`;
  let name = known.get(key);
  if (name === undefined) known.set(key, (name = nameOf(provider, model)));
  return name;
};

const nameOf = (provider: string, model: string): string => {
  const lower = model.trim().toLowerCase();
  const place = placeOf(lower);
  const text = lower.slice(place.length).replaceAll(/\s+/g, "-");
  if (!FAMILIES.test(text)) return model;
  const plain = (MODES.get(provider) ?? []).reduce((name, mode) => name.replace(mode, ""), text);
  const own = place.endsWith(".") ? plain.replace(REVISION, "") : plain;
  const pointed = place === FIREWORKS ? own.replaceAll(POINTS, ".") : own;
  const undated = APART.has(pointed) ? pointed : pointed.replace(SNAPSHOT, "");
  return SPELLINGS.reduce((name, [form, vendors]) => name.replace(form, vendors), undated);
};

const placeOf = (name: string): string => {
  let place = "";
  for (;;) {
    const rest = name.slice(place.length);
    const next = PLACES.find((each) => rest.startsWith(each) && rest.length > each.length);
    if (next === undefined) return place;
    place += next;
  }
};
