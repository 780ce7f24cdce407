import { latestVersion, missingMigrations, unknownMigrations } from "../store/migrations.js";
import { changedMigrations, schemaDifference, type SchemaDifference } from "../store/recorded.js";
import type { ProjectStatus } from "../store/project.js";
import type { DatabaseSize, SchemaStatus } from "../api.js";

export interface DatabasePlace {
  /** Null for a database that was named by its connection URL. */
  profile: string | null;
  backend: "embedded" | "hosted" | "postgres";
  /** Address of the Supabase project, if reached by its API. */
  url: string | null;
}

/** The answer of `db status`. Unknown values are null. */
export interface DatabaseStatus extends DatabasePlace {
  postgres: string | null;
  /** Whether there is a schema that can report on itself; without it, all below is unknown. */
  has_schema: boolean;
  schema_version: string | null;
  latest_version: string;
  missing_migrations: string[];
  /** Recorded migrations that this version of the program does not know. */
  unknown_migrations: string[];
  /** Recorded migrations that have another text in this version of the program. */
  changed_migrations: string[];
  /** Null if the schema is what this version of the program needs. */
  schema_difference: SchemaDifference | null;
  partitions: SchemaStatus["partitions"] | null;
  stale_days: number | null;
  /** Names of our pg_cron jobs; null if that extension is not enabled. */
  cron_jobs: string[] | null;
  /** How many the caller may see. */
  records: number | null;
  /** When the daily sums were last refreshed, RFC 3339; null also for never. */
  last_refresh: string | null;
  bytes: Partial<DatabaseSize["bytes"] & FolderSize> | null;
}

/** In bytes. */
export interface FolderSize {
  folder: number;
  /** The part of it that is the log. */
  log: number;
}

/** @param folder only for the embedded database */
export const databaseStatus = (
  place: DatabasePlace,
  facts: ProjectStatus,
  folder: FolderSize | null = null,
): DatabaseStatus => {
  const { migrations, migration_texts, ...known } = facts;
  const applied = migrations ?? [];
  return {
    ...place,
    has_schema: known.partitions !== null,
    schema_version: applied.at(-1) ?? null,
    latest_version: latestVersion(),
    missing_migrations: missingMigrations(applied),
    unknown_migrations: unknownMigrations(applied),
    changed_migrations: changedMigrations({ migration_texts }),
    schema_difference: schemaDifference({ migrations, migration_texts }),
    ...known,
    bytes: known.bytes && { ...known.bytes, ...folder },
  };
};
