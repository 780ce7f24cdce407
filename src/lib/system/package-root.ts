import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const rootAbove = (folder: string): string =>
  existsSync(join(folder, "package.json")) ? folder : rootAbove(dirname(folder));

/**
 * The folder of package.json, in which `dist/` and `supabase/` lie: the same on source, in the bundle, whose files lie
 * at other depths, and where the package is installed.
 */
export const PACKAGE_ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** The file that Node runs, of the package in a folder. */
export const programIn = (root: string): string => join(root, "bin/run.cjs");

/** The name and version of this program, as package.json has them. */
export const packageInfo = (): { name: string; version: string } =>
  JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8")) as { name: string; version: string };
