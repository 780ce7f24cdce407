import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../system/package-root.js";

/** Where the SQL of this project lies. */
export const SUPABASE_DIR = join(PACKAGE_ROOT, "supabase");

export interface Migration {
  version: string;
  name: string;
  file: string;
}

/** The migrations of this version of the program, in order. */
export const migrations = (): Migration[] =>
  readdirSync(join(SUPABASE_DIR, "migrations"))
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => {
      const [version = "", ...name] = file.replace(/\.sql$/, "").split("_");
      return { version, name: name.join("_"), file };
    });

/** The SQL of a migration. */
export const textOf = ({ file }: Migration): string =>
  readFileSync(join(SUPABASE_DIR, "migrations", file), "utf8");

/** The newest migration that this version of the program has, for example `20261128000100`. */
export const latestVersion = (): string => migrations().at(-1)?.version ?? "";

/** The migrations that a database lacks. @param applied the versions that it has */
export const pendingMigrations = (applied: readonly string[]): Migration[] =>
  migrations().filter(({ version }) => !applied.includes(version));

/** The versions that a database lacks. @param applied the versions that it has */
export const missingMigrations = (applied: readonly string[]): string[] =>
  pendingMigrations(applied).map(({ version }) => version);

/** The versions that a database has and this version of the program does not know. */
export const unknownMigrations = (applied: readonly string[]): string[] => {
  const known = migrations().map(({ version }) => version);
  return applied.filter((version) => !known.includes(version));
};
