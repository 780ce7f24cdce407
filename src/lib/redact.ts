import type { Hidden } from "./hidden.js";

/** What stands for a key that was found in a text. */
const REMOVED = "[key removed]";

/** How the keys of providers begin, and enough after it that no word of a sentence is meant. */
const KEY =
  /\b(?:sk-[A-Za-z0-9]+-?[\w-]{16,}|sk-[A-Za-z0-9]{16,}|xai-[\w-]{20,}|gsk_\w{20,}|vc[a-z]_\w{20,}|AIza[\w-]{20,}|AQ\.[\w-]{20,})/g;

/** Pieces of a secret that are shorter may stand in any text. */
const LEAST = 8;

/**
 * A text in which no key of a provider is left: neither those that are known, nor what is written like one.
 * @param secrets keys that the text may hold, in whatever form they have
 */
export const redacted = (text: string, ...secrets: readonly Hidden[]): string =>
  secrets
    .map((secret) => secret.reveal())
    .filter((secret) => secret.length >= LEAST)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .reduce((cleaned, secret) => cleaned.replaceAll(secret, REMOVED), text)
    .replaceAll(KEY, REMOVED);

/** Whether a text holds what is written like a provider's key. */
export const holdsKey = (text: string): boolean => text.search(KEY) !== -1;
