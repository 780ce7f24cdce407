import { type EmbeddedDatabase, type EmbeddedOptions, openDatabase } from "./embedded-database.js";
import { requireRoom } from "./disk.js";
import type { Api, IngestCounts, WholeDayCounts } from "../api.js";
import type { KnownFiles } from "./read-model/known-files.js";
import type { Store } from "./store.js";
import { callAsUser } from "./user-call.js";

/**
 * Opens the embedded database as the store of its one user.
 * @throws what `openDatabase` throws
 */
export const openEmbedded = async (options: EmbeddedOptions): Promise<Store> =>
  new EmbeddedStore(await openDatabase(options), options.dataDir);

/** Calls after which the log is looked at: that many batches write about fifty megabytes of it. */
const CALLS = 40;

/** Bytes of log from which it is cut. */
const LARGE_LOG = 32 * 1024 * 1024;

class EmbeddedStore implements Store {
  readonly parallel = 1;
  // More are no faster, and take memory that the database never gives back.
  readonly batchRows = 1000;
  readonly sumsLive = false;
  readonly #db: EmbeddedDatabase;
  readonly #dataDir: string;
  #calls = 0;

  constructor(db: EmbeddedDatabase, dataDir: string) {
    this.#db = db;
    this.#dataDir = dataDir;
  }

  get files(): KnownFiles {
    return this.#db.model;
  }

  async call<Name extends keyof Api>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]> {
    requireRoom(this.#dataDir);
    if (name === "refresh_cost_records_daily") await this.#db.model.noteDays();
    // Whatever becomes of it, a call that may change records may have changed them.
    if (!KEEPS_RECORDS.has(name)) this.#db.model.forgetFiles();
    const result = await callAsUser(this.#db, name, args);
    await this.#keepLogSmall();
    if (name === "ingest_cost_records" && hasChanged(result as Api["ingest_cost_records"]["result"])) {
      this.#db.model.forgetFiles();
    }
    return result;
  }

  /** PostgreSQL has a process for this, which PGlite lacks: its log would grow until it is closed. */
  async #keepLogSmall(): Promise<void> {
    if (++this.#calls % CALLS > 0) return;
    const { rows } = await this.#db.query<{ size: string }>(
      "select (pg_current_wal_insert_lsn() - redo_lsn)::text as size from pg_control_checkpoint()",
    );
    if (Number(rows[0]?.size) > LARGE_LOG) await this.#db.exec("checkpoint");
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}

/** What may add records, but neither changes one nor takes one away. `ingest_cost_records` says whether it did. */
const KEEPS_RECORDS: ReadonlySet<keyof Api> = new Set([
  "get_preferences",
  "list_providers",
  "add_provider",
  "ingest_cost_records",
  "resume_import",
  "finish_import",
  "list_credentials",
  "add_credential",
  "change_credential",
  "remove_credential",
  "list_audit_log",
  "save_sync_state",
  "list_imports",
  "get_import",
  "add_cost_record",
  "list_cost_records",
  "get_cost_record",
  "get_daily_spend",
  "refresh_cost_records_daily",
  "get_schema_status",
  "get_database_status",
  "list_partitions",
  "create_monthly_partition",
  "export_rows",
  "archive_counts",
]);

const hasChanged = ({ updated, replaced, retired = 0 }: IngestCounts & Partial<WholeDayCounts>): boolean =>
  updated + replaced + retired > 0;
