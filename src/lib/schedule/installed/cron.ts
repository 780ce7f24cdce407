import { entryIn, ERRORS_ONLY, readCrontab } from "../crontab.js";
import type { Machine } from "../machine.js";
import type { InstalledJob } from "./job.js";
import { shellWordsIn } from "./words.js";

/** Minute, hour, day, month and weekday stand before the command. */
const TIME_FIELDS = 5;

/** cron says nothing of what it ran. @throws UserError `crontab_unreadable`, `crontab_damaged` */
export const ofCron = async (name: string, machine: Machine): Promise<InstalledJob | null> => {
  const entry = entryIn(await readCrontab(machine), name);
  if (entry === null) return null;
  const line = entry.endsWith(ERRORS_ONLY) ? entry.slice(0, -ERRORS_ONLY.length) : entry;
  const words = shellWordsIn(line).slice(TIME_FIELDS);
  const program = words.slice(words.findIndex((word) => !/^\w+=/.test(word)));
  return { scheduler: "cron", program, stopped: null, lastRun: null };
};
