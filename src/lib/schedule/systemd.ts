import { existsSync } from "node:fs";
import path from "node:path";
import { hoursOf, type Job, rhythmOf } from "./job.js";
import { type Machine, runTool } from "./machine.js";
import type { RunStep, SchedulerModule, Step } from "./plan.js";
import { isPlain } from "./shell-words.js";

export const systemd: SchedulerModule = {
  async obstacle(machine) {
    const { exit, said } = await runTool(systemctl("show-environment"), machine);
    if (exit === 0) return null;
    return NO_MANAGER.test(said) ? "it does not answer in this session" : said;
  },
  install: (job, machine) => {
    const [service, timer] = unitsOf(job.name, machine);
    return Promise.resolve([
      { do: "write", path: service, content: serviceText(job) },
      { do: "write", path: timer, content: timerText(job) },
      { ...RELOAD, back: RELOAD },
      start(path.basename(timer)),
    ]);
  },
  uninstall: (name, machine) => {
    const units = unitsOf(name, machine).filter((file) => existsSync(file));
    if (units.length === 0) return Promise.resolve([]);
    const stops = units.map((file) => path.basename(file)).filter((unit) => unit.endsWith(".timer"));
    return Promise.resolve([
      ...stops.map(stop),
      ...units.map((file): Step => ({ do: "remove", path: file })),
      RELOAD,
    ]);
  },
  note: "systemd runs it while you are logged in. To have it run at any time: loginctl enable-linger",
};

/** What it says in a session that nobody logged in to, such as that of a container or of `su`. */
const NO_MANAGER = /^Failed to connect to (?:user scope )?bus/;

export const systemctl = (...args: string[]): string[] => ["systemctl", "--user", ...args];

const RELOAD: RunStep = { do: "run", command: systemctl("daemon-reload") };

const start = (timer: string): RunStep => ({ do: "run", command: systemctl("enable", "--now", timer) });

const stop = (timer: string): Step => ({
  do: "run",
  command: systemctl("disable", "--now", timer),
  back: start(timer),
});

/** The files of its service and its timer. */
export const unitsOf = (name: string, { env, home }: Machine): [string, string] => {
  const config = env["XDG_CONFIG_HOME"] ?? "";
  // One that is not absolute is to be ignored, says the XDG Base Directory Specification.
  const folder = path.join(path.isAbsolute(config) ? config : path.join(home, ".config"), "systemd/user");
  return [path.join(folder, `${name}.service`), path.join(folder, `${name}.timer`)];
};

const serviceText = ({ program, env }: Job): string =>
  [
    "# Written by aicost sync --install, removed by aicost sync --uninstall.",
    "[Unit]",
    "Description=Collect what AI providers charge (aicost sync)",
    "",
    "[Service]",
    "Type=oneshot",
    `ExecStart=${runnable(program).map(argument).join(" ")}`,
    ...Object.entries(env).map(([variable, value]) => `Environment=${quoted(`${variable}=${value}`)}`),
    "Nice=10",
    // One that hangs would keep the timer from starting the next.
    "TimeoutStartSec=1h",
    "",
  ].join("\n");

const timerText = (job: Job): string =>
  [
    "# Written by aicost sync --install, removed by aicost sync --uninstall.",
    "[Unit]",
    `Description=Run aicost sync ${rhythmOf(job)}`,
    "",
    "[Timer]",
    `OnCalendar=*-*-* ${hoursField(job)}:${twoDigits(job.minute)}:00`,
    // Makes up for a run that was missed while the machine was off.
    "Persistent=true",
    "RandomizedDelaySec=5min",
    "",
    "[Install]",
    "WantedBy=timers.target",
    "",
  ].join("\n");

const hoursField = (job: Job): string => (job.everyHours === 1 ? "*" : hoursOf(job).map(twoDigits).join(","));

const twoDigits = (number: number): string => String(number).padStart(2, "0");

/** systemd takes no program whose path has one of these, and expands variables only in arguments: a shell starts it. */
const runnable = (program: readonly string[]): readonly string[] =>
  /['"\\$]/.test(program[0] ?? "") ? ["/bin/sh", "-c", 'exec "$@"', "sh", ...program] : program;

/** In a command line a dollar sign is a variable, but for two of them. */
const argument = (word: string): string => quoted(word.replaceAll("$", "$$$$"));

/** A word of a unit file: see systemd.syntax(7), and “Specifiers” in systemd.unit(5). */
const quoted = (word: string): string =>
  isPlain(word) ? word : `"${word.replaceAll(/["\\]/g, "\\$&").replaceAll("%", "%%")}"`;
