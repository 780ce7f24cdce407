import { existsSync } from "node:fs";
import path from "node:path";
import { hoursOf, type Job } from "./job.js";
import type { Machine } from "./machine.js";
import type { RunStep, SchedulerModule } from "./plan.js";

/** What `launchctl bootout` ends with if the job is not loaded, or is still ending. */
const GONE = [3, 36, 113];

/** “Input/output error”: for some seconds after a `bootout`, launchd takes no job of the same label. */
const NOT_YET = [5];

export const launchd: SchedulerModule = {
  obstacle: ({ platform }) => Promise.resolve(platform === "darwin" ? null : "this is not macOS"),
  install: (job, machine) => {
    const agent = agentOf(job.name, machine);
    return Promise.resolve([
      ...(existsSync(agent.file) ? [stop(agent)] : []),
      { do: "write", path: agent.file, content: plistOf(job, agent, machine) },
      start(agent),
    ]);
  },
  uninstall: (name, machine) => {
    const agent = agentOf(name, machine);
    if (!existsSync(agent.file)) return Promise.resolve([]);
    return Promise.resolve([stop(agent), { do: "remove", path: agent.file }]);
  },
  note: "launchd runs it while you are logged in, and makes up for a run that was missed while the machine slept.",
};

interface Agent {
  label: string;
  file: string;
  /** Where the agents of a user who is logged in live. */
  domain: string;
}

const start = ({ domain, file }: Agent): RunStep => ({
  do: "run",
  command: ["launchctl", "bootstrap", domain, file],
  retries: NOT_YET,
});

const stop = (agent: Agent): RunStep => ({
  do: "run",
  command: ["launchctl", "bootout", `${agent.domain}/${agent.label}`],
  accepts: GONE,
  back: start(agent),
});

/** Labels are reverse domain names, and the file is called by its label. */
export const agentOf = (name: string, { home, uid }: Machine): Agent => {
  const label = name.replace(/^aicost-/, "dev.aicost.");
  return { label, file: path.join(home, "Library/LaunchAgents", `${label}.plist`), domain: `gui/${uid}` };
};

/** See launchd.plist(5). */
const plistOf = (job: Job, { label }: Agent, { home }: Machine): string => {
  const log = path.join(home, "Library/Logs", `${job.name}.log`);
  const content = {
    Label: label,
    ProgramArguments: job.program,
    ...(Object.keys(job.env).length === 0 ? {} : { EnvironmentVariables: job.env }),
    StartCalendarInterval: timesOf(job),
    StandardOutPath: log,
    StandardErrorPath: log,
    ProcessType: "Background",
    Nice: 10,
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    ...xmlLines(content),
    "</plist>",
    "",
  ].join("\n");
};

const timesOf = (job: Job): Value[] =>
  job.everyHours === 1
    ? [{ Minute: job.minute }]
    : hoursOf(job).map((hour) => ({ Hour: hour, Minute: job.minute }));

type Value = string | number | Value[] | { [key: string]: Value };

const xmlLines = (value: Value): string[] => {
  if (typeof value === "string") return [`<string>${escaped(value)}</string>`];
  if (typeof value === "number") return [`<integer>${value}</integer>`];
  if (Array.isArray(value)) return ["<array>", ...indented(value.flatMap(xmlLines)), "</array>"];
  const entries = Object.entries(value).flatMap(([key, inner]) => [
    `<key>${escaped(key)}</key>`,
    ...xmlLines(inner),
  ]);
  return ["<dict>", ...indented(entries), "</dict>"];
};

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
