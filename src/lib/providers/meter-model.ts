/** How names of models begin in the texts of bills. */
const FAMILY =
  /\b(?:claude|gemini|gemma|imagen|veo|lyria|gpt|o[134](?=[ -]|$)|chatgpt|codex|dall-?e|whisper|sora|llama|mistral|mixtral|ministral|codestral|pixtral|deepseek|qwen|grok|nova|titan|command|jamba|phi|kimi|glm|minimax|text[ -]embedding|embedding|stable|cohere)\b/i;

/** What follows the name of a model. */
const REST =
  /^(?:input|inputs|inp|inpt|output|outp|outpt|opt|prompt|completion|cached?|caching|cchd|cache|tokens?|count|text|audio|video|batch|flex|priority|short|shortco|longco|long|context|glbl|gl|global|regional|regnl|dz|dzone|data|zone|standard|std|provisioned|managed|requests?|thinking|for|in|on|via|from|to|per|and|with|model|models|units?|usage|\d+[km]|[-–—(].*)$/i;

/** Words of a name that are never cut off, and the most of them. */
const MOST_WORDS = 6;

/**
 * The model that a line of a bill names: `Generate content input token count gemini 3 flash text` is of
 * `gemini-3-flash`. Null if it names none, or only a family.
 */
export const modelInText = (...texts: (string | null)[]): string | null => {
  for (const text of texts) {
    const start = text === null ? -1 : text.search(FAMILY);
    if (text === null || start === -1) continue;
    const words = text.slice(start).split(/[\s_]+/);
    const end = words.findIndex((word, index) => index > 0 && isRest(word, text));
    const name = words
      .slice(0, Math.min(end === -1 ? words.length : end, MOST_WORDS))
      .join("-")
      .toLowerCase()
      .replace(/[^a-z0-9.:/-]+/g, "")
      .replace(/[.-]+$/, "");
    if (/\d/.test(name) || name.includes("-")) return name;
  }
  return null;
};

/** An image may be what a model makes, which is a part of its name, or what it is given. */
const isRest = (word: string, text: string): boolean =>
  word === "" || REST.test(word) || (/^images?$/i.test(word) && /input/i.test(text));
