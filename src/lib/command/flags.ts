import { Args, Flags } from "@oclif/core";
import { UserError } from "../errors.js";
import { KIND_NAMES } from "../record/kinds.js";
import { PLACEHOLDER_NAMES } from "../render/today-line.js";

// Shared flags. A command that needs another summary spreads the flag: { ...providerFlag, summary: "…" }.

export const repeatable = { multiple: true, multipleNonGreedy: true } as const;

/** Repeatable, and several with commas between. */
export const listed = { ...repeatable, delimiter: "," } as const;

const provider = { char: "p", helpValue: "NAME" } as const;
const model = { char: "m", helpValue: "PART" } as const;

export const providerFlag = Flags.string({ ...provider, summary: "only this provider" });

export const providersFlag = Flags.string({
  ...provider,
  ...listed,
  summary: "only this provider; several with commas between",
});

export const modelFlag = Flags.string({
  ...model,
  summary: "only models whose name has this part, or fits this glob",
});

export const modelsFlag = Flags.string({
  ...model,
  ...listed,
  summary: "only models whose name has this part, or fits this glob; several with commas between",
});

export const kindFlag = Flags.option({ options: KIND_NAMES, summary: "only charges of this kind" })();

export const kindsFlag = Flags.option({
  ...listed,
  options: KIND_NAMES,
  summary: "only charges of this kind; several with commas between",
})();

const ofNames = { ...repeatable, helpValue: "NAME" };

/** Whose spend; each takes names or globs, several with commas between. */
export const whoFlags = {
  account: Flags.string({ ...ofNames, summary: "only this account; a list, or a glob such as 'acme-*'" }),
  project: Flags.string({ ...ofNames, summary: "only this project, workspace or team; a list, or a glob" }),
  key: Flags.string({ ...ofNames, summary: "only the API key of this name; a list, or a glob" }),
  agent: Flags.string({
    ...ofNames,
    summary: "only this coding agent, such as claude-code; a list, or a glob",
  }),
};

export const sessionFlag = Flags.string({
  ...repeatable,
  helpValue: "ID",
  summary: "only this session of a coding agent; a list, or a glob such as '3f2a*'",
});

/** What gets a tag. */
export const tagFlags = {
  account: Flags.string({ ...ofNames, summary: "spend of this account, or of all that fit a glob" }),
  project: Flags.string({ ...ofNames, summary: "spend of this project, workspace or team, or a glob" }),
  key: Flags.string({ ...ofNames, summary: "spend with the API key of this name, or a glob" }),
  provider: Flags.string({
    ...provider,
    ...listed,
    summary: "all spend at this provider; several with commas between",
  }),
};

export const rangeFlag = Flags.string({
  char: "r",
  helpValue: "RANGE",
  summary: "days to report [default: your range preference, else 30d]",
});

export const sinceFlag = Flags.string({ helpValue: "DATE", summary: "collect from this day on" });

export const rateFlag = Flags.string({
  ...listed,
  helpValue: "CODE=NUMBER",
  summary: "US dollars per unit of another currency; several with commas between",
});

export const rateDayFlag = Flags.string({ helpValue: "DATE", summary: "the day of the rate" });

export const yesFlag = Flags.boolean({ char: "y", default: false, summary: "do not ask for confirmation" });

export const dryRunFlag = Flags.boolean({
  default: false,
  summary: "show what would change, without changing anything",
});

// Without a default: a flag that depends on another one counts as given if it has one.
export const forceFlag = Flags.boolean({ summary: "replace the file if it exists" });

export const databaseUrlFlag = Flags.string({
  summary: "connection URL of the project's database (in its dashboard: Connect, Session pooler)",
  description:
    "You can set AICOST_DB_URL instead, which hides the password from other users of the machine. If the URL has no password, aicost asks for it. aicost honors sslmode and sslrootcert in the URL; by default the connection is encrypted.",
  helpValue: "URL",
});

/** For `login` and `signup`. There is no flag for a password, because other users of the machine can see flags. */
export const signInFlags = {
  url: Flags.string({
    summary: "address of your Supabase project",
    description: "The environment variable AICOST_SUPABASE_URL sets it too.",
    helpValue: "URL",
  }),
  key: Flags.string({
    summary: "publishable key of the project",
    description: "The environment variable AICOST_SUPABASE_KEY sets it too.",
    helpValue: "KEY",
  }),
  email: Flags.string({ summary: "your e-mail address in the project", helpValue: "ADDRESS" }),
  "password-stdin": Flags.boolean({ summary: "read the password from standard input" }),
};

/** For `login`: the code of an authenticator app, of accounts that have a second factor. */
export const secondFactorFlags = {
  "totp-stdin": Flags.boolean({
    summary: "read the code of your authenticator app from standard input",
    description: "It is the line after the password or the one-time code, or the first line with --oauth.",
  }),
};

/** @throws UserError `usage` for an empty id: a variable of a script that was not set */
const typedId =
  (what: "import" | "record") =>
  (text: string): Promise<string> =>
    text.trim() === ""
      ? Promise.reject(
          new UserError("usage", `The id of the ${what} is empty.`, `See them with: aicost ${what}s`),
        )
      : Promise.resolve(text);

/** For commands that can do without one. */
export const importIdParts = {
  ignoreStdin: true,
  description: "id of the import, or its first characters",
  parse: typedId("import"),
};

export const importId = Args.string({ ...importIdParts, required: true });

export const recordId = Args.string({
  required: true,
  ignoreStdin: true,
  description: "id of the record, or its first characters",
  parse: typedId("record"),
});

export const recordIds = Args.string({
  required: true,
  multiple: true,
  ignoreStdin: true,
  description: "ids of records, or their first characters",
  parse: typedId("record"),
});

export const subscriptionArg = Args.string({
  required: true,
  ignoreStdin: true,
  description: "its name (list: aicost subscriptions), or its plan",
});

export const pageFlags = (rows: number) => ({
  limit: Flags.integer({
    char: "n",
    default: rows,
    min: 1,
    max: 1000,
    helpValue: "N",
    summary: "rows per page",
  }),
  page: Flags.integer({ default: 1, min: 1, max: 1_000_000, helpValue: "N", summary: "page to show" }),
});

export const pageOf = ({ limit, page }: { limit: number; page: number }) => ({
  max_rows: limit,
  skip_rows: (page - 1) * limit,
});

export const formatFlag = Flags.string({
  summary: `text to print, with ${PLACEHOLDER_NAMES.join(", ")}`,
  helpValue: "TEXT",
});
