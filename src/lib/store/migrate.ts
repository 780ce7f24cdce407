import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.js";
import { PACKAGE_ROOT } from "../system/package-root.js";
import type { SqlRunner } from "./sql.js";

/** Where the SQL of this project lies. */
export const SUPABASE_DIR = join(PACKAGE_ROOT, "supabase");

interface Migration {
  version: string;
  name: string;
  file: string;
}

/** The migrations of this version of the program, in order. */
const migrations = (): Migration[] =>
  readdirSync(join(SUPABASE_DIR, "migrations"))
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => {
      const [version = "", ...name] = file.replace(/\.sql$/, "").split("_");
      return { version, name: name.join("_"), file };
    });

const HISTORY = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (
    version text primary key, statements text[], name text
  );`;

/** The newest migration that this version of the program has, for example `20261122000100`. */
export const latestVersion = (): string => migrations().at(-1)?.version ?? "";

/** The versions that a database lacks. @param applied the versions that it has */
export const missingMigrations = (applied: readonly string[]): string[] =>
  missing(applied).map(({ version }) => version);

/** The versions that a database has and this version of the program does not know. */
export const unknownMigrations = (applied: readonly string[]): string[] => {
  const known = migrations().map(({ version }) => version);
  return applied.filter((version) => !known.includes(version));
};

const missing = (applied: readonly string[]): Migration[] =>
  migrations().filter(({ version }) => !applied.includes(version));

/**
 * Brings a database to this version's schema. Each migration and its record share a transaction; they are recorded
 * where Supabase's own command line records them.
 * @returns the versions of the migrations that were applied
 * @throws UserError `schema_newer` if the database has a migration that this version does not know;
 * `migration_failed`
 */
export const migrate = async (db: SqlRunner): Promise<string[]> => {
  await db.exec(HISTORY);
  const applied = await appliedMigrations(db);
  requireKnown(applied);
  const pending = missing(applied);
  for (const migration of pending) {
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

/**
 * Runs an applied migration once more, which changes nothing that is there: for what it makes only where an extension
 * is enabled.
 */
export const runAgain = async (db: SqlRunner, name: string): Promise<void> => {
  for (const migration of migrations().filter((each) => each.name === name)) {
    await inTransaction(db, migration, () => db.exec(textOf(migration)));
  }
};

/** The versions that are recorded in a database, in order; none where nobody recorded anything. */
export const appliedMigrations = async (db: SqlRunner): Promise<string[]> => {
  const { rows: history } = await db.query<{ name: string | null }>(
    "select to_regclass('supabase_migrations.schema_migrations')::text as name",
  );
  if ((history[0]?.name ?? null) === null) return [];
  const { rows } = await db.query<{ version: string }>(
    "select version from supabase_migrations.schema_migrations order by version",
  );
  return rows.map(({ version }) => version);
};

const textOf = ({ file }: Migration): string => readFileSync(join(SUPABASE_DIR, "migrations", file), "utf8");

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
    // Where the connection broke, the server rolls back by itself.
    await db.exec("rollback").catch(() => undefined);
    throw error instanceof UserError ? error : migrationFailed(migration, error);
  }
};

const migrationFailed = ({ version, name }: Migration, error: unknown) =>
  new UserError(
    "migration_failed",
    `The migration ${version}_${name} failed: ${error instanceof Error ? error.message : String(error)}.`,
    "Nothing of it was kept. If the database has tables of another program under the same names, use a project of its own.",
    { cause: error },
  );

/** @throws UserError `schema_newer` */
const requireKnown = (applied: readonly string[]): void => {
  const unknown = unknownMigrations(applied);
  if (unknown.length === 0) return;
  throw new UserError(
    "schema_newer",
    `The database was made by another version of aicost: it has the migration ${unknown.join(", ")}, which this version does not know.`,
    "Install the version that you used before, or a newer one: npm install -g aicost-cli@latest",
  );
};
