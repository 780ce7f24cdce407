import { jsonIn, objectOr } from "../system/json.js";

/** What an access token says of itself. Nothing proves it here: the server does that with each request. */
export const claimsOf = (accessToken: string): Readonly<Record<string, unknown>> => {
  const [, payload = ""] = accessToken.split(".");
  return objectOr(jsonIn(Buffer.from(payload, "base64url").toString()));
};

/** The id of the user of an access token; null if it is not a token of Supabase. */
export const userIn = (accessToken: string): string | null => {
  const { sub } = claimsOf(accessToken);
  return typeof sub === "string" && sub !== "" ? sub : null;
};
