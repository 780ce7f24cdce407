import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Machine, runTool } from "../machine.js";
import { systemctl, unitsOf } from "../systemd.js";
import type { InstalledJob, LastRun } from "./job.js";
import { unitWordsIn } from "./words.js";

export const ofSystemd = async (name: string, machine: Machine): Promise<InstalledJob | null> => {
  const [service, timer] = unitsOf(name, machine);
  if (!existsSync(service) && !existsSync(timer)) return null;
  const { exit, stdout } = await runTool(
    systemctl("show", path.basename(timer), path.basename(service), `--property=${PROPERTIES.join()}`),
    machine,
  );
  const said = exit === 0 ? fieldsIn(stdout.toString()) : new Map<string, string>();
  return {
    scheduler: "systemd",
    program: programIn(service),
    stopped: stoppedBy(said),
    lastRun: lastRun(said),
  };
};

/** The first is of the timer only, the others of the service; the service has an `ActiveState` of its own. */
const PROPERTIES = ["Id", "ActiveState", "LastTriggerUSec", "Result", "ExecMainStatus"];

/** `UNIT.PROPERTY` and its value. Units stand in paragraphs. */
const fieldsIn = (text: string): Map<string, string> =>
  new Map(
    text.split(/\n\n+/).flatMap((paragraph) => {
      const kind = /^Id=.*\.(\w+)$/m.exec(paragraph)?.[1] ?? "";
      return [...paragraph.matchAll(/^(\w+)=(.*)$/gm)].map(([, property, value = ""]): [string, string] => [
        `${kind}.${property}`,
        value,
      ]);
    }),
  );

const stoppedBy = (said: ReadonlyMap<string, string>): string | null => {
  const state = said.get("timer.ActiveState");
  return state === undefined || state === "active" ? null : `systemd says that its timer is ${state}`;
};

const lastRun = (said: ReadonlyMap<string, string>): LastRun | null => {
  const at = said.get("timer.LastTriggerUSec") ?? "";
  if (at === "" || at === "n/a") return null;
  const result = said.get("service.Result") ?? "success";
  const code = said.get("service.ExecMainStatus") ?? "";
  if (result === "success") return { at, failure: null };
  return { at, failure: result === "exit-code" ? `exit code ${code}` : result };
};

/** Undoes what systemd.ts does to a program that systemd does not take as it is. */
const programIn = (service: string): string[] => {
  if (!existsSync(service)) return [];
  const line = /^ExecStart=(.*)$/m.exec(readFileSync(service, "utf8"))?.[1] ?? "";
  const words = unitWordsIn(line);
  return words[0] === "/bin/sh" ? words.slice(4) : words;
};
