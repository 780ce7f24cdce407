import { Flags } from "@oclif/core";
import { DATE_ORDERS } from "../csv/dates.js";
import { UserError } from "../errors.js";
import { dryRunFlag, providerFlag, rateFlag, repeatable } from "./flags.js";

/** The flags of `import`, most of them with the names of `ImportFlags`. */
export const importFlags = {
  format: Flags.string({
    summary: "the format, if it cannot be detected",
    helpValue: "ID",
    exclusive: ["map"],
  }),
  map: Flags.string({
    summary: "which column holds what, or the name of a saved mapping",
    helpValue: "TARGET=COLUMN,…",
  }),
  "save-map": Flags.string({
    summary: "save this mapping under a name",
    helpValue: "NAME",
    dependsOn: ["map"],
  }),
  provider: { ...providerFlag, summary: "the provider of mapped rows", dependsOn: ["map"] },
  currency: Flags.string({
    summary: "the currency of mapped amounts",
    helpValue: "CODE",
    dependsOn: ["map"],
  }),
  rate: rateFlag,
  only: Flags.string({
    ...repeatable,
    summary: "count only rows with this cell (repeatable)",
    helpValue: "COLUMN=VALUE",
  }),
  except: Flags.string({
    ...repeatable,
    summary: "leave out rows with this cell (repeatable)",
    helpValue: "COLUMN=VALUE",
  }),
  date: Flags.string({
    summary: "the day or month of a file without dates, such as 2026-11-05 or last-month",
    helpValue: "DATE",
    exclusive: ["period"],
  }),
  period: Flags.string({
    summary: "the month of a file without dates, such as 2026-11 or last-month",
    helpValue: "MONTH",
  }),
  numbers: Flags.option({
    options: ["point", "comma"] as const,
    summary: "the decimal mark of the files, if they do not show it",
  })(),
  dates: Flags.option({
    options: DATE_ORDERS,
    summary: "the order of day, month and year, if the files do not show it",
  })(),
  "add-providers": Flags.boolean({
    summary: "add the providers that files name and aicost does not know",
  }),
  account: Flags.string({
    summary: "whose files these are, if they do not say so",
    helpValue: "NAME",
  }),
  agent: Flags.string({
    summary: "the coding agent of a ccusage report that does not name it",
    helpValue: "NAME",
  }),
  replace: Flags.boolean({
    // Without a default: an archive refuses it only if it is given.
    summary: "count these files instead of earlier ones of the same days",
  }),
  "dry-run": dryRunFlag,
  "on-error": Flags.option({
    options: ["abort", "skip"] as const,
    default: "abort" as const,
    summary: "what to do about a bad row",
  })(),
  "from-other-user": Flags.boolean({
    summary: "import an archive of another user of a Supabase project, too",
  }),
  rejects: Flags.string({ summary: "write skipped rows to this file", helpValue: "FILE" }),
};

/** @throws UserError `rejects_unnamed`, `rejects_without_skip` */
export const refuseRejects = (rejects: string | undefined, onError: "abort" | "skip"): void => {
  if (rejects === "" || rejects === "-") {
    throw new UserError(
      "rejects_unnamed",
      rejects === ""
        ? "--rejects needs the name of a file."
        : "--rejects - would mix the bad rows with the receipt on standard output.",
      "Name a file, for example: --rejects bad-rows.csv",
    );
  }
  if (rejects !== undefined && onError !== "skip") {
    throw new UserError(
      "rejects_without_skip",
      "--rejects only works if bad rows are skipped.",
      "Add --on-error skip",
    );
  }
};
