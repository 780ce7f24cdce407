import { type Dirent, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemCode } from "../errors.js";
import type { Agent, LogFile, Place } from "./agent.js";
import { isPlainFile } from "./plain-file.js";
import type { Problem } from "./problem.js";

/** Deeper than any agent nests its logs. */
const DEEPEST = 14;

export interface Found {
  files: LogFile[];
  problems: Problem[];
}

/** The logs of an agent, in the order of their names. No file is opened. */
export const findFiles = (agent: Agent, place: Place): Found => {
  const found: Found = { files: [], problems: [] };
  const linked = new Set<string>();
  for (const root of new Set(agent.roots(place))) walk({ agent, place, root, linked, found }, "", 0);
  return { ...found, files: agent.choose?.(found.files) ?? found.files };
};

interface Walk {
  agent: Agent;
  place: Place;
  root: string;
  /** Folders that links led to: a link to a parent would never end. */
  linked: Set<string>;
  found: Found;
}

const walk = (of: Walk, folder: string, depth: number): void => {
  const { agent, place, root, linked, found } = of;
  for (const entry of entriesOf(join(root, folder), found.problems)) {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory() || (entry.isSymbolicLink() && isNewFolder(join(root, name), linked))) {
      if (depth < DEEPEST && !agent.skips?.(name, root)) walk(of, name, depth + 1);
    } else if (entry.isFile() || entry.isSymbolicLink()) {
      const kind = agent.kindOf(name, place);
      if (kind && (entry.isFile() || isPlainFile(join(root, name))))
        found.files.push({ path: join(root, name), root, name, kind });
    }
  }
};

const isNewFolder = (path: string, linked: Set<string>): boolean => {
  try {
    const folder = realpathSync(path);
    if (linked.has(folder) || !statSync(folder).isDirectory()) return false;
    linked.add(folder);
    return true;
  } catch {
    return false;
  }
};

const entriesOf = (folder: string, problems: Problem[]): Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const code = systemCode(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") {
      problems.push({ file: folder, says: `The folder could not be read (${code ?? "unknown"}).` });
    }
    return [];
  }
};
