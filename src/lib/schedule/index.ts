import { UserError } from "../errors.js";
import { cron } from "./cron.js";
import { type Job, requireOneLine, rhythmOf, type Scheduler } from "./job.js";
import { launchd } from "./launchd.js";
import type { Machine } from "./machine.js";
import { type Plan, planOf, type SchedulerModule, type Step } from "./plan.js";
import { shellCommand } from "./shell-words.js";
import { systemd } from "./systemd.js";

const MODULES = { systemd, launchd, cron } satisfies Record<Scheduler, SchedulerModule>;

export const SCHEDULERS = Object.keys(MODULES) as Scheduler[];

/** Without `asked`, the best that works here. @throws UserError `no_scheduler`, which says how to do without */
export const chooseScheduler = async (job: Job, machine: Machine, asked?: Scheduler): Promise<Scheduler> => {
  if (machine.platform === "win32") throw onWindows(createTask(job));
  const candidates = asked === undefined ? candidatesOf(machine) : [asked];
  const obstacles: string[] = [];
  for (const candidate of candidates) {
    const obstacle = await MODULES[candidate].obstacle(machine);
    if (obstacle === null) return candidate;
    obstacles.push(`${candidate} cannot be used here: ${obstacle}.`);
  }
  throw new UserError(
    "no_scheduler",
    obstacles.join(" "),
    `${asked === undefined ? "Let" : "Name none, and one that works is chosen. Or let"} another program run this ${rhythmOf(job)}: ${shellCommand(job.program, job.env)}`,
  );
};

/** Replaces a job of the same name, whichever scheduler has it. */
export const installPlan = async (job: Job, scheduler: Scheduler, machine: Machine): Promise<Plan> => {
  requireOneLine(job);
  const steps = await MODULES[scheduler].install(job, machine);
  for (const other of SCHEDULERS) {
    if (other !== scheduler) steps.push(...(await leftBy(other, job.name, machine)));
  }
  return planOf([scheduler], steps, [MODULES[scheduler].note]);
};

/** Null if none is installed. @param only the one to look at. @throws UserError `no_scheduler` on Windows */
export const uninstallPlan = async (
  name: string,
  machine: Machine,
  only?: Scheduler,
): Promise<Plan | null> => {
  if (machine.platform === "win32") throw onWindows(`schtasks /Delete /TN ${name}`);
  const found: Scheduler[] = [];
  const steps: Step[] = [];
  for (const scheduler of only === undefined ? SCHEDULERS : [only]) {
    const taken = await MODULES[scheduler].uninstall(name, machine);
    if (taken.length > 0) found.push(scheduler);
    steps.push(...taken);
  }
  return found.length === 0 ? null : planOf(found, steps);
};

const candidatesOf = ({ platform }: Machine): Scheduler[] =>
  platform === "darwin" ? ["launchd"] : ["systemd", "cron"];

/** A user who may not use cron can still use another scheduler. */
const leftBy = async (scheduler: Scheduler, name: string, machine: Machine): Promise<Step[]> => {
  try {
    return await MODULES[scheduler].uninstall(name, machine);
  } catch (error) {
    if (error instanceof UserError && error.code === "crontab_unreadable") return [];
    throw error;
  }
};

const onWindows = (command: string) =>
  new UserError(
    "no_scheduler",
    "aicost does not set up the Task Scheduler of Windows.",
    `Type this in a Command Prompt: ${command}`,
  );

/** For the Command Prompt: `schtasks` wants the quotes of a command line escaped by backslashes. */
const createTask = ({ name, program, env, everyHours, minute }: Job): string => {
  const run = program.map((word) => (/[\s&^]/.test(word) ? `\\"${word}\\"` : word)).join(" ");
  const rhythm = everyHours === 24 ? "/SC DAILY" : `/SC HOURLY /MO ${everyHours}`;
  const start = `/ST 09:${String(minute).padStart(2, "0")}`;
  const variables = Object.entries(env).map(([variable, value]) => `setx ${variable} "${value}" && `);
  return `${variables.join("")}schtasks /Create /TN ${name} ${rhythm} ${start} /TR "${run}"`;
};
