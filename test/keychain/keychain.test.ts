import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { newHome, ROOT } from "../support/cli.js";
import { type Session, startSession } from "../support/secret-service.js";
import { inProcess } from "./in-process.js";

let session: Session;
beforeAll(async () => {
  session = await startSession();
});
afterAll(() => session.stop());

describe("an open keychain", () => {
  beforeAll(async () => {
    await session.unlock();
  });

  it("keeps a secret for other processes, hands out the newest, and forgets it when told to", async () => {
    const { env } = session;
    expect(await inProcess(env, `return secrets.get("session-1")`)).toMatchObject({ result: null, exit: 0 });
    await inProcess(env, `await secrets.set("session-1", "old"); await secrets.set("session-1", "new")`);
    expect(await inProcess(env, `return secrets.get("session-1")`)).toMatchObject({
      result: "new",
      stderr: "",
      exit: 0,
    });
    expect(await session.entries()).toBe(1);
    const { result } = await inProcess(
      env,
      `return [await secrets.remove("session-1"), await secrets.get("session-1"), await secrets.remove("session-1")]`,
    );
    expect(result).toEqual([true, null, false]);
    expect(await session.entries()).toBe(0);
  });

  it.each([
    ["64 kB", `"x".repeat(65536)`],
    ["letters of all kinds", `"naïve 東京 👩‍👩‍👧‍👦 \\"\\\\\\n"`],
    ["what looks like the head of a split value", `"aicost-split:a:2:0123456789abcdef"`],
  ])("gives %s back as it was", async (_what, value) => {
    const { result } = await inProcess(
      session.env,
      `const value = ${value}; await secrets.set("odd", value); return (await secrets.get("odd")) === value`,
    );
    expect(result).toBe(true);
    await inProcess(session.env, `await secrets.remove("odd")`);
    expect(await session.entries()).toBe(0);
  });

  it("serves several calls at once", async () => {
    const { result } = await inProcess(
      session.env,
      `await Promise.all(["a", "b", "c"].map((name) => secrets.set(name, name)));
       return Promise.all(["a", "b", "c"].map(async (name) => [await secrets.get(name), await secrets.remove(name)]))`,
    );
    expect(result).toEqual([
      ["a", true],
      ["b", true],
      ["c", true],
    ]);
  });

  it("refuses what it cannot keep whole", async () => {
    const { result, exit } = await inProcess(session.env, `await secrets.set("cut", "before\\0after")`);
    expect(result).toMatchObject({
      error: {
        code: "keychain_unavailable",
        message: "The keychain cannot be used: it did not keep what it was given.",
      },
    });
    expect(exit).toBe(5);
    await inProcess(session.env, `await secrets.remove("cut")`);
  });
});

describe("a keychain with short entries", () => {
  const split = "{ longest: 60 }";
  const long = (seed: string): string => `"${seed}👩‍👩‍👧‍👦é".repeat(40)`;

  beforeAll(async () => {
    await session.unlock();
  });
  beforeEach(async () => {
    expect(await session.entries()).toBe(0);
  });

  it("keeps a long secret in parts, and leaves none of them behind", async () => {
    const { env } = session;
    const write = async (value: string) => {
      const { result } = await inProcess(
        env,
        `const value = ${value}; await secrets.set("long", value); return (await secrets.get("long")) === value`,
        split,
      );
      expect(result).toBe(true);
      return session.entries();
    };
    const many = await write(long("one"));
    expect(many).toBeGreaterThan(10);
    expect(await write(long("two"))).toBe(many);
    const fewer = await write(`${long("three")}.slice(0, 300)`);
    expect(fewer).toBeLessThan(many);
    expect(await write(`"short"`)).toBe(1);
    await write(long("four"));
    expect((await inProcess(env, `return secrets.remove("long")`, split)).result).toBe(true);
  });

  it("measures in bytes, not in characters", async () => {
    await inProcess(session.env, `await secrets.set("long", "é".repeat(31))`, split);
    expect(await session.entries()).toBeGreaterThan(1);
    await inProcess(session.env, `await secrets.set("long", "e".repeat(60))`, split);
    expect(await session.entries()).toBe(1);
    await inProcess(session.env, `await secrets.remove("long")`, split);
  });

  it("still has the old secret when a process is killed while it writes a new one", async () => {
    const { env } = session;
    await inProcess(env, `await secrets.set("long", ${long("old")})`, split);
    const before = await session.entries();
    const child = spawn(process.execPath, [path.join(ROOT, "dist/lib/secrets/keychain-process.js")], {
      env: { PATH: process.env["PATH"], ...env },
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.stdin.end(JSON.stringify({ do: "set", name: "long", value: "x".repeat(100_000), longest: 60 }));
    while ((await session.entries()) < before + 20) await sleep(10);
    child.kill("SIGKILL");

    const { result } = await inProcess(env, `return (await secrets.get("long")) === ${long("old")}`, split);
    expect(result).toBe(true);
    await inProcess(env, `await secrets.set("long", "short")`, split);
    expect(await session.entries()).toBe(1);
    await inProcess(env, `await secrets.remove("long")`, split);
  });

  it("does not hand out a secret of which a part is gone", async () => {
    const { env } = session;
    await inProcess(env, `await secrets.set("long", ${long("one")})`, split);
    await inProcess(env, `await secrets.remove("long#a2")`);
    const { result, exit } = await inProcess(env, `return secrets.get("long")`, split);
    expect(result).toMatchObject({ error: { code: "secret_missing" } });
    expect(exit).toBe(5);
    await inProcess(env, `await secrets.remove("long")`, split);
    // Parts are looked for up to the first that is not there.
    await inProcess(env, `for (let at = 3; await secrets.remove("long#a" + at); at += 1);`);
  });
});

describe("a locked keychain", () => {
  beforeAll(async () => {
    await session.unlock();
    await inProcess(session.env, `await secrets.set("session-1", "kept")`);
    await session.lock();
  });

  it("says neither that it holds a secret nor that it does not, and keeps it", async () => {
    const { env } = session;
    expect(await inProcess(env, `return secrets.get("session-1")`)).toMatchObject({ result: null });
    expect(await inProcess(env, `return secrets.remove("session-1")`)).toMatchObject({ result: false });
    await session.unlock();
    expect(await inProcess(env, `return secrets.get("session-1")`)).toMatchObject({ result: "kept" });
    await session.lock();
  });

  it("takes no secret, and says how to go on", async () => {
    const { result, exit, seconds } = await inProcess(session.env, `await secrets.set("session-2", "value")`);
    expect(result).toEqual({
      error: {
        code: "keychain_locked",
        message: "The keychain is locked, or was never set up.",
        hint: expect.stringMatching(/^Unlock it[^]*AICOST_SECRETS=file[^]*AICOST_ACCESS_TOKEN/) as string,
      },
    });
    expect(exit).toBe(5);
    expect(seconds).toBeLessThan(5);
  });
});

describe("no keychain", () => {
  const waysOut = expect.stringMatching(/AICOST_SECRETS=file[^]*AICOST_ACCESS_TOKEN/) as string;
  const script = (call: string): string => `return secrets.${call}`;
  const calls = [`get("a")`, `set("a", "b")`, `remove("a")`];

  const expectUnavailable = async (env: Record<string, string>, message: string): Promise<void> => {
    for (const call of calls) {
      const { result, exit, seconds } = await inProcess(env, script(call));
      expect(result, call).toEqual({ error: { code: "keychain_unavailable", message, hint: waysOut } });
      expect(exit, call).toBe(5);
      expect(seconds, call).toBeLessThan(5);
    }
  };

  it("is said to be there without D-Bus", async () => {
    const { folder } = newHome();
    const message = "The keychain cannot be used: there is no D-Bus session here.";
    await expectUnavailable({ HOME: folder, XDG_RUNTIME_DIR: folder }, message);
    await expectUnavailable({ HOME: folder, DBUS_SESSION_BUS_ADDRESS: `unix:path=${folder}/gone` }, message);
  });

  it("is said to be there if nothing offers the Secret Service", async () => {
    const bare = await startSession();
    try {
      await expectUnavailable(
        bare.env,
        "The keychain cannot be used: no program here offers the Secret Service.",
      );
    } finally {
      await bare.stop();
    }
  });

  it("is said to be there if libsecret does not load", async () => {
    // The loader takes the first file of that name, and an empty one is no library.
    const home = newHome();
    writeFileSync(path.join(home.folder, "libsecret-1.so.0"), "");
    await expectUnavailable(
      { ...session.env, LD_LIBRARY_PATH: home.folder },
      "The keychain cannot be used: its library does not load; libsecret-1.so.0 may be missing.",
    );
  });
});

describe("a keychain that does not answer", () => {
  let keyring: ChildProcess;
  beforeEach(async () => {
    keyring = await session.unlock();
    await inProcess(session.env, `await secrets.set("session-1", "kept")`);
    keyring.kill("SIGSTOP");
  });

  it.each([`get("session-1")`, `set("session-1", "new")`, `remove("session-1")`])(
    "lets the process end in seconds if nobody watches: %s",
    async (call) => {
      const { result, exit, seconds } = await inProcess(session.env, `return secrets.${call}`);
      expect(result).toMatchObject({
        error: { code: "keychain_timeout", message: "The keychain did not answer within 3 s." },
      });
      expect(exit).toBe(5);
      expect(seconds).toBeGreaterThan(2.9);
      expect(seconds).toBeLessThan(10);
    },
  );

  it("is waited for if a person watches, who is told of it once", async () => {
    const waking = sleep(4_500).then(() => keyring.kill("SIGCONT"));
    const { result, stderr } = await inProcess(
      session.env,
      `return secrets.get("session-1")`,
      `{ onUnlock: () => process.stderr.write("told\\n") }`,
    );
    await waking;
    expect(result).toBe("kept");
    expect(stderr).toBe("told\n");
  });
});
