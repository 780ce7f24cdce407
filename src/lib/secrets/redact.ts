import { SECRET } from "../record/secret-form.js";
import type { Hidden } from "./hidden.js";

const REMOVED = "[key removed]";

/** Shorter secrets may stand in any text. */
const LEAST = 8;

/** So many characters of a secret in a row are not a coincidence, and worth hiding. */
const PIECE = 16;

/** Removes the known keys in any form, pieces of them, and what is written like the key of a provider. */
export const redacted = (text: string, ...secrets: readonly Hidden[]): string =>
  secrets
    .map((secret) => secret.reveal())
    .filter((secret) => secret.length >= LEAST)
    .flatMap(formsOf)
    .reduce(withoutPieces, text)
    .replaceAll(SECRET, REMOVED);

const formsOf = (secret: string): string[] => [
  ...new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]),
];

/** Capitals count as small letters: the host of an address has no others. */
const withoutPieces = (text: string, secret: string): string => {
  const [small, smallSecret] = [inSmallLetters(text), inSmallLetters(secret)];
  const least = Math.min(PIECE, secret.length);
  const pieces = new Set<string>();
  for (let at = 0; at + least <= secret.length; at += 1) pieces.add(smallSecret.slice(at, at + least));
  let cleaned = "";
  let rest = 0;
  for (let at = 0; at + least <= text.length; at += 1) {
    if (!pieces.has(small.slice(at, at + least))) continue;
    let end = at + least;
    while (end < text.length && smallSecret.includes(small.slice(at, end + 1))) end += 1;
    cleaned += text.slice(rest, at) + REMOVED;
    rest = end;
    at = end - 1;
  }
  return cleaned + text.slice(rest);
};

/** Of the same length, which `toLowerCase` does not promise. */
const inSmallLetters = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
