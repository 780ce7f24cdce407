import { existsSync, renameSync } from "node:fs";
import path from "node:path";
import { migrate } from "../../../src/lib/store/migrate.js";
import { startAuth } from "./auth-server.js";
import { type ProjectDatabase, startDatabase, withClient } from "./database.js";
import { newKeys } from "./keys.js";

/** A folder that the configuration of vitest makes and removes; a program that starts a project has none. */
const PREPARED = process.env["AICOST_TEST_PREPARED"];

/**
 * Makes the data folder that the projects of a test run are copies of, if no test has made it yet.
 * @returns the folder, which nothing changes; undefined outside of a test run
 */
export const projectImage = async (): Promise<string | undefined> => {
  if (PREPARED === undefined) return undefined;
  const image = path.join(PREPARED, "project");
  if (existsSync(image)) return image;
  const keepIn = `${image}-${process.pid}`;
  const keys = newKeys("ES256");
  const database = await startDatabase({
    password: keys.databasePassword,
    timeouts: { anon: 0, authenticated: 0 },
    keepIn,
  });
  try {
    const url = "http://127.0.0.1";
    const auth = await startAuth({
      databaseUrl: database.authUrl,
      url,
      githubUrl: `${url}/github`,
      keys,
      confirmations: false,
      jwtExpirySeconds: 3600,
    });
    await auth.stop();
    await grantAuthRights(database);
    await migrateProject(database);
  } finally {
    await database.stop();
  }
  renameSync(keepIn, image);
  return image;
};

/** What follows each start of Auth, which makes its functions again. */
export const grantAuthRights = ({ superuserUrl }: ProjectDatabase): Promise<unknown> =>
  withClient(superuserUrl, (client) => client.query(AUTH_RIGHTS));

/** Runs our migrations with their record, as `supabase db push` does it. */
export const migrateProject = ({ ownerUrl }: ProjectDatabase): Promise<unknown> =>
  withClient(ownerUrl, (client) =>
    migrate({
      exec: (sql) => client.query(sql),
      query: async (sql, params) => ({ rows: (await client.query(sql, params)).rows as never[] }),
    }),
  );

/**
 * What a hosted project grants and defines in `auth`. The functions are Supabase's own: those of the Auth server read
 * settings that PostgREST no longer makes.
 */
const AUTH_RIGHTS = `
  create or replace function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claims', true), ''), '{}')::jsonb $$;
  create or replace function auth.uid() returns uuid language sql stable as $$
    select nullif(auth.jwt() ->> 'sub', '')::uuid $$;
  create or replace function auth.role() returns text language sql stable as $$
    select auth.jwt() ->> 'role' $$;
  grant all on all tables in schema auth to postgres;
  grant execute on all functions in schema auth to postgres, anon, authenticated, service_role;
`;
