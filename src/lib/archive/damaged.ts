import { UserError } from "../errors.js";

/** A line of an archive that cannot be read. @param what the predicate of a sentence about the line */
export const damaged = (name: string, line: number, what: string): UserError =>
  new UserError(
    "archive_damaged",
    `Line ${line} of ${name} ${what}.`,
    "Nothing was restored. The file was changed after it was made; export it again.",
    { details: { source: name, line } },
  );
