import { join } from "node:path";
import type { Agent, Place } from "../agent.js";
import { settingIn } from "../settings.js";
import { claudeHomes } from "./homes.js";
import { beginClaude } from "./read.js";
import { joinedSight, type Sight, sightIn } from "./usage.js";

const DEFAULT_DAYS = 30;

/** The agent mode of Claude Desktop keeps whole homes of Claude Code, several folders down. */
const desktopFolders = ({ env, home, platform }: Place): string[] => {
  const inside = (folder: string): string => join(folder, "Claude", "local-agent-mode-sessions");
  if (platform === "darwin") return [inside(join(home, "Library", "Application Support"))];
  if (platform !== "win32") return [inside(env["XDG_CONFIG_HOME"] || join(home, ".config"))];
  const packages = join(env["LOCALAPPDATA"] || join(home, "AppData", "Local"), "Packages");
  return [inside(env["APPDATA"] || join(home, "AppData", "Roaming")), packages];
};

const TRANSCRIPT = /\.jsonl$/;
const IN_PROJECTS = /(?:^|\/)projects\//;
/** Of a Windows package, only this way is looked into. */
const PACKAGE_WAY = ["LocalCache", "Roaming", "Claude", "local-agent-mode-sessions"];

export const claudeCode = {
  id: "claude-code",
  name: "Claude Code",
  roots: (place) => [...claudeHomes(place), ...desktopFolders(place)],
  kindOf: (name) => (IN_PROJECTS.test(name) && TRANSCRIPT.test(name) ? "lines" : undefined),
  skips: (name, root) => isElsewhere(name.split("/"), root),
  // Of a response with tokens. A mark that begins with a rare letter is found several times as fast.
  marks: ['_tokens"'],
  deletesAfterDays: (place) => {
    const days = claudeHomes(place).map((home) =>
      settingIn(join(home, "settings.json"), "cleanupPeriodDays"),
    );
    const set = days.filter((value) => typeof value === "number" && value > 0) as number[];
    return set.length > 0 ? Math.min(...set) : DEFAULT_DAYS;
  },
  sift: sightIn,
  join: (earlier, later) => joinedSight(earlier as Sight, later as Sight),
  begin: beginClaude,
} as const satisfies Agent;

const isElsewhere = (way: readonly string[], root: string): boolean => {
  if (/Packages$/.test(root)) {
    const [folder = "", ...below] = way;
    return (
      !/^Claude_/.test(folder) ||
      !below.every((part, at) => at >= PACKAGE_WAY.length || part === PACKAGE_WAY[at])
    );
  }
  return !/local-agent-mode-sessions$/.test(root) && way[0] !== "projects";
};
