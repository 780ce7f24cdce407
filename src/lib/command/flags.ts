import { Args, Flags } from "@oclif/core";
import { PLACEHOLDER_NAMES } from "../render/today-line.js";

/** The flags of `add` and `records edit`, named as `EntryFields` has them. */
export const entryFlags = {
  provider: Flags.string({ char: "p", helpValue: "NAME", summary: "who charged; see aicost providers" }),
  cost: Flags.string({
    char: "c",
    helpValue: "AMOUNT",
    summary: "the amount, in US dollars unless --currency says else",
  }),
  date: Flags.string({ char: "d", helpValue: "DATE", summary: "the day, or a moment in your time zone" }),
  model: Flags.string({ char: "m", helpValue: "NAME", summary: "the model" }),
  "input-tokens": Flags.string({ helpValue: "N", summary: "all input tokens, cached ones included" }),
  "output-tokens": Flags.string({ helpValue: "N", summary: "all output tokens, reasoning included" }),
  "cache-read-tokens": Flags.string({
    helpValue: "N",
    summary: "the part of the input that was read from a cache",
  }),
  "cache-write-tokens": Flags.string({
    helpValue: "N",
    summary: "the part of the input that was written to a cache",
  }),
  requests: Flags.string({ helpValue: "N", summary: "the number of calls" }),
  currency: Flags.string({ helpValue: "CODE", summary: "the currency of --cost", dependsOn: ["cost"] }),
  rate: Flags.string({
    helpValue: "CNY=0.14",
    summary: "the US dollars for one unit of that currency",
    multiple: true,
    multipleNonGreedy: true,
  }),
  note: Flags.string({ helpValue: "TEXT", summary: "anything to keep with it" }),
};

/** What `login` and `signup` take. A password is no flag: other users of the machine see what a command is given. */
export const signInFlags = {
  url: Flags.string({
    summary: "the address of your Supabase project",
    description: "The environment variable AICOST_SUPABASE_URL gives it too.",
    helpValue: "URL",
  }),
  key: Flags.string({
    summary: "the publishable key of the project",
    description: "The environment variable AICOST_SUPABASE_KEY gives it too.",
    helpValue: "KEY",
  }),
  email: Flags.string({ summary: "your e-mail address in the project", helpValue: "ADDRESS" }),
  "password-stdin": Flags.boolean({ summary: "read the password from standard input" }),
};

/** The argument of a command on one import. */
export const importId = Args.string({
  required: true,
  ignoreStdin: true,
  description: "the import's id, or its first characters",
});

/** The argument of a command on one record. */
export const recordId = Args.string({
  required: true,
  ignoreStdin: true,
  description: "the record's id, or its first characters",
});

/** The arguments of a command on several records. */
export const recordIds = Args.string({
  required: true,
  multiple: true,
  ignoreStdin: true,
  description: "ids of records, or their first characters",
});

/** The flags of a command that lists a page at a time. */
export const pageFlags = (rows: number) => ({
  limit: Flags.integer({
    char: "n",
    default: rows,
    min: 1,
    max: 1000,
    helpValue: "N",
    summary: "how many to show",
  }),
  page: Flags.integer({ default: 1, min: 1, max: 1_000_000, helpValue: "N", summary: "which page of them" }),
});

/** What the SQL functions take for such a page. */
export const pageOf = ({ limit, page }: { limit: number; page: number }) => ({
  max_rows: limit,
  skip_rows: (page - 1) * limit,
});

/** The flag `--format` of `aicost today` and `aicost prompt`. */
export const formatFlag = Flags.string({
  summary: `what to print, with ${PLACEHOLDER_NAMES.join(", ")}`,
  helpValue: "TEXT",
});
