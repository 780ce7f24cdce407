import { type EmbeddedDatabase, type EmbeddedOptions, openDatabase } from "./embedded-database.js";
import { requireRoom } from "./disk.js";
import type { Api } from "../api.js";
import { type Facts, FUNCTIONS } from "./functions.js";
import type { KnownFiles } from "./read-model/known-files.js";
import { rehearse } from "./rehearsal.js";
import type { SqlRunner } from "./sql.js";
import type { Rehearse, Store } from "./store.js";
import { becomeOwner, callAsUser, callIn } from "./user-call.js";

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

  readonly userId = (): Promise<null> => Promise.resolve(null);

  readonly rehearse: Rehearse = (work) =>
    rehearse(this.#db, (tx) =>
      work({
        ...this.#traits,
        call: async (name, args) => {
          requireRoom(this.#dataDir);
          const result = await callIn(tx, name, args);
          await this.#keepLogSmall(tx);
          return result;
        },
      }),
    );

  async call<Name extends keyof Api>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]> {
    const { takesFilesAway, ifLost, triesOut = false }: Facts = FUNCTIONS[name];
    if (ifLost !== "read" || triesOut) requireRoom(this.#dataDir);
    if (name === "refresh_cost_records_daily") await this.#db.model.noteDays();
    // Before the call: one that fails may have done it too.
    if (takesFilesAway) this.#db.model.forgetFiles();
    const result = await callAsUser(this.#db, name, args);
    await this.#keepLogSmall(this.#db);
    return result;
  }

  /** What a rehearsal has of the store that it is of; it remembers no file, and is closed with it. */
  get #traits(): Omit<Store, "call"> {
    const { parallel, batchRows, sumsLive, files } = this;
    const close = (): Promise<void> => Promise.resolve();
    const none = { find: files.find.bind(files), remember: () => undefined };
    return { parallel, batchRows, sumsLive, files: none, userId: this.userId, rehearse: null, close };
  }

  /**
   * PostgreSQL has a process for this, which PGlite lacks: its log would grow until it is closed. What a transaction has
   * changed so far may leave the log, too: it is in the tables, and not valid.
   */
  async #keepLogSmall(db: Pick<SqlRunner, "query">): Promise<void> {
    if (++this.#calls % CALLS > 0) return;
    if (db !== this.#db) await becomeOwner(db);
    const { rows } = await db.query<{ size: string }>(
      "select (pg_current_wal_insert_lsn() - redo_lsn)::text as size from pg_control_checkpoint()",
    );
    if (Number(rows[0]?.size) > LARGE_LOG) await db.query("checkpoint");
  }

  close(): Promise<void> {
    return this.#db.close();
  }
}
