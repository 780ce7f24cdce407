import pg from "pg";
import { systemCode, UserError } from "../errors.js";
import { holdDatabase } from "../terminal/prompt.js";
import type { SqlRunner } from "./sql.js";

/** What the server refuses for want of rights, or for others' locks, is a UserError. */
export interface Postgres extends SqlRunner {
  close(): Promise<void>;
}

export interface PostgresOptions {
  /** How long a statement waits for another session's lock. */
  waitMs: number;
  /** Asks if the server wants a password and the URL has none; absent if there is no terminal. */
  askPassword?: ((place: string) => Promise<string>) | undefined;
}

/** How long a server may take to answer at all. */
const CONNECT_MS = 10_000;

/**
 * No password shows up in an error. `sslmode` and `sslrootcert` of the URL are meant as by psql, except that what
 * leaves this machine is encrypted unless the URL says otherwise.
 * @throws UserError `bad_db_url`, `db_pooler_transaction`, `db_unreachable`, `db_tls`, `db_password`, `db_refused`
 */
export const openPostgres = async (text: string, options: PostgresOptions): Promise<Postgres> => {
  const url = connectionUrl(text);
  const client = await connect(url, options);
  const release = holdDatabase();
  await client.query("select set_config('lock_timeout', $1, false)", [`${Math.max(options.waitMs, 1)}ms`]);
  return {
    exec: (sql) => translated(url, () => client.query(sql)),
    query: (sql, params) => translated(url, () => client.query(sql, params)) as never,
    close: () => client.end().finally(release),
  };
};

const connect = async (url: URL, options: PostgresOptions): Promise<pg.Client> => {
  const client = newClient(url);
  try {
    await client.connect();
    return client;
  } catch (error) {
    // If it was the driver that gave up, the server still waits.
    void client.end().catch(() => undefined);
    if (!wantsPassword(url, error)) throw connectionError(url, error);
    if (options.askPassword === undefined) throw noPassword(url);
    const complete = new URL(url);
    complete.password = encodeURIComponent(await options.askPassword(placeOf(url)));
    return connect(complete, options);
  }
};

const newClient = (url: URL): pg.Client => {
  let client: pg.Client;
  try {
    client = new pg.Client({
      connectionString: url.href,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
    });
  } catch (error) {
    if (systemCode(error) !== undefined) throw unreadableCertificate(error);
    throw badUrl("cannot be read");
  }
  // The query under way, or the next one, fails with the same.
  client.on("error", () => undefined);
  return client;
};

const EXAMPLE =
  "Copy it from the dashboard of the project (Connect, Session pooler): postgresql://postgres.REF:PASSWORD@HOST:5432/postgres";

/** @throws UserError that does not repeat the text, as it may hold a password */
const connectionUrl = (text: string): URL => {
  const trimmed = text.trim();
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (!/^postgres(ql)?:\/\//i.test(trimmed)) throw badUrl("does not begin with postgresql://");
  if (url === null || !isEncoded(url)) {
    throw badUrl(
      "cannot be read. Characters such as @ : / # ? % in the password must be written as %40 %3A %2F %23 %3F %25",
    );
  }
  if (decodeURIComponent(url.password).includes("YOUR-PASSWORD")) {
    throw badUrl("still contains [YOUR-PASSWORD] instead of the password");
  }
  requireSession(url);
  return withEncryption(url);
};

/** A sign of the password that is not written as it must be makes its rest a part of what follows. */
const isEncoded = ({ username, password, hostname, pathname, search, hash }: URL): boolean => {
  if (hash !== "" || `${pathname}${search}`.includes("@")) return false;
  try {
    return [username, password, hostname].every((part) => typeof decodeURIComponent(part) === "string");
  } catch {
    return false;
  }
};

const badUrl = (why: string) =>
  new UserError("bad_db_url", `The connection URL of the database ${why}.`, EXAMPLE);

/** A migration needs one connection from its lock to its end. */
const requireSession = (url: URL): void => {
  if (url.port !== "6543" || !isSupabase(url)) return;
  throw new UserError(
    "db_pooler_transaction",
    `${url.hostname}, port 6543, is the pooler in transaction mode, which cannot run migrations.`,
    "Use the session pooler or the direct connection: the same address with port 5432.",
  );
};

const isSupabase = (url: URL): boolean => /\.supabase\.(com|co)$/.test(url.hostname);

/** Of the modes of libpq, the driver has neither `prefer` nor a default that encrypts. */
const withEncryption = (given: URL): URL => {
  const url = new URL(given);
  const mode = url.searchParams.get("sslmode");
  if (isOnThisMachine(url) && mode === null) return url;
  if (mode === null || mode === "prefer" || mode === "allow") url.searchParams.set("sslmode", "require");
  url.searchParams.set("uselibpqcompat", "true");
  return url;
};

const isOnThisMachine = (url: URL): boolean =>
  ["", "localhost", "127.0.0.1", "[::1]"].includes(url.hostname) ||
  (url.searchParams.get("host") ?? "").startsWith("/");

const placeOf = (url: URL): string => {
  const host = url.searchParams.get("host") ?? decodeURIComponent(url.hostname);
  return `${host || "localhost"}, port ${url.port || (url.searchParams.get("port") ?? "5432")}`;
};

const userOf = (url: URL): string => decodeURIComponent(url.username) || "of this system";

interface Thrown {
  code?: string;
  message: string;
}

const wantsPassword = (url: URL, error: unknown): boolean => {
  const { code, message } = error as Thrown;
  return url.password === "" && (code === "28P01" || /password must be a (non-empty )?string/.test(message));
};

const noPassword = (url: URL) =>
  new UserError(
    "db_password",
    `The database at ${placeOf(url)} requires a password for the user ${userOf(url)}.`,
    "Put it into the URL, and the URL into AICOST_DB_URL, or run the command in a terminal, where it is asked for.",
  );

const connectionError = (url: URL, thrown: unknown): UserError => {
  const { code = "", message } = thrown as Thrown;
  if (code === "28P01" || code === "28000" || /tenant or user not found/i.test(message)) {
    return new UserError(
      "db_password",
      `The database at ${placeOf(url)} does not let the user ${userOf(url)} in: the user or the password is wrong.`,
      `Use the password of the database, not of your account: dashboard, Database, Settings. ${
        isSupabase(url) ? "For a pooler the user is postgres.REF, with the reference of the project." : ""
      }`.trim(),
      { cause: causeOf(thrown) },
    );
  }
  if (isTls(code, message)) return tlsError(url, thrown);
  if (/^[0-9A-Z]{5}$/.test(code) && "severity" in (thrown as object)) {
    return new UserError(
      "db_refused",
      `The database at ${placeOf(url)} refuses the connection: ${message} (${code}).`,
      "Check the connection URL.",
      { cause: causeOf(thrown) },
    );
  }
  return new UserError(
    "db_unreachable",
    `The database at ${placeOf(url)} cannot be reached (${code || message}).`,
    isSupabase(url)
      ? "Check the address. A direct connection needs IPv6; the session pooler (dashboard, Connect) does not. A paused project must be restored first."
      : "Check the address, and whether the server runs.",
    { cause: causeOf(thrown) },
  );
};

/** Without what the driver hangs on its errors. */
const causeOf = (thrown: unknown): Error => new Error((thrown as Thrown).message);

const isTls = (code: string, message: string): boolean =>
  /CERT|^UNABLE_TO_|^ERR_TLS|^ERR_SSL|^EPROTO$/.test(code) || /does not support SSL/i.test(message);

const tlsError = (url: URL, thrown: unknown): UserError => {
  const { code, message } = thrown as Thrown;
  const hint = /does not support SSL/i.test(message)
    ? "On a private network you can add to the URL: ?sslmode=disable"
    : "Supabase signs its certificate itself. Download it from the dashboard (Database, Settings, SSL Configuration) and add to the URL: ?sslmode=verify-full&sslrootcert=/path/to/prod-ca-2021.crt";
  return new UserError(
    "db_tls",
    `Cannot make a trusted, encrypted connection to the database at ${placeOf(url)} (${code ?? message}).`,
    hint,
    { cause: causeOf(thrown) },
  );
};

const unreadableCertificate = (error: unknown) =>
  new UserError(
    "db_tls",
    `A certificate that the connection URL names cannot be read (${systemCode(error)}).`,
    "Check sslrootcert, sslcert and sslkey in the URL.",
  );

const translated = async <Result>(url: URL, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    throw statementError(url, error);
  }
};

/** What may go wrong with any statement; the rest is for the caller. */
const statementError = (url: URL, thrown: unknown): unknown => {
  const { code, message } = thrown as Thrown;
  if (code === "42501") {
    return new UserError(
      "db_rights",
      `The user ${userOf(url)} is not allowed to do this in the database at ${placeOf(url)}: ${message}.`,
      "Use the connection URL of the role postgres, which owns the project's database.",
      { cause: causeOf(thrown) },
    );
  }
  if (code === "55P03") {
    return new UserError(
      "db_in_use",
      `The database at ${placeOf(url)} is in use: another session is migrating it, or locks what the migration needs.`,
      "Run the command again when that is done. AICOST_WAIT=SECONDS waits longer.",
      { cause: causeOf(thrown) },
    );
  }
  if (code === undefined || systemCode(thrown) !== undefined || /^(57P0|08)/.test(code)) {
    return new UserError(
      "db_lost",
      `The connection to the database at ${placeOf(url)} was lost (${code ?? message}).`,
      "Run the command again; what was done is kept.",
      { cause: causeOf(thrown) },
    );
  }
  return thrown;
};
