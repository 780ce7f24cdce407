var __defProp = Object.defineProperty;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};

// src/lib/record/model-name.ts
var FIREWORKS, words, VENDORS_AND_GATEWAYS, REGIONS_AND_VENDORS, PLACES, FAMILIES, APART, SNAPSHOT, REVISION, MODES, SPELLINGS, POINTS, known, modelName, nameOf, placeOf;
var init_model_name = __esm({
  "src/lib/record/model-name.ts"() {
    "use strict";
    FIREWORKS = "accounts/fireworks/models/";
    words = (text) => text.split(/\s+/);
    VENDORS_AND_GATEWAYS = words(
      `anthropic openai google x-ai xai deepseek deepseek-ai mistral mistralai meta meta-llama qwen moonshot moonshotai z-ai
  zai zai-org minimax minimaxai cohere amazon microsoft nvidia perplexity azure azure_ai bedrock bedrock_converse vertex_ai
  gemini groq together_ai fireworks_ai github_copilot`
    );
    REGIONS_AND_VENDORS = words(
      "us us-gov eu apac jp au ca global anthropic amazon meta mistral cohere deepseek openai qwen"
    );
    PLACES = [
      "models/",
      FIREWORKS,
      ...VENDORS_AND_GATEWAYS.map((name) => `${name}/`),
      ...REGIONS_AND_VENDORS.map((name) => `${name}.`)
    ];
    FAMILIES = /^(?:claude|gpt|chatgpt|o\d|gemini|gemma|grok|deepseek|mistral|magistral|ministral|codestral|devstral|llama|qwen|kimi|glm|minimax|command|nova|sonar)(?![a-z])/;
    APART = /* @__PURE__ */ new Set([
      "gpt-4o-2024-05-13",
      "gpt-4o-audio-preview-2024-10-01",
      "gpt-4o-realtime-preview-2024-10-01",
      "claude-3-5-sonnet-20240620"
    ]);
    SNAPSHOT = /[-@]20[2-9]\d(?:-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/;
    REVISION = /-(?:v\d+(?::\d+)?|\d+:\d+)$/;
    MODES = /* @__PURE__ */ new Map([
      [
        "cursor",
        [/-thinking(?:-(?:low|medium|high|xhigh|max))?$/, /-(?:minimal|low|medium|high|xhigh)(?=-fast$|$)/]
      ],
      ["openrouter", [/:thinking$/]]
    ]);
    SPELLINGS = [
      // Cursor and OpenRouter write `claude-4.5-sonnet` and `claude-sonnet-4.5`.
      [/^claude-(\d+)(?:[.-](\d{1,2}))?-(opus|sonnet|haiku|fable|mythos)(?=$|[-:])/, "claude-$3-$1-$2"],
      [/^claude-(opus|sonnet|haiku|fable|mythos)-(\d+)[.-](\d{1,2})?(?=$|[-:])/, "claude-$1-$2-$3"],
      [/^(claude-[a-z]+-\d+)-(?=$|[-:])/, "$1"],
      [/^claude-(opus|sonnet|haiku)-3(-\d)?(?=$|[-:])/, "claude-3$2-$1"],
      [/^(claude-.+)-latest$/, "$1"],
      [/-\(amazon-bedrock-edition\)$/, ""]
    ];
    POINTS = /(?<=\d)p(?=\d)/g;
    known = /* @__PURE__ */ new Map();
    modelName = (provider, model) => {
      const key = `${provider}	${model}`;
      let name = known.get(key);
      if (name === void 0) known.set(key, name = nameOf(provider, model));
      return name;
    };
    nameOf = (provider, model) => {
      const lower = model.trim().toLowerCase();
      const place = placeOf(lower);
      const text = lower.slice(place.length).replaceAll(/\s+/g, "-");
      if (!FAMILIES.test(text)) return model;
      const plain2 = (MODES.get(provider) ?? []).reduce((name, mode) => name.replace(mode, ""), text);
      const own2 = place.endsWith(".") ? plain2.replace(REVISION, "") : plain2;
      const pointed = place === FIREWORKS ? own2.replaceAll(POINTS, ".") : own2;
      const undated2 = APART.has(pointed) ? pointed : pointed.replace(SNAPSHOT, "");
      return SPELLINGS.reduce((name, [form, vendors]) => name.replace(form, vendors), undated2);
    };
    placeOf = (name) => {
      let place = "";
      for (; ; ) {
        const rest = name.slice(place.length);
        const next = PLACES.find((each) => rest.startsWith(each) && rest.length > each.length);
        if (next === void 0) return place;
        place += next;
      }
    };
  }
});

// src/lib/system/own.ts
var own;
var init_own = __esm({
  "src/lib/system/own.ts"() {
    "use strict";
    own = (record, name) => Object.hasOwn(record, name) ? record[name] : void 0;
  }
});

// src/lib/prices/names.ts
var SELLERS, VENDORS, AROUND, askedOf, undated, isOfMedia;
var init_names = __esm({
  "src/lib/prices/names.ts"() {
    "use strict";
    init_model_name();
    init_own();
    SELLERS = {
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
      together: "together"
    };
    VENDORS = [
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
      [/^command-/, "cohere"]
    ];
    AROUND = /^(?:models\/)|(?:\((?:minimal|low|medium|high|xhigh|max)\))$/g;
    askedOf = (provider, model) => {
      const bare = model.trim().replace(AROUND, "");
      const name = modelName(provider, bare).toLowerCase();
      const written = bare.toLowerCase();
      const vendor = VENDORS.find(([form]) => form.test(name))?.[1];
      const afterSlash = written.slice(written.indexOf("/") + 1);
      return {
        provider,
        seller: own(SELLERS, provider) ?? vendor ?? null,
        names: [.../* @__PURE__ */ new Set([written, afterSlash, name])]
      };
    };
    undated = (name) => name.toLowerCase().replace(/[-@]20\d\d-?[01]\d-?[0-3]\d$/, "").replace(/-(?:latest|preview)$/, "");
    isOfMedia = (name) => /(?:^|[-_.])(?:audio|realtime|live|tts|transcribe|whisper|image|video|omni|banana)(?:[-_.]|$)/.test(name);
  }
});

// src/lib/prices/overlay.json
var overlay_default;
var init_overlay = __esm({
  "src/lib/prices/overlay.json"() {
    overlay_default = {
      as_of: "2026-11-28",
      what: "figures that npm @pydantic/genai-prices 0.1.8 (2026-09-23) lacks or has otherwise; USD; *_mtok per million tokens, *_kcount per thousand, exact decimal strings; since null = from the model's start or unknown",
      still_missing: ["gpt-6.2-sol", "gpt-6.2-astra"],
      rows: [
        {
          provider: "anthropic",
          model: "claude-fable-5-2",
          since: null,
          why: "new",
          rates: {
            input_mtok: "8",
            cache_write_mtok: "10",
            cache_read_mtok: "0.2",
            output_mtok: "40",
            cache_write_1h_mtok: "16",
            web_searches_kcount: "10"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "anthropic",
          model: "claude-haiku-5-5",
          since: "2026-10-07",
          why: "new",
          rates: {
            input_mtok: {
              base: "0.1",
              tiers: [
                {
                  above: 1e5,
                  price: "0.5"
                }
              ]
            },
            cache_write_mtok: {
              base: "0.125",
              tiers: [
                {
                  above: 1e5,
                  price: "0.625"
                }
              ]
            },
            cache_read_mtok: {
              base: "0.01",
              tiers: [
                {
                  above: 1e5,
                  price: "0.05"
                }
              ]
            },
            output_mtok: {
              base: "0.5",
              tiers: [
                {
                  above: 1e5,
                  price: "2.5"
                }
              ]
            },
            cache_write_1h_mtok: {
              base: "0.2",
              tiers: [
                {
                  above: 1e5,
                  price: "1"
                }
              ]
            },
            web_searches_kcount: "10"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "anthropic",
          model: "claude-mythos-5-2",
          since: null,
          why: "new",
          rates: {
            input_mtok: "8",
            cache_write_mtok: "10",
            cache_read_mtok: "0.2",
            output_mtok: "40",
            cache_write_1h_mtok: "16",
            web_searches_kcount: "10"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "deepseek",
          model: "deepseek-flash",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.15",
            cache_read_mtok: "0.003",
            output_mtok: "0.6"
          },
          source: "PyPI genai-prices 0.2.3",
          note: "twice as much 01:00-04:00 and 06:00-10:00 UTC, Monday to Friday"
        },
        {
          provider: "google",
          model: "claude-fable-5-2",
          since: null,
          why: "new",
          rates: {
            input_mtok: "8",
            cache_write_mtok: "10",
            cache_read_mtok: "0.2",
            output_mtok: "40",
            cache_write_1h_mtok: "16",
            web_searches_kcount: "10"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "claude-haiku-4-5",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1",
            cache_write_mtok: "1.25",
            cache_read_mtok: "0.1",
            output_mtok: "5",
            cache_write_1h_mtok: "2"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "claude-haiku-5-5",
          since: null,
          why: "new",
          rates: {
            input_mtok: {
              base: "0.1",
              tiers: [
                {
                  above: 1e5,
                  price: "0.5"
                }
              ]
            },
            cache_write_mtok: {
              base: "0.125",
              tiers: [
                {
                  above: 1e5,
                  price: "0.625"
                }
              ]
            },
            cache_read_mtok: {
              base: "0.01",
              tiers: [
                {
                  above: 1e5,
                  price: "0.05"
                }
              ]
            },
            output_mtok: {
              base: "0.5",
              tiers: [
                {
                  above: 1e5,
                  price: "2.5"
                }
              ]
            },
            cache_write_1h_mtok: {
              base: "0.2",
              tiers: [
                {
                  above: 1e5,
                  price: "1"
                }
              ]
            }
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "claude-opus-4-5",
          since: null,
          why: "new",
          rates: {
            input_mtok: "5",
            cache_write_mtok: "6.25",
            cache_read_mtok: "0.5",
            output_mtok: "25",
            cache_write_1h_mtok: "10"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "claude-sonnet-5-5",
          since: null,
          why: "new",
          rates: {
            input_mtok: "2",
            cache_write_mtok: "2.5",
            cache_read_mtok: "0.1",
            output_mtok: "10",
            cache_write_1h_mtok: "4"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-3.1-flash-tts-preview",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1",
            output_mtok: "20"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-3.8-flash-lite-tts",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.5",
            output_mtok: "6"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-3.8-flash-lite-tts",
          since: "2027-01-01",
          why: "new",
          rates: {
            input_mtok: "1",
            output_mtok: "12"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-3.8-flash-tts",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.5",
            output_mtok: "9"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-3.8-flash-tts",
          since: "2027-01-01",
          why: "new",
          rates: {
            input_mtok: "1",
            output_mtok: "18"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-3.8-live",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.75",
            output_mtok: "4.5",
            input_audio_mtok: "3",
            output_audio_mtok: "12",
            input_image_mtok: "1",
            input_video_mtok: "1",
            web_searches_kcount: "14"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-4-argon",
          since: null,
          why: "new",
          rates: {
            input_mtok: "2",
            cache_read_mtok: "0.1",
            output_mtok: "10",
            web_searches_kcount: "14"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-4-argon",
          since: "2026-12-01",
          why: "new",
          rates: {
            input_mtok: "4",
            cache_read_mtok: "0.2",
            output_mtok: "20",
            web_searches_kcount: "14"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-nano-banana-2.1",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1.5",
            output_mtok: "7.5",
            output_image_mtok: "30",
            web_searches_kcount: "14"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-omni-1.1-flash",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1.5",
            output_mtok: "9",
            output_video_mtok: "17.5"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-robotics-er-2-preview",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1",
            cache_read_mtok: "0.1",
            output_mtok: "5"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-robotics-er-2-preview",
          since: "2027-01-01",
          why: "new",
          rates: {
            input_mtok: "2",
            cache_read_mtok: "0.2",
            output_mtok: "10"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-robotics-er-2-streaming-preview",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1",
            output_mtok: "5"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "google",
          model: "gemini-robotics-er-2-streaming-preview",
          since: "2027-01-01",
          why: "new",
          rates: {
            input_mtok: "2",
            output_mtok: "10"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "groq",
          model: "canopylabs/orpheus-arabic-saudi",
          since: null,
          why: "new",
          rates: {
            input_mchars: "40"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "groq",
          model: "canopylabs/orpheus-v1-english",
          since: null,
          why: "new",
          rates: {
            input_mchars: "22"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "groq",
          model: "meta-llama/llama-prompt-guard-2-22m",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.03",
            output_mtok: "0.03"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "groq",
          model: "meta-llama/llama-prompt-guard-2-86m",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.04",
            output_mtok: "0.04"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "groq",
          model: "openai/gpt-oss-safeguard-20b",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.075",
            cache_read_mtok: "0.0375",
            output_mtok: "0.3"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "groq",
          model: "qwen/qwen3.8-27b",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.8",
            output_mtok: "4"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "minimax",
          model: "MiniMax-M3.1-Flash",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.15",
            cache_read_mtok: "0.015",
            output_mtok: "0.6"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "codestral-embed-2505",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.15",
            cache_read_mtok: "0.015"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "deepseek-v4-1-flash-1017",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.3",
            cache_read_mtok: "0.007",
            output_mtok: "1.2"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "mistral-large-4",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.68",
            cache_read_mtok: "0.07",
            output_mtok: "2.09"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "mistral-large-4",
          since: "2026-10-20",
          why: "new",
          rates: {
            input_mtok: "1.36",
            cache_read_mtok: "0.14",
            output_mtok: "4.18"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "mistral-large-4",
          since: "2026-10-29",
          why: "new",
          rates: {
            input_mtok: "0.7",
            cache_read_mtok: "0.07",
            output_mtok: "2.1"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "voxtral-mini-transcribe-3-0",
          since: null,
          why: "new",
          rates: {
            audio_hours: "0.21",
            input_audio_hours: "0.21"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "voxtral-mini-transcribe-realtime-2602",
          since: null,
          why: "new",
          rates: {
            audio_hours: "0.36",
            input_audio_hours: "0.36"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "voxtral-mini-transcribe-realtime-3-0",
          since: null,
          why: "new",
          rates: {
            audio_hours: "0.48",
            input_audio_hours: "0.48"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "voxtral-small-transcribe-3-0",
          since: null,
          why: "new",
          rates: {
            audio_hours: "0.24",
            input_audio_hours: "0.24"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "zai-glm-5-3",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1.4",
            cache_read_mtok: "0.14",
            output_mtok: "4.4"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "mistral",
          model: "zai-glm-5-3-flash",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.15",
            cache_read_mtok: "0.03",
            output_mtok: "0.5"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "moonshotai",
          model: "kimi-k3.1-pro",
          since: null,
          why: "new",
          rates: {
            input_mtok: "2",
            cache_write_mtok: "2",
            cache_read_mtok: "0.2",
            output_mtok: "10",
            cache_write_1h_mtok: "4"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "moonshotai",
          model: "kimi-k3.1-pro-highspeed",
          since: null,
          why: "new",
          rates: {
            input_mtok: "4",
            cache_write_mtok: "4",
            cache_read_mtok: "0.2",
            output_mtok: "20",
            cache_write_1h_mtok: "8"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "babbage-002",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.4",
            output_mtok: "0.4"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "chatgpt-image-latest",
          since: null,
          why: "new",
          rates: {
            input_mtok: "5",
            cache_read_mtok: "1.25",
            output_mtok: "10",
            input_image_mtok: "8",
            cache_image_read_mtok: "2",
            output_image_mtok: "32"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "davinci-002",
          since: null,
          why: "new",
          rates: {
            input_mtok: "2",
            output_mtok: "2"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-5-search-api",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1.25",
            cache_read_mtok: "0.125",
            output_mtok: "10"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-5.5-cyber",
          since: null,
          why: "new",
          rates: {
            input_mtok: "12.5",
            output_mtok: "75"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-5.5-cyber",
          since: "2026-10-19",
          why: "new",
          rates: {
            input_mtok: "12.5",
            cache_read_mtok: "1.25",
            output_mtok: "75"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-5.6-cyber",
          since: null,
          why: "new",
          rates: {
            input_mtok: "12.5",
            cache_write_mtok: "15.625",
            cache_read_mtok: "1.25",
            output_mtok: "75"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-6-cyber",
          since: null,
          why: "new",
          rates: {
            input_mtok: "20",
            cache_write_mtok: "25",
            cache_read_mtok: "2",
            output_mtok: "100"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-6-rosalind",
          since: null,
          why: "new",
          rates: {
            input_mtok: {
              base: "15",
              tiers: [
                {
                  above: 272e3,
                  price: "30"
                }
              ]
            },
            cache_write_mtok: {
              base: "18.75",
              tiers: [
                {
                  above: 272e3,
                  price: "37.5"
                }
              ]
            },
            cache_read_mtok: {
              base: "1.5",
              tiers: [
                {
                  above: 272e3,
                  price: "3"
                }
              ]
            },
            output_mtok: {
              base: "75",
              tiers: [
                {
                  above: 272e3,
                  price: "112.5"
                }
              ]
            }
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-6.1-sol",
          since: "2026-09-29",
          why: "new",
          rates: {
            input_mtok: {
              base: "2",
              tiers: [
                {
                  above: 272e3,
                  price: "4"
                }
              ]
            },
            cache_write_mtok: {
              base: "2.5",
              tiers: [
                {
                  above: 272e3,
                  price: "5"
                }
              ]
            },
            cache_read_mtok: {
              base: "0.1",
              tiers: [
                {
                  above: 272e3,
                  price: "0.2"
                }
              ]
            },
            output_mtok: {
              base: "10",
              tiers: [
                {
                  above: 272e3,
                  price: "15"
                }
              ]
            },
            web_searches_kcount: "10",
            storage_searches_kcount: "2.5"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-6.1-terra",
          since: "2026-10-26",
          why: "new",
          rates: {
            input_mtok: {
              base: "1",
              tiers: [
                {
                  above: 272e3,
                  price: "2"
                }
              ]
            },
            cache_write_mtok: {
              base: "1.25",
              tiers: [
                {
                  above: 272e3,
                  price: "2.5"
                }
              ]
            },
            cache_read_mtok: {
              base: "0.05",
              tiers: [
                {
                  above: 272e3,
                  price: "0.1"
                }
              ]
            },
            output_mtok: {
              base: "5",
              tiers: [
                {
                  above: 272e3,
                  price: "7.5"
                }
              ]
            },
            web_searches_kcount: "10",
            storage_searches_kcount: "2.5"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-image-2.5-flare",
          since: null,
          why: "new",
          rates: {
            input_mtok: "5",
            cache_read_mtok: "1.25",
            output_mtok: "30",
            input_image_mtok: "8",
            cache_image_read_mtok: "2"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-image-2.5-sunburst",
          since: null,
          why: "new",
          rates: {
            input_mtok: "5",
            cache_read_mtok: "1.25",
            output_mtok: "30",
            input_image_mtok: "8",
            cache_image_read_mtok: "2"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-live-1",
          since: null,
          why: "new",
          rates: {
            audio_hours: "3"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-live-transcribe",
          since: null,
          why: "new",
          rates: {
            audio_hours: "1.02"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-realtime-translate",
          since: null,
          why: "new",
          rates: {
            audio_hours: "2.04"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-realtime-whisper",
          since: null,
          why: "new",
          rates: {
            audio_hours: "1.02"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-rosalind-discovery",
          since: null,
          why: "new",
          rates: {
            input_mtok: "5",
            cache_read_mtok: "0.5",
            output_mtok: "25"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "gpt-rosalind-research",
          since: null,
          why: "new",
          rates: {
            input_mtok: "5",
            cache_read_mtok: "0.5",
            output_mtok: "25"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "tts-1",
          since: null,
          why: "new",
          rates: {
            input_mchars: "15"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "openai",
          model: "tts-1-hd",
          since: null,
          why: "new",
          rates: {
            input_mchars: "30"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "perplexity/deepseek-v4-pro-0813",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1.32",
            cache_read_mtok: "0.044",
            output_mtok: "3.96"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "perplexity/glm-5.3",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1.4",
            cache_read_mtok: "0.26",
            output_mtok: "4.4"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "perplexity/glm-5.3-flash",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.15",
            cache_read_mtok: "0.03",
            output_mtok: "0.5"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "perplexity/kimi-k3",
          since: null,
          why: "new",
          rates: {
            input_mtok: "3",
            cache_read_mtok: "0.3",
            output_mtok: "15"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "perplexity/nemotron-3.5-super-120b-a12b",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.2",
            cache_read_mtok: "0.04",
            output_mtok: "0.5"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "perplexity/sonar",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.25",
            cache_read_mtok: "0.0625",
            output_mtok: "2.5",
            web_searches_kcount: "2.5"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "pplx-decider-flash-v1.2",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.01"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "pplx-decider-v1-27b",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.02"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "pplx-decider-v1.1-27b",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.02"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "pplx-decider-v1.2",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.02"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "pplx-embed-context-v1-0.6b",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.008"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "pplx-embed-context-v1-4b",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.05"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "pplx-embed-v1-0.6b",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.004"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "perplexity",
          model: "pplx-embed-v1-4b",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.03"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "x-ai",
          model: "grok-4.20-multi-agent-0309",
          since: null,
          why: "new",
          rates: {
            input_mtok: {
              base: "2",
              tiers: [
                {
                  above: 199999,
                  price: "4"
                }
              ]
            },
            cache_read_mtok: {
              base: "0.2",
              tiers: [
                {
                  above: 199999,
                  price: "0.4"
                }
              ]
            },
            output_mtok: {
              base: "6",
              tiers: [
                {
                  above: 199999,
                  price: "12"
                }
              ]
            }
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "x-ai",
          model: "grok-4.20-multi-agent-0309",
          since: "2026-04-30",
          why: "new",
          rates: {
            input_mtok: {
              base: "1.25",
              tiers: [
                {
                  above: 199999,
                  price: "2.5"
                }
              ]
            },
            cache_read_mtok: {
              base: "0.2",
              tiers: [
                {
                  above: 199999,
                  price: "0.4"
                }
              ]
            },
            output_mtok: {
              base: "2.5",
              tiers: [
                {
                  above: 199999,
                  price: "5"
                }
              ]
            }
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "x-ai",
          model: "grok-4.7",
          since: "2026-09-01",
          why: "new",
          rates: {
            input_mtok: {
              base: "2",
              tiers: [
                {
                  above: 199999,
                  price: "4"
                }
              ]
            },
            cache_read_mtok: {
              base: "0.5",
              tiers: [
                {
                  above: 199999,
                  price: "1"
                }
              ]
            },
            output_mtok: {
              base: "6",
              tiers: [
                {
                  above: 199999,
                  price: "12"
                }
              ]
            }
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4-32B-0414-128K",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.1",
            output_mtok: "0.1"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4.5",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.6",
            cache_read_mtok: "0.11",
            output_mtok: "2.2"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4.5-Air",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.2",
            cache_read_mtok: "0.03",
            output_mtok: "1.1"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4.5-AirX",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1.1",
            cache_read_mtok: "0.22",
            output_mtok: "4.5"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4.5-X",
          since: null,
          why: "new",
          rates: {
            input_mtok: "2.2",
            cache_read_mtok: "0.45",
            output_mtok: "8.9"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4.5V",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.6",
            cache_read_mtok: "0.11",
            output_mtok: "1.8"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4.6",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.6",
            cache_read_mtok: "0.11",
            output_mtok: "2.2"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4.6V",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.3",
            cache_read_mtok: "0.05",
            output_mtok: "0.9"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4.6V-FlashX",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.04",
            cache_read_mtok: "0.004",
            output_mtok: "0.4"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4.7",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.6",
            cache_read_mtok: "0.11",
            output_mtok: "2.2"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-4.7-FlashX",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.07",
            cache_read_mtok: "0.01",
            output_mtok: "0.4"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-5",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1",
            cache_read_mtok: "0.2",
            output_mtok: "3.2"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-5.1",
          since: null,
          why: "new",
          rates: {
            input_mtok: "1.4",
            cache_read_mtok: "0.26",
            output_mtok: "4.4"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-5.3-FlashX",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.37",
            cache_read_mtok: "0.075",
            output_mtok: "1.25"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "zai",
          model: "GLM-OCR",
          since: null,
          why: "new",
          rates: {
            input_mtok: "0.03",
            output_mtok: "0.03"
          },
          source: "PyPI genai-prices 0.2.3",
          note: null
        },
        {
          provider: "anthropic",
          model: "claude-sonnet-5-5",
          since: "2026-09-28",
          why: "new",
          rates: {
            input_mtok: "2",
            output_mtok: "10",
            cache_read_mtok: "0.2",
            cache_write_mtok: "2.5",
            cache_write_1h_mtok: "4",
            web_searches_kcount: "10"
          },
          source: "PyPI genai-prices 0.2.3; dates from github.com/TheKrush/PromptFuel/releases v1.0.22 and v1.0.23",
          note: "npm 0.1.8 prices this name as claude-sonnet-5"
        },
        {
          provider: "anthropic",
          model: "claude-sonnet-5-5",
          since: "2026-10-07",
          why: "new",
          rates: {
            input_mtok: "2",
            output_mtok: "10",
            cache_read_mtok: "0.1",
            cache_write_mtok: "2.5",
            cache_write_1h_mtok: "4",
            web_searches_kcount: "10"
          },
          source: "PyPI genai-prices 0.2.3; dates from github.com/TheKrush/PromptFuel/releases v1.0.22 and v1.0.23",
          note: "npm 0.1.8 prices this name as claude-sonnet-5"
        },
        {
          provider: "deepseek",
          model: "deepseek-v4-flash",
          since: "2026-09-10",
          why: "changed",
          rates: {
            input_mtok: "0.15",
            cache_read_mtok: "0.003",
            output_mtok: "0.6"
          },
          source: "PyPI genai-prices 0.2.3",
          note: "off-peak; twice as much 01:00-04:00 and 06:00-10:00 UTC, Monday to Friday"
        },
        {
          provider: "zai",
          model: "GLM-5.3-Flash",
          since: "2026-09-10",
          why: "changed",
          rates: {
            input_mtok: "0.15",
            cache_read_mtok: "0.03",
            output_mtok: "0.5"
          },
          source: "PyPI genai-prices 0.2.3; LiteLLM 1.110.2 agrees",
          note: null
        },
        {
          provider: "mistral",
          model: "mistral-small-latest",
          since: "2026-03-16",
          why: "changed",
          rates: {
            input_mtok: "0.15",
            cache_read_mtok: "0.015",
            output_mtok: "0.6"
          },
          source: "PyPI genai-prices 0.2.3; LiteLLM agrees",
          note: null
        },
        {
          provider: "mistral",
          model: "mistral-large-latest",
          since: null,
          why: "changed",
          rates: {
            input_mtok: "0.5",
            cache_read_mtok: "0.05",
            output_mtok: "1.5"
          },
          source: "LiteLLM 1.110.2; models.dev 2026-07-01",
          note: "genai (npm and PyPI) still prices the alias as the 2024 model, 2/6; the day of the switch was not found (Mistral Large 3 is 25.12)"
        },
        {
          provider: "deepseek",
          model: "deepseek-chat",
          since: null,
          why: "changed",
          rates: {
            input_mtok: "0.28",
            cache_read_mtok: "0.028",
            output_mtok: "0.42"
          },
          source: "LiteLLM 1.110.2",
          note: "genai keeps 0.27/1.10 for every day; the day of the fall was not found (autumn 2025); alias retired 2026-07-24; models.dev of 2026-07-01 says 0.14/0.28"
        },
        {
          provider: "deepseek",
          model: "deepseek-reasoner",
          since: null,
          why: "changed",
          rates: {
            input_mtok: "0.28",
            cache_read_mtok: "0.028",
            output_mtok: "0.42"
          },
          source: "LiteLLM 1.110.2",
          note: "as deepseek-chat"
        },
        {
          provider: "google",
          model: "gemini-2.5-pro",
          since: null,
          why: "changed",
          rates: {
            web_searches_kcount: "35"
          },
          source: "PyPI genai-prices 0.2.3",
          note: "only the search fee is added"
        },
        {
          provider: "google",
          model: "gemini-2.5-flash",
          since: null,
          why: "changed",
          rates: {
            web_searches_kcount: "35"
          },
          source: "PyPI genai-prices 0.2.3",
          note: "only the search fee is added"
        },
        {
          provider: "google",
          model: "gemini-2.5-flash-lite",
          since: null,
          why: "changed",
          rates: {
            web_searches_kcount: "35"
          },
          source: "PyPI genai-prices 0.2.3",
          note: "only the search fee is added"
        },
        {
          provider: "google",
          model: "gemini-3-pro-preview",
          since: "2026-01-05",
          why: "changed",
          rates: {
            web_searches_kcount: "14"
          },
          source: "PyPI genai-prices 0.2.3",
          note: "only the search fee is added"
        },
        {
          provider: "google",
          model: "gemini-3-flash-preview",
          since: "2026-01-05",
          why: "changed",
          rates: {
            web_searches_kcount: "14"
          },
          source: "PyPI genai-prices 0.2.3",
          note: "only the search fee is added"
        },
        {
          provider: "google",
          model: "gemini-3.1-pro-preview",
          since: null,
          why: "changed",
          rates: {
            web_searches_kcount: "14"
          },
          source: "PyPI genai-prices 0.2.3",
          note: "only the search fee is added"
        },
        {
          provider: "google",
          model: "gemini-3.5-flash",
          since: null,
          why: "changed",
          rates: {
            web_searches_kcount: "14"
          },
          source: "PyPI genai-prices 0.2.3",
          note: "only the search fee is added"
        },
        {
          provider: "google",
          model: "gemini-3.8-flash",
          since: null,
          why: "changed",
          rates: {
            web_searches_kcount: "14"
          },
          source: "PyPI genai-prices 0.2.3",
          note: "only the search fee is added"
        },
        {
          provider: "moonshotai",
          model: "kimi-k3",
          since: null,
          why: "changed",
          rates: {
            cache_write_mtok: "3",
            cache_write_1h_mtok: "6"
          },
          source: "PyPI genai-prices 0.2.3; LiteLLM agrees",
          note: "only the write rates are added"
        }
      ]
    };
  }
});

// src/lib/prices/overlay.ts
var overlay_exports = {};
__export(overlay_exports, {
  shippedOverlay: () => shippedOverlay
});
import { createHash } from "node:crypto";
var shippedOverlay;
var init_overlay2 = __esm({
  "src/lib/prices/overlay.ts"() {
    "use strict";
    init_overlay();
    shippedOverlay = () => ({
      date: overlay_default.as_of,
      hash: createHash("sha256").update(JSON.stringify(overlay_default)).digest("hex").slice(0, 6),
      rows: overlay_default.rows
    });
  }
});

// src/lib/prices/genai.ts
var genai_exports = {};
__export(genai_exports, {
  GENAI_PRICES: () => GENAI_PRICES,
  namedIn: () => namedIn,
  packageHistory: () => packageHistory,
  packageRates: () => packageRates
});
import { calcPrice } from "@pydantic/genai-prices";
var GENAI_PRICES, packageRates, isMeant, namedIn, packageHistory, tableOf;
var init_genai = __esm({
  "src/lib/prices/genai.ts"() {
    "use strict";
    init_names();
    GENAI_PRICES = "genai-prices 0.1.8";
    packageRates = ({ seller, names }, day) => {
      if (seller === null) return null;
      const timestamp = /* @__PURE__ */ new Date(`${day}T12:00:00Z`);
      for (const name of names) {
        const found = calcPrice({}, name, { providerId: seller, timestamp });
        if (found !== null && isMeant(found.model, name)) return tableOf(found.model_price);
      }
      return null;
    };
    isMeant = ({ id, match }, name) => undated(id) === undated(name) || namedIn(match).includes(name);
    namedIn = (match) => {
      if ("equals" in match) return [match.equals.toLowerCase()];
      return "or" in match ? match.or.flatMap(namedIn) : [];
    };
    packageHistory = ({ seller, names }) => {
      if (seller === null) return [];
      for (const name of names) {
        const found = calcPrice({}, name, { providerId: seller });
        if (found === null || !isMeant(found.model, name)) continue;
        const { prices } = found.model;
        if (!Array.isArray(prices)) return [{ since: null, rates: tableOf(found.model_price) }];
        return prices.flatMap(({ constraint, prices: each }) => {
          if (constraint !== void 0 && constraint.type !== "start_date") return [];
          return [{ since: constraint?.start_date ?? null, rates: tableOf(each) }];
        });
      }
      return [];
    };
    tableOf = (prices) => {
      const table = {};
      for (const [name, price] of Object.entries(prices)) {
        if (price === void 0) continue;
        table[name] = typeof price === "number" ? String(price) : {
          base: String(price.base),
          tiers: price.tiers.map((tier) => ({ above: tier.start, price: String(tier.price) }))
        };
      }
      return table;
    };
  }
});

// src/lib/record/price.ts
var OWN_PRICE = "own price";

// src/lib/prices/chain.ts
init_names();

// src/lib/prices/rows.ts
init_model_name();
var PriceRows = class {
  #rows = /* @__PURE__ */ new Map();
  constructor(rows) {
    for (const row of rows) {
      const { provider, model } = row;
      const names = /* @__PURE__ */ new Set([model.toLowerCase(), modelName(provider ?? "", model).toLowerCase()]);
      for (const name of names) {
        const key = keyOf(provider, name);
        const others = this.#rows.get(key);
        if (others === void 0) this.#rows.set(key, [row]);
        else others.push(row);
      }
    }
  }
  /** All rows of a model, the first name that has any deciding. A row of its seller comes before one of any seller. */
  of({ provider, seller, names }) {
    const providers = [.../* @__PURE__ */ new Set([provider, seller, null])];
    for (const name of names) {
      const rows = providers.flatMap((each) => this.#rows.get(keyOf(each, name)) ?? []);
      if (rows.length > 0) return rows;
    }
    return [];
  }
  /** The row that holds on a day: the last that began by then; of a day, what the vendor calls exactly so comes first. */
  on(asked, day) {
    let best;
    for (const row of this.of(asked)) {
      if (row.since !== null && row.since > day) continue;
      if (best === void 0 || isBetter(row, best, asked)) best = row;
    }
    return best;
  }
};
var isBetter = (row, best, { names }) => {
  if (row.provider === null !== (best.provider === null)) return best.provider === null;
  if ((row.since ?? "") !== (best.since ?? "")) return (row.since ?? "") > (best.since ?? "");
  const place = ({ model }) => (names.indexOf(model.toLowerCase()) + names.length + 1) % (names.length + 1);
  return place(row) < place(best);
};
var keyOf = (provider, name) => `${provider ?? "*"}	${name}`;

// src/lib/prices/chain.ts
var PriceChain = class {
  #own;
  #lists;
  #overlay;
  #overlayName;
  #genai;
  #found = /* @__PURE__ */ new Map();
  constructor({ own: own2, lists }, { overlay, genai }) {
    this.#own = new PriceRows(own2);
    this.#lists = lists.map(({ name, since, created_at, sha256, rows }) => ({
      source: `${name} of ${created_at.slice(0, 10)} (${sha256.slice(0, 6)})`,
      since,
      rows: new PriceRows(rows)
    }));
    this.#overlay = new PriceRows(overlay.rows);
    this.#overlayName = `overlay of ${overlay.date} (${overlay.hash})`;
    this.#genai = genai;
  }
  /**
   * @param provider `providers.name` @param model as its source writes it @param day UTC date
   * @returns null if no list has a price for it: that is not a price of zero
   */
  on(provider, model, day) {
    const key = `${provider}	${model}	${day}`;
    let found = this.#found.get(key);
    if (found === void 0) this.#found.set(key, found = this.#find(askedOf(provider, model), day));
    return found;
  }
  /** All prices of a model: those of the list that is asked first come first, the earliest of a list first. */
  history(provider, model) {
    const asked = askedOf(provider, model);
    const of = (rows, source, from = null) => rows.map((row) => ({ rates: row.rates, source, since: row.since ?? from })).sort(bySince);
    const genai = this.#genai.historyOf(asked).map((each) => ({ ...each, source: this.#genai.name }));
    return [
      ...of(this.#own.of(asked), OWN_PRICE),
      ...this.#lists.flatMap(({ rows, source, since }) => of(rows.of(asked), source, since)),
      ...of(this.#overlay.of(asked), this.#overlayName),
      ...genai.sort(bySince)
    ];
  }
  #find(asked, day) {
    const { seller } = asked;
    const mine = this.#own.on(asked, day);
    if (mine !== void 0) return { ...ratesIn(mine), source: OWN_PRICE, seller, isShipped: false };
    if (asked.names.some(isOfMedia)) return null;
    for (const { source, since, rows } of this.#lists) {
      const row = day < since ? void 0 : rows.on(asked, day);
      if (row !== void 0 && isWhole(row))
        return { ...ratesIn(row), since: row.since ?? since, source, seller, isShipped: false };
    }
    return this.#shipped(asked, day);
  }
  #shipped(asked, day) {
    const found = { seller: asked.seller, isShipped: true };
    const row = this.#overlay.on(asked, day);
    const overlaid = row !== void 0 && isWhole(row) ? { ...found, ...ratesIn(row), source: this.#overlayName } : null;
    if (overlaid !== null && (row?.since !== null || row.why === "changed")) return overlaid;
    const rates = this.#genai.ratesOf(asked, day);
    if (rates === null) return overlaid;
    const { name } = this.#genai;
    if (row === void 0 || overlaid !== null) return { ...found, rates, source: name, since: null };
    return {
      ...found,
      rates: { ...rates, ...row.rates },
      source: `${name} + ${this.#overlayName}`,
      since: null
    };
  }
};
var bySince = (one, other) => (one.since ?? "").localeCompare(other.since ?? "");
var ratesIn = ({ rates, since }) => ({ rates, since });
var isWhole = ({ rates }) => Object.keys(rates).some((name) => /^(?:input|output)_/.test(name) || name.endsWith("_hours"));

// src/lib/money.ts
import Big from "big.js";
var SCALE = 10;
var LIMIT = new Big("1e8");
var ZERO = new Big(0);
var decimal = (text) => new Big(text);
var plainOf = (units) => {
  const digits = String(units < 0n ? -units : units).padStart(SCALE + 1, "0");
  const decimals = digits.slice(-SCALE).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -SCALE)}${decimals === "" ? "" : `.${decimals}`}`;
};
var plain = (amount) => amount.eq(0) ? "0" : amount.toFixed();
var FINE_SCALE = 30;
var fine = (amount, power = 0) => BigInt(
  rounded(amount, FINE_SCALE - power).times(`1e${FINE_SCALE - power}`).toFixed()
);
var KEPT = 10n ** BigInt(FINE_SCALE - SCALE);
var FINE_LIMIT = BigInt(LIMIT.toFixed()) * 10n ** BigInt(FINE_SCALE);
var storedFine = (amount) => {
  const size = amount < 0n ? -amount : amount;
  const below = size / KEPT;
  const rest = size % KEPT * 2n;
  const kept = rest > KEPT || rest === KEPT && below % 2n === 1n ? below + 1n : below;
  if (kept * KEPT >= FINE_LIMIT) return null;
  return plainOf(amount < 0n ? -kept : kept);
};
var CODES = new Set(
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG".split(" ")
);
var UNIT = String.raw`[^\d\s.,'()+-][^\d\s,'()+-]{0,4}`;
var DIGITS = String.raw`[\d.,](?:[\d.,' ]*[\d.,])?(?:[eE][+-]?\d{1,5}(?!\d))?`;
var SIGNED = new RegExp(
  `^(?<before>[+-])? ?(?<left>${UNIT})? ?(?<inner>[+-])? ?(?<digits>${DIGITS}) ?(?<right>${UNIT})?(?<after>-)?$`
);
var IN_PARENTHESES = new RegExp(`^(${UNIT})? ?\\( ?([^()]*?) ?\\) ?(${UNIT})?$`);
var rounded = (amount, decimals) => amount.round(decimals, Big.roundHalfEven);
var QUOTIENT_SCALE = 40;
var Precise = Big();
Precise.DP = QUOTIENT_SCALE;
var CENT = decimal("0.01");

// src/lib/prices/cost.ts
init_own();
var MILLION = 6;
var THOUSANDS_IN_MILLION = 1000n;
var BATCH = { anthropic: 5n, openai: 5n, google: 5n, "x-ai": 8n };
var costOf = (usage, rates, seller) => {
  const size = sizeOf(usage);
  const rate = (name) => {
    const found = own(rates, name);
    return found === void 0 ? null : rateFor(found, size);
  };
  const tokens = tokensCost(usage, rate);
  if (tokens === null) return null;
  const { batched, note } = batch(usage, tokens, rate, seller);
  const searches = rate("web_searches_kcount");
  const requests = rate("requests_kcount");
  const fees = (searches ?? 0n) * BigInt(usage.webSearches) + (requests ?? 0n) * BigInt(usage.requests ?? 0);
  const usd = storedFine(batched + fees * THOUSANDS_IN_MILLION);
  if (usd === null) return null;
  const notes = note === null ? [] : [note];
  if (usage.special !== null) notes.push(`${usage.special} at the standard price`);
  if (requests !== null && usage.requests === null) notes.push("without request fees");
  if (searches === null && usage.webSearches > 0) notes.push("without search fees");
  return { usd, note: notes.length === 0 ? null : notes.join(", ") };
};
var rateFor = (rate, size) => {
  if (typeof rate === "string") return parsed(rate);
  const tier = rate.tiers.findLast(({ above }) => size > above);
  return parsed(tier?.price ?? rate.base);
};
var known2 = /* @__PURE__ */ new Map();
var parsed = (text) => {
  let amount = known2.get(text);
  if (amount === void 0) known2.set(text, amount = fine(decimal(text), MILLION));
  return amount;
};
var sizeOf = ({ isOneRequest: isOneRequest2, input, longerThan: longerThan2 }) => (
  // A list that writes 271999 means 272,000 too.
  Math.max(isOneRequest2 ? input : 0, longerThan2 === null ? 0 : longerThan2 + 1)
);
var tokensCost = (usage, rate, prefix = "") => {
  const { cacheRead, cacheWrite, cacheWrite1h } = usage;
  const uncached = usage.input - cacheRead - cacheWrite - cacheWrite1h;
  const input = rate(`${prefix}input_mtok`);
  const write = rate(`${prefix}cache_write_mtok`) ?? input;
  const parts = [
    [uncached, input],
    [usage.output, rate(`${prefix}output_mtok`)],
    [cacheRead, rate(`${prefix}cache_read_mtok`) ?? input],
    [cacheWrite, write],
    [cacheWrite1h, rate(`${prefix}cache_write_1h_mtok`) ?? write]
  ];
  let total = 0n;
  for (const [tokens, each] of parts) {
    if (tokens === 0) continue;
    if (each === null) return null;
    total += each * BigInt(tokens);
  }
  return total;
};
var batch = (usage, tokens, rate, seller) => {
  if (!usage.isBatch) return { batched: tokens, note: null };
  const factor = seller === null ? void 0 : own(BATCH, seller);
  const reduced = (amount) => amount * (factor ?? 10n) / 10n;
  const part = (name) => {
    const usual = rate(name.slice("batch_".length));
    return rate(name) ?? (usual === null ? null : reduced(usual));
  };
  const hasOwn = rate("batch_input_mtok") !== null;
  const batched = hasOwn ? tokensCost(usage, part, "batch_") : reduced(tokens);
  return {
    batched: batched ?? tokens,
    note: hasOwn || factor !== void 0 ? null : "batch at the standard price"
  };
};

// src/lib/prices/pricer.ts
init_names();

// src/lib/dates/days.ts
var isWeekend = (date) => [0, 6].includes(new Date(date).getUTCDay());
var dateOf = (moment) => moment.slice(0, 10);

// src/lib/prices/peak.ts
var SELLER = "deepseek";
var MODELS = /^deepseek-(?:v4-(?:flash|pro)|flash)$/;
var FIRST_DAY = "2026-08-17";
var FIRST_WEEKEND = "2026-08-23";
var PEAKS = [
  [1, 4],
  [6, 10]
];
var hasPeaks = (seller, nameOf2, day) => seller === SELLER && day >= FIRST_DAY && MODELS.test(nameOf2()) && (day < FIRST_WEEKEND || !isWeekend(day));
var isPeak = (moment) => {
  const hour = Number(moment.slice(11, 13));
  return PEAKS.some(([from, to]) => hour >= from && hour < to);
};
var peakRates = (rates) => Object.fromEntries(
  Object.entries(rates).map(([name, rate]) => [name, name.endsWith("_mtok") ? twice(rate) : rate])
);
var twice = (rate) => {
  const double = (text) => plain(decimal(text).times(2));
  if (typeof rate === "string") return double(rate);
  return {
    base: double(rate.base),
    tiers: rate.tiers.map(({ above, price }) => ({ above, price: double(price) }))
  };
};

// src/lib/record/kinds.ts
var CHARGE_KINDS = [
  "usage",
  "extra_usage",
  "subscription",
  "top_up",
  "fee",
  "tax",
  "credit"
];
var isMetered = (kind) => kind === "usage" || kind === "extra_usage";
var KIND_NAMES = CHARGE_KINDS.map((kind) => kind.replace("_", "-"));

// src/lib/prices/usage.ts
var lacksPrice = (record) => record.metadata.cost_basis === "none" && record.estimated_cost_usd === null && record.model_name !== null && isMetered(record.kind) && ((record.input_tokens ?? 0) !== 0 || (record.output_tokens ?? 0) !== 0);
var usageOf = (record) => {
  const { metadata } = record;
  const writes = record.cache_write_tokens ?? 0;
  const cacheWrite1h = Math.min(countIn(metadata.cache_write_1h_tokens), writes);
  return {
    provider: record.provider,
    model: record.model_name ?? "",
    day: dateOf(record.timestamp),
    moment: record.granularity === "event" || record.granularity === "hour" ? record.timestamp : null,
    input: record.input_tokens ?? 0,
    output: record.output_tokens ?? 0,
    cacheRead: record.cache_read_tokens ?? 0,
    cacheWrite: writes - cacheWrite1h,
    cacheWrite1h,
    requests: record.request_count,
    webSearches: countIn(metadata.web_searches),
    isBatch: isBatch(metadata),
    isOneRequest: isOneRequest(record),
    longerThan: longerThan(metadata.context_window),
    special: specialOf(metadata)
  };
};
var countIn = (value) => Number.isSafeInteger(value) ? Number(value) : 0;
var isBatch = ({ batch: batch2, service_tier, usage_type }) => batch2 === true || service_tier === "batch" || /^(?:message_)?batch$/i.test(textOf(usage_type));
var textOf = (value) => typeof value === "string" ? value : "";
var isOneRequest = ({ granularity, request_count, metadata }) => granularity === "event" && (request_count === 1 || request_count === null && metadata.bucket_seconds === void 0 && metadata.usage_type === void 0);
var longerThan = (window) => {
  const [, least = "0"] = /^(?:>\s?)?(\d+)k(?=\s?-|$)/.exec(textOf(window)) ?? [];
  return Number(least) > 0 ? Number(least) * 1e3 : null;
};
var USUAL = /* @__PURE__ */ new Set([
  "",
  "standard",
  "default",
  "auto",
  "batch",
  "global",
  "not_available",
  "unknown",
  "none"
]);
var specialOf = (metadata) => {
  const named = [metadata.service_tier, metadata.speed, metadata.inference_geo].map(textOf);
  return named.find((name) => !USUAL.has(name.toLowerCase())) ?? null;
};

// src/lib/prices/pricer.ts
var Pricer = class {
  constructor(chain) {
    this.chain = chain;
  }
  chain;
  /** @returns null if no list has a price for it */
  estimate(usage) {
    return this.at(usage)?.(usage) ?? null;
  }
  /**
   * What prices the use of a model at a moment, or on a day.
   * @returns null if no list has a price for that model; the function, if its list lacks a rate for what was used
   */
  at(moment) {
    const found = this.chain.on(moment.provider, moment.model, moment.day);
    if (found === null) return null;
    const { rates, note } = ratesAt(found, moment);
    return (usage) => {
      const cost = costOf(usage, rates, found.seller);
      if (cost === null) return null;
      const notes = note !== null && cost.note !== null ? `${note}, ${cost.note}` : note ?? cost.note;
      return { usd: cost.usd, source: found.source, note: notes };
    };
  }
  /** The record with an estimate beside it, if it lacks a price and a list has one; else as it is. */
  priced(record) {
    if (!lacksPrice(record)) return record;
    const estimate = this.estimate(usageOf(record));
    return estimate === null ? record : withEstimate(record, estimate);
  }
};
var ratesAt = ({ rates, seller, isShipped }, { provider, model, day, moment }) => {
  const nameOf2 = () => askedOf(provider, model).names.at(-1) ?? "";
  if (!isShipped || !hasPeaks(seller, nameOf2, day)) return { rates, note: null };
  if (moment === null) return { rates, note: "off-peak" };
  return { rates: isPeak(moment) ? peakRates(rates) : rates, note: null };
};
var withEstimate = (record, { usd, source, note }) => ({
  ...record,
  estimated_cost_usd: usd,
  metadata: {
    ...record.metadata,
    cost_basis: isOfPlan(record.metadata) ? "included" : "estimated",
    price: source,
    ...note !== null && { price_note: note }
  }
});
var isOfPlan = ({ paid_by }) => paid_by === "plan" || paid_by === "unknown";
var loadPricer = async (prices) => {
  const [{ shippedOverlay: shippedOverlay2 }, { GENAI_PRICES: GENAI_PRICES2, packageHistory: packageHistory2, packageRates: packageRates2 }] = await Promise.all([
    Promise.resolve().then(() => (init_overlay2(), overlay_exports)),
    Promise.resolve().then(() => (init_genai(), genai_exports))
  ]);
  const genai = { name: GENAI_PRICES2, ratesOf: packageRates2, historyOf: packageHistory2 };
  return new Pricer(new PriceChain(prices, { overlay: shippedOverlay2(), genai }));
};

// src/lib/prices/calls.ts
var callPrice = (pricer2, { provider, model, start: start2 }) => {
  const moment = new Date(start2).toISOString();
  const price = model === null ? null : pricer2.at({ provider, model, day: moment.slice(0, 10), moment });
  if (price === null) return () => null;
  return ({ input, output, cacheRead, cacheWrite, cacheWrite1h, searches }) => (
    // Written out: a spread takes several times as long as all the rest.
    price({
      input,
      output,
      cacheRead,
      cacheWrite: cacheWrite - cacheWrite1h,
      cacheWrite1h,
      requests: 1,
      webSearches: searches,
      isBatch: false,
      isOneRequest: true,
      longerThan: null,
      special: null
    })
  );
};

// ../notes/p18/bench-price.ts
var pricer = await loadPricer({ own: [], lists: [] });
var start = Date.parse("2026-06-10T10:00:00Z");
var run = () => {
  let n = 0;
  const t = process.cpuUsage();
  for (let q = 0; q < 2e4; q++) {
    const price = callPrice(pricer, { provider: "anthropic", model: q % 5 ? "claude-opus-5-5" : "claude-haiku-4-5-20251001", start });
    for (let i = 0; i < 7; i++) n += price({ at: start, input: 2e4 + i * 7919 + q, output: 10 + q % 2e3, cacheRead: 19e3 + i, cacheWrite: 0, cacheWrite1h: 0, reasoning: 0, searches: 0, statedCost: null }).usd.length;
  }
  const c = process.cpuUsage(t);
  console.log(((c.user + c.system) / 140).toFixed(0), "ns a call", n);
};
run();
run();
run();
