import { statfsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.js";
import { formatBytes } from "../bytes.js";
import type { CareDatabase } from "./database.js";
import { bytesIn } from "./folder-size.js";

/** In bytes. */
export interface VacuumResult {
  before: number;
  after: number;
}

/** The tables that grow. */
const TABLES =
  "public.cost_records, public.cost_records_daily, public.cost_records_detail, public.imports, public.sheets, public.attestations, public.layer_rows, private.stale_days";

/**
 * Reclaims the space of deleted rows, and updates the statistics. The embedded database returns the space to the disk; a
 * project keeps it for new records, because returning it would lock everybody out.
 * @throws UserError `disk_full`
 */
export const vacuum = async (db: CareDatabase): Promise<VacuumResult> => {
  const before = await sizeOf(db);
  if (db.folder === null) await db.exec(`vacuum (analyze) ${TABLES}`);
  else await rewrite(db, db.folder);
  return { before, after: await sizeOf(db) };
};

const sizeOf = async (db: CareDatabase): Promise<number> => {
  if (db.folder !== null) return bytesIn(db.folder);
  const { rows } = await db.query<{ bytes: number | string }>(
    "select pg_database_size(current_database()) as bytes",
  );
  return Number(rows[0]?.bytes);
};

/** Rewrites each table beside the old one, which goes only when the new one is whole: a kill leaves the old one. */
const rewrite = async (db: CareDatabase, folder: string): Promise<void> => {
  await requireRoomFor(db, folder);
  await db.exec("vacuum (analyze)");
  await db.exec(`vacuum (full, analyze) ${TABLES}`);
  await trimLog(db, folder);
};

/** The space for the largest table, its indexes and the log of rewriting it. */
const requireRoomFor = async (db: CareDatabase, folder: string): Promise<void> => {
  const { rows } = await db.query<{ bytes: number | string }>(
    "select coalesce(max(pg_total_relation_size(t.name)), 0) as bytes from private.own_tables() t",
  );
  const needed = 2 * Number(rows[0]?.bytes) + LOG;
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  throw new UserError(
    "disk_full",
    `The disk of ${folder} has ${formatBytes(bavail * bsize)} left; rewriting the tables needs ${formatBytes(needed)}.`,
    "Free some space. Nothing was changed.",
  );
};

const LOG = 160 * 1024 * 1024;

/** How often to switch the log segment at most: the log never has more segments. */
const TURNS = 200;

/** Leaves one segment of the log: the others are removed instead of being kept for later. */
const trimLog = async (db: CareDatabase, folder: string): Promise<void> => {
  await db.exec("set wal_recycle = off; checkpoint");
  const { rows } = await db.query<{ setting: string }>(
    "select setting from pg_settings where name = 'wal_segment_size'",
  );
  const oneSegment = Number(rows[0]?.setting);
  for (let turn = 0; turn < TURNS && bytesIn(join(folder, "pg_wal")) > oneSegment; turn++) {
    await db.exec("select pg_logical_emit_message(false, 'aicost', ''); select pg_switch_wal(); checkpoint;");
  }
};
