import { existsSync, readFileSync } from "node:fs";
import { agentOf } from "../launchd.js";
import { type Machine, runTool } from "../machine.js";
import type { InstalledJob, LastRun } from "./job.js";
import { plistStrings } from "./words.js";

/** What `launchctl print` ends with if there is no such job. */
const NOT_LOADED = 113;

export const ofLaunchd = async (name: string, machine: Machine): Promise<InstalledJob | null> => {
  const { label, file, domain } = agentOf(name, machine);
  if (!existsSync(file)) return null;
  const { exit, stdout } = await runTool(["launchctl", "print", `${domain}/${label}`], machine);
  return {
    scheduler: "launchd",
    program: plistStrings(readFileSync(file, "utf8"), "ProgramArguments"),
    stopped: exit === NOT_LOADED ? "launchd has not loaded it" : null,
    lastRun: exit === 0 ? lastRun(stdout.toString()) : null,
  };
};

/** launchd says how the last run ended, and not when it was. */
const lastRun = (said: string): LastRun | null => {
  const code = /^\s*last exit code = (\d+)/m.exec(said)?.[1];
  if (code === undefined) return null;
  return { at: null, failure: code === "0" ? null : `exit code ${code}` };
};
