import { describe, expect, it } from "vitest";
import { chooseScheduler, installPlan, SCHEDULERS, uninstallPlan } from "../../src/lib/schedule/index.js";
import type { Job, Scheduler } from "../../src/lib/schedule/job.js";
import type { Machine } from "../../src/lib/schedule/machine.js";
import { aJob, stage } from "./stand-ins.js";

/** Nobody's home, and no tools: a plan is made without any. */
const ADA: Machine = {
  platform: "linux",
  env: { PATH: "/nowhere", AICOST_ACCESS_TOKEN: "secret", AICOST_DB_URL: "postgresql://u:secret@h/d" },
  home: "/home/ada",
  uid: 1000,
};

const special: Job = {
  name: "aicost-sync-work",
  program: ["/opt/100 % node/bin/node", "/opt/it's/$run.js", "sync", "--profile", "work"],
  env: { AICOST_CONFIG_DIR: '/home/ada/a\\b "c" <d> & %h', AICOST_SECRETS: "file" },
  everyHours: 24,
  minute: 5,
};

const filesOf = async (job: Job, scheduler: Scheduler, machine = ADA): Promise<Record<string, string>> => {
  const { steps } = await installPlan(job, scheduler, machine);
  return Object.fromEntries(
    steps.flatMap((step) => (step.do === "write" ? [[step.path, step.content]] : [])),
  );
};

const lineOf = async (job: Job, machine: Machine): Promise<string | undefined> => {
  const { steps } = await installPlan(job, "cron", machine);
  return steps
    .map((step) => step.do === "crontab" && step.after.toString().split("\n")[1])
    .filter((line) => line !== false)[0];
};

describe("what is shown before a job is installed", () => {
  it.each(SCHEDULERS)("is all that is done, with %s", async (scheduler) => {
    const { shown } = await installPlan(aJob(), scheduler, ADA);
    await expect(`${shown}\n`).toMatchFileSnapshot(`snapshots/${scheduler}.txt`);
  });

  it.each(SCHEDULERS)("has every special character escaped, with %s", async (scheduler) => {
    const { shown } = await installPlan(special, scheduler, ADA);
    await expect(`${shown}\n`).toMatchFileSnapshot(`snapshots/${scheduler}-special.txt`);
  });

  it.each(SCHEDULERS)("has nothing of the environment in it, with %s", async (scheduler) => {
    const plan = await installPlan(aJob(), scheduler, ADA);
    expect(JSON.stringify(plan)).not.toContain("secret");
    expect(plan.shown).not.toMatch(/TOKEN|DB_URL/);
  });
});

describe("the times of a job", () => {
  /** The hours and minutes of a property list. */
  const timesIn = (plist = ""): string[] =>
    [
      ...plist.matchAll(
        /<dict>\s*(?:<key>Hour<\/key>\s*<integer>(\d+)<\/integer>\s*)?<key>Minute<\/key>\s*<integer>(\d+)/g,
      ),
    ].map(([, hour = "*", minute = ""]) => `${hour}:${minute}`);

  it.each([
    [1, "*-*-* *:07:00", "7 * * * *", ["*:7"]],
    [
      4,
      "*-*-* 01,05,09,13,17,21:07:00",
      "7 1,5,9,13,17,21 * * *",
      ["1:7", "5:7", "9:7", "13:7", "17:7", "21:7"],
    ],
    [6, "*-*-* 03,09,15,21:07:00", "7 3,9,15,21 * * *", ["3:7", "9:7", "15:7", "21:7"]],
    [12, "*-*-* 09,21:07:00", "7 9,21 * * *", ["9:7", "21:7"]],
    [24, "*-*-* 09:07:00", "7 9 * * *", ["9:7"]],
  ])("every %i hours have one in the morning", async (everyHours, calendar, fields, times) => {
    const job = aJob({ everyHours, minute: 7 });
    const units = await filesOf(job, "systemd");
    expect(units["/home/ada/.config/systemd/user/aicost-sync.timer"]).toContain(`OnCalendar=${calendar}\n`);
    expect((await lineOf(job, ADA))?.split(" ").slice(0, 5).join(" ")).toBe(fields);
    const agents = await filesOf(job, "launchd");
    expect(timesIn(agents["/home/ada/Library/LaunchAgents/dev.aicost.sync.plist"])).toEqual(times);
  });
});

describe("where a job is written", () => {
  it("is what XDG_CONFIG_HOME says, if that is absolute", async () => {
    const at = async (folder: string) =>
      Object.keys(
        await filesOf(aJob(), "systemd", { ...ADA, env: { ...ADA.env, XDG_CONFIG_HOME: folder } }),
      )[0];
    expect(await at("/etc/ada")).toBe("/etc/ada/systemd/user/aicost-sync.service");
    expect(await at("ada")).toBe("/home/ada/.config/systemd/user/aicost-sync.service");
    expect(await at("")).toBe("/home/ada/.config/systemd/user/aicost-sync.service");
  });

  it("does not tell cron of a session bus if there is none", async () => {
    expect(await lineOf(aJob({ env: {} }), { ...ADA, platform: "darwin" })).toBe(
      "17 3,9,15,21 * * * /usr/bin/node /opt/aicost/bin/run.cjs sync --quiet >/dev/null",
    );
  });

  it.each(SCHEDULERS)("never gets a line break, with %s", async (scheduler) => {
    await expect(
      installPlan(aJob({ env: { AICOST_DATA_DIR: "/a\nb" } }), scheduler, ADA),
    ).rejects.toMatchObject({
      exit: 2,
      code: "bad_schedule",
      message:
        '"AICOST_DATA_DIR" contains a line break or another control character, which no scheduler accepts.',
    });
    await expect(
      installPlan(aJob({ program: ["/usr/bin/node", "/a\rb"] }), scheduler, ADA),
    ).rejects.toMatchObject({
      code: "bad_schedule",
      message: expect.stringMatching(/^"\/a\\rb" /) as string,
    });
  });
});

describe("the scheduler that is chosen", () => {
  it("is launchd on macOS", async () => {
    expect(await chooseScheduler(aJob(), { ...ADA, platform: "darwin" })).toBe("launchd");
  });

  it("is systemd where its manager answers, else cron where it is installed", async () => {
    const { machine, fail, calls } = stage(["systemctl", "crontab"]);
    expect(await chooseScheduler(aJob(), machine)).toBe("systemd");
    expect(calls()).toEqual(["systemctl --user show-environment"]);
    fail("systemctl show-environment", 1, "Failed to connect to bus: No medium found");
    expect(await chooseScheduler(aJob(), machine)).toBe("cron");
  });

  it("is cron where there is no systemd, whether or not there is a crontab", async () => {
    expect(await chooseScheduler(aJob(), stage(["crontab"]).machine)).toBe("cron");
  });

  it("is the one that was asked for, if it works", async () => {
    const { machine, fail } = stage(["systemctl", "crontab"]);
    expect(await chooseScheduler(aJob(), machine, "cron")).toBe("cron");
    fail("systemctl show-environment", 1, "Failed to connect to bus: No medium found");
    await expect(chooseScheduler(aJob(), machine, "systemd")).rejects.toMatchObject({
      exit: 5,
      code: "no_scheduler",
      message: "systemd cannot be used here: it does not answer in this session.",
      hint: "Name none, and one that works is chosen. Or let another program run this every 6 hours: AICOST_CONFIG_DIR=/home/ada/.config/aicost /usr/bin/node /opt/aicost/bin/run.cjs sync --quiet",
    });
    await expect(chooseScheduler(aJob(), machine, "launchd")).rejects.toMatchObject({
      message: "launchd cannot be used here: this is not macOS.",
    });
  });

  it("is none if none is there, and the hint says what to run", async () => {
    await expect(chooseScheduler(special, stage([]).machine)).rejects.toMatchObject({
      exit: 5,
      code: "no_scheduler",
      message:
        "systemd cannot be used here: there is no systemctl. cron cannot be used here: there is no crontab.",
      hint: expect.stringMatching(/^Let another program run this every day: AICOST_CONFIG_DIR='/) as string,
    });
  });

  it("is none on Windows, and the hint has the line for its own", async () => {
    const windows: Machine = { ...ADA, platform: "win32" };
    const program = ["C:\\Program Files\\nodejs\\node.exe", "C:\\aicost\\run.js", "sync", "--quiet"];
    await expect(chooseScheduler(aJob({ program }), windows)).rejects.toMatchObject({
      exit: 5,
      code: "no_scheduler",
      hint: 'Type this in a Command Prompt: setx AICOST_CONFIG_DIR "/home/ada/.config/aicost" && schtasks /Create /TN aicost-sync /SC HOURLY /MO 6 /ST 09:17 /TR "\\"C:\\Program Files\\nodejs\\node.exe\\" C:\\aicost\\run.js sync --quiet"',
    });
    const daily = aJob({ program, env: {}, everyHours: 24, minute: 5 });
    await expect(chooseScheduler(daily, windows)).rejects.toMatchObject({
      hint: expect.stringContaining(
        "Prompt: schtasks /Create /TN aicost-sync /SC DAILY /ST 09:05 /TR ",
      ) as string,
    });
    await expect(uninstallPlan("aicost-sync", windows)).rejects.toMatchObject({
      code: "no_scheduler",
      hint: "Type this in a Command Prompt: schtasks /Delete /TN aicost-sync",
    });
  });
});
