import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { aicost, errorOf, type Home, inTerminal, newHome, ROOT, sample, start } from "../support/cli.js";
import { homeWithDatabase, openHome } from "../support/open-database.js";

/** A process that opens the store of a home and keeps it open; it is killed when the test is over. */
const holder = async ({ dataDir }: Home): Promise<ChildProcess> => {
  const code = `
    const { openEmbedded } = await import(${JSON.stringify(path.join(ROOT, "dist/lib/store/embedded.js"))});
    const store = await openEmbedded({
      dataDir: ${JSON.stringify(dataDir)}, command: "import", heavy: false, waitMs: 0, onWait() {},
    });
    process.stdin.once("data", async () => {
      await store.close();
      process.exit();
    });
    process.stdout.write("open");`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", code], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  await once(child.stdout, "data");
  return child;
};

describe("the lock", () => {
  it("lets a second process wait, and go on when the first is done", async () => {
    const home = await homeWithDatabase();
    const first = await holder(home);
    const second = start(["add", "--provider", "openai", "--cost", "1", "--json"], home);
    await sleep(1500);
    expect(second.child.exitCode).toBeNull();
    first.stdin?.write("done");
    expect(await second.outcome).toMatchObject({ exit: 0, stderr: "" });
  });

  it("ends the wait after AICOST_WAIT seconds with exit 5, and says who holds it", async () => {
    const home = await homeWithDatabase();
    const { pid } = await holder(home);
    const outcome = await aicost(["report", "--json"], home, { env: { AICOST_WAIT: "1" } });
    expect(outcome).toMatchObject({ exit: 5, stderr: "" });
    const { code, message, hint } = errorOf(outcome);
    expect(code).toBe("database_in_use");
    expect(message).toMatch(
      new RegExp(
        `^The database is in use by “aicost import” \\(process ${pid}, since \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d\\); waited 1 s\\.$`,
      ),
    );
    expect(hint).toBe("Run the command again when that is done. AICOST_WAIT=SECONDS waits longer.");
  });

  it("is waited for by an import until Ctrl+C", async () => {
    const home = await homeWithDatabase();
    await holder(home);
    const { child, outcome } = start(["import", sample("openai_cost_2025.csv")], home);
    await sleep(1500);
    expect(child.exitCode).toBeNull();
    child.kill("SIGINT");
    expect(await Promise.race([outcome, sleep(3000)])).toEqual({
      exit: 130,
      stdout: "",
      stderr: "Stopped. Nothing was written.\n",
    });
  });

  it("is free at once when its holder is killed", async () => {
    const home = await homeWithDatabase();
    const first = await holder(home);
    first.kill("SIGKILL");
    await once(first, "close");
    const outcome = await aicost(["report", "--json"], home, { env: { AICOST_WAIT: "0" } });
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  });

  it("holds within one process, too", async () => {
    const home = await homeWithDatabase();
    const store = await openHome(home);
    await expect(openHome(home)).rejects.toMatchObject({ code: "database_in_use", exit: 5 });
    await store.close();
    await (await openHome(home)).close();
  });

  it("tells a person at a terminal whom it waits for", async () => {
    const home = await homeWithDatabase();
    const first = await holder(home);
    const terminal = inTerminal(["prefs"], home);
    await terminal.shows(`Waiting for “aicost import” (process ${first.pid}`);
    first.stdin?.write("done");
    await terminal.shows("timezone");
    expect((await terminal.ended).exit).toBe(0);
  });

  it("refuses a wait that is no number", async () => {
    const outcome = await aicost(["prefs", "--json"], newHome(), { env: { AICOST_WAIT: "soon" } });
    expect(outcome.exit).toBe(2);
    expect(errorOf(outcome)).toEqual({
      code: "bad_wait",
      message: "AICOST_WAIT=soon is not a number of seconds.",
      hint: "For example: AICOST_WAIT=60",
    });
  });
});
