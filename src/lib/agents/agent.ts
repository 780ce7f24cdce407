import type { AgentCall } from "./call.js";

/** Whose logs are read: all that a path depends on. */
export interface Place {
  env: NodeJS.ProcessEnv;
  home: string;
  platform: NodeJS.Platform;
}

/** Lines of JSON, lines of JSON compressed by Zstandard, one JSON value, or an SQLite database. */
export type FileKind = "lines" | "zstd-lines" | "json" | "database";

export interface LogFile {
  path: string;
  /** One of the agent's roots. */
  root: string;
  /** The path below its root, with `/`. */
  name: string;
  kind: FileKind;
}

/** A coding agent: where its logs are, and how they become calls. One literal in one folder, and one line in index.ts. */
export interface Agent {
  /** As commands and records have it, such as `claude-code`. */
  id: string;
  name: string;
  /** Folders that may hold its logs. A machine has few of them. */
  roots: (place: Place) => string[];
  /** What a file below a root is, by its path there with `/`; undefined if it is not read. */
  kindOf: (name: string, place: Place) => FileKind | undefined;
  /** Folders that are not looked into, by their path below a root. */
  skips?: (name: string, root: string) => boolean;
  /** Of the files that were found, those that count: an agent may keep a log in several forms. */
  choose?: (files: LogFile[]) => LogFile[];
  /** Only lines with one of these bytes in them are parsed. */
  marks: readonly string[];
  /**
   * What of a line counts, as JSON; undefined if nothing does. `FileReader.value` takes it. It may run in another thread, so that
   * it depends on nothing but the line. An agent whose logs are large has one; without it, the reader takes the line itself.
   */
  sift?: (line: unknown) => unknown;
  /** Two values that were sifted one after the other as one that says the same; undefined if they are of different things. */
  join?: (earlier: unknown, later: unknown) => unknown;
  /** After how many days it deletes its own logs; null if it never does. */
  deletesAfterDays: (place: Place) => number | null;
  /** Begins one reading. */
  begin: (reading: Reading) => LogReader;
}

/** What one reading of an agent's logs gives to its reader, and takes from it. */
export interface Reading {
  place: Place;
  /** All files of the agent, read in this reading or not. */
  files: readonly LogFile[];
  /** What the reader of the last reading left for this one. */
  carry: unknown;
  call: (call: AgentCall) => void;
  /** A key given before, now or in an earlier reading, turns out to be no call of its own. */
  withdraw: (key: string) => void;
}

export interface LogReader {
  /** @param carry what the file's reader left where it stopped; undefined: it is read from its beginning */
  open: (file: LogFile, carry: unknown) => FileReader;
  /** Files that must be read whole again, although nothing in them changed. */
  again?: (file: LogFile, carry: unknown) => boolean;
  /** The last calls, once all files are read. @returns JSON for the next reading */
  end: () => unknown;
}

export interface FileReader {
  /** One line, or what the agent sifts of it; or the whole of a JSON file. */
  value?: (value: unknown) => void;
  database?: (database: Rows) => void;
  /** JSON, small: what the lines after this one need to know of those before it. */
  carry?: () => unknown;
}

/** A snapshot of an SQLite database. */
export interface Rows {
  /** The columns of a table; none if there is no such table. */
  columns: (table: string) => string[];
  rows: (query: string, values?: readonly (string | number)[]) => Iterable<Record<string, unknown>>;
}
