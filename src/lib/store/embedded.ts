import { type EmbeddedDatabase, type EmbeddedOptions, openDatabase } from "./embedded-database.js";
import { requireRoom } from "./disk.js";
import type { Api } from "../api.js";
import { type Facts, FUNCTIONS } from "./functions.js";
import type { KnownFiles } from "./read-model/known-files.js";
import type { Store } from "./store.js";
import { callAsUser } from "./user-call.js";

export const openEmbedded = async (options: EmbeddedOptions): Promise<Store> =>
  storeOn(await openDatabase(options), options.dataDir);

export const storeOn = (db: EmbeddedDatabase, dataDir: string): Store => new EmbeddedStore(db, dataDir);

/** Calls after which the log is looked at: that many batches write about fifty megabytes of it. */
const CALLS = 40;

/** Bytes of log from which it is cut. */
const LARGE_LOG = 32 * 1024 * 1024;

class EmbeddedStore implements Store {
  readonly parallel = 1;
  // More are hardly faster, and take memory that the database never gives back.
  readonly batchRows = 2500;
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
    const { takesFilesAway }: Facts = FUNCTIONS[name];
    // Before the call: one that fails may have done it too.
    if (takesFilesAway) this.#db.model.forgetFiles();
    const result = await callAsUser(this.#db, name, args);
    await this.#keepLogSmall();
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
