import { createHash } from "node:crypto";
import type { SchemaStatus } from "../api.js";
import { UserError } from "../errors.js";
import { latestVersion, migrations, missingMigrations, textOf, unknownMigrations } from "./migrations.js";
import type { SqlRunner } from "./sql.js";

type Recorded = Pick<SchemaStatus, "migrations" | "migration_texts">;

/** What is known of that: an older project does not tell the texts. */
type Known = { [Fact in keyof Recorded]?: Recorded[Fact] | null };

/** Also if the database cannot say so itself. As `get_schema_status` tells it. */
export const recordedMigrations = async (db: SqlRunner): Promise<Recorded> => {
  const { rows: columns } = await db.query<{ name: string }>(
    "select attname as name from pg_attribute where attrelid = to_regclass('supabase_migrations.schema_migrations')",
  );
  if (columns.length === 0) return { migrations: [], migration_texts: {} };
  const text = columns.some(({ name }) => name === "statements") ? FINGERPRINT : "null";
  const { rows } = await db.query<{ version: string; text: string | null }>(
    `select version, ${text} as text from supabase_migrations.schema_migrations order by version`,
  );
  return {
    migrations: rows.map(({ version }) => version),
    migration_texts: Object.fromEntries(rows.map(({ version, text }) => [version, text])),
  };
};

/** As `private.migration_texts`. */
const FINGERPRINT = `
  case
    when cardinality(statements) = 1 then md5(btrim(statements[1], E' \\t\\r\\n;'))
    else md5(nullif(translate(array_to_string(statements, ''), E' \\t\\r\\n;', ''), ''))
  end`;

/**
 * Whether this is the fingerprint of a file: as one statement, or as Supabase's own command line cuts it, which leaves
 * out the space in between. Each opening of a database asks this of each file, so the second is made only if needed.
 */
const isFingerprint = (recorded: string, sql: string): boolean =>
  recorded === md5(sql.replace(/^[ \t\r\n;]+|[ \t\r\n;]+$/g, "")) ||
  recorded === md5(sql.replace(/[ \t\r\n;]+/g, ""));

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");

/** The known versions that a database has recorded with another text than the files of this program have. */
export const changedMigrations = ({ migration_texts: texts }: Known): string[] =>
  migrations()
    .filter((migration) => {
      const recorded = texts?.[migration.version];
      return typeof recorded === "string" && !isFingerprint(recorded, textOf(migration));
    })
    .map(({ version }) => version);

/** `changed`: its migrations have another text or other names, so that no migration leads from there to here. */
export type SchemaDifference = "newer" | "changed" | "older";

export const schemaDifference = (recorded: Known): SchemaDifference | null => {
  const applied = recorded.migrations ?? [];
  const unknown = unknownMigrations(applied);
  if (unknown.some((version) => version > latestVersion())) return "newer";
  const isOlder = missingMigrations(applied).length > 0;
  if (changedMigrations(recorded).length > 0 || (isOlder && unknown.length > 0)) return "changed";
  return isOlder ? "older" : null;
};

const wayOver = (makeRoom: string): string =>
  [
    "Move your data over:",
    "1. With the version that made it: aicost export --output aicost.ndjson",
    `2. ${makeRoom}`,
    "3. With this version: aicost import aicost.ndjson",
    "Stored API keys are not in the export. Add them again with: aicost credentials add",
  ].join("\n");

export const PROJECT_WAY_OVER = wayOver(
  "Set up an empty project, and sign in to it: aicost db migrate, aicost login",
);

const schemaChanged = (place: string, hint: string): UserError =>
  new UserError(
    "schema_changed",
    `${place} was made by another version of aicost. Its tables and functions differ from those of this version.`,
    hint,
  );

export const projectChanged = (place = "The schema of this database"): UserError =>
  schemaChanged(place, PROJECT_WAY_OVER);

export const folderChanged = (folder: string): UserError =>
  schemaChanged(`The database in ${folder}`, wayOver(`mv ${folder} ${folder}.old`));
