import type { Account } from "../auth/account.js";
import { localTime } from "../dates/ranges.js";
import type { Screen } from "./table.js";
import { fieldLines } from "./text.js";

/** On which database commands work, and as whom, a line for each field. */
export const accountDetail = (account: Account, { width }: Screen): string => {
  const { profile, project, folder, user } = account;
  return fieldLines(
    [
      ["Profile", profile],
      ["Database", folder === null ? null : `embedded, in ${folder}`],
      ["Project", project],
      ["User", user && (user.email || "without an e-mail address")],
      ["User id", user && user.id],
      ...sessionFields(account),
    ],
    width,
  );
};

const sessionFields = ({ backend, session }: Account): [string, string][] => {
  if (backend === "embedded")
    return [["User", "no account is needed; aicost login connects to a Supabase project"]];
  if (session === null) return [["Session", "none; AICOST_ACCESS_TOKEN is used"]];
  return [
    [
      "Session",
      session.kept === "keychain" ? "kept in the keychain" : "kept in a file that only you can read",
    ],
    ["Renewed", `by itself; the next time at ${localTime(session.expires_at, "UTC")} UTC`],
  ];
};
