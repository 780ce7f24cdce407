import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import pg from "pg";
import { startPostgres } from "../native-postgres.js";
import { supabaseDefaults } from "../migrations.js";

/** Signs in as a superuser, as in a hosted project, where the user's own role `postgres` is none. */
const SUPERUSER = "supabase_admin";

/** The PostgreSQL server of a project. */
export interface ProjectDatabase {
  /** Folder of its socket, for programs that want no password, and the port in the socket's name. */
  folder: string;
  port: number;
  /** Connection URLs: of the user's own role `postgres`, of Auth's role, and of the superuser. */
  ownerUrl: string;
  authUrl: string;
  superuserUrl: string;
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Of every role that may sign in. */
  password: string;
  timeouts: RoleTimeouts;
  /** As of `startPostgres`. */
  image?: string | undefined;
  keepIn?: string | undefined;
}

export interface RoleTimeouts {
  /** `statement_timeout` in milliseconds. */
  anon: number;
  authenticated: number;
}

/** Starts PostgreSQL with the roles and rights that a hosted project has before Auth and the first migration. */
export const startDatabase = async ({
  password,
  timeouts,
  image,
  keepIn,
}: DatabaseOptions): Promise<ProjectDatabase> => {
  const port = await freePort();
  const installed = process.env["AICOST_TEST_PG_BIN"];
  const { folder, stop } = await startPostgres({ installed, superuser: SUPERUSER, port, image, keepIn });
  await withClient({ host: folder, port, user: SUPERUSER, database: "postgres" }, async (client) => {
    if (image === undefined) {
      await client.query(ROLES);
      await client.query(`set role postgres; ${supabaseDefaults} reset role;`);
      await client.query(RELOAD_ON_CHANGE);
    }
    await client.query(settingsOf(password, timeouts));
  });
  const url = (user: string): string => `postgres://${user}:${password}@127.0.0.1:${port}/postgres`;
  return {
    folder,
    port,
    ownerUrl: url("postgres"),
    authUrl: url("supabase_auth_admin"),
    superuserUrl: url(SUPERUSER),
    stop,
  };
};

const ROLES = `
  create role anon nologin noinherit;
  create role authenticated nologin noinherit;
  create role service_role nologin noinherit bypassrls;
  create role postgres login createdb createrole replication bypassrls;
  create role authenticator login noinherit;
  create role supabase_auth_admin login noinherit createrole;
  grant anon, authenticated, service_role to authenticator;
  grant anon, authenticated, service_role to postgres with admin option;

  alter database postgres owner to postgres;
  create schema auth authorization supabase_auth_admin;
  create schema extensions authorization postgres;
  grant usage on schema public, auth, extensions to postgres, anon, authenticated, service_role;
  grant create on schema public to postgres;
  alter role supabase_auth_admin set search_path = auth;
`;

/** What is of one project only. */
const settingsOf = (password: string, timeouts: RoleTimeouts): string => `
  alter role postgres password '${password}';
  alter role authenticator password '${password}';
  alter role supabase_auth_admin password '${password}';
  alter role ${SUPERUSER} password '${password}';
  alter role anon set statement_timeout = ${timeouts.anon};
  alter role authenticated set statement_timeout = ${timeouts.authenticated};
`;

/** PostgREST learns of new tables and functions by itself, as in a hosted project. */
const RELOAD_ON_CHANGE = `
  create function extensions.pgrst_ddl_watch() returns event_trigger language plpgsql as
    $$ begin notify pgrst, 'reload schema'; end $$;
  create event trigger pgrst_ddl_watch on ddl_command_end execute function extensions.pgrst_ddl_watch();
  create event trigger pgrst_drop_watch on sql_drop execute function extensions.pgrst_ddl_watch();
`;

/** Works with a connection of its own. */
export const withClient = async <Result>(
  address: string | pg.ClientConfig,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> => {
  const client = new pg.Client(address);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** A port of the loopback that nobody listens on: PostgreSQL cannot choose one itself. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
};
