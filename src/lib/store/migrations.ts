import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PACKAGE_ROOT } from "../system/package-root.js";

export const SUPABASE_DIR = join(PACKAGE_ROOT, "supabase");

export interface Migration {
  version: string;
  name: string;
  file: string;
}

export const migrations = (): Migration[] =>
  readdirSync(join(SUPABASE_DIR, "migrations"))
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => {
      const [version = "", ...name] = file.replace(/\.sql$/, "").split("_");
      return { version, name: name.join("_"), file };
    });

export const textOf = ({ file }: Migration): string =>
  readFileSync(join(SUPABASE_DIR, "migrations", file), "utf8");

export const latestVersion = (): string => migrations().at(-1)?.version ?? "";

export const pendingMigrations = (applied: readonly string[]): Migration[] =>
  migrations().filter(({ version }) => !applied.includes(version));

export const missingMigrations = (applied: readonly string[]): string[] =>
  pendingMigrations(applied).map(({ version }) => version);

export const unknownMigrations = (applied: readonly string[]): string[] => {
  const known = migrations().map(({ version }) => version);
  return applied.filter((version) => !known.includes(version));
};
