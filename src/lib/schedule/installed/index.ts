import { UserError } from "../../errors.js";
import type { Scheduler } from "../job.js";
import type { Machine } from "../machine.js";
import { ofCron } from "./cron.js";
import type { InstalledJob } from "./job.js";
import { ofLaunchd } from "./launchd.js";
import { ofSystemd } from "./systemd.js";

const FINDERS = {
  systemd: ofSystemd,
  launchd: ofLaunchd,
  cron: ofCron,
} satisfies Record<Scheduler, (name: string, machine: Machine) => Promise<InstalledJob | null>>;

/** The jobs of a name that are installed, and how they fare; changes nothing. @throws UserError `crontab_damaged` */
export const installedJobs = async (name: string, machine: Machine): Promise<InstalledJob[]> => {
  const found = await Promise.all(Object.values(FINDERS).map((find) => unlessRefused(find(name, machine))));
  return found.filter((job) => job !== null);
};

/** A user who may not use cron has no job there. */
const unlessRefused = async (job: Promise<InstalledJob | null>): Promise<InstalledJob | null> => {
  try {
    return await job;
  } catch (error) {
    if (error instanceof UserError && error.code === "crontab_unreadable") return null;
    throw error;
  }
};
