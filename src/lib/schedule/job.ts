import { UserError } from "../errors.js";

export type Scheduler = "systemd" | "launchd" | "cron";

export interface Job {
  /** What it goes by among other jobs, in `[a-z0-9-]`: `aicost-sync`, or `aicost-sync-PROFILE`. */
  name: string;
  /** The program by its whole path, and its arguments. */
  program: string[];
  /** Variables that are set for it. They are written where others may read them: no secrets. */
  env: Record<string, string>;
  /** A divisor of 24. */
  everyHours: number;
  /** Of the hour, so that not everybody comes to a provider at the same minute. */
  minute: number;
}

/** An hour at which most machines are awake. */
const MORNING = 9;

/** The hours at which it runs, in local time: one of them is in the morning. */
export const hoursOf = ({ everyHours }: Pick<Job, "everyHours">): number[] =>
  Array.from({ length: 24 / everyHours }, (_, i) => (MORNING % everyHours) + i * everyHours);

export const rhythmOf = ({ everyHours }: Pick<Job, "everyHours">): string => {
  if (everyHours === 24) return "every day";
  return everyHours === 1 ? "every hour" : `every ${everyHours} hours`;
};

/** @throws UserError `bad_schedule` if a value cannot stand in one line */
export const requireOneLine = ({ program, env }: Job): void => {
  const broken =
    program.find(hasControl) ?? Object.keys(env).find((variable) => hasControl(env[variable] ?? ""));
  if (broken === undefined) return;
  throw new UserError(
    "bad_schedule",
    `${JSON.stringify(broken)} contains a line break or another control character, which no scheduler accepts.`,
    "Use names of files and folders without them.",
  );
};

const hasControl = (text: string): boolean => /\p{Cc}/u.test(text);
