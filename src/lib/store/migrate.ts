import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { unavailable } from "../errors.js";

/** Where the SQL of this project lies, on source as in the package. */
export const SUPABASE_DIR = fileURLToPath(new URL("../../../supabase", import.meta.url));

/** Anything that runs SQL: several statements by `exec`, one with parameters by `query`. */
export interface SqlRunner {
  exec(sql: string): Promise<unknown>;
  query<Row>(sql: string, params?: unknown[]): Promise<{ rows: Row[] }>;
}

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

/**
 * Brings a database to this version's schema. Each migration and its record share a transaction; they are recorded
 * where Supabase's own command line records them.
 * @returns how many migrations were applied
 * @throws UserError `schema_newer` if the database has a migration that this version does not know
 */
export const migrate = async (db: SqlRunner): Promise<number> => {
  await db.exec(HISTORY);
  const pending = pendingMigrations(await appliedVersions(db));
  for (const { version, name, file } of pending) {
    const sql = readFileSync(join(SUPABASE_DIR, "migrations", file), "utf8");
    await db.exec("begin");
    try {
      await db.exec(sql);
      await db.query(
        "insert into supabase_migrations.schema_migrations (version, statements, name) values ($1, $2, $3)",
        [version, [sql], name],
      );
      await db.exec("commit");
    } catch (error) {
      await db.exec("rollback");
      throw error;
    }
  }
  return pending.length;
};

const appliedVersions = async (db: SqlRunner): Promise<Set<string>> => {
  const { rows } = await db.query<{ version: string }>(
    "select version from supabase_migrations.schema_migrations",
  );
  return new Set(rows.map((row) => row.version));
};

/** @throws UserError `schema_newer` */
const pendingMigrations = (applied: Set<string>): Migration[] => {
  const all = migrations();
  const unknown = [...applied].filter((version) => !all.some((migration) => migration.version === version));
  if (unknown.length > 0) {
    throw unavailable(
      "schema_newer",
      `The database was made by another version of aicost: it has the migration ${unknown.join(", ")}, which this version does not know.`,
      "Install the version that you used before, or a newer one: npm install -g aicost-cli@latest",
    );
  }
  return all.filter((migration) => !applied.has(migration.version));
};
