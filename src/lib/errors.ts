import { ERROR_CODES, type ErrorCode, type ExitCode, isErrorCode } from "./error-codes.js";

/**
 * What a user can act on: one sentence that says what happened, with the value in it, and a hint that says
 * what to type. Anything else that is thrown is a bug, and is shown as one.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  /** Stable, for scripts: `error.code` of the JSON output. It decides the exit code. */
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  /** More for scripts, beside `code`, `message` and `hint` in the JSON output. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, hint?: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = hint;
    this.details = options.details ?? {};
  }

  get exit(): ExitCode {
    return ERROR_CODES[this.code];
  }
}

export interface UserErrorOptions extends ErrorOptions {
  details?: Record<string, unknown>;
}

/** Somebody pressed Ctrl+C. @param message what that leaves behind; empty if it says itself */
export const interrupted = (message: string): UserError => new UserError("interrupted", message);

/** Anything that was thrown and is not a `UserError`: a mistake of ours. */
export const bug = (thrown: unknown): UserError =>
  new UserError(
    "bug",
    `This is a bug in aicost: ${(thrown instanceof Error ? thrown.message : String(thrown)).split("\n")[0]}`,
    "Please report it with what DEBUG=aicost prints.",
    { cause: thrown },
  );

export const userErrorOf = (thrown: unknown): UserError =>
  thrown instanceof UserError ? thrown : bug(thrown);

interface PartlyDone {
  /** The message if the user has stopped it. */
  stopped: string;
  /** A line more for the hint of any other error. */
  hint: string;
  details?: Record<string, unknown>;
}

export const partlyDone = (error: unknown, { stopped, hint, details }: PartlyDone): UserError => {
  const failure = userErrorOf(error);
  if (failure.code === "interrupted") return interrupted(stopped);
  return new UserError(failure.code, failure.message, [failure.hint, hint].filter(Boolean).join("\n"), {
    cause: error,
    details: { ...failure.details, ...details },
  });
};

/** The code of an error that the operating system raised, for example ENOENT; else undefined. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && "syscall" in error ? (error as NodeJS.ErrnoException).code : undefined;

const UNWRITABLE: Record<string, string> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its parent is not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
};

/** Why a file cannot be written, by the system's code, as the end of a sentence. */
export const whyUnwritable = (code = "that it cannot"): string =>
  UNWRITABLE[code] ?? `the system says ${code}`;

/** Errors of a disk that nobody foresees where it happens. Others that the system raises would be bugs. */
const DISK = new Map<string, { code: "disk_full" | "disk_failed"; says: string; hint: string }>([
  ["ENOSPC", full("the disk is full")],
  ["EDQUOT", full("your quota of the disk is used up")],
  ["EFBIG", failed("it would be too large", "Use another disk.")],
  ["EIO", failed("the disk failed", "Check the disk.")],
  ["EROFS", failed("the disk is read-only", "Make it writable, or use another one.")],
  ["ENXIO", failed("its device is gone", "Attach it, and run the command again.")],
  ["ENODEV", failed("its device is gone", "Attach it, and run the command again.")],
  ["ESTALE", failed("its disk is gone", "Attach it, and run the command again.")],
  ["EMFILE", failed("too many files are open", "Raise the limit: ulimit -n 4096")],
  ["ENFILE", failed("too many files are open", "Close other programs.")],
]);

function full(says: string) {
  return { code: "disk_full", says, hint: "Make room on it, and run the command again." } as const;
}

function failed(says: string, hint: string) {
  return { code: "disk_failed", says, hint } as const;
}

/** Errors that Node has no name for, such as 123, ENOMEDIUM of Linux. */
const NAMELESS = /^Unknown system error (-?\d+)/;

/** What the system says of a disk, in words; null for any other error. */
export const ofDisk = (error: unknown): UserError | null => {
  const code = systemCode(error);
  if (code === undefined || !(error instanceof Error)) return null;
  const { path } = error as NodeJS.ErrnoException;
  const [, number] = NAMELESS.exec(code) ?? [];
  const known =
    number === undefined
      ? DISK.get(code)
      : failed(
          `its disk does not answer (error ${number.replace("-", "")})`,
          "Check whether the disk is attached.",
        );
  if (known === undefined) return null;
  const what = path === undefined ? "A file" : `The file ${path}`;
  return new UserError(known.code, `${what} cannot be used: ${known.says}.`, known.hint, { cause: error });
};

/** SQLSTATEs of files that are not what PostgreSQL wrote: data or an index is corrupted, a file is gone or unreadable. */
const DAMAGED: readonly unknown[] = ["XX001", "XX002", "58P01", "58030"];

export const tellsOfDamage = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && DAMAGED.includes(error.code);

/** What PGlite and PostgREST say of an error that PostgreSQL raised. */
interface DatabaseError {
  code?: string;
  message: string;
  detail?: string | null;
  details?: string | null;
  hint?: string | null;
}

/** The SQLSTATE of every refusal of our own SQL (`private.refuse`). */
const REFUSED = "AC000";

/** The constraints by which the schema bounds what a user stores: `TABLE_COLUMN_size`. */
const SIZE = /violates check constraint "(\w+)_size"/;

/** What takes too much room, and what helps. */
const STORED: Partial<Record<string, [what: string, hint: string]>> = {
  user_preferences_metadata: [
    "Your preferences and tags",
    "Remove some that you no longer need: aicost prefs, aicost tags",
  ],
  cost_records_metadata: ["The details of a record", "Shorten its note, or map fewer columns of the file."],
  credit_entries_metadata: ["The details of a credit entry", "Shorten its note."],
  subscriptions_prices: [
    "The prices of a subscription",
    "Remove it with --keep-charges, and add it again with the price of today: aicost subscriptions remove NAME --keep-charges",
  ],
  edits_changes: ["The changes of a record", "Shorten its note."],
};

/** Null if another constraint is violated: then it is a bug. */
const tooMuch = (error: Error): UserError | null => {
  const constraint = SIZE.exec(error.message)?.[1];
  if (constraint === undefined) return null;
  const [what, hint] = STORED[constraint] ?? [
    `What is to be stored (${constraint.replaceAll("_", " ")})`,
    "Store less at once.",
  ];
  return new UserError("too_much_stored", `${what} would take more room than the database allows.`, hint, {
    cause: error,
  });
};

/** The one translation of database errors: if our own SQL refuses, the detail is the code. Any other error is a bug. */
export const fromDatabase = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  const { code, message, detail, details, hint } = error as Error & DatabaseError;
  const refusal = detail ?? details;
  if (code === "23514") return tooMuch(error) ?? error;
  if (code !== REFUSED || !isErrorCode(refusal)) return error;
  return new UserError(refusal, message, hint || undefined);
};
