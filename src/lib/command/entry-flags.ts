import { Flags } from "@oclif/core";
import { KIND_NAMES } from "../record/kinds.js";
import { modelFlag, providerFlag, rateFlag } from "./flags.js";

/** The flags of `add` and `records edit`, with the names of `EntryFields`. */
export const entryFlags = {
  provider: { ...providerFlag, summary: "provider (list: aicost providers)" },
  cost: Flags.string({
    char: "c",
    helpValue: "AMOUNT",
    summary: "the amount, in US dollars unless you set --currency",
  }),
  kind: Flags.option({
    options: KIND_NAMES,
    summary: "what the amount is for [default: usage; credit if it is below zero]",
    exclusive: ["subscription"],
  })(),
  date: Flags.string({
    char: "d",
    helpValue: "DATE",
    summary: "the day, or the date and time in your time zone",
  }),
  model: { ...modelFlag, helpValue: "NAME", summary: "the model" },
  "input-tokens": Flags.string({ helpValue: "N", summary: "all input tokens, cached ones included" }),
  "output-tokens": Flags.string({ helpValue: "N", summary: "all output tokens, reasoning included" }),
  "cache-read-tokens": Flags.string({
    helpValue: "N",
    summary: "the input tokens that were read from a cache",
  }),
  "cache-write-tokens": Flags.string({
    helpValue: "N",
    summary: "the input tokens that were written to a cache",
  }),
  requests: Flags.string({ helpValue: "N", summary: "the number of calls" }),
  account: Flags.string({ helpValue: "NAME", summary: "the account or organization" }),
  project: Flags.string({ helpValue: "NAME", summary: "the project, workspace or team" }),
  key: Flags.string({ helpValue: "NAME", summary: "the name of the API key" }),
  currency: Flags.string({ helpValue: "CODE", summary: "the currency of --cost", dependsOn: ["cost"] }),
  rate: rateFlag,
  note: Flags.string({ helpValue: "TEXT", summary: "a note to store with the charge" }),
};
