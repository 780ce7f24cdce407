import { fromDatabase, tellsOfDamage, UserError } from "../errors.js";
import { requireRoom } from "../store/disk.js";
import { type EmbeddedOptions, openDatabase } from "../store/embedded-database.js";
import type { SqlRunner } from "../store/sql.js";
import type { Store } from "../store/store.js";

export interface Caller extends Pick<Store, "call"> {
  /** How many days changed since the last refresh: the user's own; for the owner of a project, those of all users. */
  staleDays(): Promise<number>;
}

/** A database as its owner, who sees the records of all users. */
export interface CareDatabase extends SqlRunner {
  /** Null for a project. */
  folder: string | null;
}

export const withEmbedded = async <Result>(
  options: EmbeddedOptions,
  work: (db: CareDatabase) => Promise<Result>,
): Promise<Result> => {
  const db = await openDatabase(options);
  db.model.forgetDays();
  // Checking for space first is safer than failing in the middle.
  const safely = async <Answer>(statement: () => Promise<Answer>): Promise<Answer> => {
    requireRoom(options.dataDir);
    return statement();
  };
  try {
    return await work({
      folder: db.folder,
      exec: (sql) => safely(() => db.exec(sql)),
      query: (sql, params) => safely(() => db.query(sql, params)),
    });
  } catch (error) {
    throw ofDatabase(error);
  } finally {
    await db.close();
  }
};

/** A database error in terms of the person who maintains it. */
export const ofDatabase = (error: unknown): unknown => {
  if (!tellsOfDamage(error)) return fromDatabase(error);
  return new UserError(
    "database_damaged",
    `Cannot read a part of the database: ${error.message}.`,
    "Find the damage with: aicost db check",
    { cause: error },
  );
};

export const inSnapshot = async <Result>(
  db: SqlRunner,
  mode: "read only" | "read write",
  work: () => Promise<Result>,
): Promise<Result> => {
  await db.exec(`begin isolation level repeatable read ${mode}`);
  try {
    const result = await work();
    await db.exec("commit");
    return result;
  } catch (error) {
    // If the connection broke, the server rolls back by itself.
    await db.exec("rollback").catch(() => undefined);
    throw error;
  }
};
