import { randomUUID } from "node:crypto";
import { startAuth, type Mail } from "./supabase/auth-server.js";
import { startDatabase, type RoleTimeouts, withClient } from "./supabase/database.js";
import { startGateway } from "./supabase/gateway.js";
import { grantAuthRights, migrateProject, projectImage } from "./supabase/image.js";
import { newKeys } from "./supabase/keys.js";
import { startPostgRest } from "./supabase/postgrest.js";
import type { Algorithm, SigningKey } from "./supabase/signing-key.js";

/** How a project is reached: plain values, which a test run hands to its test files. */
export interface ProjectAddress {
  /** The address of the project, without a slash at the end. */
  url: string;
  /** Its publishable key. */
  key: string;
  /** Its secret key, which stands for `service_role`. */
  secretKey: string;
  /** Signs access tokens; for `signToken`. */
  signingKey: SigningKey;
  /** PostgreSQL, as the role `postgres` that the owner of a project has: no superuser. */
  databaseUrl: string;
  /** PostgreSQL, as the superuser, whom a hosted project keeps for itself. */
  superuserUrl: string;
}

export interface TestUser {
  email: string;
  password: string;
  id: string;
}

/** A Supabase project for tests. */
export interface TestProject extends ProjectAddress {
  /** Signs up a user, e-mail confirmed. */
  newUser(): Promise<TestUser>;
  /** Signs a user in. @returns an access token */
  accessToken(user: Pick<TestUser, "email" | "password">): Promise<string>;
  /** All e-mails that were sent, oldest first. */
  mails(): Promise<Mail[]>;
  /** Confirms an e-mail address, as its owner does with the link. */
  confirm(email: string): Promise<void>;
  /** Runs SQL as the superuser. */
  admin<Row = Record<string, unknown>>(sql: string, params?: unknown[]): Promise<Row[]>;
}

/** A project that was started here. */
export interface RunningProject extends TestProject {
  stop: () => Promise<void>;
}

export interface ProjectOptions {
  /** Whether an e-mail address must be confirmed before the first sign-in; no by default. */
  confirmations?: boolean;
  /** How long an access token is good for; an hour by default. */
  jwtExpirySeconds?: number;
  /** How access tokens are signed; as in a new project by default. */
  algorithm?: Algorithm;
  /** The longest that a statement may take, by role; as hosted by default. */
  timeouts?: RoleTimeouts;
  /** A project without our migrations. */
  bare?: boolean;
}

const HOSTED_TIMEOUTS: RoleTimeouts = { anon: 3000, authenticated: 8000 };

/**
 * Starts a Supabase project: PostgreSQL (that of `AICOST_TEST_PG_BIN`, if it is given), the real PostgREST, an Auth
 * server, and the gateway in front of them. All is on the loopback, and ends with `stop()` or with this process.
 */
export const startSupabase = async ({
  confirmations = false,
  jwtExpirySeconds = 3600,
  algorithm = "ES256",
  timeouts = HOSTED_TIMEOUTS,
  bare = false,
}: ProjectOptions = {}): Promise<RunningProject> => {
  const running: { stop: () => Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const server of running.splice(0).reverse()) await server.stop();
  };
  const started = <Server extends { stop: () => Promise<void> }>(server: Server): Server => {
    running.push(server);
    return server;
  };
  try {
    const keys = newKeys(algorithm);
    const gateway = started(await startGateway());
    const image = bare ? undefined : await projectImage();
    const database = started(await startDatabase({ password: keys.databasePassword, timeouts, image }));
    const auth = started(
      await startAuth({
        databaseUrl: database.authUrl,
        url: gateway.url,
        githubUrl: `${gateway.url}/github`,
        keys,
        confirmations,
        jwtExpirySeconds,
      }),
    );
    await grantAuthRights(database);
    if (!bare && image === undefined) await migrateProject(database);
    const rest = started(await startPostgRest(database, keys.signing));
    gateway.open({ auth, rest, keys });
    const project = testProject({
      url: gateway.url,
      key: keys.publishable,
      secretKey: keys.secret,
      signingKey: keys.signing,
      databaseUrl: database.ownerUrl,
      superuserUrl: database.superuserUrl,
    });
    return { ...project, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** What tests do with a project that runs, in whatever process. */
export const testProject = (address: ProjectAddress): TestProject => {
  const admin = <Row>(sql: string, params: unknown[] = []): Promise<Row[]> =>
    withClient(address.superuserUrl, async (client) => {
      const { rows } = await client.query(sql, params);
      return rows as Row[];
    });
  const confirm = async (email: string): Promise<void> => {
    await admin("update auth.users set email_confirmed_at = now() where email = $1", [email]);
  };
  const auth = async <Answer>(path: string, body: object): Promise<Answer> => {
    const response = await fetch(`${address.url}/auth/v1/${path}`, {
      method: "POST",
      headers: { apikey: address.key, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  return {
    ...address,
    admin,
    confirm,
    mails: async () => (await (await fetch(`${address.url}/test/mails`)).json()) as Mail[],
    newUser: async () => {
      const user = { email: `${randomUUID()}@example.com`, password: randomUUID() };
      await auth("signup", user);
      await confirm(user.email);
      const [row] = await admin<{ id: string }>("select id from auth.users where email = $1", [user.email]);
      return { ...user, id: row!.id };
    },
    accessToken: async ({ email, password }) => {
      const path = "token?grant_type=password";
      return (await auth<{ access_token: string }>(path, { email, password })).access_token;
    },
  };
};
