import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import BudgetsCheck from "../../src/commands/budgets/check.js";
import BudgetsNotify from "../../src/commands/budgets/notify.js";
import BudgetsSet from "../../src/commands/budgets/set.js";
import Export from "../../src/commands/export.js";
import Sync from "../../src/commands/sync.js";
import type { NotifyJson } from "../../src/lib/command/notify.js";
import { answer, fileIn, type Home, newHome, refusal, runCommand } from "../support/cli.js";
import { startAnswering } from "../support/answering-server.js";
import { keepDatabasesOpen, openHome } from "../support/open-database.js";
import { finding } from "../doctor/setup.js";
import { added, imported } from "./answers.js";

keepDatabasesOpen();
afterEach(() => vi.useRealTimers());

/** A program that keeps what it is told, and what it can know of its surroundings. */
const listener = (home: Home, name = "told", exit = 0) => {
  const file = path.join(home.folder, name);
  const script = fileIn(
    home,
    `${name}.sh`,
    `#!/bin/sh\n{ cat; env; echo "arguments: $*"; } >> '${file}'\nexit ${exit}\n`,
  );
  chmodSync(script, 0o755);
  const told = (): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
  return { script, told, lines: () => told().match(/^Budget .*$/gm) ?? [] };
};

const notify = (home: Home, ...argv: string[]) => answer<NotifyJson>(BudgetsNotify, argv, home);
const check = (home: Home, env: Record<string, string> = {}) => runCommand(BudgetsCheck, [], home, env);
const spend = (home: Home, cost: string, ...more: string[]) =>
  added(home, "-p", "openai", "-c", cost, "-d", "2026-11-10", ...more);

const at = (moment: string): void => void vi.useFakeTimers({ toFake: ["Date"], now: new Date(moment) });

/** $85 of $100 in November 2026. */
const usedHome = async (): Promise<Home> => {
  at("2026-11-20T12:00:00Z");
  const home = newHome();
  await spend(home, "85", "-m", "gpt-6");
  await answer(BudgetsSet, ["api", "100"], home);
  return home;
};

describe("notices of budgets", () => {
  it("tell each share of each period once, the largest that is reached", async () => {
    const home = await usedHome();
    const { script, lines } = listener(home);
    await notify(home, "--command", script, "--at", "100,50,80");
    expect((await check(home)).exit).toBe(0);
    expect(lines()).toEqual(["Budget api: 85% used, $85.00 of $100.00 from 2026-11-01 to 2026-11-30."]);
    await check(home);
    expect((await runCommand(Sync, [], home)).exit).toBe(0);
    expect(lines()).toHaveLength(1);
    await spend(home, "30");
    const synced = await answer<{ notices: object[] }>(Sync, [], home);
    expect(synced.notices).toMatchObject([{ about: "budget", name: "api", share: 100, exceeded: true }]);
    expect(lines()[1]).toBe(
      "Budget api: 115% used, $115.00 of $100.00 from 2026-11-01 to 2026-11-30. It is exceeded since 2026-11-10: $115.00 of $100.00. Most of it so far: gpt-6 at openai, $85.00 (73.9%).",
    );
    expect((await check(home)).exit).toBe(6);
    expect(lines()).toHaveLength(2);
    // Another amount is another budget, and the next month another period.
    await answer(BudgetsSet, ["api", "140"], home);
    await check(home);
    at("2026-12-10T12:00:00Z");
    await added(home, "-p", "openai", "-c", "139", "-d", "2026-12-05");
    await check(home);
    expect(lines().map((line) => line.slice(0, 20))).toEqual([
      "Budget api: 85% used",
      "Budget api: 115% use",
      "Budget api: 82% used",
      "Budget api: 99% used",
    ]);
  });

  it("are sent by one of two machines that share a database", async () => {
    const home = await usedHome();
    const other = { ...home, configDir: path.join(home.folder, "other-config") };
    const [one, two] = [listener(home, "one"), listener(home, "two")];
    await notify(home, "--command", one.script);
    await notify(other, "--command", two.script);
    await check(home);
    await check(other);
    await check(home);
    expect([one.lines().length, two.lines().length]).toEqual([1, 0]);
  });

  it("are tried again if the program fails, which the exit code says unless a budget is exceeded", async () => {
    const home = await usedHome();
    const broken = listener(home, "broken", 3);
    await notify(home, "--command", broken.script);
    const failed = await runCommand(BudgetsCheck, ["--json"], home);
    expect(failed.exit).toBe(5);
    expect(failed.stderr).toContain("The notice was not sent: broken.sh ended with 3.");
    expect(JSON.parse(failed.stdout)).toMatchObject({
      notices: [],
      warnings: ["The notice was not sent: broken.sh ended with 3."],
    });
    expect((await runCommand(Sync, ["--json"], home)).exit).toBe(5);
    const good = listener(home, "good");
    await notify(home, "--command", good.script);
    await check(home);
    expect(good.lines()).toHaveLength(1);
  });

  it("that could not be sent are told by the doctor until one can, and so is a program that is gone", async () => {
    const home = await usedHome();
    const doctor = () => finding(home, "notices");
    expect(await doctor()).toBeUndefined();
    const broken = listener(home, "broken", 3);
    await notify(home, "--command", broken.script);
    expect(await doctor()).toEqual({ state: "ok", says: `of budgets: ${broken.script}`, type: null });
    await check(home);
    expect(await doctor()).toEqual({
      ...{ state: "wrong", type: "aicost budgets notify --test" },
      says: "one of budgets could not be sent on 2026-11-20: broken.sh ended with 3",
    });
    // It works again, and the next run sends what is due.
    fileIn(home, "broken.sh", "#!/bin/sh\ncat\n");
    expect((await check(home)).exit).toBe(0);
    expect(await doctor()).toMatchObject({ state: "ok" });
    rmSync(broken.script);
    expect(await doctor()).toEqual({
      state: "wrong",
      says: `those of budgets cannot be sent: there is no program ${broken.script} any more`,
      type: "aicost budgets notify --command /path/to/script --test",
    });
    const file = path.join(home.configDir, "config.json");
    writeFileSync(
      file,
      '{"notices": {"local": {"anomalies": {"webhook": "http://example.com/secret-path"}}}}',
    );
    const address = await doctor();
    expect(address).toMatchObject({ state: "wrong" });
    expect(address?.says).toBe(
      "those of anomalies cannot be sent: the address http://example.com/… cannot be used",
    );
  });

  it("keep their target if only the shares change", async () => {
    const home = newHome();
    const refused = await refusal(BudgetsNotify, ["--at", "50"], home);
    expect(refused).toMatchObject({ code: "notice_target_missing" });
    const { script } = listener(home);
    await notify(home, "--command", script);
    const changed = { to: "command", target: script, at: [50, 90] };
    expect((await notify(home, "--at", "90,50")).notify).toEqual(changed);
    expect((await notify(home)).notify).toEqual(changed);
  });

  it("go to no one unless this machine says so, and no more after --off", async () => {
    const home = await usedHome();
    const { script, told } = listener(home);
    expect(await notify(home)).toEqual({ notify: null, tested: false });
    expect(await refusal(BudgetsNotify, ["--test"], home)).toMatchObject({ code: "notice_target_missing" });
    expect(await notify(home, "--command", `${script} 'two words' "three"`, "--test")).toEqual({
      notify: { to: "command", target: `${script} 'two words' three`, at: [80, 100] },
      tested: true,
    });
    expect(told()).toContain(
      "This is a test of aicost: notices of budgets of the profile local arrive here.\n",
    );
    expect(told()).toContain("arguments: two words three\n");
    await notify(home, "--off");
    expect(await notify(home)).toEqual({ notify: null, tested: false });
    await check(home);
    expect(told()).not.toContain("Budget api");
    expect(readFileSync(path.join(home.configDir, "config.json"), "utf8")).not.toContain("notices");
  });

  it.each([
    ["tell me | mail me", "bad_command"],
    ["echo $HOME", "bad_command"],
    ["'half", "bad_command"],
    [" ", "bad_command"],
    ["/no/such/program", "bad_command"],
    ["no-such-program-anywhere", "bad_command"],
    ["/bin/echo sk-ant-api03-aaaaaaaaaaaaaaaaaaaaaaaa", "key_is_secret"],
  ])("refuse the command %s", async (command, code) => {
    const refused = await refusal(BudgetsNotify, ["--command", command], newHome());
    expect(refused).toMatchObject({ code, exit: 2 });
    expect(JSON.stringify(refused)).not.toContain("aaaa");
  });

  it.each([
    "http://example.com/secret-path",
    "ftp://example.com/secret-path",
    "https://a:secret-path@example.com",
  ])("refuse the address %s, and do not show its path", async (url) => {
    const refused = await refusal(BudgetsNotify, ["--webhook", url], newHome());
    expect(refused).toMatchObject({ code: "bad_webhook", exit: 2 });
    expect(JSON.stringify(refused)).not.toContain("secret-path");
  });

  it("go to a webhook as JSON, and follow no redirect", async () => {
    const home = await usedHome();
    const asked: { url: string; body: string }[] = [];
    let status = 302;
    const bodyOf = async (request: IncomingMessage): Promise<string> => {
      let body = "";
      request.on("data", (piece) => (body += String(piece)));
      await once(request, "end");
      return body;
    };
    const server = await startAnswering((request, response) => {
      void bodyOf(request).then((body) => {
        asked.push({ url: request.url ?? "", body });
        response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end();
      });
    });
    try {
      const set = await notify(home, "--webhook", `${server.url}/secret-path`);
      expect(JSON.stringify(set)).not.toContain("secret-path");
      const redirected = await check(home);
      expect(redirected.stderr).toContain("redirects (302), which aicost does not follow");
      expect(redirected.stderr).not.toContain("secret-path");
      expect(asked.map(({ url }) => url)).toEqual(["/secret-path"]);
      status = 204;
      await check(home);
      await check(home);
      expect(asked).toHaveLength(2);
      expect(JSON.parse(asked[1]!.body)).toMatchObject({
        text: "Budget api: 85% used, $85.00 of $100.00 from 2026-11-01 to 2026-11-30.",
        notices: [{ about: "budget", name: "api", share: 80, spent: "85", from: "2026-11-01" }],
      });
    } finally {
      await server.stop();
    }
    const gone = await runCommand(BudgetsNotify, ["--test"], home);
    expect(gone.exit).toBe(5);
    expect(gone.stderr).not.toContain("secret-path");
  });
});

describe("an attacker who can write to the database", () => {
  it("makes no machine run anything, and brings no secret into a notice", async () => {
    at("2026-11-20T12:00:00Z");
    const home = newHome();
    const trap = path.join(home.folder, "trapped");
    const evil = `$(touch ${trap}); \`touch ${trap}\``;
    const secret = `sk-ant-api03-${"a".repeat(30)}`;
    const file = fileIn(home, "spend.csv", `when,usd,model\n2026-11-10,150,${evil} ${secret}\n`);
    await imported(home, file, "--map", "date=when,cost=usd,model=model", "--provider", "openai");
    const store = await openHome(home);
    const run = { command: ["/bin/touch", trap] };
    const { metadata } = await store.call("get_preferences", {});
    await store.call("set_preferences", {
      changes: {
        metadata: { ...metadata, notices: { local: { budgets: { ...run, at: [1] } } }, notify: run } as never,
      },
    });
    const budget = {
      ...{ name: "api", amount: "100", currency: "USD", period: "month" as const, reset_day: null },
      ...{ providers: [], models: [], projects: [], tags: [], kinds: [] },
    };
    await store.call("set_budget", {
      budget: { ...budget, ...run, webhook: "http://127.0.0.1:1/" } as never,
    });
    await store.close();
    // This machine has no config of its own.
    await check(home);
    await runCommand(Sync, [], home);
    expect(existsSync(trap)).toBe(false);
    // Another one has: it runs its own program, with the words as they are on standard input.
    const { script, told, lines } = listener(home);
    await notify(home, "--command", script);
    await check(home, { AICOST_ACCESS_TOKEN: "", AICOST_DB_URL: "postgres://user:hidden-word@host/db" });
    expect(lines()).toHaveLength(1);
    expect(told()).toContain(`touch ${trap}`);
    expect(told()).toContain("arguments: \n");
    expect(told()).not.toMatch(/hidden-word|sk-ant/);
    expect(existsSync(trap)).toBe(false);
  });

  it("brings no command in an archive, and takes none out", async () => {
    const home = await usedHome();
    const { script } = listener(home);
    await notify(home, "--command", script);
    const file = path.join(home.folder, "all.aicost");
    await runCommand(Export, ["--output", file], home);
    const text = readFileSync(file, "latin1");
    expect(text).not.toContain(script);
    const other = newHome();
    await imported(other, file);
    expect(existsSync(path.join(other.configDir, "config.json"))).toBe(false);
    expect(await notify(other)).toEqual({ notify: null, tested: false });
  });

  it.each([
    [{ command: ["touch", "trapped"] }],
    [{ command: "/bin/touch trapped" }],
    [{ command: ["/bin/touch", 5] }],
    [{ command: ["/bin/touch"], webhook: "https://example.com" }],
    [{}],
  ])("is stopped by a config file that says %j", async (target) => {
    const home = await usedHome();
    const config = { notices: { local: { budgets: { ...target, at: [80] } } } };
    writeFileSync(path.join(home.configDir, "config.json"), JSON.stringify(config));
    expect(await refusal(BudgetsCheck, [], home)).toMatchObject({ code: "config_broken" });
  });

  it("is not sent what a config file that was edited by hand wants to send in the open", async () => {
    const home = await usedHome();
    const config = { notices: { local: { budgets: { webhook: "http://example.com/hook", at: [80] } } } };
    writeFileSync(path.join(home.configDir, "config.json"), JSON.stringify(config));
    expect((await check(home)).stderr).toContain("is not encrypted");
  });
});
