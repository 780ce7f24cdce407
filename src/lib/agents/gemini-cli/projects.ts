import { createHash } from "node:crypto";
import { join } from "node:path";
import { isObject } from "../../system/json.js";
import type { LogFile } from "../agent.js";
import { nameOf } from "../fields.js";
import { textIn } from "../plain-file.js";
import { settingIn } from "../settings.js";

/** Which project a chat belongs to: its folder is named for it, by a short name or by the hash of its path. */
export const projectsOf = (home: string, files: readonly LogFile[]): ((file: LogFile) => string | null) => {
  const byFolder = new Map<string, string>();
  const known = settingIn(join(home, "projects.json"), "projects");
  for (const [path, folder] of isObject(known) ? Object.entries(known) : []) {
    if (typeof folder === "string") byFolder.set(folder, path);
    byFolder.set(hashOf(path), path);
  }
  for (const folder of new Set(files.map(folderOf))) {
    const path = nameOf(textIn(join(home, "tmp", folder, ".project_root"))?.trim());
    if (path === null) continue;
    byFolder.set(folder, path);
    byFolder.set(hashOf(path), path);
  }
  return (file) => nameOf(byFolder.get(folderOf(file)));
};

const folderOf = ({ name }: LogFile): string => name.split("/")[0] ?? "";

const hashOf = (path: string): string => createHash("sha256").update(path).digest("hex");
