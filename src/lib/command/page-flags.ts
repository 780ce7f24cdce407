import { Flags } from "@oclif/core";

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
