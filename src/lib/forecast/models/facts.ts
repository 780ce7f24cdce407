/** The models: the name and version that `forecast_results` keeps, and what people read. It loads none of them. */
export const MODEL_FACTS = {
  prophet: { version: "augurs-prophet 0.10.2 wasmstan 0.2.0", title: "Prophet" },
  mstl: { version: "augurs-mstl 0.10.2", title: "weekly pattern and exponential smoothing (MSTL)" },
  ets: { version: "augurs-ets 0.10.2", title: "exponential smoothing (ETS)" },
  "seasonal-naive": { version: "seasonal-naive", title: "repeat the last week" },
  mean: { version: "mean", title: "the mean of the last days" },
  occasional: { version: "mean-occasional", title: "the mean of the last 13 weeks" },
  constant: { version: "constant", title: "the same each day" },
} as const satisfies Record<string, ModelFacts>;

export interface ModelFacts {
  version: string;
  title: string;
}

/** As the JSON has it. */
export type ModelName = keyof typeof MODEL_FACTS;
