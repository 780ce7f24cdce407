import type { Job, Scheduler } from "./job.js";
import type { Machine } from "./machine.js";
import { shellCommand } from "./shell-words.js";

export type Step =
  | { do: "write"; path: string; content: string }
  | { do: "remove"; path: string }
  /** The crontab is read again before it is written: only what is `before` is replaced. Empty is none. */
  | { do: "crontab"; before: Buffer; after: Buffer; added: string | null; removed: string | null }
  | RunStep;

export interface RunStep {
  do: "run";
  command: string[];
  /** Exit codes that are as good as 0. */
  accepts?: number[];
  /** Exit codes after which it is tried again for a while. */
  retries?: number[];
  /** What undoes it, after the files are as they were. */
  back?: RunStep;
}

export interface Plan {
  schedulers: Scheduler[];
  steps: Step[];
  /** For a person, before anything is done: every file with its path and content, every command. */
  shown: string;
}

export interface SchedulerModule {
  /** Why it cannot be used on this machine, as the end of a sentence; null if it can. */
  obstacle(machine: Machine): Promise<string | null>;
  install(job: Job, machine: Machine): Promise<Step[]>;
  /** Empty if nothing of this name is installed. */
  uninstall(name: string, machine: Machine): Promise<Step[]>;
  note: string;
}

export const planOf = (schedulers: Scheduler[], steps: Step[], notes: readonly string[] = []): Plan => ({
  schedulers,
  steps,
  shown: [...steps.flatMap(linesOf), ...notes.flatMap((note) => ["", note])]
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim(),
});

const linesOf = (step: Step): string[] => {
  switch (step.do) {
    case "write":
      return ["", `Writes ${step.path}:`, ...indented(step.content), ""];
    case "remove":
      return [`Removes ${step.path}`];
    case "run":
      return [`Runs ${shellCommand(step.command)}`];
    case "crontab":
      return [
        ...(step.removed === null ? [] : ["", "Takes out of your crontab:", ...indented(step.removed), ""]),
        ...(step.added === null ? [] : ["", "Puts into your crontab:", ...indented(step.added), ""]),
      ];
  }
};

const indented = (text: string): string[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `  ${line}`));
