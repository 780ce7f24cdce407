import { entryIn, ERRORS_ONLY, readCrontab, withEntry } from "./crontab.js";
import { hoursOf, type Job } from "./job.js";
import { type Machine, NO_PROGRAM, runTool } from "./machine.js";
import type { SchedulerModule } from "./plan.js";
import { shellCommand } from "./shell-words.js";

export const cron: SchedulerModule = {
  async obstacle(machine) {
    const { exit, said } = await runTool(["crontab", "-l"], machine);
    return exit === NO_PROGRAM ? said : null;
  },
  async install(job, machine) {
    const before = await readCrontab(machine);
    const added = lineOf(job, machine);
    const removed = entryIn(before, job.name);
    return [{ do: "crontab", before, after: withEntry(before, job.name, added), added, removed }];
  },
  async uninstall(name, machine) {
    const before = await readCrontab(machine);
    const removed = entryIn(before, name);
    if (removed === null) return [];
    return [{ do: "crontab", before, after: withEntry(before, name, null), added: null, removed }];
  },
  note: "cron does not make up for a run that was missed while the machine was off.",
};

const lineOf = (job: Job, machine: Machine): string => {
  const command = shellCommand(job.program, { ...busOf(machine), ...job.env });
  return `${job.minute} ${hoursField(job)} * * * ${command}${ERRORS_ONLY}`;
};

const hoursField = (job: Job): string => (job.everyHours === 1 ? "*" : hoursOf(job).join(","));

/** The address of the keychain: cron tells its jobs nothing about the user's session. */
const busOf = ({ platform, uid }: Machine): Record<string, string> =>
  platform === "linux"
    ? {
        XDG_RUNTIME_DIR: `/run/user/${uid}`,
        DBUS_SESSION_BUS_ADDRESS: `unix:path=/run/user/${uid}/bus`,
      }
    : {};
