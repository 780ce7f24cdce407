import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { carryOut } from "../../src/lib/schedule/carry-out.js";
import { installPlan, uninstallPlan } from "../../src/lib/schedule/index.js";
import type { Job, Scheduler } from "../../src/lib/schedule/job.js";
import { aJob, type Stage, stage } from "./stand-ins.js";

const install = async ({ machine }: Stage, scheduler: Scheduler, job: Job = aJob()): Promise<void> =>
  carryOut(await installPlan(job, scheduler, machine), machine);

const uninstall = async ({ machine }: Stage, only?: Scheduler): Promise<Scheduler[] | null> => {
  const plan = await uninstallPlan("aicost-sync", machine, only);
  if (plan !== null) await carryOut(plan, machine);
  return plan?.schedulers ?? null;
};

/** The files in a folder of the home, by name. */
const filesIn = ({ home }: Stage, folder: string): Record<string, string> => {
  const whole = path.join(home, folder);
  const names = existsSync(whole) ? readdirSync(whole) : [];
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(whole, name), "utf8")]));
};

const UNITS = ".config/systemd/user";
const AGENTS = "Library/LaunchAgents";
const MINE = "# mine \xff\n\n5 5 * * * backup\n";

describe("systemd", () => {
  it("gets two files and is told of them; uninstalling takes both away", async () => {
    const here = stage(["systemctl"]);
    await install(here, "systemd");
    expect(Object.keys(filesIn(here, UNITS))).toEqual(["aicost-sync.service", "aicost-sync.timer"]);
    expect(here.calls()).toEqual([
      "systemctl --user daemon-reload",
      "systemctl --user enable --now aicost-sync.timer",
    ]);
    expect(await uninstall(here)).toEqual(["systemd"]);
    expect(filesIn(here, UNITS)).toEqual({});
    expect(here.calls().slice(2)).toEqual([
      "systemctl --user disable --now aicost-sync.timer",
      "systemctl --user daemon-reload",
    ]);
    expect(await uninstall(here)).toBeNull();
  });

  it("has what was installed last, and other units stay", async () => {
    const here = stage(["systemctl"]);
    await install(here, "systemd", aJob({ name: "aicost-sync-work" }));
    await install(here, "systemd");
    await install(here, "systemd", aJob({ everyHours: 24 }));
    const files = filesIn(here, UNITS);
    expect(Object.keys(files)).toHaveLength(4);
    expect(files["aicost-sync.timer"]).toContain("09:17:00");
    expect(await uninstall(here)).toEqual(["systemd"]);
    expect(Object.keys(filesIn(here, UNITS))).toEqual(["aicost-sync-work.service", "aicost-sync-work.timer"]);
  });

  it("that refuses leaves nothing behind", async () => {
    const here = stage(["systemctl"]);
    here.fail("systemctl enable", 1, "Failed to connect to bus: No medium found.");
    await expect(install(here, "systemd")).rejects.toMatchObject({
      exit: 5,
      code: "scheduler_failed",
      message:
        "systemctl --user enable --now aicost-sync.timer failed: Failed to connect to bus: No medium found.",
      hint: "Everything is as it was before.\nSee whether systemd answers: systemctl --user status. It does in a session that was logged in to, not under su or sudo.",
    });
    expect(filesIn(here, UNITS)).toEqual({});
    expect(here.calls().at(-1)).toBe("systemctl --user daemon-reload");
  });

  it("that refuses has the earlier job again", async () => {
    const here = stage(["systemctl"]);
    await install(here, "systemd");
    const before = filesIn(here, UNITS);
    here.fail("systemctl enable", 1, "No.");
    await expect(install(here, "systemd", aJob({ everyHours: 24 }))).rejects.toThrow("failed: No.");
    expect(filesIn(here, UNITS)).toEqual(before);
  });

  it("that does not let go of a job keeps it whole", async () => {
    const here = stage(["systemctl"]);
    await install(here, "systemd");
    const before = filesIn(here, UNITS);
    here.fail("systemctl daemon-reload", 1, "");
    await expect(uninstall(here)).rejects.toMatchObject({
      message: "systemctl --user daemon-reload failed: it ended with 1.",
      hint: expect.stringMatching(/^Everything is as it was before\.\n/) as string,
    });
    expect(filesIn(here, UNITS)).toEqual(before);
    expect(here.calls().at(-1)).toBe("systemctl --user enable --now aicost-sync.timer");
    here.mend();
    expect(await uninstall(here)).toEqual(["systemd"]);
  });

  it("is told what could not be put back", async () => {
    const here = stage(["systemctl"]);
    await install(here, "systemd");
    here.fail("systemctl daemon-reload", 1, "No.");
    here.fail("systemctl enable", 1, "No.");
    await expect(uninstall(here)).rejects.toMatchObject({
      hint: expect.stringMatching(
        /^This could not be put back as it was: systemctl --user enable --now aicost-sync\.timer\.\n/,
      ) as string,
    });
  });

  it("cannot be set up if its folder cannot be made", async () => {
    const here = stage(["systemctl"]);
    writeFileSync(path.join(here.home, ".config"), "");
    await expect(install(here, "systemd")).rejects.toMatchObject({
      exit: 5,
      code: "scheduler_failed",
      message: `The file ${here.home}/${UNITS}/aicost-sync.service cannot be written: its parent is not a folder.`,
    });
    expect(here.calls()).toEqual([]);
  });

  it("keeps the first file out if the second cannot be written", async () => {
    const here = stage(["systemctl"]);
    mkdirSync(path.join(here.home, UNITS, "aicost-sync.timer"), { recursive: true });
    await expect(install(here, "systemd")).rejects.toMatchObject({ code: "scheduler_failed" });
    expect(readdirSync(path.join(here.home, UNITS))).toEqual(["aicost-sync.timer"]);
  });
});

describe("launchd", () => {
  const calls = (here: Stage) => here.calls().map((call) => call.replaceAll(here.home, "HOME"));
  const plist = "HOME/Library/LaunchAgents/dev.aicost.sync.plist";

  it("gets a file, is told to let go of the old one first, and to let go of it at the end", async () => {
    const here = stage(["launchctl"], "darwin");
    await install(here, "launchd");
    expect(calls(here)).toEqual([`launchctl bootstrap gui/501 ${plist}`]);
    await install(here, "launchd", aJob({ everyHours: 24 }));
    expect(calls(here).slice(1)).toEqual([
      "launchctl bootout gui/501/dev.aicost.sync",
      `launchctl bootstrap gui/501 ${plist}`,
    ]);
    expect(await uninstall(here)).toEqual(["launchd"]);
    expect(filesIn(here, AGENTS)).toEqual({});
    expect(calls(here).at(-1)).toBe("launchctl bootout gui/501/dev.aicost.sync");
  });

  it("may have forgotten the job already", async () => {
    const here = stage(["launchctl"], "darwin");
    await install(here, "launchd");
    here.fail("launchctl bootout", 3, "Boot-out failed: 3: No such process");
    await install(here, "launchd");
    expect(await uninstall(here)).toEqual(["launchd"]);
    expect(filesIn(here, AGENTS)).toEqual({});
  });

  it("is asked again while it still lets go of the old job", async () => {
    const here = stage(["launchctl"], "darwin");
    await install(here, "launchd");
    here.fail("launchctl bootstrap", 5, "Bootstrap failed: 5: Input/output error", true);
    await install(here, "launchd");
    expect(calls(here).filter((call) => call.includes("bootstrap"))).toHaveLength(3);
  });

  it("that refuses a job has the earlier one again", async () => {
    const here = stage(["launchctl"], "darwin");
    await install(here, "launchd");
    const before = filesIn(here, AGENTS);
    here.fail("launchctl bootstrap", 125, "Bootstrap failed: 125: Domain does not support it", true);
    await expect(install(here, "launchd", aJob({ everyHours: 24 }))).rejects.toMatchObject({
      exit: 5,
      code: "scheduler_failed",
      message: `launchctl bootstrap gui/501 ${here.home}/${AGENTS}/dev.aicost.sync.plist failed: Bootstrap failed: 125: Domain does not support it.`,
    });
    expect(filesIn(here, AGENTS)).toEqual(before);
    expect(calls(here).at(-1)).toBe(`launchctl bootstrap gui/501 ${plist}`);
  });
});

describe("cron", () => {
  const mine = Buffer.from(MINE, "latin1");

  it("gets one entry, however often it is installed, and nothing of it stays", async () => {
    const here = stage(["crontab"]);
    here.setCrontab(mine);
    await install(here, "cron");
    await install(here, "cron", aJob({ everyHours: 24 }));
    const text = here.crontab()?.toString("latin1") ?? "";
    expect(text.startsWith(MINE)).toBe(true);
    expect(text.slice(MINE.length).split("\n")).toHaveLength(4);
    expect(text).toContain("\n17 9 * * * XDG_RUNTIME_DIR=/run/user/501 ");
    expect(await uninstall(here)).toEqual(["cron"]);
    expect(here.crontab()).toEqual(mine);
    expect(await uninstall(here)).toBeNull();
  });

  it("has no crontab again if it had none", async () => {
    const here = stage(["crontab"]);
    await install(here, "cron");
    expect(here.crontab()).not.toBeNull();
    expect(await uninstall(here)).toEqual(["cron"]);
    expect(here.crontab()).toBeNull();
  });

  it("is not touched if the crontab cannot be read", async () => {
    const here = stage(["crontab"]);
    here.setCrontab(mine);
    here.fail("crontab -l", 1, "You (ada) are not allowed to use this program (crontab)");
    const unreadable = {
      exit: 5,
      code: "crontab_unreadable",
      message: "Your crontab cannot be read: You (ada) are not allowed to use this program (crontab).",
      hint: "See what it says to: crontab -l",
    };
    await expect(install(here, "cron")).rejects.toMatchObject(unreadable);
    await expect(uninstall(here)).rejects.toMatchObject(unreadable);
    expect(here.crontab()).toEqual(mine);
    expect(here.calls().filter((call) => call !== "crontab -l")).toEqual([]);
  });

  it("is not touched if somebody edits the crontab in the meantime", async () => {
    const here = stage(["crontab"]);
    const plan = await installPlan(aJob(), "cron", here.machine);
    here.setCrontab(mine);
    await expect(carryOut(plan, here.machine)).rejects.toMatchObject({
      exit: 5,
      code: "crontab_changed",
      message: "Your crontab was changed by another program in the meantime.",
    });
    expect(here.crontab()).toEqual(mine);
  });

  it("that refuses the crontab says why in one line", async () => {
    const here = stage(["crontab"]);
    here.fail("crontab -", 1, '"-":5: bad minute');
    await expect(install(here, "cron")).rejects.toMatchObject({
      exit: 5,
      code: "scheduler_failed",
      message: 'crontab - failed: "-":5: bad minute.',
      hint: "Everything is as it was before.\nSee whether you may use cron: crontab -l",
    });
    expect(here.crontab()).toBeNull();
  });

  it.each([
    "no crontab for ada",
    "crontab: no crontab for ada",
    "crontab: can't open 'ada': No such file or directory",
  ])("has no crontab if crontab says “%s”", async (said) => {
    const here = stage(["crontab"]);
    here.fail("crontab -l", 1, said);
    const { steps } = await installPlan(aJob(), "cron", here.machine);
    expect(steps).toMatchObject([{ do: "crontab", before: Buffer.alloc(0) }]);
  });
});

describe("another scheduler than before", () => {
  it("takes the job over, so that it does not run twice", async () => {
    const here = stage(["systemctl", "crontab"]);
    here.setCrontab(MINE);
    await install(here, "cron");
    await install(here, "systemd");
    expect(here.crontab()?.toString()).toBe(MINE);
    expect(Object.keys(filesIn(here, UNITS))).toHaveLength(2);
    await install(here, "cron");
    expect(here.crontab()?.toString()).toContain("aicost-sync: begin");
    expect(filesIn(here, UNITS)).toEqual({});
  });

  it("does not take it over if the former does not let go", async () => {
    const here = stage(["systemctl", "crontab"]);
    await install(here, "systemd");
    here.fail("systemctl disable", 1, "No.");
    await expect(install(here, "cron")).rejects.toThrow("failed: No.");
    expect(here.crontab()).toBeNull();
    expect(Object.keys(filesIn(here, UNITS))).toHaveLength(2);
  });

  it("can be set up by somebody who may not use cron", async () => {
    const here = stage(["systemctl", "crontab"]);
    here.fail("crontab -l", 1, "You (ada) are not allowed to use this program (crontab)");
    await install(here, "systemd");
    expect(Object.keys(filesIn(here, UNITS))).toHaveLength(2);
    expect(await uninstall(here, "systemd")).toEqual(["systemd"]);
  });

  it("and all of them are found to be taken away", async () => {
    const here = stage(["systemctl", "crontab"]);
    await install(here, "systemd");
    const units = filesIn(here, UNITS);
    await install(here, "cron");
    for (const [name, text] of Object.entries(units)) writeFileSync(path.join(here.home, UNITS, name), text);
    expect(await uninstall(here)).toEqual(["systemd", "cron"]);
    expect(filesIn(here, UNITS)).toEqual({});
    expect(here.crontab()).toBeNull();
  });

  it("finds half of a job, too", async () => {
    const here = stage(["systemctl"]);
    await install(here, "systemd");
    rmSync(path.join(here.home, UNITS, "aicost-sync.timer"));
    expect(await uninstall(here)).toEqual(["systemd"]);
    expect(filesIn(here, UNITS)).toEqual({});
  });
});
