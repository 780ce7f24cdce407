import { describe, expect, it } from "vitest";
import { carryOut } from "../../src/lib/schedule/carry-out.js";
import { installPlan, SCHEDULERS } from "../../src/lib/schedule/index.js";
import { installedJobs } from "../../src/lib/schedule/installed/index.js";
import type { Scheduler } from "../../src/lib/schedule/job.js";
import { aJob, type Stage, stage } from "./stand-ins.js";

/** A machine with one scheduler, which has a job. */
const withJob = async (scheduler: Scheduler, program = aJob().program): Promise<Stage> => {
  const tools = { systemd: "systemctl", launchd: "launchctl", cron: "crontab" } as const;
  const here = stage([tools[scheduler]], scheduler === "launchd" ? "darwin" : "linux");
  await carryOut(await installPlan(aJob({ program }), scheduler, here.machine), here.machine);
  return here;
};

const found = ({ machine }: Stage) => installedJobs("aicost-sync", machine);

const STRANGE = [
  ["/opt/100 % node/bin/node", "/opt/it's a \\ path/run.cjs", "sync", "--provider", "a & <b>"],
  ["/opt/it's/$HOME/node", '/opt/"quoted"/run.cjs', "sync", "$$x"],
];

describe("a job that is installed", () => {
  it.each(
    SCHEDULERS.flatMap((scheduler) =>
      [aJob().program, ...STRANGE].map((program) => [scheduler, program] as const),
    ),
  )("is read back from %s word by word: %j", async (scheduler, program) => {
    const here = await withJob(scheduler, program);
    expect(await found(here)).toEqual([{ scheduler, program, stopped: null, lastRun: null }]);
    expect(await installedJobs("aicost-sync-work", here.machine)).toEqual([]);
  });

  it("has had a last run, or does not run at all, as systemd says", async () => {
    const here = await withJob("systemd");
    const says = (state: string, at: string, result: string, code: number) =>
      here.says(
        "systemctl show",
        `Id=aicost-sync.timer\nActiveState=${state}\nLastTriggerUSec=${at}\nResult=success\n\nId=aicost-sync.service\nActiveState=inactive\nResult=${result}\nExecMainStatus=${code}\n`,
      );
    const at = "Sat 2026-11-28 14:05:00 UTC";
    says("active", at, "success", 0);
    expect(await found(here)).toMatchObject([{ stopped: null, lastRun: { at, failure: null } }]);
    says("active", at, "exit-code", 3);
    expect(await found(here)).toMatchObject([{ lastRun: { at, failure: "exit code 3" } }]);
    says("active", at, "timeout", 0);
    expect(await found(here)).toMatchObject([{ lastRun: { at, failure: "timeout" } }]);
    says("inactive", "n/a", "success", 0);
    expect(await found(here)).toMatchObject([
      { stopped: "systemd says that its timer is inactive", lastRun: null },
    ]);
    here.fail("systemctl show", 1, "Failed to connect to bus");
    expect(await found(here)).toMatchObject([{ stopped: null, lastRun: null }]);
  });

  it("may not be loaded, or have failed, as launchd says", async () => {
    const here = await withJob("launchd");
    here.says(
      "launchctl print",
      "gui/501/dev.aicost.sync = {\n\tstate = not running\n\tlast exit code = 3\n}\n",
    );
    expect(await found(here)).toMatchObject([{ lastRun: { at: null, failure: "exit code 3" } }]);
    here.says("launchctl print", "gui/501/dev.aicost.sync = {\n\tlast exit code = (never exited)\n}\n");
    expect(await found(here)).toMatchObject([{ stopped: null, lastRun: null }]);
    here.fail("launchctl print", 113, "Could not find service");
    expect(await found(here)).toMatchObject([{ stopped: "launchd has not loaded it" }]);
  });

  it("is nowhere if the user may not use cron", async () => {
    const here = stage(["crontab"]);
    here.fail("crontab -l", 1, "You (ada) are not allowed to use this program");
    expect(await found(here)).toEqual([]);
  });
});
