import { createHash } from "node:crypto";

export const PROJECT_NAMES = ["short", "full", "hashed"] as const;

/** How the folder of a project is stored: its last two parts, whole, or as a hash that only tells folders apart. */
export type ProjectNames = (typeof PROJECT_NAMES)[number];

const PARTS = 2;
const HASH_DIGITS = 12;

/** Columns take so many characters. */
const MOST_CHARACTERS = 200;

/** As they were stored: a few folders have all calls. */
const known: Record<ProjectNames, Map<string, string | null>> = {
  short: new Map(),
  full: new Map(),
  hashed: new Map(),
};

/** @param folder a path of any system; null if the log names none */
export const projectName = (folder: string | null, names: ProjectNames): string | null => {
  if (folder === null) return null;
  const found = known[names].get(folder);
  if (found !== undefined) return found;
  const name = nameOf(folder, names);
  known[names].set(folder, name);
  return name;
};

const nameOf = (folder: string, names: ProjectNames): string | null => {
  const parts = folder.split(/[\\/]+/).filter((part) => part !== "");
  if (parts.length === 0) return null;
  if (names === "hashed") return createHash("sha256").update(folder).digest("hex").slice(0, HASH_DIGITS);
  const name = names === "full" ? folder : parts.slice(-PARTS).join("/");
  return Array.from(name).slice(-MOST_CHARACTERS).join("");
};
