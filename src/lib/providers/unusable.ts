import type { UnusableExport } from "../csv/format.js";

/** Exports of providers that do not say what was spent, or not when, with the name of the right one. */
export const unusable: readonly UnusableExport[] = [
  {
    // With teams, tags, organizations or customers, whichever page it was exported from.
    requires: ["Date", "Model", "Spend ($)", "Successful", "Failed", "Total Tokens"],
    problem:
      "is LiteLLM's daily export with models, which repeats the whole spend of a day for every model: its sum is too high",
    hint: "Export the daily breakdown without models, and map it; or collect the spend with a key: aicost credentials add litellm",
    neverMapped: true,
  },
  {
    requires: ["Model", "Request Count", "Input (w/o Cache Write)", "Cost ($)"],
    excludes: ["Date"],
    problem: "is Cursor's usage summed by model, without dates",
    hint: "Download the usage events instead, at https://cursor.com/dashboard under Usage. Or say when it was: --map 'model=Model,cost=Cost ($),requests=Request Count' --provider cursor --period YYYY-MM",
  },
  {
    requires: [
      "Date",
      "Model",
      "Input (w/ Cache Write)",
      "Input (w/o Cache Write)",
      "Cache Read",
      "Output Tokens",
    ],
    excludes: ["Cost", "Cost ($)", "Requests"],
    problem: "has Cursor's usage events without what they cost",
    hint: "Download it again with costs, at https://cursor.com/dashboard under Usage. Or import only its tokens: --map 'date=Date,model=Model,input_tokens=Input (w/o Cache Write)+Cache Read+Input (w/ Cache Write),cache_read_tokens=Cache Read,cache_write_tokens=Input (w/ Cache Write),output_tokens=Output Tokens' --provider cursor",
  },
];
