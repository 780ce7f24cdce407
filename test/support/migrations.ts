import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const supabase = path.resolve(import.meta.dirname, "../../supabase");

/** One SQL file: its name without `.sql`, and its text. */
export interface SqlFile {
  name: string;
  sql: string;
}

const sqlFiles = async (folder: string): Promise<SqlFile[]> => {
  const names = (await readdir(path.join(supabase, folder))).filter((name) => name.endsWith(".sql")).sort();
  return Promise.all(
    names.map(async (name) => ({
      name: path.basename(name, ".sql"),
      sql: await readFile(path.join(supabase, folder, name), "utf8"),
    })),
  );
};

/** All migrations, oldest first. */
export const migrations = (): Promise<SqlFile[]> => sqlFiles("migrations");

/** All rollbacks, in the order in which they run: newest first. */
export const rollbacks = async (): Promise<SqlFile[]> => (await sqlFiles("rollbacks")).reverse();

/** What a Supabase project has before the first migration. */
export const authSql = (): Promise<string> => readFile(path.join(supabase, "embedded/auth.sql"), "utf8");

/**
 * What a hosted project grants on everything that is made in `public`, unless a migration revokes it. The embedded
 * store has no such defaults, so the tests prove both that our migrations revoke enough and that they grant enough.
 */
export const supabaseDefaults = ["tables", "functions", "sequences"]
  .map(
    (kind) =>
      `alter default privileges in schema public grant all on ${kind} to anon, authenticated, service_role;`,
  )
  .join("\n");

/** Runs one SQL file whole or not at all. @throws naming the file */
export const runFile = async (
  { name, sql }: SqlFile,
  run: (sql: string) => Promise<unknown>,
): Promise<void> => {
  try {
    await run(`begin;\n${sql}\n;commit;`);
  } catch (cause) {
    await run("rollback");
    throw new Error(`${name}.sql failed: ${(cause as Error).message}`, { cause });
  }
};

/** Runs all migrations, oldest first. */
export const migrate = async (run: (sql: string) => Promise<unknown>): Promise<void> => {
  for (const file of await migrations()) await runFile(file, run);
};

/** Drops most of the months that the migrations make ahead. Records of these make them again. */
export const dropOtherMonths = `
  do $$
  declare month regclass;
  begin
    for month in
      select p.partition from private.month_partitions() p where p.month not between '2026-10-01' and '2026-12-01'
    loop
      execute format('drop table %s', month);
    end loop;
  end $$`;
