import { UserError } from "../errors.js";
import { jsonIn, objectOr } from "../system/json.js";

/** Null if nothing is wrong. The text is never shown: it may be a secret. @param holder what it was found in */
export const keyProblem = (text: string, holder = "This"): string | null => {
  if (isSecret(text)) return `${holder} is the secret key of the project, which bypasses all its rules.`;
  if (/^[\x21-\x7e]{16,}$/.test(text)) return null;
  return `${holder} is not a publishable key.`;
};

/** @throws UserError `secret_key`, `bad_key` */
export const publishableKey = (text: string, holder?: string): string => {
  const key = text.trim();
  const problem = keyProblem(key, holder);
  if (problem === null) return key;
  throw new UserError(isSecret(key) ? "secret_key" : "bad_key", problem, KEY_HINT);
};

const KEY_HINT =
  "Use the publishable one, sb_publishable_…, or the older anon key: Project Settings, API Keys. A secret key that was seen by others should be replaced there.";

/** The secret keys of today, and the older ones, which are tokens of the role that row-level security does not bind. */
const isSecret = (text: string): boolean => text.startsWith("sb_secret_") || roleIn(text) === "service_role";

const roleIn = (text: string): unknown => {
  const [, payload = ""] = text.split(".");
  return objectOr(jsonIn(Buffer.from(payload, "base64url").toString()))["role"];
};
