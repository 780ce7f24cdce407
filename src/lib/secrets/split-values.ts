import { createHash } from "node:crypto";

/** The entries of a keychain, each with a name and a text that is not empty. */
export interface Entries {
  get(name: string): Promise<string | null>;
  set(name: string, text: string): Promise<void>;
  remove(name: string): Promise<boolean>;
}

/**
 * What the entry of a split value says. The parts of a new value take the generation that those of the old one do not
 * have, so that the old value stays whole until this entry is replaced.
 */
interface Head {
  generation: Generation;
  parts: number;
  digest: string;
}

type Generation = "a" | "b";

const HEAD = /^aicost-split:([ab]):(\d{1,6}):([0-9a-f]{16})$/;

/** Null if there is none. @throws PartMissing */
export const getValue = async (entries: Entries, name: string): Promise<string | null> => {
  const value = await tryGetValue(entries, name);
  // Another process may have replaced it between two parts.
  const again = value === undefined ? await tryGetValue(entries, name) : value;
  if (again === undefined) throw new PartMissing(`A part of ${name} is missing.`);
  return again;
};

export class PartMissing extends Error {}

/** @returns undefined if the parts do not make up the value */
const tryGetValue = async (entries: Entries, name: string): Promise<string | null | undefined> => {
  const text = await entries.get(name);
  const head = headOf(text);
  if (head === null) return text;
  let joined = "";
  for (let at = 0; at < head.parts; at += 1) {
    joined += (await entries.get(partName(name, head.generation, at))) ?? "";
  }
  const value = Buffer.from(joined, "base64").toString("utf8");
  return digestOf(value) === head.digest ? value : undefined;
};

/** Removes what is left of the parts of older values, too. @param longest in bytes, of an entry */
export const setValue = async (
  entries: Entries,
  name: string,
  value: string,
  longest: number,
): Promise<void> => {
  const old = headOf(await entries.get(name));
  const generation = old?.generation === "a" ? "b" : "a";
  const isWhole = Buffer.byteLength(value) <= longest && headOf(value) === null;
  const parts = isWhole ? [] : partsOf(value, longest);
  for (const [at, part] of parts.entries()) await entries.set(partName(name, generation, at), part);
  const head = `aicost-split:${generation}:${parts.length}:${digestOf(value)}`;
  await entries.set(name, isWhole ? value : head);
  await removeParts(entries, name, generation, parts.length);
  await removeParts(entries, name, generation === "a" ? "b" : "a", 0);
};

/** @returns whether there was one that could be removed */
export const removeValue = async (entries: Entries, name: string): Promise<boolean> => {
  await removeParts(entries, name, "a", 0);
  await removeParts(entries, name, "b", 0);
  return entries.remove(name);
};

/** Up to the first that is missing: more than the entry names, if a process was killed half-way. */
const removeParts = async (
  entries: Entries,
  name: string,
  generation: Generation,
  first: number,
): Promise<void> => {
  let at = first;
  while (await entries.remove(partName(name, generation, at))) at += 1;
};

const partName = (name: string, generation: Generation, at: number): string => `${name}#${generation}${at}`;

/** In base64, so that no character is cut in two. */
const partsOf = (value: string, longest: number): string[] => {
  const text = Buffer.from(value, "utf8").toString("base64");
  const size = Math.min(longest, text.length);
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    text.slice(at * size, (at + 1) * size),
  );
};

const headOf = (text: string | null): Head | null => {
  const [, generation, parts, digest] = HEAD.exec(text ?? "") ?? [];
  return digest === undefined ? null : { generation: generation as Generation, parts: Number(parts), digest };
};

const digestOf = (value: string): string => createHash("sha256").update(value).digest("hex").slice(0, 16);
