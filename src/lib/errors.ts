/** The exit codes of every command. Scripts depend on them: they change only by additions. */
export const EXIT = {
  bug: 1,
  usage: 2,
  denied: 3,
  refused: 4,
  unavailable: 5,
  overBudget: 6,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * What a user can act on: one sentence that says what happened, with the value in it, and a hint that says
 * what to type. Anything else that is thrown is a bug, and is shown as one.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  /** Stable, for scripts: `error.code` of the JSON output. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly exit: ExitCode;
  /** More for scripts, beside `code`, `message` and `hint` in the JSON output. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(exit: ExitCode, code: string, message: string, hint?: string, options: UserErrorOptions = {}) {
    super(message, options);
    this.exit = exit;
    this.code = code;
    this.hint = hint;
    this.details = options.details ?? {};
  }
}

export interface UserErrorOptions extends ErrorOptions {
  details?: Record<string, unknown>;
}

/** Wrong usage: a flag, a range, a name that a person typed. Exit 2. */
export const usageError = (code: string, message: string, hint?: string): UserError =>
  new UserError(EXIT.usage, code, message, hint);

/** Not signed in, or not allowed. Exit 3. */
export const denied = (code: string, message: string, hint?: string, cause?: unknown): UserError =>
  new UserError(EXIT.denied, code, message, hint, cause === undefined ? undefined : { cause });

/** Input refused: a file, a row, a value. Exit 4; nothing was written. */
export const refused = (code: string, message: string, hint?: string, details = {}): UserError =>
  new UserError(EXIT.refused, code, message, hint, { details });

/** The store cannot be reached or is in use. Exit 5. */
export const unavailable = (code: string, message: string, hint?: string, cause?: unknown): UserError =>
  new UserError(EXIT.unavailable, code, message, hint, cause === undefined ? undefined : { cause });

/** Somebody pressed Ctrl+C. Exit 130. @param message what that leaves behind; empty where it says itself */
export const interrupted = (message: string): UserError =>
  new UserError(EXIT.interrupted, "interrupted", message);

/** Anything that was thrown and is no `UserError`: a mistake of ours. Exit 1. */
export const bug = (thrown: unknown): UserError =>
  new UserError(
    EXIT.bug,
    "bug",
    `This is a bug in aicost: ${(thrown instanceof Error ? thrown.message : String(thrown)).split("\n")[0]}`,
    "Please report it with what DEBUG=aicost prints.",
    { cause: thrown },
  );

/** What was thrown, as a user sees it: a `UserError`, or a bug of ours. */
export const userErrorOf = (thrown: unknown): UserError =>
  thrown instanceof UserError ? thrown : bug(thrown);

/** The code of an error that the operating system raised, for example ENOENT; else undefined. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error && "syscall" in error ? (error as NodeJS.ErrnoException).code : undefined;

const UNWRITABLE: Record<string, string> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is no folder",
  EISDIR: "it is a folder",
};

/** Why a file cannot be written, by the system's code, as the end of a sentence. */
export const whyUnwritable = (code = "that it cannot"): string =>
  UNWRITABLE[code] ?? `the system says ${code}`;

/** SQLSTATEs of files that are not what PostgreSQL wrote: data or an index is corrupted, a file is gone or unreadable. */
const DAMAGED: readonly unknown[] = ["XX001", "XX002", "58P01", "58030"];

/** Whether PostgreSQL says that its files are damaged. */
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

/**
 * The one translation of database errors. SQLSTATE `ACnnn` is our own SQL's way to refuse something
 * (`private.refuse`): nnn is the exit code, the detail is the stable code. Any other error is a bug of ours.
 */
export const fromDatabase = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error;
  const { code, message, detail, details, hint } = error as Error & DatabaseError;
  const exit = /^AC(\d{3})$/.exec(code ?? "")?.[1];
  if (exit === undefined) return error;
  return new UserError(Number(exit) as ExitCode, detail ?? details ?? "refused", message, hint || undefined);
};
