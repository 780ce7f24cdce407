import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { isObject, jsonIn } from "../system/json.js";
import { makeFolder, writeWhole } from "../system/whole-file.js";

/**
 * How far the logs of each agent were read. It holds no text of a conversation, stays on this machine, and losing it
 * costs one reading of everything: calls are known by their keys.
 */
export interface LogState {
  agents: Map<string, AgentState>;
}

export interface AgentState {
  /** By path. */
  files: Map<string, FileState>;
  carry: unknown;
}

export interface FileState {
  size: number;
  /** Nanoseconds, as digits: of a database and its log, joined. */
  mtime: string;
  inode: string;
  /** Bytes up to the end of the last complete line. */
  offset: number;
  /** Of the 64 bytes before the offset. */
  hash: string;
  carry: unknown;
  /** Under which imports its calls are stored; `PENDING` while they are not. */
  scans: readonly string[];
}

const FORM = 1;
const PENDING = "";
/** Stands for the imports of a file that has more of them than are kept. */
const ANY = "*";
const MOST_SCANS = 16;

export const emptyState = (): LogState => ({ agents: new Map() });

/** An empty state if there is none, or none that this version wrote. */
export const loadState = (file: string): LogState => {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return emptyState();
  }
  return stateIn(jsonIn(text)) ?? emptyState();
};

/** Replaces the file whole, or not at all. */
export const saveState = (file: string, state: LogState): void => {
  makeFolder(dirname(file));
  const agents = [...state.agents].map(([id, { files, carry }]) => [
    id,
    carry ?? null,
    [...files].map(([path, { size, mtime, inode, offset, hash, scans, carry: kept }]) =>
      kept === undefined
        ? [path, size, mtime, inode, offset, hash, scans]
        : [path, size, mtime, inode, offset, hash, scans, kept],
    ),
  ]);
  writeWhole(file, JSON.stringify({ form: FORM, agents }));
};

type Row = [string, number, string, string, number, string, string[], unknown?];

const stateIn = (value: unknown): LogState | undefined => {
  if (!isObject(value) || value["form"] !== FORM) return undefined;
  const agents = value["agents"] as [string, unknown, Row[]][];
  try {
    return {
      agents: new Map(
        agents.map(([id, carry, rows]) => [
          id,
          { carry: carry ?? undefined, files: new Map(rows.map(entryOf)) },
        ]),
      ),
    };
  } catch {
    return undefined;
  }
};

const entryOf = ([path, size, mtime, inode, offset, hash, scans, carry]: Row): [string, FileState] => [
  path,
  { size, mtime, inode, offset, hash, carry, scans: [...scans] },
];

/** The label of a file that has been read in this reading. */
export const pending = (before: readonly string[]): string[] => [
  ...before.filter((scan) => scan !== PENDING),
  PENDING,
];

/** Says under which import the calls are stored that the last reading gave. @param agents all without it */
export const labelled = (state: LogState, importId: string, agents?: readonly string[]): LogState =>
  mapFiles(state, (file, agent) =>
    file.scans.includes(PENDING) && (agents?.includes(agent) ?? true)
      ? { ...file, scans: shortened([...file.scans.filter((scan) => scan !== PENDING), importId]) }
      : file,
  );

const shortened = (scans: string[]): string[] =>
  scans.length > MOST_SCANS ? [ANY, ...scans.slice(1 - MOST_SCANS)] : scans;

/** The next reading reads whole what this import stored calls of. */
export const forget = (state: LogState, importId: string): LogState =>
  mapFiles(state, (file) => (file.scans.includes(importId) || file.scans.includes(ANY) ? undefined : file));

const mapFiles = (
  { agents }: LogState,
  change: (file: FileState, agent: string) => FileState | undefined,
): LogState => ({
  agents: new Map(
    [...agents].map(([id, { files, carry }]) => {
      const kept = [...files].flatMap(([path, file]): [string, FileState][] => {
        const changed = change(file, id);
        return changed ? [[path, changed]] : [];
      });
      return [id, { carry, files: new Map(kept) }];
    }),
  ),
});
