import { existsSync, readlinkSync } from "node:fs";
import path from "node:path";

/** A link to what is not there, at the place of a path or of a folder above it; null if there is none. */
export const danglingLink = (file: string): { link: string; target: string } | null => {
  for (let at = path.resolve(file); !existsSync(at); at = path.dirname(at)) {
    const target = linkAt(at);
    if (target !== null) return { link: at, target: path.resolve(path.dirname(at), target) };
    if (at === path.dirname(at)) return null;
  }
  return null;
};

/** Null if there is no link, or nothing at all. */
const linkAt = (file: string): string | null => {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
};
