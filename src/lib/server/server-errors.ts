import { serverWords, userRemoved, wrongKey } from "./auth-errors.js";
import { clockHint } from "./clock.js";
import { bug, fromDatabase, UserError } from "../errors.js";
import type { HeaderValues } from "./headers.js";
import { jsonIn, objectOr } from "../system/json.js";
import { isEarly, tokenEarly } from "./early-token.js";
import { CONNECTION_LOST, type Fate } from "./network-errors.js";
import { notSupabase, projectClosed } from "./project-errors.js";
import type { HostedProfile } from "../config/profiles.js";
import { askedWait } from "./retry-after.js";
import { own } from "../system/own.js";

interface ServerAnswer {
  status: number;
  headers: HeaderValues;
  body: string;
}

type Answering = Pick<HostedProfile, "name" | "url">;

/** Codes of errors that a caller looks for: a fresh token, a look at the schema, smaller batches may help. */
export const TOKEN_REFUSED = "token_refused";
export const FUNCTION_MISSING = "function_missing";
export const STATEMENT_TIMEOUT = "statement_timeout";

const SERVER_TROUBLE = "server_trouble";
const DATABASE_LOST = "database_lost";

/** Whether a request that failed so may have been carried out all the same. */
export const isInDoubt = (error: unknown): boolean =>
  error instanceof UserError && [CONNECTION_LOST, SERVER_TROUBLE, DATABASE_LOST].includes(error.code);

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof UserError && error.code === code;

/** An error that PostgreSQL or PostgREST names is an answer, with any status, unless it is about what else goes on. */
export const fateOf = (status: number, body: string): Fate => {
  if (status < 400) return "final";
  const code = dataError(body)?.code;
  if (code !== undefined) return fateOfCode(code);
  if (status === 429 || status === 503) return "not_done";
  return IN_DOUBT_STATUS.includes(status) || (status >= 520 && status < 530) ? "in_doubt" : "final";
};

/** 544 is what Supabase's gateway answers if the project did not in time; 520 to 529 are those of Cloudflare. */
const IN_DOUBT_STATUS = [500, 502, 504, 544];

const fateOfCode = (code: string): Fate =>
  NOT_DONE.test(code) ? "not_done" : IN_DOUBT.test(code) ? "in_doubt" : "final";

/** Rolled back because of others (serialization, deadlock); or no connection to the database was to be had. */
const NOT_DONE = /^(40001|40P01|53300|57P03|PGRST00[023])$/;

/** The connection to the database broke, or it was shut down. */
const IN_DOUBT = /^(08...|57P0[12]|PGRST001)$/;

/**
 * The translation of what the data API answers. What our own SQL refuses arrives as it does from the embedded
 * database; an unforeseen error of the database is a bug.
 */
export const dataApiError = (answer: ServerAnswer, project: Answering): UserError => {
  const error = dataError(answer.body);
  return error === null ? gatewayError(answer, project) : databaseError(error, answer, project);
};

interface DataError {
  code: string;
  message: string;
  details?: string | null;
  hint?: string | null;
}

/** Null if neither PostgREST nor PostgreSQL wrote it. */
const dataError = (body: string): DataError | null => {
  const json: Partial<DataError> = objectOr(jsonIn(body));
  const { code } = json;
  if (typeof code !== "string" || !/^([0-9A-Z]{5}|PGRST\w+)$/.test(code)) return null;
  return { ...json, code, message: String(json.message) };
};

const databaseError = (error: DataError, answer: ServerAnswer, project: Answering): UserError => {
  const { host } = new URL(project.url);
  const { code, message } = error;
  const raised = fromDatabase(Object.assign(new Error(message), error));
  if (hasCode(raised, "user_removed")) return userRemoved(project.name);
  if (raised instanceof UserError) return raised;
  if (/^PGRST30[123]$/.test(code))
    return isEarly(message) ? tokenEarly(host, clockHint(answer.headers)) : tokenRefused(answer, project);
  const translate = own(FORESEEN, code) ?? own(FORESEEN, fateOfCode(code));
  return (
    translate?.({ host, profile: project.name, code, words: serverWords(message), cause: raised }) ??
    bug(new Error(`${message} (${code})`, { cause: raised }))
  );
};

interface Foreseen {
  host: string;
  profile: string;
  code: string;
  /** The server's own, without its full stop. */
  words: string;
  cause: unknown;
}

type Translate = (error: Foreseen) => UserError;

const functionMissing: Translate = ({ host, words, cause }) =>
  new UserError(
    FUNCTION_MISSING,
    `The data API of ${host} does not know what this version of aicost asks for: ${words}.`,
    "If the schema was changed a moment ago, run this in the SQL editor of the project: notify pgrst, 'reload schema'",
    { cause },
  );

const databaseFull: Translate = ({ host, code, cause }) =>
  new UserError(
    "database_full",
    `The database of ${host} takes no changes, as one does whose disk is full (${code}).`,
    "See its size and what to do in the dashboard: Project Settings, Compute and Disk",
    { cause },
  );

const LATER = "Run the command again in a moment. The dashboard of the project shows how its database is.";

/** By PostgreSQL's or PostgREST's code; else by what became of the request. */
const FORESEEN: Partial<Record<string, Translate>> = {
  PGRST202: functionMissing,
  PGRST205: functionMissing,
  "42883": functionMissing,
  "42P01": functionMissing,
  "3F000": functionMissing,
  PGRST106: ({ host, cause }) =>
    new UserError(
      "schema_not_exposed",
      `The data API of ${host} does not offer the schema “public”.`,
      "Add it to the exposed schemas: Project Settings, Data API",
      { cause },
    ),
  "42501": ({ host, profile, words, cause }) =>
    new UserError(
      "not_allowed",
      `The database of ${host} does not allow this: ${words}.`,
      `See who you are: aicost whoami --profile ${profile}`,
      { cause },
    ),
  "57014": ({ host, cause }) =>
    new UserError(
      STATEMENT_TIMEOUT,
      `The database of ${host} cancelled the query: it ran longer than the statement timeout.`,
      "Ask for less at once, for example a shorter range, or run the command again when the database is less busy.",
      { cause },
    ),
  "25006": databaseFull,
  "53100": databaseFull,
  not_done: ({ host, code, cause }) =>
    new UserError(
      "database_unreachable",
      `The database of ${host} is too busy, or its data API cannot reach it (${code}).`,
      LATER,
      { cause },
    ),
  in_doubt: ({ host, code, cause }) =>
    new UserError(
      DATABASE_LOST,
      `The data API of ${host} lost its connection to the database (${code}).`,
      LATER,
      { cause },
    ),
};

/** The token was refused, though it should have been good: one was renewed just before. */
const tokenRefused = ({ headers }: ServerAnswer, { url, name }: Answering): UserError =>
  new UserError(
    TOKEN_REFUSED,
    `${new URL(url).host} no longer accepts the session.`,
    [clockHint(headers), `Sign in again: aicost login --profile ${name}`]
      .filter((line) => line !== null)
      .join("\n"),
  );

/** Answers of what stands before the data API, or of no Supabase project. */
const gatewayError = ({ status, headers, body }: ServerAnswer, { url }: Answering): UserError => {
  const { host } = new URL(url);
  const closed = projectClosed(status, url);
  if (closed !== null) return closed;
  switch (status) {
    case 401:
      return (jsonIn(body) ?? null) === null ? notSupabase(url) : wrongKey(url);
    case 403:
      return new UserError(
        "not_allowed",
        `${host} refuses requests from this machine (403).`,
        "See whether the project limits the addresses that may reach it: Project Settings, Database, Network Restrictions",
      );
    case 413:
      return new UserError(
        "too_large",
        `${host} does not accept a request of that size (413).`,
        "If a proxy on the way limits the size, let it pass 5 MB, or go past it: NO_PROXY",
      );
    case 429:
      return new UserError("rate_limited", `${host} accepts no more requests for now.`, waitHint(headers));
    case 503:
      return new UserError("server_busy", `${host} cannot answer for now (503).`, waitHint(headers));
    default:
      return status >= 500 ? serverTrouble(status, host) : notSupabase(url);
  }
};

const serverTrouble = (status: number, host: string): UserError =>
  new UserError(
    SERVER_TROUBLE,
    `${host} is in trouble: it answered with ${status}.`,
    "Run the command again in a moment. https://status.supabase.com says whether all of Supabase is in trouble.",
  );

const waitHint = (headers: HeaderValues): string =>
  `Run the command again ${askedWait(headers) ?? "in a few minutes"}.`;

export const schemaMissing = ({ url }: Answering): UserError =>
  new UserError(
    "schema_missing",
    `The project ${new URL(url).host} does not have the schema of aicost yet.`,
    MIGRATE,
  );

/** @param missing versions of the migrations that it lacks; absent if it cannot say */
export const schemaOlder = ({ url }: Answering, missing?: readonly string[]): UserError => {
  const older = `The schema of the project ${new URL(url).host} is older than this version of aicost`;
  const count = missing?.length === 1 ? "one migration" : `${missing?.length} migrations`;
  const message = missing === undefined ? `${older}.` : `${older}: it lacks ${count}.`;
  return new UserError("schema_older", message, MIGRATE, {
    details: missing === undefined ? {} : { missing },
  });
};

export const schemaNewer = ({ url }: Answering): UserError =>
  new UserError(
    "schema_newer",
    `The schema of the project ${new URL(url).host} is newer than this version of aicost.`,
    "Install the newest version: npm install -g aicost-cli@latest",
  );

/** The address holds a password, which an argument would show to everybody on this machine. */
const MIGRATE =
  "Set it up with: AICOST_DB_URL='postgresql://…' aicost db migrate (the address is in the dashboard: Connect, Session pooler)\nOr with Supabase's own command line: supabase db push";
