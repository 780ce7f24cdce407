import { confirm } from "../terminal/prompt.js";
import { carryOut } from "./carry-out.js";
import { chooseScheduler, installPlan, uninstallPlan } from "./index.js";
import { type Job, rhythmOf, type Scheduler } from "./job.js";
import { thisMachine } from "./machine.js";
import type { Plan } from "./plan.js";

export interface Installed {
  scheduler: Scheduler;
  /** What the scheduler calls it. */
  name: string;
}

export interface InstallOptions {
  /** Undefined for the best that works here. */
  scheduler: Scheduler | undefined;
  yes: boolean;
  show: (text: string) => void;
}

/** Shows the plan and asks first; null if the answer was no. */
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

/** Shows the plan and asks first; empty if there is no such job, or the answer was no. */
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
