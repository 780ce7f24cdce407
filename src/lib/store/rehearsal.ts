import { fromDatabase } from "../errors.js";
import type { SqlDatabase, SqlRunner } from "./sql.js";
import { becomeOwner } from "./user-call.js";

/** So many rows that were taken back are worth making room of. */
const WORTH_VACUUMING = 1000;

/** Ends the transaction of a rehearsal. */
const TAKEN_BACK = new Error("A rehearsal is taken back.");

/**
 * Does some work in one transaction, and takes it back. Cut off in the middle, it leaves nothing either: what is not
 * committed is not there. The database works on nothing else meanwhile.
 * @throws UserError for what a function refuses
 */
export const rehearse = async <Result>(
  db: SqlDatabase,
  work: (tx: Pick<SqlRunner, "query">) => Promise<Result>,
): Promise<Result> => {
  let done: { result: Result; changed: string[] } | undefined;
  try {
    await db.transaction(async (tx) => {
      const result = await work(tx);
      done = { result, changed: await changedTables(tx) };
      throw TAKEN_BACK;
    });
  } catch (error) {
    if (error !== TAKEN_BACK) throw fromDatabase(error);
  }
  if (done === undefined) throw new Error("A rehearsal ended without its result.");
  await makeRoomIn(db, done.changed);
  return done.result;
};

/** Tables in which the transaction has changed many rows: their room is not used again until somebody looks for it. */
const changedTables = async (tx: Pick<SqlRunner, "query">): Promise<string[]> => {
  await becomeOwner(tx);
  const { rows } = await tx.query<{ name: string }>(
    "select relid::regclass::text as name from pg_stat_xact_user_tables where n_tup_ins + n_tup_upd > $1",
    [WORTH_VACUUMING],
  );
  return rows.map(({ name }) => name);
};

/** A table that was made in the rehearsal is gone. */
const makeRoomIn = async (db: SqlDatabase, tables: readonly string[]): Promise<void> => {
  const { rows } = await db.query<{ name: string }>(
    "select t.name from unnest($1::text[]) as t (name) where to_regclass(t.name) is not null",
    [tables],
  );
  for (const { name } of rows) await db.exec(`vacuum ${name}`);
};
