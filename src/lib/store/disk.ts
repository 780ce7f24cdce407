import { statfsSync } from "node:fs";
import { systemCode, UserError } from "../errors.js";
import { beforeStart, type Files, type Program } from "./program.js";

/** The database's log and then some. */
export const ROOM_BYTES = 96 * 1024 * 1024;

/** To open a database that is there, to read, and to close it: at most one more file of its log, and the read model. */
export const READING_BYTES = 32 * 1024 * 1024;

/** @param needed for what comes next @throws UserError `disk_full` */
export const requireRoom = (dataDir: string, needed = ROOM_BYTES): void => {
  const { bavail, bsize } = statfsSync(dataDir);
  if (bavail * bsize >= needed) return;
  throw new UserError(
    "disk_full",
    `The disk of ${dataDir} has ${Math.floor((bavail * bsize) / 1024 / 1024)} MB left; the database needs ${needed / 1024 / 1024} MB to work safely.`,
    MAKE_ROOM,
  );
};

const MAKE_ROOM = "Free some space, or name a folder on another disk: AICOST_DATA_DIR=/path/to/folder";

/** Why a disk takes no more: there is no room, the quota is used up, a file may not grow, or the disk is broken. */
const LOST: readonly string[] = ["ENOSPC", "EDQUOT", "EFBIG", "EIO", "EROFS"];

/** What PGlite calls for every statement, and when one fails: it swallows what is thrown, and tries for ever. */
const ENTRANCES = [
  "_PostgresMainLoopOnce",
  "_PostgresSendReadyForQueryIfNecessary",
  "_pgl_pq_flush",
  "stackRestore",
];

/**
 * Makes a database fail as soon as its disk does: PGlite spins for ever if it cannot write its log. This leaves the
 * folder as a killed process does: whole up to the last transaction, and repaired when it is opened again.
 * @param files changed in place @returns the error once the disk has failed; every later call of the database throws it
 */
export const failWithDisk = <Pg, Options extends { preRun?: unknown }>(
  files: Files<Pg, Options>,
  folder: string,
): (() => UserError | undefined) => {
  let failure: UserError | undefined;
  const watch = (program: Program): void => {
    const { NODEFS: operations } = program;
    const inner = operations.tryFSOperation.bind(operations);
    operations.tryFSOperation = (work) => {
      try {
        return inner(() => {
          try {
            return work();
          } catch (error) {
            const told = diskError(folder, error);
            if (told instanceof UserError) failure ??= told;
            throw error;
          }
        });
      } catch (error) {
        // Anything but an error of the system goes through PostgreSQL as it is.
        if (failure !== undefined) throw shut(program, failure);
        throw error;
      }
    };
    operations.stream_ops.write = whole(operations.stream_ops.write);
  };
  beforeStart(files, watch);
  return () => failure;
};

type Write = Program["NODEFS"]["stream_ops"]["write"];

/** The last bytes that fit are written without an error; what comes after them tells why there is no more. */
const whole =
  (write: Write): Write =>
  (stream, buffer, offset, length, position) => {
    let written = 0;
    while (written < length)
      written += write(stream, buffer, offset + written, length - written, position + written);
    return written;
  };

const shut = (program: Program, failure: UserError): UserError => {
  const refuse = (): never => {
    throw failure;
  };
  for (const entrance of ENTRANCES) program[entrance] = refuse;
  return failure;
};

/** Any error other than that of a disk stays as it is. */
export const diskError = (folder: string, cause: unknown): unknown => {
  const code = systemCode(cause) ?? "";
  if (!LOST.includes(code)) return cause;
  return code === "ENOSPC" || code === "EDQUOT"
    ? new UserError(
        "disk_full",
        `The disk of ${folder} is full; unfinished work was not saved.`,
        `${MAKE_ROOM}\nThen run the command again.`,
        { cause },
      )
    : new UserError(
        "disk_failed",
        `The database in ${folder} cannot be written (${code}); unfinished work was not saved.`,
        "Check the disk, or name a folder on another one: AICOST_DATA_DIR=/path/to/folder",
        { cause },
      );
};
