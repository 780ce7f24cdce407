import { type Answer, AnswerProblem } from "../answer.js";

/**
 * Where entries are, each under a model and a lane. Mistral documents `chat`, `completion`, `ocr`, `audio`,
 * `connectors`, `libraries_api`, `fine_tuning`, `vibe_usage` and the head of the answer; what is in them is that of the
 * Admin Panel's own `/api/billing/v2/usage`, whose head is the same, as CodexBar recorded it, `vibe_code` and
 * `audio_characters` with it. UNVERIFIED for the Admin API. A category that is not named here is not seen.
 */
const CATEGORIES = [
  ["chat"],
  ["completion"],
  ["ocr"],
  ["audio"],
  ["audio_characters"],
  ["connectors"],
  ["libraries_api", "pages"],
  ["libraries_api", "tokens"],
  ["libraries_api", "audio_seconds"],
  ["fine_tuning", "training"],
  ["fine_tuning", "storage"],
  ["vibe_code", "completion"],
  ["vibe_code", "ocr"],
  ["vibe_code", "audio"],
  ["vibe_code", "audio_characters"],
  ["vibe_code", "connectors"],
];

/** Cached input has its own price, and is not part of the lane of input. */
const LANES = ["input", "cached", "output"] as const;

export interface Place {
  /** For example `completion` or `libraries_api.pages`. */
  category: string;
  /** `mistral-large-latest::mistral-large-2411`: what was asked for, and what it is. */
  name: string;
  lane: (typeof LANES)[number];
  entry: Answer;
}

export const placesIn = (answer: Answer): Place[] => {
  const categories = isObject(answer, "vibe_usage") ? [...CATEGORIES, ["vibe_usage"]] : CATEGORIES;
  return categories.flatMap((path) => {
    const category = path.reduce((part, name) => part.object(name), answer);
    return modelsIn(category).flatMap(([name, model]) =>
      LANES.filter((lane) => model.has(lane)).flatMap((lane) =>
        model.list(lane).map((entry) => ({ category: path.join("."), name, lane, entry })),
      ),
    );
  });
};

/** Most categories have their models under `models`, those of `fine_tuning` do not. */
const modelsIn = (category: Answer): [name: string, model: Answer][] => {
  const models = category.has("models") ? category.object("models") : category;
  return models.entries().map(([name, model]) => {
    if (LANES.some((lane) => model.has(lane))) return [name, model];
    throw new AnswerProblem(model.path, "", "holds neither input nor output");
  });
};

/** Whether what stands there is an object, or nothing. */
export const isObject = (answer: Answer, name: string): boolean => {
  try {
    answer.object(name);
    return true;
  } catch (error) {
    if (error instanceof AnswerProblem) return false;
    throw error;
  }
};
