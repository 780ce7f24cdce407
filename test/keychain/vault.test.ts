import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { errorOf, type Home, jsonOf, newHome, type Outcome, runWords } from "../support/cli.js";
import { keepDatabasesOpen } from "../support/open-database.js";
import { type ReplayServer, startReplay } from "../support/replay.js";
import { ANTHROPIC_KEYS, replayAnthropic } from "../support/replay/anthropic.js";
import { type Session, startSession } from "../support/secret-service.js";
import { stored, vaultFile } from "../support/stored-keys.js";

keepDatabasesOpen();

// One keychain has one vault for all embedded databases of its owner, so each test has a keychain of its own.
let session: Session;
beforeEach(async () => {
  session = await startSession();
  await session.unlock();
  return () => session.stop();
});

const KEY = ANTHROPIC_KEYS.admin;

const run = (argv: readonly string[], home: Home, input = ""): Promise<Outcome> =>
  runWords([...argv, "--json"], home, { env: session.env, input });

const add = (home: Home, { url }: ReplayServer, name = "default"): Promise<Outcome> =>
  run(["credentials", "add", "anthropic", "--name", name, "--base-url", url, "--key-stdin"], home, KEY);

const check = (home: Home): Promise<Outcome> => run(["credentials", "check"], home);

const configOf = ({ configDir }: Home): unknown =>
  JSON.parse(readFileSync(path.join(configDir, "config.json"), "utf8"));

describe("a vault in the keychain of the system", { timeout: 120_000 }, () => {
  let home: Home;
  let server: ReplayServer;
  beforeEach(async () => {
    home = newHome();
    server = await startReplay(replayAnthropic);
  });

  /** Stores a key, for which the vault is made. */
  const withKey = async (): Promise<void> => {
    expect(await add(home, server)).toMatchObject({ exit: 0, stderr: "" });
    expect(await session.entries()).toBe(1);
  };

  it("is made with the first key, opens what it encrypted, and is nowhere else", async () => {
    await withKey();
    expect(jsonOf(await check(home))).toMatchObject({ credentials: [{ status: "valid" }] });
    expect(jsonOf(await run(["vault", "rotate"], home))).toMatchObject({ rotated: 1 });
    expect(jsonOf(await check(home))).toMatchObject({ credentials: [{ status: "valid" }] });
    expect(await session.entries()).toBe(1);
    expect(configOf(home)).toMatchObject({
      vaults: { "00000000-0000-4000-8000-00000000a1c0": { kept: "keychain" } },
    });
    expect(existsSync(path.dirname(vaultFile(home)))).toBe(false);
    expect(server.requests.map(({ headers }) => headers["x-api-key"])).toEqual([KEY, KEY, KEY]);
  });

  it("stops every command while it is locked, makes nothing new, and opens the same keys afterwards", async () => {
    await withKey();
    const [before, config] = [await stored(home), configOf(home)];
    await session.lock();
    const commands: [string[], string][] = [
      [["credentials", "add", "openai", "--key-stdin"], KEY],
      [["credentials", "rotate", "anthropic", "--key-stdin"], KEY],
      [["credentials", "check"], ""],
      [["sync"], ""],
      [["vault"], ""],
      [["vault", "rotate"], ""],
      [["vault", "reset", "--yes"], ""],
      [["vault", "export", path.join(home.folder, "out.txt"), "--passphrase-stdin"], "correct horse battery"],
    ];
    for (const [argv, input] of commands) {
      const outcome = await run(argv, home, input);
      expect(
        { ...errorOf(outcome), exit: outcome.exit, stderr: outcome.stderr },
        argv.join(" "),
      ).toMatchObject({
        exit: 5,
        stderr: "",
        code: "keychain_locked",
        hint: expect.stringMatching(/^Unlock it/) as string,
      });
    }
    expect(await stored(home)).toEqual(before);
    expect(configOf(home)).toEqual(config);
    expect(existsSync(path.join(home.folder, "out.txt"))).toBe(false);
    expect(server.requests).toHaveLength(1);

    await session.unlock();
    expect(await session.entries()).toBe(1);
    expect(jsonOf(await check(home))).toMatchObject({ credentials: [{ status: "valid" }] });
  });

  it("makes no first key while the keychain is locked", async () => {
    await session.lock();
    const outcome = await add(home, server);
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 5, code: "keychain_locked" });
    // It is said before the key is read, and sent anywhere.
    expect(server.requests).toEqual([]);
    expect((await stored(home)).credentials).toEqual([]);
    await session.unlock();
    expect(await session.entries()).toBe(0);
  });

  it("stays in the keychain if files are asked for later, and is not lost by it", async () => {
    await withKey();
    const env = { ...session.env, AICOST_SECRETS: "file" };
    const argv = ["credentials", "add", "anthropic", "--name", "b", "--base-url", server.url, "--key-stdin"];
    expect((await runWords(argv, home, { env, input: KEY })).exit).toBe(0);
    expect(existsSync(vaultFile(home))).toBe(false);
    expect(jsonOf(await check(home))).toMatchObject({
      credentials: [{ status: "valid" }, { status: "valid" }],
    });
  });

  it("is said to be out of reach if there is no keychain any more", async () => {
    await withKey();
    const { DBUS_SESSION_BUS_ADDRESS: _, ...env } = session.env;
    const bare = { ...env, XDG_RUNTIME_DIR: home.folder };
    const outcome = await runWords(["credentials", "check", "--json"], home, { env: bare });
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({
      exit: 5,
      code: "keychain_unavailable",
    });
    expect(jsonOf(await check(home))).toMatchObject({ credentials: [{ status: "valid" }] });
  });

  it("is the one vault of all databases of its owner, whose keys outlive a rotation in one of them", async () => {
    await withKey();
    const other = newHome();
    expect(await add(other, server)).toMatchObject({ exit: 0 });
    expect(await session.entries()).toBe(1);
    expect(jsonOf(await run(["vault", "rotate"], home))).toMatchObject({ rotated: 1, resumed: false });
    expect(jsonOf(await run(["vault"], other))).toMatchObject({ vault: { to_rotate: 1, locked: 0 } });
    expect(jsonOf(await check(other))).toMatchObject({ credentials: [{ status: "valid" }] });
  });
});
