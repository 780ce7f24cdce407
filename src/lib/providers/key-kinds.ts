import { UserError } from "../errors.js";
import type { KeyKind } from "./collector.js";

/** The kind of key whose mark a text has: of several prefixes that fit the longest, then any pattern. */
export const kindOfKey = <Kind extends KeyKind>(key: string, kinds: readonly Kind[]): Kind | null => {
  const [byPrefix] = kinds
    .filter(({ prefix }) => typeof prefix === "string" && key.startsWith(prefix))
    .toSorted((a, b) => String(b.prefix).length - String(a.prefix).length);
  const byPattern = kinds.find(({ prefix }) => typeof prefix !== "string" && prefix.test(key));
  return byPrefix ?? byPattern ?? null;
};

/** To be thrown by `check`: the key is good, but not for what is asked of it. @param title of the key, “an ordinary key” */
export const cannotCollect = (title: string, provider: string, keyHelp: string): UserError =>
  new UserError(
    "key_cannot_collect",
    `This is ${title}: ${provider} does not let it read your spend.`,
    keyHelp,
  );
