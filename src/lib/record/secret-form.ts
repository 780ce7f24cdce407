import { UserError } from "../errors.js";

/** How the keys of providers begin, and enough after it that no word of a sentence is meant. */
export const SECRET =
  /\b(?:sk-[A-Za-z0-9]+-?[\w-]{16,}|sk-[A-Za-z0-9]{16,}|xai-[\w-]{20,}|gsk_\w{20,}|vc[a-z]_\w{20,}|AIza[\w-]{20,}|AQ\.[\w-]{20,})/g;

export const holdsSecret = (text: string): boolean => text.search(SECRET) !== -1;

/** @throws UserError `key_is_secret`, without what was typed */
export const refuseSecret = (text: string): void => {
  if (!holdsSecret(text)) return;
  throw new UserError(
    "key_is_secret",
    "--key takes the name of a key, and this looks like the key itself.",
    "See the names with: aicost report --by key",
  );
};

/** What may be kept of the name of a key: of a key itself, its beginning and its end, as providers show it. */
export const withoutSecret = (text: string): string =>
  text.length < SHORTEST
    ? text
    : text.replaceAll(SECRET, (secret) => `${secret.slice(0, 6)}…${secret.slice(-4)}`);

/** Characters of the shortest text that `SECRET` matches. */
const SHORTEST = "sk-0123456789abcdef".length;
