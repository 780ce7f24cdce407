import { Args } from "@oclif/core";

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
