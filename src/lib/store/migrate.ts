import { UserError } from "../errors.js";
import { type Migration, pendingMigrations, migrations, textOf, unknownMigrations } from "./migrations.js";
import { folderChanged, projectChanged, recordedMigrations, schemaDifference } from "./recorded.js";
import type { SqlRunner } from "./sql.js";

const HISTORY = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (
    version text primary key, statements text[], name text
  );`;

/**
 * Each migration and its record share a transaction; they are recorded where Supabase's own command line records them.
 * @param folder of the embedded database
 * @param before called before each migration
 * @returns the versions that were applied
 * @throws UserError `schema_newer` if the database has a migration that this version does not know; `schema_changed` if
 * it was made by migrations of another text; `migration_failed`
 */
export const migrate = async (
  db: SqlRunner,
  folder?: string,
  before: () => void = () => undefined,
): Promise<string[]> => {
  await db.exec(HISTORY);
  const pending = await pendingIn(db, folder);
  for (const migration of pending) {
    before();
    const { version, name } = migration;
    const sql = textOf(migration);
    await inTransaction(db, migration, async () => {
      await db.exec(sql);
      await db.query(
        "insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)",
        [version, [sql], name],
      );
    });
  }
  return pending.map(({ version }) => version);
};

/** Changes nothing. @throws UserError as `migrate`, and `schema_older` if there is anything to migrate */
export const requireSchema = async (db: SqlRunner, folder: string): Promise<void> => {
  const pending = await pendingIn(db, folder);
  if (pending.length > 0) throw folderOlder(folder, pending);
};

const pendingIn = async (db: SqlRunner, folder: string | undefined): Promise<Migration[]> => {
  const recorded = await recordedMigrations(db);
  const difference = schemaDifference(recorded);
  if (difference === "newer") throw schemaNewer(unknownMigrations(recorded.migrations));
  if (difference === "changed") throw folder === undefined ? projectChanged() : folderChanged(folder);
  return pendingMigrations(recorded.migrations);
};

/** Changes nothing that is there: for what a migration makes only if an extension is enabled. */
export const runAgain = async (db: SqlRunner, name: string): Promise<void> => {
  for (const migration of migrations().filter((each) => each.name === name)) {
    await inTransaction(db, migration, () => db.exec(textOf(migration)));
  }
};

const inTransaction = async (
  db: SqlRunner,
  migration: Migration,
  work: () => Promise<unknown>,
): Promise<void> => {
  await db.exec("begin");
  try {
    await work();
    await db.exec("commit");
  } catch (error) {
    // If the connection broke, the server rolls back by itself.
    await db.exec("rollback").catch(() => undefined);
    throw error instanceof UserError ? error : migrationFailed(migration, error);
  }
};

const migrationFailed = ({ version, name }: Migration, error: unknown) =>
  new UserError(
    "migration_failed",
    `The migration ${version}_${name} failed: ${error instanceof Error ? error.message : String(error)}.`,
    "It was rolled back. If another program has tables of the same names in this database, use a separate project for aicost.",
    { cause: error },
  );

const folderOlder = (folder: string, pending: readonly Migration[]): UserError =>
  new UserError(
    "schema_older",
    `The database in ${folder} was made by an older version of aicost: it lacks ${pending.map(({ version }) => version).join(", ")}.`,
    "The next command that works with it brings it up to date, or: aicost db migrate",
  );

const schemaNewer = (unknown: readonly string[]): UserError =>
  new UserError(
    "schema_newer",
    `The database was made by another version of aicost: it has the migration ${unknown.join(", ")}, which this version does not know.`,
    "Install the version that you used before, or a newer one: npm install -g aicost-cli@latest",
  );
