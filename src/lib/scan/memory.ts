import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AgentScans, Scans } from "../api.js";
import { own } from "../system/own.js";
import { isObject, jsonIn } from "../system/json.js";
import { makeFolder, writeWhole } from "../system/whole-file.js";
import type { ProjectNames } from "./project-name.js";

/** What this machine knows of its scans for a profile, besides how far the logs were read. */
export interface Memory {
  /** The address of the Supabase project; null for the embedded database. */
  project: string | null;
  project_names: ProjectNames;
  /** When the last scan was, RFC 3339. */
  scanned_at: string;
  /** The scans in the database after the last one. */
  scans: Scans;
  /** By agent and provider, until when its days are known: calendar dates. */
  known_until: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const folderOf = (dataDir: string): string => join(dataDir, "scans");

/** How far the logs were read. */
export const stateFile = (dataDir: string, profile: string): string =>
  join(folderOf(dataDir), `${profile}.state.json`);

const memoryFile = (dataDir: string, profile: string): string => join(folderOf(dataDir), `${profile}.json`);

/** Null if no scan was made before; losing it costs one reading of all logs. */
export const loadMemory = (dataDir: string, profile: string): Memory | null => {
  let text: string;
  try {
    text = readFileSync(memoryFile(dataDir, profile), "utf8");
  } catch {
    return null;
  }
  const memory = jsonIn(text);
  return isObject(memory) && isObject(memory["scans"]) && isObject(memory["known_until"])
    ? (memory as unknown as Memory)
    : null;
};

/** What tells this machine from others that scan for the same user: made at its first scan, and kept. */
export const machineId = (dataDir: string): string => {
  const file = join(folderOf(dataDir), "machine");
  try {
    const known = readFileSync(file, "utf8").trim();
    if (known !== "") return known;
  } catch {
    // There was no scan before.
  }
  const made = randomUUID();
  makeFolder(folderOf(dataDir));
  writeWhole(file, `${made}\n`);
  return made;
};

export const saveMemory = (dataDir: string, profile: string, memory: Memory): void => {
  makeFolder(folderOf(dataDir));
  writeWhole(memoryFile(dataDir, profile), JSON.stringify(memory));
};

/**
 * Whether all that the scans of this machine have stored is still there: no scan of the agent was undone since, here or on
 * another machine, and the database is not an older or another one.
 */
export const stillStands = (agent: string, memory: Memory, scans: Scans, project: string | null): boolean => {
  const before = own(memory.scans, agent) ?? NO_SCANS;
  const now = own(scans, agent) ?? NO_SCANS;
  return memory.project === project && before.undone === now.undone && before.standing <= now.standing;
};

export const NO_SCANS: AgentScans = { standing: 0, undone: 0, last: 0, last_at: null };
