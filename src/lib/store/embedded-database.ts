import { accessSync, constants, existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { tellsOfDamage, UserError } from "../errors.js";
import { danglingLink } from "../system/dangling-link.js";
import { type Lock, takeLock } from "../system/lock.js";
import { keepHeapSmall } from "../system/memory.js";
import { makeFolder } from "../system/whole-file.js";
import { holdDatabase } from "../terminal/prompt.js";
import { chooseCompiler, spareGrammar } from "./compiler.js";
import { currentModel, folderOf } from "./read-model/current.js";
import { diskError, failWithDisk, READING_BYTES, requireRoom } from "./disk.js";
import { SYNC_SETTINGS, syncToDisk } from "./durable.js";
import { migrate, requireSchema } from "./migrate.js";
import { placeShippedFiles } from "./shipped-files.js";
import type { SqlDatabase, SqlRunner } from "./sql.js";
import { ModelKeeper, saveModel } from "./read-model/keeper.js";
import { finishFirstStart, unpackTemplate } from "./template.js";
import { withoutTimers } from "./timers.js";

/** The version of PostgreSQL that the pinned PGlite is. A folder of another one cannot be opened. */
const POSTGRES_MAJOR = "18";

/** Small buffers open twice as fast; a small log keeps the folder small, but takes two of its files at least. */
const SETTINGS = ["shared_buffers=16MB", "max_wal_size=64MB", "min_wal_size=16MB", ...SYNC_SETTINGS];

export interface EmbeddedOptions {
  /** Holds the database folder, its lock and nothing else. */
  dataDir: string;
  command: string;
  /** See `chooseCompiler`. */
  heavy: boolean;
  /** Refuse a database that lacks migrations, instead of migrating it. */
  asIs?: boolean | undefined;
  waitMs: number;
  onWait: (holder: string) => void;
  signal?: AbortSignal | undefined;
}

export const hasDatabase = (dataDir: string): boolean => existsSync(folderOf(dataDir));

/** Open for this process only, as its owner: row-level security does not hold for these statements. */
export interface EmbeddedDatabase extends SqlDatabase {
  folder: string;
  /** Code that changes records by its own statements must have it forget their days. */
  model: ModelKeeper;
  /** Closes it, and leaves a read model of what is in it. */
  close(): Promise<void>;
}

/** Makes it on first use. @throws UserError exit 5: in use, read-only, disk full, of another version, damaged */
export const openDatabase = async (options: EmbeddedOptions): Promise<EmbeddedDatabase> => {
  const folder = folderOf(options.dataDir);
  makeDataFolder(options.dataDir);
  // What is there can be read with less; what writes asks again.
  requireRoom(options.dataDir, existsSync(folder) ? READING_BYTES : undefined);
  const lock = await lockFolder(folder, options);
  let started: Started | undefined;
  try {
    if (!existsSync(folder)) await unpackTemplate(folder, POSTGRES_MAJOR);
    requireAccess(folder);
    requireVersion(folder);
    const model = currentModel(options.dataDir);
    const { db, failure } = (started = await start(folder, options.heavy));
    const statements = statementsOf(folder, db);
    await (options.asIs
      ? requireSchema(statements, folder)
      : migrate(statements, folder, () => requireRoom(options.dataDir)));
    const keeper = await ModelKeeper.begin(statements, model);
    await finishFirstStart(folder, statements);
    return {
      ...statements,
      folder,
      model: keeper,
      close: () => close(options.dataDir, { db, failure }, keeper, lock),
    };
  } catch (error) {
    if (started?.failure() === undefined) await started?.db.close().catch(() => undefined);
    lock.release();
    throw diskError(folder, error);
  }
};

interface Started {
  db: PGlite;
  /** The error with which the disk has failed, if it has. */
  failure: () => UserError | undefined;
}

const statementsOf = (folder: string, db: PGlite): SqlDatabase => {
  const runner = runnerOf(db);
  return {
    exec: (sql) => runner.exec(sql).catch(toldOf(folder)),
    query: (sql, params) => runner.query<never>(sql, params).catch(toldOf(folder)),
    transaction: (work) => db.transaction((tx) => work(runnerOf(tx))).catch(toldOf(folder)),
  };
};

const runnerOf = (db: Pick<PGlite, "exec" | "query">): SqlRunner => ({
  exec: (sql) => db.exec(sql),
  query: (sql, params) => db.query(sql, params, { serializers: { [TEXT_TYPE]: textOrBytes } }),
});

/** PGlite counts the bytes of a string letter by letter, twice, which takes a tenth of an import; those of bytes it knows. */
const textOrBytes = (text: string): string =>
  text.length < LONG_TEXT ? text : (Buffer.from(text) as unknown as string);

const LONG_TEXT = 10_000;
/** PostgreSQL's number of it. */
const TEXT_TYPE = 25;

const close = async (
  dataDir: string,
  { db, failure }: Started,
  model: ModelKeeper,
  lock: Lock,
): Promise<void> => {
  try {
    if (failure() !== undefined) return;
    // If the database cannot tell any more, the next command finds no model of its state, and makes one.
    const current = await model.current().catch(() => null);
    await db.close();
    if (current !== null) saveModel(dataDir, current);
  } catch (error) {
    // What is done is in the log; it is put in its place when the database is opened again.
    if (failure() === undefined) throw error;
  } finally {
    lock.release();
  }
};

const makeDataFolder = (dataDir: string): void => {
  try {
    makeFolder(dataDir);
  } catch (error) {
    throw folderError(dataDir, error);
  }
};

const lockFolder = async (
  folder: string,
  { command, waitMs, onWait, signal }: EmbeddedOptions,
): Promise<Lock> => {
  try {
    const lock = await takeLock(`${folder}.lock`, {
      command,
      waitMs,
      onWait,
      signal,
      inUse: (holder) =>
        new UserError(
          "database_in_use",
          `The database is in use by ${holder}; waited ${Math.round(waitMs / 1000)} s.`,
          "Run the command again when that is done. AICOST_WAIT=SECONDS waits longer.",
        ),
    });
    const allowQuestions = holdDatabase();
    return {
      release: () => {
        lock.release();
        allowQuestions();
      },
    };
  } catch (error) {
    throw error instanceof UserError ? error : folderError(dirname(folder), error);
  }
};

const folderError = (dataDir: string, error: unknown): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  const dangling = code === undefined ? null : danglingLink(dataDir);
  if (dangling !== null)
    return new UserError(
      "data_folder_not_writable",
      `The data folder ${dataDir} cannot be made: ${dangling.link} is a link to ${dangling.target}, which does not exist.`,
      "Make that folder, attach its disk, or name another folder: AICOST_DATA_DIR=/path/to/folder",
      { cause: error },
    );
  if (code === undefined || !["EACCES", "EPERM", "EROFS", "ENOTDIR", "EEXIST"].includes(code)) return error;
  return new UserError(
    "data_folder_not_writable",
    `The data folder ${dataDir} cannot be written (${code}).`,
    "Make it writable, or name another one: AICOST_DATA_DIR=/path/to/folder",
    { cause: error },
  );
};

/** PGlite says of files that it may not write only that it failed. */
const requireAccess = (folder: string): void => {
  for (const file of ["PG_VERSION", "global/pg_control"]) {
    try {
      accessSync(join(folder, file), constants.R_OK | constants.W_OK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw folderError(folder, error);
    }
  }
};

const requireVersion = (folder: string): void => {
  const file = join(folder, "PG_VERSION");
  const version = existsSync(file) ? readFileSync(file, "utf8").trim() : null;
  if (version === POSTGRES_MAJOR) return;
  if (!version) throw damaged(folder);
  throw new UserError(
    "database_version",
    `The database in ${folder} was made by PostgreSQL ${version}; this version of aicost needs ${POSTGRES_MAJOR}.`,
    `Use the version of aicost that made it, or move the folder away and import your files again: mv ${folder} ${folder}.${version}`,
  );
};

const start = async (folder: string, heavy: boolean): Promise<Started> => {
  chooseCompiler(heavy);
  if (heavy) keepHeapSmall();
  const [{ PGlite }, { NodeFS }] = await Promise.all([
    import("@electric-sql/pglite"),
    import("@electric-sql/pglite/nodefs"),
  ]);
  // PostgreSQL's own lock file. Cut off while it was written, it keeps PostgreSQL from starting; ours is taken already.
  rmSync(join(folder, "postmaster.pid"), { force: true });
  const fs = new NodeFS(folder);
  const failure = failWithDisk(fs, folder);
  syncToDisk(fs);
  withoutTimers(fs);
  placeShippedFiles(fs);
  // PGlite starts PostgreSQL with -F, which turns syncing off.
  const params = PGlite.defaultStartParams.filter((param) => param !== "-F");
  const startParams = [...params, ...SETTINGS.flatMap((setting) => ["-c", setting])];
  try {
    const db = new PGlite({ fs, startParams });
    spareGrammar(db);
    await db.waitReady;
    return { db, failure };
  } catch (error) {
    const failed = failure();
    if (failed !== undefined) throw failed;
    if (error instanceof RangeError) {
      throw new UserError(
        "out_of_memory",
        "There is not enough memory to open the database.",
        "It needs about 300 MB. Close other programs, or raise the limit (ulimit -v).",
        { cause: error },
      );
    }
    throw damaged(folder, error);
  }
};

const damaged = (folder: string, cause?: unknown): UserError =>
  new UserError(
    "database_damaged",
    `The database in ${folder} cannot be opened.`,
    `Keep it, and start again by importing your files: mv ${folder} ${folder}.broken`,
    { cause },
  );

/** Tells of files that were cut or changed. @returns never: it throws what it is given, in our words if they fit */
const toldOf =
  (folder: string) =>
  (error: unknown): never => {
    if (!tellsOfDamage(error)) throw error;
    throw new UserError(
      "database_damaged",
      `The database in ${folder} is damaged: ${error.message}.`,
      `Keep it, and start again by importing your files: mv ${folder} ${folder}.broken`,
      { cause: error },
    );
  };
