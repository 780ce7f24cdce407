import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync } from "node:fs";
import path from "node:path";
import { PGlite, type Results } from "@electric-sql/pglite";
import { afterAll, beforeAll } from "vitest";
import { AicostCommand } from "../../src/lib/command/base.js";
import { LOCAL } from "../../src/lib/config/profiles.js";
import { type EmbeddedDatabase, hasDatabase, openDatabase } from "../../src/lib/store/embedded-database.js";
import { openEmbedded, storeOn } from "../../src/lib/store/embedded.js";
import { folderOf } from "../../src/lib/store/read-model/current.js";
import type { StoreOptions } from "../../src/lib/store/index.js";
import type { Store } from "../../src/lib/store/store.js";
import { type Home, makeHome, newHome, openHere, removeHome } from "./cli.js";

/** Opens the embedded store of a home as a command does, without waiting for other processes. */
export const openHome = (
  { dataDir }: Pick<Home, "dataDir">,
  { waitMs = 0 }: { waitMs?: number } = {},
): Promise<Store> =>
  AicostCommand.openStore({
    profile: { kind: "embedded", name: LOCAL },
    place: { configDir: "", command: "test", waitMs },
    dataDir,
    heavy: false,
    onWait: () => undefined,
  });

const OPTIONS = { command: "test", heavy: false, waitMs: 0, onWait: () => undefined };

/** A real embedded database that stays open from command to command. */
interface OpenDatabase {
  db: EmbeddedDatabase;
  store: Store;
  /** The home that works on it. */
  dataDir: string;
  isLent: boolean;
}

/** Those that are open in this process; they stay open for the test files that come after. */
const open: OpenDatabase[] = [];

const openOf = (dataDir: string): OpenDatabase | undefined => open.find((each) => each.dataDir === dataDir);

/**
 * Keeps embedded databases open between the commands of a test file that only need a database: opening one takes half
 * a second. Each home finds its own, empty at first. Nothing is locked then, and no read model is written: tests of
 * these, and of all else that belongs to opening and closing, open the real thing, and so do the commands of a home
 * that has a database of its own.
 */
export const keepDatabasesOpen = (): void => {
  const before = AicostCommand.openStore;

  const databaseOf = async (dataDir: string): Promise<OpenDatabase> => {
    const found = openOf(dataDir);
    if (found !== undefined) return found;
    openHere.add(dataDir);
    mkdirSync(dataDir, { recursive: true });
    const free = open.find(({ dataDir: last, isLent }) => !isLent && !existsSync(path.dirname(last)));
    if (free === undefined) {
      const database = await openOne(dataDir);
      open.push(database);
      return database;
    }
    free.dataDir = dataDir;
    await empty(free.db);
    return free;
  };

  beforeAll(() => {
    AicostCommand.openStore = async (options: StoreOptions) =>
      options.profile.kind === "embedded" && !hasDatabase(options.dataDir)
        ? lent(await databaseOf(options.dataDir))
        : before(options);
  });
  afterAll(() => {
    AicostCommand.openStore = before;
  });
};

/** Where a run of tests keeps the empty database that homes are copies of; the configuration of vitest removes it. */
const PREPARED = process.env["AICOST_TEST_PREPARED"];

/** Makes the empty database of a run, if no test has made it yet. @returns its data folder */
const preparedDatabase = async (): Promise<string> => {
  if (PREPARED === undefined) throw new Error("AICOST_TEST_PREPARED is not set: see vitest.config.ts.");
  const prepared = path.join(PREPARED, "data");
  if (existsSync(prepared)) return prepared;
  const home = makeHome();
  await (await openEmbedded({ dataDir: home.dataDir, ...OPTIONS })).close();
  mkdirSync(PREPARED, { recursive: true });
  try {
    renameSync(home.dataDir, prepared);
  } catch (error) {
    // Another test file was faster.
    if (!existsSync(prepared)) throw error;
  }
  removeHome(home);
  return prepared;
};

/** Gives a home an empty database on disk, in a tenth of the time in which a command makes it. */
export const giveDatabase = async <Given extends Home>(home: Given): Promise<Given> => {
  cpSync(await preparedDatabase(), home.dataDir, { recursive: true });
  return home;
};

/** A new home with an empty database on disk: programs that the test starts work on it, too, and its files are there. */
export const homeWithDatabase = (): Promise<Home> => giveDatabase(newHome());

/**
 * Has the commands of some work share one opening of the database of a home, which is closed as always after them, and
 * leaves a read model. For tests that need what several commands wrote, and not that each of them opened it.
 */
export const inOneOpening = async <Result>(
  { dataDir }: Home,
  work: () => Promise<Result>,
): Promise<Result> => {
  const before = AicostCommand.openStore;
  const db = await openDatabase({ dataDir, ...OPTIONS });
  const database = { store: storeOn(db, dataDir), isLent: false };
  AicostCommand.openStore = async (options: StoreOptions) =>
    options.profile.kind === "embedded" && options.dataDir === dataDir ? lent(database) : before(options);
  try {
    return await work();
  } finally {
    AicostCommand.openStore = before;
    await db.close();
  }
};

/** Opens a database folder without our program. Small buffers open twice as fast. */
export const openRaw = (folder: string): Promise<PGlite> =>
  PGlite.create(folder, { startParams: [...PGlite.defaultStartParams, "-c", "shared_buffers=16MB"] });

/** Works on the database of a home as its owner does, whom nothing is forbidden. @returns the rows of each statement */
export const asOwner = async ({ dataDir }: Home, sql: string): Promise<Record<string, unknown>[][]> => {
  const kept = openOf(dataDir)?.db;
  const db = kept ?? (await openRaw(folderOf(dataDir)));
  try {
    return ((await db.exec(sql)) as Results[]).map(({ rows }) => rows as Record<string, unknown>[]);
  } finally {
    if (kept === undefined) await db.close();
  }
};

/** The store of an open database. Closing it leaves the database open; it is one command's at a time, as by the lock. */
const lent = (database: Pick<OpenDatabase, "store" | "isLent">): Store => {
  if (database.isLent) throw new Error("A command opened the database that it, or another one, has open.");
  database.isLent = true;
  let isClosed = false;
  const { store } = database;
  return {
    parallel: store.parallel,
    batchRows: store.batchRows,
    sumsLive: store.sumsLive,
    files: store.files,
    userId: () => store.userId(),
    rehearse: store.rehearse,
    call: (name, args) => {
      if (isClosed) throw new Error(`${name} is called of a store that is closed.`);
      return store.call(name, args);
    },
    close: () => {
      if (!isClosed) database.isLent = false;
      isClosed = true;
      return Promise.resolve();
    },
  };
};

const openOne = async (dataDir: string): Promise<OpenDatabase> => {
  const prepared = await preparedDatabase();
  // It goes with the run: nobody tells when the last test file of this process is over.
  const own = mkdtempSync(path.join(path.dirname(prepared), "open-"));
  cpSync(prepared, own, { recursive: true });
  const db = await openDatabase({ ...OPTIONS, dataDir: own });
  await db.exec(KEEP_FIRST_STATE);
  return { db, store: storeOn(db, own), dataDir, isLent: false };
};

const empty = async (db: EmbeddedDatabase): Promise<void> => {
  db.model.forgetFiles();
  await db.exec(RESTORE_FIRST_STATE);
};

/** The tables, with those that are parts of others. */
const PLACES = `
  select oid, relispartition from pg_class
  where relkind in ('r', 'p')
    and relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'auth'::regnamespace)`;

/**
 * Copies what a new database holds, and makes `first.restore`, which brings one table after another back to it: rows that are
 * as they were stay. Tells whether anything differed. A statement is planned once then; by default it is planned again in each
 * of its first five runs.
 */
const KEEP_FIRST_STATE = `
  set plan_cache_mode = force_generic_plan;
  create schema first;
  create table first.places as ${PLACES};
  do $$
  declare
    place regclass;
    kept text;
    body text := '';
  begin
    -- The rows of a partitioned table are read through it.
    for place in select p.oid from first.places p where not p.relispartition loop
      kept := format('first.%I', place::oid);
      execute format('create table %s as table %s', kept, place);
      body := body || replace(replace($body$
        begin
          delete from PLACE t where t::text not in (select f::text from KEPT f);
          differ := differ or found;
          insert into PLACE overriding system value
          select f.* from KEPT f where f::text not in (select t::text from PLACE t);
          differ := differ or found;
        exception when foreign_key_violation then
          differ := true;
        end;$body$, 'PLACE', place::text), 'KEPT', kept);
    end loop;
    execute format(
      'create function first.restore() returns boolean language plpgsql as %L',
      'declare differ boolean := false; begin ' || body || ' return differ; end'
    );
  end $$;`;

/**
 * Brings a database back to what was copied; tables that were made since go. Triggers write rows of their own, and foreign
 * keys keep some until others are gone, so there are rounds until nothing differs. To turn both off would be simpler, but then
 * PostgreSQL plans all statements again.
 */
const RESTORE_FIRST_STATE = `
  do $$
  declare
    place regclass;
  begin
    for place in select m.oid from (${PLACES}) m where m.oid not in (select p.oid from first.places p) loop
      execute format('drop table %s', place);
    end loop;
    while first.restore() loop
    end loop;
    if exists (select from public.cost_records_daily) then
      refresh materialized view public.cost_records_daily;
    end if;
  end $$;`;
