import type { Account } from "../auth/account.js";
import { localTime } from "../dates/ranges.js";
import type { Screen } from "./table.js";
import { fieldLines } from "./text.js";

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
  if (backend === "embedded") return [["User", "none needed (to use a Supabase project: aicost login)"]];
  if (session === null) return [["Session", "none (using AICOST_ACCESS_TOKEN)"]];
  return [
    [
      "Session",
      session.kept === "keychain" ? "stored in the keychain" : "stored in a file that only you can read",
    ],
    ["Renewed", `automatically, next at ${localTime(session.expires_at, "UTC")} UTC`],
  ];
};
