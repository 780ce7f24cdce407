import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { AicostCommand } from "../../src/lib/command/base.js";
import { LOCAL } from "../../src/lib/config/profiles.js";
import { type EmbeddedDatabase, hasDatabase, openDatabase } from "../../src/lib/store/embedded-database.js";
import { openEmbedded, storeOn } from "../../src/lib/store/embedded.js";
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
  /** Where it lies. */
  own: Home;
  /** The home that works on it. */
  dataDir: string;
}

/**
 * Keeps embedded databases open between the commands of a test file that only need a database: opening one takes half
 * a second. Each home finds its own, empty at first. Nothing is locked then, and no read model is written: tests of
 * these, and of all else that belongs to opening and closing, open the real thing, and so do the commands of a home
 * that has a database of its own.
 */
export const keepDatabasesOpen = (): void => {
  const open: OpenDatabase[] = [];
  const before = AicostCommand.openStore;

  const databaseOf = async (dataDir: string): Promise<OpenDatabase> => {
    const found = open.find((each) => each.dataDir === dataDir);
    if (found !== undefined) return found;
    openHere.add(dataDir);
    const free = open.find((each) => !existsSync(path.dirname(each.dataDir)));
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
        ? lent((await databaseOf(options.dataDir)).store)
        : before(options);
  });
  afterAll(async () => {
    AicostCommand.openStore = before;
    for (const { db, own } of open) {
      await db.close();
      removeHome(own);
    }
  });
};

/** A new home with a database of its own: programs that the test starts work on it, too, and its files are there. */
export const homeWithDatabase = async (): Promise<Home> => {
  const home = newHome();
  await (await openEmbedded({ dataDir: home.dataDir, ...OPTIONS })).close();
  return home;
};

/** The store of an open database; closing it leaves the database open. */
const lent = (store: Store): Store => ({
  parallel: store.parallel,
  batchRows: store.batchRows,
  sumsLive: store.sumsLive,
  files: store.files,
  call: (name, args) => store.call(name, args),
  close: () => Promise.resolve(),
});

const openOne = async (dataDir: string): Promise<OpenDatabase> => {
  const own = makeHome();
  const db = await openDatabase({ dataDir: own.dataDir, ...OPTIONS });
  await db.exec(KEEP_FIRST_STATE);
  return { db, store: storeOn(db, own.dataDir), own, dataDir };
};

const empty = async (db: EmbeddedDatabase): Promise<void> => {
  db.model.forgetFiles();
  await db.exec(RESTORE_FIRST_STATE);
};

/** Copies what a new database holds. */
const KEEP_FIRST_STATE = `
  create schema first;
  do $$
  declare
    place regclass;
  begin
    for place in
      select oid from pg_class
      where relkind in ('r', 'p') and relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'auth'::regnamespace)
    loop
      execute format('create table first.%I as table %s', place::oid, place);
    end loop;
  end $$;`;

/** Brings a database back to what was copied; tables that were made since go. */
const RESTORE_FIRST_STATE = `
  do $$
  declare
    place regclass;
  begin
    perform set_config('session_replication_role', 'replica', true);
    for place in
      select oid from pg_class
      where relkind = 'r' and relnamespace in ('public'::regnamespace, 'private'::regnamespace, 'auth'::regnamespace)
        and to_regclass(format('first.%I', oid)) is null
    loop
      execute format('drop table %s', place);
    end loop;
    for place in select relname::oid from pg_class where relnamespace = 'first'::regnamespace and relkind = 'r' loop
      execute format('truncate %s restart identity cascade', place);
    end loop;
    for place in select relname::oid from pg_class where relnamespace = 'first'::regnamespace and relkind = 'r' loop
      execute format('insert into %s overriding system value select * from first.%I', place, place::oid);
    end loop;
    refresh materialized view public.cost_records_daily;
  end $$;`;
