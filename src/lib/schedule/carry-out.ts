import { readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemCode, UserError, whyUnwritable } from "../errors.js";
import { makeFolder, removeFile, writeWhole } from "../system/whole-file.js";
import { readCrontab } from "./crontab.js";
import { type Ended, type Machine, runTool } from "./machine.js";
import type { Plan, RunStep, Step } from "./plan.js";
import { shellCommand } from "./shell-words.js";

const RETRY_MS = { limit: 15_000, pause: 500 };

interface Undo {
  /** For the message, if it fails. */
  what: string;
  take: () => Promise<void> | void;
  /** Commands come last: they are told of files that are as they were. */
  isCommand: boolean;
}

/** A failed step undoes those before. @throws `scheduler_failed`, `crontab_unreadable`, `crontab_changed` */
export const carryOut = async ({ steps }: Plan, machine: Machine): Promise<void> => {
  const done: Undo[] = [];
  try {
    for (const step of steps) {
      const undo = await carryOutStep(step, machine);
      if (undo !== null) done.unshift(undo);
    }
  } catch (error) {
    const stuck = await takeBack(done);
    throw error instanceof UserError ? withState(error, stuck) : error;
  }
};

/** @returns what could not be taken back */
const takeBack = async (done: readonly Undo[]): Promise<string[]> => {
  const stuck: string[] = [];
  for (const commands of [false, true]) {
    for (const { what, take } of done.filter(({ isCommand }) => isCommand === commands)) {
      try {
        await take();
      } catch {
        stuck.push(what);
      }
    }
  }
  return stuck;
};

const withState = ({ code, message, hint, cause }: UserError, stuck: readonly string[]): UserError => {
  const state =
    stuck.length === 0
      ? "Everything is as it was before."
      : `This could not be put back as it was: ${stuck.join(", ")}.`;
  return new UserError(code, message, [state, hint].filter(Boolean).join("\n"), { cause });
};

const carryOutStep = (step: Step, machine: Machine): Promise<Undo | null> => {
  switch (step.do) {
    case "write":
      return changeFile(step.path, step.content);
    case "remove":
      return changeFile(step.path, null);
    case "crontab":
      return changeCrontab(step, machine);
    case "run":
      return runStep(step, machine);
  }
};

/** @param content null to remove it */
const changeFile = async (file: string, content: string | null): Promise<Undo> => {
  try {
    const before = await contentOf(file);
    put(file, content);
    return { what: file, take: () => put(file, before), isCommand: false };
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined) throw error;
    throw new UserError(
      "scheduler_failed",
      `The file ${file} cannot be ${content === null ? "removed" : "written"}: ${whyUnwritable(code)}.`,
      `Look at its folder: ls -ld ${shellCommand([path.dirname(file)])}`,
      { cause: error },
    );
  }
};

const contentOf = async (file: string): Promise<Buffer | null> => {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return null;
    throw error;
  }
};

/** @param content null to remove it; others may read it, as any file of a scheduler */
const put = (file: string, content: string | Buffer | null): void => {
  if (content === null) {
    removeFile(file);
    return;
  }
  makeFolder(path.dirname(file), 0o777);
  writeWhole(file, content, 0o666);
};

const changeCrontab = async (
  { before, after }: Extract<Step, { do: "crontab" }>,
  machine: Machine,
): Promise<Undo> => {
  if (!before.equals(await readCrontab(machine))) {
    throw new UserError(
      "crontab_changed",
      "Your crontab was changed by another program in the meantime.",
      "Type the command again.",
    );
  }
  await writeCrontab(after, machine);
  return { what: "your crontab", take: () => writeCrontab(before, machine), isCommand: false };
};

/** An empty one is none, as before the first line was put in. */
const writeCrontab = async (content: Buffer, machine: Machine): Promise<void> => {
  const command = ["crontab", content.length === 0 ? "-r" : "-"];
  const ended = await runTool(command, machine, content);
  if (ended.exit !== 0) throw failed(command, ended);
};

const runStep = async (step: RunStep, machine: Machine): Promise<Undo | null> => {
  await run(step, machine);
  const { back } = step;
  if (back === undefined) return null;
  return { what: shellCommand(back.command), take: () => run(back, machine), isCommand: true };
};

const run = async ({ command, accepts = [], retries = [] }: RunStep, machine: Machine): Promise<void> => {
  const deadline = Date.now() + RETRY_MS.limit;
  for (;;) {
    const ended = await runTool(command, machine);
    if (ended.exit === 0 || accepts.includes(ended.exit)) return;
    if (!retries.includes(ended.exit) || Date.now() >= deadline) throw failed(command, ended);
    await sleep(RETRY_MS.pause);
  }
};

const failed = (command: readonly string[], { said }: Ended) =>
  new UserError("scheduler_failed", `${shellCommand(command)} failed: ${said}.`, HINTS[command[0] ?? ""]);

const HINTS: Record<string, string> = {
  systemctl:
    "See whether systemd answers: systemctl --user status. It does in a session that was logged in to, not under su or sudo.",
  launchctl: "launchd takes it in a session at the screen of this machine, not over SSH.",
  crontab: "See whether you may use cron: crontab -l",
};
