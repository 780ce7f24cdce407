import { constant } from "./constant.js";
import { ets } from "./ets.js";
import { average } from "./mean.js";
import type { ModelName } from "./facts.js";
import type { Model } from "./model.js";
import { mstl } from "./mstl.js";
import { occasional } from "./occasional.js";
import { prophet } from "./prophet.js";
import { seasonalNaive } from "./seasonal-naive.js";

/** Every model. What they are made of is loaded when one predicts. */
export const MODELS = {
  prophet,
  mstl,
  ets,
  "seasonal-naive": seasonalNaive,
  mean: average,
  occasional,
  constant,
} satisfies Record<ModelName, Model>;
