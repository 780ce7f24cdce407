import { latestVersion, missingMigrations, unknownMigrations } from "./store/migrate.js";
import type { ProjectStatus } from "./store/project.js";
import type { SchemaStatus } from "./store/store.js";

/** Which database a status is of. */
export interface DatabasePlace {
  /** Null for a database that was named by its connection URL. */
  profile: string | null;
  backend: "embedded" | "hosted" | "postgres";
  /** Address of the Supabase project, where that is how it is reached. */
  url: string | null;
}

/** What `db status` answers. What nobody knows is null. */
export interface DatabaseStatus extends DatabasePlace {
  /** Version of PostgreSQL, for example `15.8`. */
  postgres: string | null;
  /** Whether there is a schema of ours that knows about itself; without it, what follows is not known. */
  has_schema: boolean;
  /** The newest migration that is recorded. */
  schema_version: string | null;
  /** The newest migration of this version of the program. */
  latest_version: string;
  missing_migrations: string[];
  /** Recorded migrations that this version of the program does not know. */
  unknown_migrations: string[];
  partitions: SchemaStatus["partitions"] | null;
  stale_days: number | null;
  /** Names of our jobs of pg_cron; null where that extension is not enabled. */
  cron_jobs: string[] | null;
}

/** Of a database that does not answer what is set up in it. */
export const NOTHING_KNOWN: ProjectStatus = {
  migrations: null,
  postgres: null,
  partitions: null,
  stale_days: null,
  cron_jobs: null,
};

/** What a database has, beside what this version of the program needs. */
export const databaseStatus = (place: DatabasePlace, facts: ProjectStatus): DatabaseStatus => {
  const { migrations, postgres, partitions, stale_days, cron_jobs } = facts;
  const applied = migrations ?? [];
  return {
    ...place,
    postgres,
    has_schema: partitions !== null,
    schema_version: applied.at(-1) ?? null,
    latest_version: latestVersion(),
    missing_migrations: missingMigrations(applied),
    unknown_migrations: unknownMigrations(applied),
    partitions,
    stale_days,
    cron_jobs,
  };
};
