import { Flags } from "@oclif/core";

const rate = (summary: string) => Flags.string({ helpValue: "USD", summary });

/** What a model costs. */
export const priceFlags = {
  input: rate("a million input tokens"),
  output: rate("a million output tokens"),
  "cache-read": rate("a million tokens read from the cache [default: as input]"),
  "cache-write": rate("a million tokens written to the cache [default: as input]"),
  "cache-write-1h": rate("a million tokens written to the cache for an hour [default: as cache-write]"),
  "batch-input": rate("a million input tokens in a batch [default: half at Anthropic, OpenAI and Google]"),
  "batch-output": rate("a million output tokens in a batch"),
  request: rate("a thousand requests, beside their tokens"),
  search: rate("a thousand web searches"),
};

export const priceProviderFlag = Flags.string({
  char: "p",
  helpValue: "NAME",
  summary: "only if this provider sells the model",
});

export const priceSinceFlag = Flags.string({ helpValue: "DATE", summary: "that of this first day" });
