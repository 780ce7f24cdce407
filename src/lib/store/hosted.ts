import { interrupted, UserError } from "../errors.js";
import { dataClient } from "../server/data-client.js";
import { makeSend, type Send } from "../server/http.js";
import { PROJECT } from "../server/project.js";
import type { HostedProfile } from "../config/profiles.js";
import {
  dataApiError,
  FUNCTION_MISSING,
  hasCode,
  isInDoubt,
  schemaMissing,
  schemaNewer,
  schemaOlder,
} from "../server/server-errors.js";
import { type Tokens, withToken } from "../auth/session.js";
import { userIn } from "../auth/claims.js";
import { latestVersion, missingMigrations } from "./migrations.js";
import { projectChanged, schemaDifference } from "./recorded.js";
import type { Answers, Api, FineSpendQuery, SchemaStatus } from "../api.js";
import { FUNCTIONS } from "./functions.js";
import { HostedFiles } from "./hosted-files.js";
import type { KnownFiles } from "./read-model/known-files.js";
import { isSpend, spendInSpans } from "./spend-in-spans.js";
import type { Store } from "./store.js";

export interface HostedOptions {
  tokens: Tokens;
  /** Keeps that the project has all migrations up to this version, so that it need not be asked again. */
  rememberSchema: (version: string) => void;
  signal?: AbortSignal | undefined;
  /** The folder that remembers which files were imported; absent if nothing is remembered. */
  dataDir?: string;
  /** See `Store`. */
  warn?: ((text: string) => void) | undefined;
}

const NO_FILES: KnownFiles = { find: () => Promise.resolve(null), remember: () => undefined };

/**
 * Its calls throw UserErrors: what the SQL functions refuse; exit 3 not signed in or not allowed; exit 5 not reachable,
 * or not the schema that this version needs (`schema_missing`, `schema_older`, `schema_newer`, `schema_changed`).
 */
export const openHosted = (profile: HostedProfile, options: HostedOptions): Store =>
  new HostedStore(profile, options);

/** A slow project sums so many records in four seconds; its statement timeout is eight. */
export const SPEND_LIMITS = { mostWork: 200_000, atOnce: 2 };

class HostedStore implements Store {
  // The database takes in one batch of a user at a time; while it does, the next one is on its way. A third one gains
  // nothing (5,000 rows: 0.35 s alone; four such batches 1.4 s, by two 1.1 s, by three 1.1 s), and waits for longer.
  readonly parallel = 2;
  // Few enough that they are in within the statement timeout of a project.
  readonly batchRows = 5000;
  readonly sumsLive = true;
  // Each request is a transaction of its own.
  readonly rehearse = null;
  readonly files: KnownFiles;
  readonly warn: Store["warn"];
  readonly #profile: HostedProfile;
  readonly #options: HostedOptions;
  readonly #client: ReturnType<typeof dataClient>;
  #schema: Promise<void> | undefined;

  constructor(profile: HostedProfile, options: HostedOptions) {
    this.#profile = profile;
    this.#options = options;
    this.warn = options.warn;
    this.#client = dataClient(profile, answersOf(profile, options.signal));
    const { dataDir } = options;
    this.files = dataDir === undefined ? NO_FILES : new HostedFiles(profile, dataDir, this);
  }

  async call<Name extends keyof Api>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]> {
    if (!isSpend(name)) return this.#call(name, args);
    const calls = { call: this.#call.bind(this) } as Answers<keyof Api>;
    return spendInSpans(calls, name, args as FineSpendQuery, SPEND_LIMITS);
  }

  async #call<Name extends keyof Api>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]> {
    if (name === "get_schema_status") return this.#send(name, args);
    this.#schema ??= this.#requireSchema();
    await this.#schema;
    try {
      return await this.#send(name, args);
    } catch (error) {
      if (hasCode(error, FUNCTION_MISSING)) throw await this.#schemaError(error);
      const { ifLost } = FUNCTIONS[name];
      if (ifLost !== "read" && this.#options.signal?.aborted) throw stopped();
      throw typeof ifLost === "object" && isInDoubt(error)
        ? mayBeDone(error as UserError, ifLost.look)
        : error;
    }
  }

  async userId(): Promise<string | null> {
    return userIn(await this.#options.tokens.current());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #send<Name extends keyof Api>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]> {
    return withToken(this.#options.tokens, (token) => this.#sendAs(token, name, args));
  }

  async #sendAs<Name extends keyof Api>(
    token: string,
    name: Name,
    args: Api[Name]["args"],
  ): Promise<Api[Name]["result"]> {
    const answer = await this.#client
      .rpc(name, args)
      .setHeader("Authorization", `Bearer ${token}`)
      .throwOnError();
    return answer.data as Api[Name]["result"];
  }

  /** Before anything is done: half of the work on an older schema would be worse than none. */
  async #requireSchema(): Promise<void> {
    const { saved, url } = this.#profile;
    const known = saved?.url === url ? (saved.schema ?? "") : "";
    if (known >= latestVersion()) return;
    const recorded = await this.#recorded();
    // A person who ran the files by hand has recorded none; a missing function shows when it is called.
    if (recorded.migrations.length === 0) return;
    const problem = this.#schemaProblem(recorded);
    if (problem !== null) throw problem;
    this.#options.rememberSchema(latestVersion());
  }

  async #schemaError(unknownFunction: unknown): Promise<unknown> {
    const recorded = await this.#recorded();
    const problem = this.#schemaProblem(recorded);
    if (problem !== null) return problem;
    return schemaDifference(recorded) === "newer" ? schemaNewer(this.#profile) : unknownFunction;
  }

  #schemaProblem(recorded: SchemaStatus): UserError | null {
    const { host } = new URL(this.#profile.url);
    if (schemaDifference(recorded) === "changed") return projectChanged(`The schema of the project ${host}`);
    const missing = missingMigrations(recorded.migrations);
    return missing.length > 0 ? schemaOlder(this.#profile, missing) : null;
  }

  async #recorded(): Promise<SchemaStatus> {
    try {
      return await this.#send("get_schema_status", {});
    } catch (error) {
      if (!hasCode(error, FUNCTION_MISSING)) throw error;
      throw await this.#unrecorded();
    }
  }

  /** What is wrong with a project that cannot say what is set up in it: the first versions could not either. */
  async #unrecorded(): Promise<unknown> {
    try {
      await this.#send("get_preferences", {});
      return schemaOlder(this.#profile);
    } catch (error) {
      return hasCode(error, FUNCTION_MISSING) ? schemaMissing(this.#profile) : error;
    }
  }
}

/** Gives back JSON, and throws any other answer as a UserError. */
const answersOf = (profile: HostedProfile, signal: AbortSignal | undefined): Send => {
  const send = makeSend(PROJECT, ({ pathname }) => {
    const name = pathname.slice(pathname.lastIndexOf("/") + 1) as keyof Api;
    return typeof FUNCTIONS[name].ifLost === "object" ? "if_unheard" : "freely";
  });
  return async (url, request) => {
    const answer = await send(url, { ...request, signal });
    const { status, headers, body } = answer;
    const isData = status === 204 || headers.get("content-type")?.includes("json");
    if (status < 300 && isData) return answer;
    throw dataApiError({ status, headers, body: body.toString() }, profile);
  };
};

const stopped = (): UserError => interrupted("Stopped. The last change may have been made anyway.");

/** @param look the command that shows whether the change was made */
const mayBeDone = ({ message }: UserError, look: string): UserError =>
  new UserError(
    "answer_lost",
    `${message} It may have made the change anyway.`,
    `Check before you run the command again: ${look}`,
  );
