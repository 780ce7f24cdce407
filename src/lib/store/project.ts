import { refused, unavailable } from "../errors.js";
import { appliedMigrations, migrate, runAgain, type SqlRunner } from "./migrate.js";
import type { SchemaStatus } from "./store.js";

/** The oldest PostgreSQL that the migrations run on. */
const OLDEST_POSTGRES = 15;

/**
 * Brings the database of a Supabase project to this version's schema. Two at once are safe: the second waits, and finds
 * nothing to do.
 * @returns the versions of the migrations that were applied
 * @throws UserError `not_supabase`, `postgres_too_old`, and what `migrate` throws
 */
export const migrateProject = async (db: SqlRunner): Promise<string[]> => {
  await requireSupabase(db);
  await db.query("select pg_advisory_lock(hashtextextended('aicost.migrate', 0))");
  const applied = await migrate(db);
  // The extension may have been enabled after the migration that makes its jobs.
  if ((await statusOf(db)).cron_jobs?.length === 0) await runAgain(db, "schedule");
  // The data API learns of new functions by this.
  await db.exec("notify pgrst, 'reload schema'");
  return applied;
};

/** As `get_schema_status` tells it; null what nobody knows. */
export type ProjectStatus = { [Fact in keyof SchemaStatus]: SchemaStatus[Fact] | null };

/**
 * What is set up in the database of a Supabase project, also where no migration was ever applied.
 * @throws UserError `not_supabase`, `postgres_too_old`
 */
export const projectStatus = async (db: SqlRunner): Promise<ProjectStatus> => {
  await requireSupabase(db);
  const known = await value<string | null>(db, "to_regprocedure('public.get_schema_status()')::text");
  // The days are a user's, and nobody is signed in here.
  if (known !== null) return { ...(await statusOf(db)), stale_days: null };
  return {
    migrations: await appliedMigrations(db),
    postgres: await value<string>(db, "split_part(current_setting('server_version'), ' ', 1)"),
    partitions: null,
    stale_days: null,
    cron_jobs: null,
  };
};

const statusOf = (db: SqlRunner): Promise<SchemaStatus> => value(db, "public.get_schema_status()");

const requireSupabase = async (db: SqlRunner): Promise<void> => {
  if ((await value(db, "to_regclass('auth.users')::text")) === null) {
    throw refused(
      "not_supabase",
      `The database “${await value<string>(db, "current_database()")}” is not that of a Supabase project: it has no table auth.users.`,
      "Use the connection URL of a project (dashboard, Connect). Without one, aicost has a database of its own: --profile local",
    );
  }
  const version = await value<string>(db, "current_setting('server_version_num')");
  if (Number(version) >= OLDEST_POSTGRES * 10_000) return;
  throw unavailable(
    "postgres_too_old",
    `The database is of PostgreSQL ${Math.floor(Number(version) / 10_000)}; aicost needs ${OLDEST_POSTGRES} or newer.`,
    "Upgrade it in the dashboard of the project: Project Settings, Infrastructure",
  );
};

const value = async <Value>(db: SqlRunner, expression: string): Promise<Value> => {
  const { rows } = await db.query<{ value: Value }>(`select ${expression} as value`);
  return (rows[0] as { value: Value }).value;
};
