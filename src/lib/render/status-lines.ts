import type { DatabaseStatus } from "../care/status.js";
import { formatBytes } from "../bytes.js";
import { formatCount } from "./money-text.js";
import type { Screen } from "./table.js";
import { fieldLines, wrap } from "./text.js";

export const statusLines = (status: DatabaseStatus, { width }: Pick<Screen, "width">): string => {
  const fields = fieldLines(
    [
      ["Profile", status.profile],
      ["Backend", backendOf(status)],
      ["PostgreSQL", status.postgres],
      ["Schema", schemaOf(status)],
      ["Missing", status.missing_migrations.join(", ") || null],
      ["Unknown", status.unknown_migrations.join(", ") || null],
      ["Changed", status.changed_migrations.join(", ") || null],
      ["Size", sizeOf(status)],
      ["Records", recordsOf(status)],
      ["Partitions", partitionsOf(status)],
      ["Daily sums", dailySumsOf(status)],
      ["Stale days", staleDaysOf(status)],
      ["pg_cron", jobsOf(status)],
    ],
    width,
  );
  return [fields, ...advice(status).flatMap((line) => ["", ...wrap(line, width)])].join("\n");
};

const backendOf = ({ backend, url }: DatabaseStatus): string => {
  if (backend === "embedded") return "embedded database";
  return backend === "hosted"
    ? `Supabase project ${url ?? ""}`.trimEnd()
    : "Supabase project, by its database URL";
};

const schemaOf = (status: DatabaseStatus): string => {
  const { has_schema, schema_version, latest_version, missing_migrations, schema_difference } = status;
  if (schema_version === null) return has_schema ? "not recorded" : "none, or of an unknown version";
  if (schema_difference === "newer" || schema_difference === "changed") {
    return `${schema_version}, from another version of aicost`;
  }
  const count = missing_migrations.length;
  if (count === 0) return `${schema_version}, up to date`;
  return `${schema_version}, ${count === 1 ? "one migration" : `${count} migrations`} behind ${latest_version}`;
};

const sizeOf = ({ bytes }: DatabaseStatus): string | null => {
  if (bytes === null) return null;
  const { folder, log, database } = bytes;
  if (folder !== undefined) return `${formatBytes(folder)} on disk (${formatBytes(log ?? 0)} log)`;
  return database === undefined || database === null ? null : formatBytes(database);
};

const recordsOf = ({ records, bytes, backend }: DatabaseStatus): string | null => {
  if (records === null) return null;
  // A signed-in user only counts their own records; the size would include all users.
  if (backend === "hosted") return `${formatCount(records)} (yours)`;
  return `${formatCount(records)} (${formatBytes(bytes?.cost_records ?? 0)} with indexes)`;
};

const dailySumsOf = ({ last_refresh, bytes }: DatabaseStatus): string | null => {
  if (bytes === null) return null;
  return last_refresh === null
    ? "never refreshed"
    : `refreshed ${last_refresh.slice(0, 16).replace("T", " ")} UTC`;
};

const partitionsOf = ({ partitions }: DatabaseStatus): string | null => {
  if (partitions === null) return null;
  const { first, last, count } = partitions;
  if (first === null || last === null) return "none";
  return `${first} to ${last} (${count === 1 ? "one month" : `${formatCount(count)} months`})`;
};

const staleDaysOf = ({ stale_days, backend }: DatabaseStatus): string | null => {
  if (stale_days === null) return null;
  if (stale_days === 0) return "none";
  const where =
    backend === "embedded" ? "summed in the read model" : "summed on the fly until the next refresh";
  return `${formatCount(stale_days)}, ${where}`;
};

/** The embedded database needs no jobs: the program does their work. */
const jobsOf = ({ backend, has_schema, cron_jobs }: DatabaseStatus): string | null => {
  if (backend === "embedded" || !has_schema) return null;
  if (cron_jobs === null) return "not enabled";
  return cron_jobs.join(", ") || "no aicost jobs";
};

const advice = (status: DatabaseStatus): string[] => {
  const { schema_difference } = status;
  const lines = [
    schema_difference === "newer"
      ? "Install the version of aicost that migrated it: npm install -g aicost-cli@latest"
      : null,
    schema_difference === "older" ? "Bring the schema up to date with: aicost db migrate" : null,
    jobAdvice(status),
  ];
  return lines.filter((line) => line !== null);
};

const jobAdvice = (status: DatabaseStatus): string | null => {
  const jobs = jobsOf(status);
  if (jobs === "not enabled") {
    return "For a nightly refresh, enable pg_cron in the dashboard (Database, Extensions), then create its jobs with: aicost db migrate";
  }
  return jobs === "no aicost jobs" ? "Create the pg_cron jobs with: aicost db migrate" : null;
};

export const migrationReceipt = (
  applied: readonly string[],
  version: string,
  { width }: Pick<Screen, "width">,
): string => {
  const [first] = applied;
  if (first === undefined) return `The schema is up to date (${version}).`;
  const what =
    applied.length === 1 ? `the migration ${first}` : `${applied.length} migrations: ${applied.join(", ")}`;
  return [...wrap(`Applied ${what}.`, width, 2), `The schema is up to date (${version}).`].join("\n");
};
