import { fromDatabase, tellsOfDamage, UserError } from "../errors.js";
import { requireRoom } from "../store/disk.js";
import { type EmbeddedOptions, openDatabase } from "../store/embedded-database.js";
import type { SqlRunner } from "../store/sql.js";
import type { Store } from "../store/store.js";

/** What a care command calls: the functions of the contract. */
export interface Caller extends Pick<Store, "call"> {
  /** How many days changed since the last refresh: those of the user, to the owner of a project those of all users. */
  staleDays(): Promise<number>;
}

/** A database as its owner, who sees the records of all users. */
export interface CareDatabase extends SqlRunner {
  /** Where the files of the embedded database lie; null of a project. */
  folder: string | null;
}

/** Opens the embedded database for the time of some work, as its owner. */
export const withEmbedded = async <Result>(
  options: EmbeddedOptions,
  work: (db: CareDatabase) => Promise<Result>,
): Promise<Result> => {
  const db = await openDatabase(options);
  db.model.forgetDays();
  // Failing for want of room leaves more to mend than asking for it first.
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

/** An error of the database, as whoever cares for it must know it. */
export const ofDatabase = (error: unknown): unknown => {
  if (!tellsOfDamage(error)) return fromDatabase(error);
  return new UserError(
    "database_damaged",
    `A part of the database cannot be read: ${error.message}.`,
    "See what is hurt with: aicost db check",
    { cause: error },
  );
};

/**
 * Runs some work in a transaction of one snapshot: it holds together, or not at all.
 * @param mode how the transaction is, as `begin` takes it
 */
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
    // Where the connection broke, the server rolls back by itself.
    await db.exec("rollback").catch(() => undefined);
    throw error;
  }
};
