import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Secrets } from "../src/lib/secrets/secrets.js";
import { chosenSecrets, lockedOrEmptied, openSecrets } from "../src/lib/secrets/index.js";
import { newHome } from "./support/cli.js";

const NOBODY = 65534;
const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

describe("secrets in files", () => {
  let folder: string;
  let secrets: Secrets;
  const file = (): string => path.join(folder, "session-1.secret");
  beforeEach(() => {
    const { configDir } = newHome();
    folder = path.join(configDir, "secrets");
    secrets = openSecrets("file", configDir);
  });

  it("are kept, replaced and removed by name", async () => {
    expect(await secrets.get("session-1")).toBeNull();
    expect(await secrets.remove("session-1")).toBe(false);
    await secrets.set("session-1", "old");
    await secrets.set("session-1", "naïve 👩‍👩‍👧‍👦\n\0");
    await secrets.set("session-2", "other");
    expect(await secrets.get("session-1")).toBe("naïve 👩‍👩‍👧‍👦\n\0");
    expect(await secrets.remove("session-1")).toBe(true);
    expect(await secrets.get("session-1")).toBeNull();
    expect(readdirSync(folder)).toEqual(["session-2.secret"]);
  });

  it("can be read by their owner alone, whatever the umask", async () => {
    const before = process.umask(0);
    try {
      await secrets.set("session-1", "value");
    } finally {
      process.umask(before);
    }
    expect([modeOf(folder), modeOf(file())]).toEqual(["700", "600"]);
  });

  it("stay in their folder, whatever they are called", async () => {
    await secrets.set("../config.json", "value");
    expect(await secrets.get("../config.json")).toBe("value");
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it("are not read, written or removed where others can look into the folder", async () => {
    await secrets.set("session-1", "value");
    chmodSync(folder, 0o750);
    const uses = [
      () => secrets.get("session-1"),
      () => secrets.set("session-1", "new"),
      () => secrets.remove("session-1"),
    ];
    for (const use of uses) {
      await expect(use()).rejects.toMatchObject({
        exit: 5,
        code: "secrets_exposed",
        message: `Others on this machine can read ${folder}; it holds secrets.`,
        hint: expect.stringContaining(`chmod 700 ${folder}`) as string,
      });
    }
    chmodSync(folder, 0o700);
    expect(await secrets.get("session-1")).toBe("value");
  });

  it("are not read from a file that others can read", async () => {
    await secrets.set("session-1", "value");
    chmodSync(file(), 0o604);
    await expect(secrets.get("session-1")).rejects.toMatchObject({
      code: "secrets_exposed",
      hint: expect.stringContaining(`chmod 600 ${file()}`) as string,
    });
  });

  it.runIf(process.getuid?.() === 0)("are not read from what belongs to another user", async () => {
    await secrets.set("session-1", "value");
    chownSync(file(), NOBODY, NOBODY);
    await expect(secrets.get("session-1")).rejects.toMatchObject({ exit: 5, code: "secrets_not_yours" });
    chownSync(folder, NOBODY, NOBODY);
    await expect(secrets.set("session-1", "new")).rejects.toMatchObject({
      exit: 5,
      code: "secrets_not_yours",
    });
  });

  it("are not read through a symbolic link", async () => {
    await secrets.set("session-1", "value");
    symlinkSync(file(), path.join(folder, "session-2.secret"));
    await expect(secrets.get("session-2")).rejects.toMatchObject({ exit: 5, code: "secrets_unusable" });
  });

  it("are written although a process was killed while it wrote, and what it left goes", async () => {
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(`${file()}.${process.pid}`, "half", { mode: 0o644 });
    await secrets.set("session-1", "value");
    expect(modeOf(file())).toBe("600");
    writeFileSync(`${file()}.4194305`, "half");
    await secrets.remove("session-1");
    expect(readdirSync(folder)).toEqual([]);
  });

  it("are refused in words where their folder cannot be made", async () => {
    writeFileSync(folder, "");
    await expect(secrets.set("session-1", "value")).rejects.toMatchObject({
      exit: 5,
      code: "secrets_unusable",
      message: `The folder for secrets ${folder} cannot be used (EEXIST).`,
    });
    expect(existsSync(`${file()}.${process.pid}`)).toBe(false);
  });
});

describe("the place for secrets", () => {
  it.each([
    [undefined, "keychain"],
    ["", "keychain"],
    ["keychain", "keychain"],
    ["file", "file"],
  ])("for AICOST_SECRETS=%s is the %s", (AICOST_SECRETS, kind) => {
    expect(chosenSecrets({ AICOST_SECRETS })).toBe(kind);
  });

  it("shows nothing of an answer of the keychain that cannot be read", async () => {
    vi.stubEnv("NODE_OPTIONS", "--import=data:text/javascript,console.log('eyJhbGciOi')");
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(openSecrets("keychain", "").get("session")).rejects.toMatchObject({
      exit: 5,
      code: "keychain_unavailable",
      message: expect.not.stringContaining("eyJ") as string,
    });
  });

  it("cannot be anything else", () => {
    expect(() => chosenSecrets({ AICOST_SECRETS: "File" })).toThrow(
      expect.objectContaining({ exit: 2, code: "bad_secrets" }),
    );
  });

  it.each(["keychain", "file"] as const)("that lost a secret is named, and the way out: %s", (kind) => {
    expect(lockedOrEmptied(kind, "work")).toMatchObject({
      exit: 5,
      code: "secret_missing",
      message: expect.stringContaining(kind) as string,
      hint: expect.stringContaining("aicost login") as string,
    });
  });
});
