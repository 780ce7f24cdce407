import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const rootAbove = (folder: string): string =>
  existsSync(join(folder, "package.json")) ? folder : rootAbove(dirname(folder));

/** The folder of package.json: the same from source, from the bundle (at other depths) and in an installed package. */
export const PACKAGE_ROOT = rootAbove(dirname(fileURLToPath(import.meta.url)));

export const programIn = (root: string): string => join(root, "bin/run.cjs");

export const packageInfo = (): { name: string; version: string } =>
  JSON.parse(readFileSync(join(PACKAGE_ROOT, "package.json"), "utf8")) as { name: string; version: string };
