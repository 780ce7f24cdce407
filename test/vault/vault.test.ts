import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { changeConfig, readConfig, type SecretsKind } from "../../src/lib/config/config.js";
import { Hidden } from "../../src/lib/secrets/hidden.js";
import { takeLock } from "../../src/lib/system/lock.js";
import { newKey, ringWith, textOf } from "../../src/lib/vault/ring.js";
import { openKey, sealKey } from "../../src/lib/vault/seal.js";
import { exportRing, importRing } from "../../src/lib/vault/transfer.js";
import type { Vault } from "../../src/lib/vault/vault.js";
import { type Home, newHome } from "../support/cli.js";
import { API_KEY, contentOf, errorOf, expectSilent, USER, vaultIn } from "./keys.js";
import { useKeychain } from "./strange-keychain.js";

let home: Home;
beforeEach(() => {
  home = newHome();
});

const secretFile = (): string => path.join(home.configDir, "secrets", `vault-${USER}.secret`);
const lockFile = (): string => path.join(home.configDir, `vault-${USER}.lock`);
const configText = (): string => readFileSync(path.join(home.configDir, "config.json"), "utf8");

describe("a vault", () => {
  it("is not there at first, and looking for it leaves nothing behind", async () => {
    expect(await vaultIn(home).ring()).toBeNull();
    expect(readdirSync(home.configDir)).toEqual([]);
  });

  it("is made once, and is there for other processes", async () => {
    const ring = await vaultIn(home).create();
    expect(ring.keys).toEqual([ring.current]);
    expect(contentOf((await vaultIn(home).ring())!)).toEqual(contentOf(ring));
    expect(contentOf(await vaultIn(home).create())).toEqual(contentOf(ring));
  });

  it("is kept where only its owner reads it, and the config file says where without a secret", async () => {
    const { current } = await vaultIn(home).create();
    expect((statSync(secretFile()).mode & 0o777).toString(8)).toBe("600");
    expect(readConfig(home.configDir).vaults).toEqual({ [USER]: { kept: "file" } });
    expect(configText()).not.toContain(current.secret.reveal());
  });

  it("is made by one of ten that start together", async () => {
    const rings = await Promise.all(Array.from({ length: 10 }, () => vaultIn(home).create()));
    const [ring] = rings;
    expect(rings.map(contentOf)).toEqual(rings.map(() => contentOf(ring!)));
    expect(contentOf((await vaultIn(home).ring())!)).toEqual(contentOf(ring!));
  });

  it("loses no key of several that are added at once, and has the last one as its current", async () => {
    const first = await vaultIn(home).create();
    const rings = await Promise.all(Array.from({ length: 5 }, () => vaultIn(home).addKey()));
    const ring = await vaultIn(home).ring();
    expect(ring?.keys).toHaveLength(6);
    expect(ring?.keys[0]?.id).toBe(first.current.id);
    const ids = ring?.keys.map(({ id }) => id);
    expect(ids?.toSorted()).toEqual([first, ...rings].map(({ current }) => current.id).sort());
    expect(ring?.current.id).toBe(ring?.keys.at(-1)?.id);
  });

  it("is one for each user", async () => {
    const other = vaultIn(home, { userId: "../another" });
    const [mine, theirs] = [await vaultIn(home).create(), await other.create()];
    expect(contentOf((await other.ring())!)).toEqual(contentOf(theirs));
    expect(contentOf((await vaultIn(home).ring())!)).toEqual(contentOf(mine));
    expect(readdirSync(home.folder)).toEqual(["config"]);
  });

  it("stays where it was made, whatever is chosen for new secrets", async () => {
    const ring = await vaultIn(home).create();
    for (const env of [{ AICOST_SECRETS: "keychain" }, { AICOST_SECRETS: "nowhere" }, {}]) {
      expect(contentOf(await vaultIn(home, { env }).create())).toEqual(contentOf(ring));
    }
  });

  it("opens what was encrypted before its key was replaced", async () => {
    const binding = { user_id: USER, credential_id: "1", provider: "anthropic", base_url: null };
    const { current } = await vaultIn(home).create();
    const sealed = await sealKey(new Hidden(API_KEY), current, binding);
    await vaultIn(home).addKey();
    const key = (await vaultIn(home).ring())?.keys.find(({ id }) => id === current.id);
    const called = { label: "anthropic", args: "anthropic" };
    expect((await openKey(sealed, key!, binding, called)).reveal()).toBe(API_KEY);
  });
});

describe("a vault that was kept and does not come back", () => {
  const uses: [name: string, use: (vault: Vault) => Promise<unknown>][] = [
    ["ring", (vault) => vault.ring()],
    ["create", (vault) => vault.create()],
    ["addKey", (vault) => vault.addKey()],
  ];

  const expectLocked = async (
    use: (vault: Vault) => Promise<unknown>,
    text: string | null,
  ): Promise<void> => {
    const error = await errorOf(use(vaultIn(home)));
    expect(error).toMatchObject({
      exit: 5,
      code: "vault_locked",
      message: "The file with the vault key is gone, or damaged.",
      hint: expect.stringContaining("aicost vault import FILE") as string,
      details: {},
    });
    expectSilent(error, text === null ? [] : [text]);
    expect(existsSync(secretFile()) ? readFileSync(secretFile(), "utf8") : null).toBe(text);
  };

  it("is made again if that is asked for, and only if it is lost", async () => {
    const { current } = await vaultIn(home).create();
    expect(await errorOf(vaultIn(home).beginAnew())).toMatchObject({ exit: 4, code: "vault_not_lost" });
    expect((await vaultIn(home).ring())?.current.id).toBe(current.id);
    rmSync(secretFile());
    const begun = await vaultIn(home).beginAnew();
    expect(begun.keys).toEqual([begun.current]);
    expect(begun.current.id).not.toBe(current.id);
    expect(contentOf((await vaultIn(home).ring())!)).toEqual(contentOf(begun));
  });

  it.each(uses)("is never replaced by a new one, if it was emptied: %s", async (_name, use) => {
    await vaultIn(home).create();
    rmSync(secretFile());
    await expectLocked(use, null);
  });

  it.each(uses)("is never replaced by a new one, if it was damaged: %s", async (_name, use) => {
    await vaultIn(home).create();
    const half = readFileSync(secretFile(), "utf8").slice(0, -10);
    writeFileSync(secretFile(), half);
    await expectLocked(use, half);
  });

  it.each(uses)("is never replaced by a new one, if the config is lost, too: %s", async (_name, use) => {
    await vaultIn(home).create();
    rmSync(path.join(home.configDir, "config.json"));
    writeFileSync(secretFile(), "{}");
    await expectLocked(use, "{}");
  });

  it.each(uses)("is never replaced by a new one, if others could read it: %s", async (_name, use) => {
    const ring = await vaultIn(home).create();
    chmodSync(secretFile(), 0o644);
    expect(await errorOf(use(vaultIn(home)))).toMatchObject({ exit: 5, code: "secrets_exposed" });
    chmodSync(secretFile(), 0o600);
    expect(contentOf((await vaultIn(home).ring())!)).toEqual(contentOf(ring));
  });

  it.each([null, "damaged"])("comes back with an import: %s", async (left) => {
    const ring = await vaultIn(home).create();
    if (left === null) rmSync(secretFile());
    else writeFileSync(secretFile(), left);
    expect(contentOf(await vaultIn(home).merge(ring))).toEqual(contentOf(ring));
    expect(contentOf((await vaultIn(home).ring())!)).toEqual(contentOf(ring));
  });
});

describe("a vault in a keychain", () => {
  const vault = (): Vault => vaultIn(home, { env: {} });
  const uses = [(of: Vault) => of.ring(), (of: Vault) => of.create(), (of: Vault) => of.addKey()];
  const entry = `vault-${USER}`;

  it("is made there, and found again without its config file", async () => {
    const keychain = useKeychain(home, {});
    expect(await vault().ring()).toBeNull();
    const ring = await vault().create();
    expect(Object.keys(keychain.read().entries)).toEqual([entry]);
    rmSync(path.join(home.configDir, "config.json"));
    expect(contentOf(await vault().create())).toEqual(contentOf(ring));
    expect(readConfig(home.configDir).vaults).toEqual({ [USER]: { kept: "keychain" } });
  });

  it("is not replaced if somebody emptied the keychain, but comes back with an import", async () => {
    const keychain = useKeychain(home, {});
    const ring = await vault().create();
    keychain.clear();
    for (const use of uses) {
      expect(await errorOf(use(vault()))).toMatchObject({
        exit: 5,
        code: "vault_locked",
        message: expect.stringContaining("it is locked, or was emptied") as string,
        hint: expect.stringMatching(/^Unlock the keychain[^]*aicost vault import FILE/) as string,
      });
    }
    expect(keychain.read().entries).toEqual({});
    expect(contentOf(await vault().merge(ring))).toEqual(contentOf(ring));
  });

  it.each(["known", "lost"])(
    "is not replaced if the keychain is locked, its config file %s",
    async (config) => {
      const ring = ringWith(null, newKey());
      const entries = { [entry]: textOf(ring) };
      const keychain = useKeychain(home, { isOpen: false, entries });
      if (config === "known") note("keychain");
      for (const use of [...uses, (of: Vault) => of.merge(ringWith(null, newKey()))]) {
        const error = await errorOf(use(vault()));
        expect(error).toMatchObject({ exit: 5, code: "keychain_locked" });
        expectSilent(error, [ring.current.secret]);
      }
      expect(keychain.read().entries).toEqual(entries);
    },
  );

  it.each(["known", "lost"])(
    "is found if a person unlocks it on the way, its config file %s",
    async (config) => {
      const ring = ringWith(null, newKey());
      const other = ringWith(ring, newKey());
      const locked = { isOpen: false, opensForEntries: true, entries: { [entry]: textOf(ring) } };
      const keychain = useKeychain(home, locked);
      if (config === "known") note("keychain");
      expect(contentOf(await vault().create())).toEqual(contentOf(ring));
      useKeychain(home, locked);
      expect(contentOf(await vault().merge(other))).toEqual(contentOf(other));
      expect(Object.keys(keychain.read().entries)).toEqual([entry]);
    },
  );
});

/** Says in the config file that there is a vault. */
const note = (kept: SecretsKind): void =>
  changeConfig(home.configDir, (config) => (config.vaults = { [USER]: { kept } }));

describe("a vault whose config file was lost", () => {
  it.each([
    ["ring", (vault: Vault) => vault.ring()],
    ["create", (vault: Vault) => vault.create()],
  ])("is used and remembered: %s", async (_name, use) => {
    const ring = await vaultIn(home).create();
    rmSync(path.join(home.configDir, "config.json"));
    expect(contentOf((await use(vaultIn(home)))!)).toEqual(contentOf(ring));
    expect(readConfig(home.configDir).vaults).toEqual({ [USER]: { kept: "file" } });
  });

  it("leaves those of others in it", async () => {
    changeConfig(home.configDir, (config) => (config.vaults = { other: { kept: "keychain" } }));
    await vaultIn(home).create();
    expect(readConfig(home.configDir).vaults).toEqual({
      [USER]: { kept: "file" },
      other: { kept: "keychain" },
    });
  });
});

describe("a vault on two machines", () => {
  const passphrase = new Hidden("correct horse battery");
  const carried = async (from: Vault): Promise<string> => exportRing((await from.ring())!, passphrase);

  it("has the newest key on both after an import, and an old export changes nothing", async () => {
    const [a, b] = [vaultIn(home), vaultIn(newHome())];
    const first = await a.create();
    const old = await carried(a);
    expect(contentOf(await b.merge(await importRing(old, passphrase)))).toEqual(contentOf(first));
    const rotated = await a.addKey();
    expect(contentOf(await b.merge(await importRing(await carried(a), passphrase)))).toEqual(
      contentOf(rotated),
    );
    const before = statSync(secretFile()).mtimeMs;
    expect(contentOf(await a.merge(await importRing(old, passphrase)))).toEqual(contentOf(rotated));
    expect(statSync(secretFile()).mtimeMs).toBe(before);
    expect(contentOf((await b.ring())!)).toEqual(contentOf(rotated));
  });

  it("stays as it is if an import holds another key of the same id", async () => {
    const { current } = await vaultIn(home).create();
    const other = ringWith(ringWith(null, { ...newKey(), id: current.id }), newKey());
    expect(await errorOf(vaultIn(home).merge(other))).toMatchObject({ exit: 4, code: "vault_conflict" });
    expect((await vaultIn(home).ring())?.keys).toHaveLength(1);
  });
});

describe("a vault that is changed", () => {
  it("is waited for as long as it may, and who has it is named", async () => {
    const lock = await takeLock(lockFile(), {
      command: "vault import",
      waitMs: 0,
      onWait: () => undefined,
      inUse: () => new Error("in use") as never,
    });
    onTestFinished(() => lock.release());
    expect(await errorOf(vaultIn(home, { waitMs: 0 }).create())).toMatchObject({
      exit: 5,
      code: "vault_busy",
      message: expect.stringContaining("is in use by “aicost vault import”") as string,
    });
  });

  it("lets go of it after an error", async () => {
    await vaultIn(home).create();
    const text = readFileSync(secretFile());
    rmSync(secretFile());
    await errorOf(vaultIn(home).addKey());
    writeFileSync(secretFile(), text, { mode: 0o600 });
    expect((await vaultIn(home, { waitMs: 0 }).addKey()).keys).toHaveLength(2);
  });

  it("is not, if no lock can be taken", async () => {
    mkdirSync(lockFile());
    expect(await errorOf(vaultIn(home).create())).toMatchObject({
      exit: 5,
      code: "config_unwritable",
      message: `The file ${lockFile()} cannot be written (EISDIR).`,
    });
  });
});
