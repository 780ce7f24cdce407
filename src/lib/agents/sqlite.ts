import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "../system/alive.js";
import type { Rows } from "./agent.js";
import { snapshot } from "./sqlite-snapshot.js";

/**
 * Lends a private snapshot of a database that its owner may be writing to. Opening it in place would write a file
 * beside it, and can move the owner's log into it.
 */
export const withDatabase = async (path: string, use: (database: Rows) => void): Promise<void> => {
  const { Database } = (await import("node-sqlite3-wasm")).default;
  const folder = mkdtempSync(join(tmpdir(), `aicost-scan-${process.pid}-`));
  try {
    const copy = join(folder, "copy.db");
    snapshot(path, copy);
    const database = new Database(copy, { readOnly: true, fileMustExist: true });
    try {
      use(rowsOf(database));
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Removes the snapshots of scans that were killed: conversations are in them. */
export const removeLostSnapshots = (): void => {
  const folder = tmpdir();
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const pid = /^aicost-scan-(\d+)-/.exec(name)?.[1];
    const lost = join(folder, name);
    if (pid !== undefined && !isAlive(Number(pid)) && isOwn(lost))
      rmSync(lost, { recursive: true, force: true });
  }
};

/** Others of this machine may have the same temporary folder. */
const isOwn = (path: string): boolean =>
  lstatSync(path, { throwIfNoEntry: false })?.uid === (process.getuid?.() ?? 0);

type Value = string | number;

interface Opened {
  prepare(sql: string): {
    iterate(values: Value[]): Iterable<Record<string, unknown>>;
    finalize(): void;
  };
}

const rowsOf = (database: Opened): Rows => {
  function* rows(query: string, values: readonly Value[] = []): Generator<Record<string, unknown>> {
    const statement = database.prepare(query);
    try {
      yield* statement.iterate([...values]);
    } finally {
      statement.finalize();
    }
  }
  return {
    rows,
    columns: (table) =>
      [...rows("select name from pragma_table_info(?)", [table])].map(({ name }) => String(name)),
  };
};
