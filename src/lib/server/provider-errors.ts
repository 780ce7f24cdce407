import { capped } from "../csv/short-text.js";
import { UserError } from "../errors.js";
import { isObject, jsonIn, objectOr } from "../system/json.js";
import type { Hidden } from "../secrets/hidden.js";
import { Refusal } from "../providers/api.js";
import { redacted } from "../secrets/redact.js";
import { askedWait } from "./retry-after.js";

export interface Asked {
  title: string;
  key: Hidden;
  keyHelp: string;
  /** What to type to store another key. */
  command: string;
}

const WORDS_LENGTH = 300;

/** @param body as it came; it may hold the key */
export const refusalOf = (
  { status, headers }: Pick<Response, "status" | "headers">,
  body: string,
  asked: Asked,
): UserError => {
  const words = wordsOf(body, asked.key);
  if (status < 400) return redirected(status, headers, asked);
  return new Refusal(errorOf(status, headers, words, asked), status, words);
};

const errorOf = (status: number, headers: Headers, words: string, asked: Asked): UserError => {
  const { title, keyHelp, command } = asked;
  const said = `(${status})${words === "" ? "" : `: ${words}`}.`;
  if (status === 401 || status === 403) {
    return new UserError(
      "key_refused",
      `${title} does not accept the key for this ${said}`,
      `${keyHelp}\nStore another one with: ${command}`,
    );
  }
  if (status === 402) {
    return new UserError(
      "payment_required",
      `${title} wants to be paid first ${said}`,
      "See the billing page of the provider.",
    );
  }
  if (status === 429) {
    return new UserError(
      "rate_limited",
      `${title} accepts no more requests for now ${said}`,
      `Run the command again ${askedWait(headers) ?? "later"}.`,
    );
  }
  if (status >= 500) {
    return new UserError(
      "provider_failed",
      `${title} is in trouble ${said}`,
      "Run the command again in a while.",
    );
  }
  return new UserError(
    "provider_refused",
    `${title} refused the request ${said}`,
    "If the address of the provider is right, it has changed its API: please report it.",
  );
};

/** The key must not travel to a host that an answer names. */
const redirected = (status: number, headers: Headers, { title, command, key }: Asked): UserError => {
  const location = headers.get("location") ?? "";
  const to = URL.canParse(location) ? ` to ${redacted(new URL(location).origin, key)}` : "";
  return new UserError(
    "provider_redirects",
    `${title} redirects${to} (${status}). aicost did not send your key there.`,
    `If that is the right address, name it: ${command} --base-url URL`,
  );
};

/** What a provider says of an error, in one line, without its full stop and without keys; empty for no words. */
const wordsOf = (body: string, key: Hidden): string => {
  const json = objectOr(jsonIn(body));
  const words = [json["error"], json["detail"], json]
    .flatMap((each) => (isObject(each) ? [each["message"], each["error"], each["detail"]] : [each]))
    .find((each) => typeof each === "string");
  const line = redacted(words ?? "", key)
    .replaceAll(/\s+/g, " ")
    .trim()
    .replace(/\.$/, "");
  return capped(line, WORDS_LENGTH);
};
