import { confirm } from "../terminal/prompt.js";
import { carryOut } from "./carry-out.js";
import { chooseScheduler, installPlan, uninstallPlan } from "./index.js";
import { type Job, rhythmOf, type Scheduler } from "./job.js";
import { thisMachine } from "./machine.js";
import type { Plan } from "./plan.js";

/** What runs `aicost sync` by itself from now on, or does no longer. */
export interface Installed {
  scheduler: Scheduler;
  /** What it goes by there. */
  name: string;
}

export interface InstallOptions {
  /** The one that was asked for; else the best that works here. */
  scheduler: Scheduler | undefined;
  /** Do not ask. */
  yes: boolean;
  /** Shows what is going to be done. */
  show: (text: string) => void;
}

/**
 * Shows what would make this machine run a job, asks, and does it.
 * @returns null if the answer was no
 */
export const installSync = async (
  job: Job,
  { scheduler: asked, yes, show }: InstallOptions,
): Promise<Installed | null> => {
  const machine = thisMachine();
  const scheduler = await chooseScheduler(job, machine, asked);
  const plan = await installPlan(job, scheduler, machine);
  if (!(await agreed(plan, `Let ${scheduler} run aicost sync ${rhythmOf(job)}?`, { yes, show }))) return null;
  await carryOut(plan, machine);
  return { scheduler, name: job.name };
};

/**
 * Shows what would take a job away, asks, and does it.
 * @returns what was taken away: nothing if there is no such job, or the answer was no
 */
export const uninstallSync = async (
  name: string,
  { scheduler: only, yes, show }: InstallOptions,
): Promise<Installed[]> => {
  const machine = thisMachine();
  const plan = await uninstallPlan(name, machine, only);
  if (plan === null || !(await agreed(plan, "Remove the schedule?", { yes, show }))) return [];
  await carryOut(plan, machine);
  return plan.schedulers.map((scheduler) => ({ scheduler, name }));
};

const agreed = (
  plan: Plan,
  question: string,
  { yes, show }: Pick<InstallOptions, "yes" | "show">,
): Promise<boolean> => {
  show(plan.shown);
  return confirm(question, yes);
};
