import { UserError } from "../errors.js";
import { Hidden } from "../secrets/hidden.js";
import { ask, canAsk, firstLine } from "../terminal/prompt.js";
import type { Collector, KeyKind } from "../providers/collector.js";
import { ownerOfKey } from "../providers/collectors.js";
import { cannotCollect, kindOfKey } from "../providers/key-kinds.js";

/** No provider has longer ones. */
const LONGEST = 4096;

/** Shorter keys show nothing of themselves. */
const LEAST_MASKED = 20;

/** A prompt does not show it. @throws UserError `key_missing` without a terminal, `bad_key` */
export const typedKey = async ({ title }: Collector, fromStdin: boolean): Promise<Hidden> => {
  if (!fromStdin && !canAsk()) {
    throw new UserError(
      "key_missing",
      "No API key was given, and there is no terminal to ask in.",
      "Give it on standard input: --key-stdin < key.txt. A key is never an argument.",
    );
  }
  const text = fromStdin && !process.stdin.isTTY ? await firstLine() : await asked(title);
  const key = text.trim();
  const problem = problemOf(key);
  if (problem !== null) throw new UserError("bad_key", problem, "Copy the key again from its provider.");
  return new Hidden(key);
};

const asked = async (title: string): Promise<string> => {
  const answers = await ask([
    {
      name: "key",
      message: `Key of ${title}`,
      hidden: true,
      check: (answer) => problemOf(answer.trim()),
    },
  ]);
  return answers["key"] ?? "";
};

/** It is not shown: it may be most of a key. */
const problemOf = (key: string): string | null => {
  if (key === "") return "The key is empty.";
  if (key.length > LONGEST) return "This is too long for a key.";
  return /^[\x21-\x7e]+$/.test(key) ? null : "A key has no spaces or special characters.";
};

/** By its mark; null without one. @param isGateway its keys may look like any. @throws `key_of_other_provider` */
export const recognised = (key: Hidden, collector: Collector, isGateway: boolean): KeyKind | null => {
  const { provider, title, keys, keyHelp } = collector;
  const own = kindOfKey(key.reveal(), keys);
  if (own?.collects === "no") throw cannotCollect(own.title, title, keyHelp);
  if (own !== null || isGateway) return own;
  const other = ownerOfKey(key.reveal());
  if (other !== null && other.owner !== provider) throw otherProvider(other, collector);
  return null;
};

const otherProvider = (
  { title, owner, collects }: KeyKind & { owner: string },
  collector: Collector,
): UserError =>
  new UserError(
    "key_of_other_provider",
    `This is ${title}, not a key of ${collector.title}.`,
    collects === "no" ? collector.keyHelp : `Store it with: aicost credentials add ${owner}`,
  );

/** Its mark and its last four characters. */
export const masked = (key: Hidden, kind: KeyKind | null): string => {
  const text = key.reveal();
  if (text.length < LEAST_MASKED) return "…";
  return `${typeof kind?.prefix === "string" ? kind.prefix : ""}…${text.slice(-4)}`;
};
