import { UserError } from "../errors.js";
import { callFunction } from "./call-function.js";
import type { SqlRunner } from "./sql.js";
import { migrate, runAgain } from "./migrate.js";
import { migrations, missingMigrations } from "./migrations.js";
import { projectChanged, recordedMigrations, schemaDifference } from "./recorded.js";
import type { DatabaseSize, SchemaStatus } from "../api.js";

const OLDEST_POSTGRES = 15;

/** Two at once are safe: the second finds nothing to do. @throws UserError `not_supabase`, `postgres_too_old` */
export const migrateProject = async (db: SqlRunner): Promise<string[]> => {
  await requireSupabase(db);
  await db.query("select pg_advisory_lock(hashtextextended('aicost.migrate', 0))");
  await requireWhole(db);
  const applied = await migrate(db);
  // The extension may have been enabled after the migration that makes its jobs.
  if ((await statusOf(db)).cron_jobs?.length === 0) await runAgain(db, "schedule");
  // The data API learns of new functions by this.
  await db.exec("notify pgrst, 'reload schema'");
  return applied;
};

/** As `get_database_status` tells it; null if unknown. */
export type ProjectStatus = {
  [Fact in keyof (SchemaStatus & DatabaseSize)]: (SchemaStatus & DatabaseSize)[Fact] | null;
};

export const NOTHING_KNOWN: ProjectStatus = {
  migrations: null,
  migration_texts: null,
  postgres: null,
  partitions: null,
  stale_days: null,
  cron_jobs: null,
  records: null,
  last_refresh: null,
  bytes: null,
};

/** Also if no migration was ever applied. @throws UserError `not_supabase`, `postgres_too_old` */
export const projectStatus = async (db: SqlRunner): Promise<ProjectStatus> => {
  await requireSupabase(db);
  if (await hasFunction(db, "get_database_status")) {
    const status = await callFunction<SchemaStatus & DatabaseSize>(db, "public.get_database_status", {});
    return { ...status, stale_days: await staleDaysOfAll(db) };
  }
  // The days belong to a user, and no user is signed in here.
  if (await hasFunction(db, "get_schema_status"))
    return { ...NOTHING_KNOWN, ...(await statusOf(db)), stale_days: null };
  return {
    ...NOTHING_KNOWN,
    ...(await recordedMigrations(db)),
    postgres: await value<string>(db, "split_part(current_setting('server_version'), ' ', 1)"),
  };
};

/** Days of all users whose sums are computed live; all days of a user who changed the time zone count once. */
export const staleDaysOfAll = async (db: SqlRunner): Promise<number> =>
  Number(await value(db, "(select count(distinct (s.user_id, s.date)) from private.stale_days s)"));

/** @throws UserError `schema_older` if the database lacks a migration, `schema_changed` if it has others */
export const requireMigrated = async (db: SqlRunner): Promise<void> => {
  await requireSupabase(db);
  const recorded = await recordedMigrations(db);
  if (schemaDifference(recorded) === "changed") throw projectChanged();
  const lacking = missingMigrations(recorded.migrations);
  if (lacking.length === 0) return;
  throw new UserError(
    "schema_older",
    `The schema of the database lacks ${lacking.length === 1 ? "the migration" : "the migrations"} ${lacking.join(", ")}.`,
    "Bring it up to date with: aicost db migrate",
  );
};

/** A schema that was dropped leaves the record of its migrations. @throws UserError `schema_gone` */
const requireWhole = async (db: SqlRunner): Promise<void> => {
  const { migrations: recorded } = await recordedMigrations(db);
  const ours = migrations().filter(({ version }) => recorded.includes(version));
  const hasTables = await value<boolean>(db, "to_regclass('public.user_preferences') is not null");
  if (hasTables || !ours.some(({ name }) => name === "preferences")) return;
  const [first, last] = [ours[0]?.version, ours.at(-1)?.version];
  throw new UserError(
    "schema_gone",
    `The database has recorded ${ours.length} migrations of aicost, but its tables are gone: the schema was dropped or reset.`,
    [
      "To set it up again, empty, run this in the SQL editor of the project, then aicost db migrate:",
      "drop schema if exists private cascade;",
      `delete from supabase_migrations.schema_migrations where version between '${first}' and '${last}';`,
      "Bring your data back from an archive with: aicost import FILE",
    ].join("\n"),
  );
};

const hasFunction = async (db: SqlRunner, name: string): Promise<boolean> =>
  (await value<string | null>(db, `to_regprocedure('public.${name}()')::text`)) !== null;

const statusOf = (db: SqlRunner): Promise<SchemaStatus> => callFunction(db, "public.get_schema_status", {});

const requireSupabase = async (db: SqlRunner): Promise<void> => {
  if ((await value(db, "to_regclass('auth.users')::text")) === null) {
    throw new UserError(
      "not_supabase",
      `The database “${await value<string>(db, "current_database()")}” is not the database of a Supabase project: it has no table auth.users.`,
      "Use the connection URL of a project (dashboard, Connect). Without one, use the embedded database: --profile local",
    );
  }
  const version = await value<string>(db, "current_setting('server_version_num')");
  if (Number(version) >= OLDEST_POSTGRES * 10_000) return;
  throw new UserError(
    "postgres_too_old",
    `The database runs PostgreSQL ${Math.floor(Number(version) / 10_000)}; aicost needs ${OLDEST_POSTGRES} or newer.`,
    "Upgrade it in the dashboard of the project: Project Settings, Infrastructure",
  );
};

const value = async <Value>(db: SqlRunner, expression: string): Promise<Value> => {
  const { rows } = await db.query<{ value: Value }>(`select ${expression} as value`);
  return (rows[0] as { value: Value }).value;
};
