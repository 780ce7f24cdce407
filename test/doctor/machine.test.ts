import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { diskFinding } from "../../src/lib/doctor/disk.js";
import { CHECKS } from "../../src/lib/doctor/index.js";
import { examine } from "../../src/lib/doctor/examine.js";
import { UserError } from "../../src/lib/errors.js";
import { carryOut } from "../../src/lib/schedule/carry-out.js";
import { installPlan } from "../../src/lib/schedule/index.js";
import { fileIn, newHome, ROOT } from "../support/cli.js";
import { aJob, stage } from "../schedule/stand-ins.js";
import { finding, looked } from "./setup.js";

describe("aicost doctor looks at the machine", () => {
  it("and finds little room, or too little, on the disk", async () => {
    const GB = 1024 ** 3;
    expect(diskFinding(20 * GB, "/data")).toEqual({ state: "ok", says: "20 GB free for /data", type: null });
    expect(diskFinding(GB / 2, "/data").state).toBe("warning");
    expect(diskFinding(GB / 20, "/data")).toMatchObject({
      state: "wrong",
      says: "51 MB free for /data; aicost needs 96 MB to store anything",
      type: expect.stringContaining("AICOST_DATA_DIR") as string,
    });
    // The folder is not there yet: that above it tells.
    expect(await finding(newHome(), "disk")).toMatchObject({ state: "ok" });
  });

  it("and finds a config that cannot be read, or not be written", async () => {
    const home = newHome();
    expect(await finding(home, "config")).toMatchObject({
      state: "ok",
      says: `profile local, settings in ${home.configDir}`,
    });
    const file = fileIn(home, "no-folder", "");
    chmodSync(file, 0o444);
    const unwritable = await finding({ ...home, configDir: file }, "config");
    expect(unwritable).toMatchObject({
      state: "warning",
      type: expect.stringContaining("AICOST_CONFIG_DIR") as string,
    });
    const profile = (): never => {
      throw new UserError("config_broken", "The config file is not valid JSON.", "Fix it");
    };
    expect(await finding(home, "config", { profile })).toEqual({
      state: "unknown",
      says: "could not be checked: The config file is not valid JSON.",
      type: "Fix it",
    });
  });

  it("and goes on if a check fails", async () => {
    const fails = {
      name: "fails",
      look: () => {
        throw new TypeError("x is undefined");
      },
    };
    const home = newHome();
    const { dataDir, configDir } = home;
    const machine = stage([]).machine;
    const checks = await examine([fails, ...CHECKS.filter(({ name }) => name === "versions")], {
      version: "0.1.0",
      now: new Date(),
      env: {},
      dataDir,
      configDir,
      machine,
      profile: () => ({ kind: "embedded", name: "local" }),
      openStore: () => Promise.reject(new Error()),
    });
    expect(checks[0]).toMatchObject({ state: "unknown", says: "could not be checked: x is undefined" });
    expect(checks[1]).toMatchObject({ name: "versions", state: "ok" });
  });

  it("and finds secrets that others can read, or that are gone", async () => {
    const home = newHome();
    expect(await finding(home, "secrets", { env: { AICOST_SECRETS: "file" } })).toMatchObject({
      state: "ok",
      says: "none yet; they will be in a file that only you can read",
    });
    expect((await finding(home, "secrets", { env: { AICOST_SECRETS: "drawer" } }))?.state).toBe("unknown");
    const session = { id: "s1", kept: "file" as const, user_id: "u1", email: "ada@example.com" };
    const saved = { url: "https://abc.supabase.co", key: "sb_publishable_1", session };
    const profile = () => ({ kind: "hosted" as const, name: "work", ...saved, saved, token: undefined });
    expect(await finding(home, "secrets", { profile })).toEqual({
      state: "wrong",
      says: "the file with the session is gone",
      type: "aicost login --profile work",
    });
    const folder = path.join(home.configDir, "secrets");
    mkdirSync(folder, { mode: 0o700 });
    const file = path.join(folder, "session-s1.secret");
    writeFileSync(file, "{}", { mode: 0o600 });
    expect(await finding(home, "secrets", { profile })).toMatchObject({ state: "ok" });
    chmodSync(file, 0o644);
    expect(await finding(home, "secrets", { profile })).toMatchObject({
      state: "wrong",
      type: expect.stringContaining("chmod 600") as string,
    });
    // A keychain might ask somebody: it stays shut.
    const inKeychain = { ...saved, session: { ...session, kept: "keychain" as const } };
    expect(
      await finding(home, "secrets", { profile: () => ({ ...profile(), saved: inKeychain }) }),
    ).toMatchObject({ state: "ok", says: "session in the keychain, which was not opened" });
  });

  it("and finds a timer whose program is gone, that does not run, or that failed", async () => {
    const here = stage(["systemctl"]);
    const { machine } = here;
    const found = () => finding(newHome(), "timer", { machine });
    expect(await found()).toBeUndefined();
    const job = aJob({ program: [process.execPath, path.join(ROOT, "bin/run.cjs"), "sync"] });
    await carryOut(await installPlan(job, "systemd", machine), machine);
    expect(await found()).toEqual({ state: "ok", says: "systemd runs aicost sync", type: null });
    const says = (state: string, result: string) =>
      here.says(
        "systemctl show",
        `Id=aicost-sync.timer\nActiveState=${state}\nLastTriggerUSec=Sat 2026-11-28 14:05:00 UTC\n\nId=aicost-sync.service\nResult=${result}\nExecMainStatus=3\n`,
      );
    says("active", "success");
    expect((await found())?.says).toBe("systemd runs aicost sync, last at Sat 2026-11-28 14:05:00 UTC");
    says("active", "exit-code");
    expect(await found()).toEqual({
      state: "warning",
      says: "the last run by systemd failed (Sat 2026-11-28 14:05:00 UTC): exit code 3",
      type: "aicost sync shows why",
    });
    says("inactive", "success");
    expect(await found()).toMatchObject({ state: "wrong", type: "aicost sync --install" });
    const gone = aJob({ program: [process.execPath, "/opt/aicost/bin/run.cjs", "sync"] });
    await carryOut(await installPlan(gone, "systemd", machine), machine);
    expect(await found()).toEqual({
      state: "wrong",
      says: "systemd runs /opt/aicost/bin/run.cjs, which is no longer there",
      type: "aicost sync --install",
    });
    expect(await finding(newHome(), "timer", { machine: { ...machine, platform: "win32" } })).toMatchObject({
      state: "unknown",
    });
  });

  it("and finds an old price list even without a database", async () => {
    const home = newHome();
    expect(await finding(home, "prices")).toMatchObject({ state: "ok" });
    expect(await finding(home, "prices", { now: new Date("2027-06-01T12:00:00Z") })).toMatchObject({
      state: "warning",
      type: "aicost prices update",
    });
  });

  it("and has nothing to look at where there is no database", async () => {
    const all = await looked(
      newHome(),
      CHECKS.map(({ name }) => name),
    );
    expect(all.map(({ name }) => name)).toEqual([
      "versions",
      "config",
      "disk",
      "database",
      "secrets",
      "prices",
    ]);
    expect(all.every(({ state }) => state === "ok")).toBe(true);
  });
});
