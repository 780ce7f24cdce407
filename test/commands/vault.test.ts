import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import CredentialsCheck from "../../src/commands/credentials/check.js";
import CredentialsLog from "../../src/commands/credentials/log.js";
import Sync from "../../src/commands/sync.js";
import VaultExport from "../../src/commands/vault/export.js";
import VaultImport from "../../src/commands/vault/import.js";
import Vault from "../../src/commands/vault/index.js";
import VaultReset from "../../src/commands/vault/reset.js";
import VaultRotate from "../../src/commands/vault/rotate.js";
import type { CheckedCredential } from "../../src/lib/credentials/check-stored.js";
import type { Rotation } from "../../src/lib/credentials/rotate-vault.js";
import { LOCAL_USER } from "../../src/lib/store/user-call.js";
import type { AuditEntry } from "../../src/lib/api.js";
import type { VaultStatus } from "../../src/lib/vault/status.js";
import {
  aicost,
  answer,
  fileIn,
  type Home,
  inTerminal,
  jsonOf,
  makeHome,
  newHome,
  refusal,
  removeHome,
  runCommand,
  runWords,
  sharedHome,
  start,
} from "../support/cli.js";
import { asOwner, homeWithDatabase, inOneOpening, keepDatabasesOpen } from "../support/open-database.js";
import { type ReplayServer, startReplay } from "../support/replay.js";
import { ANTHROPIC_KEYS, replayAnthropic } from "../support/replay/anthropic.js";
import { MISTRAL_KEYS, replayMistral } from "../support/replay/mistral.js";
import { OPENAI_KEYS } from "../support/replay/openai.js";
import { keep, type Kept, refusedWith, stored, vaultFile, vaultOf } from "../support/stored-keys.js";

vi.stubEnv("AICOST_SECRETS", "file");
afterAll(() => void vi.unstubAllEnvs());

const snapshot = (name: string): string => path.join(import.meta.dirname, "snapshots", name);

const PASSPHRASE = "correct horse battery";

const kept = ({ url }: Pick<ReplayServer, "url">, more: Partial<Kept> = {}): Kept => ({
  provider: "anthropic",
  key: ANTHROPIC_KEYS.admin,
  metadata: { base_url: url },
  ...more,
});

const statusOf = async (home: Home): Promise<VaultStatus> =>
  (await answer<{ vault: VaultStatus }>(Vault, [], home)).vault;

const secretOf = (home: Home): string => readFileSync(vaultFile(home), "utf8");

/** Ids of the vault keys of a home. */
const keyIds = async (home: Home): Promise<string[]> =>
  (await vaultOf(home).ring())!.keys.map(({ id }) => id);

/** Expects that every key that is stored opens: their provider, which knows them, takes them all. */
const expectAllOpen = async (home: Home, server: ReplayServer): Promise<void> => {
  server.requests.length = 0;
  const outcome = await runCommand(CredentialsCheck, ["--json"], home);
  const { credentials } = jsonOf<{ credentials: CheckedCredential[] }>(outcome);
  expect(credentials.map(({ status }) => status)).toEqual(credentials.map(() => "valid"));
  expect(outcome.exit).toBe(0);
  expect(server.requests).toHaveLength(credentials.length);
};

const exported = async (home: Home, passphrase = PASSPHRASE): Promise<string> => {
  const file = path.join(home.folder, "vault.txt");
  const argv = ["vault", "export", file, "--force", "--passphrase-stdin"];
  expect(await runWords(argv, home, { input: passphrase })).toMatchObject({ exit: 0, stderr: "" });
  return file;
};

const importing = (home: Home, file: string, passphrase = PASSPHRASE) =>
  runWords(["vault", "import", file, "--passphrase-stdin", "--json"], home, { input: passphrase });

/** The same database on another machine. */
const otherMachine = ({ dataDir }: Home): Home => ({ ...newHome(), dataDir });

keepDatabasesOpen();

describe("aicost vault", () => {
  it("tells what encrypts what, and makes nothing", async () => {
    const home = newHome();
    expect(await statusOf(home)).toEqual({
      key_id: null,
      older_key_ids: [],
      credentials: 0,
      to_rotate: 0,
      locked: 0,
    });
    expect(readdirSync(home.configDir)).toEqual([]);
    const older = (await vaultOf(home).create()).current;
    const { current } = await vaultOf(home).addKey();
    const server = { url: "http://127.0.0.1:2" };
    await keep(home, kept(server), kept(server, { name: "old", by: older }));
    expect(await statusOf(home)).toEqual({
      key_id: current.id,
      older_key_ids: [older.id],
      credentials: 2,
      to_rotate: 1,
      locked: 0,
    });
    const { stdout } = await runCommand(Vault, [], home, { COLUMNS: "80" });
    const steady = stdout
      .replaceAll(current.id, "v-2026-11-27-newest")
      .replaceAll(older.id, "v-2026-11-27-before");
    await expect(steady).toMatchFileSnapshot(snapshot("vault.txt"));
  });

  it("refuses arguments and flags that it does not know, without showing what they hold", async () => {
    const home = newHome();
    for (const command of [Vault, VaultRotate, VaultReset]) {
      const error = await refusal(command, ["open sesame"], home);
      expect(error).toMatchObject({
        exit: 2,
        code: "usage",
        message: "This command was given too many arguments.",
      });
    }
    for (const command of [VaultExport, VaultImport]) {
      expect(await refusal(command, ["a.txt", PASSPHRASE], home)).toMatchObject({
        exit: 2,
        code: "usage",
        message: "This command was given too many arguments.",
        hint: expect.not.stringContaining("horse") as string,
      });
      expect(await refusal(command, ["a.txt", `--passphrase=${PASSPHRASE}`], home)).toMatchObject({
        exit: 2,
        message: "There is no flag --passphrase.",
      });
    }
  });
});

describe("aicost vault rotate", () => {
  it("encrypts all anew, and all open", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    await keep(
      home,
      kept(server),
      kept(server, { name: "b" }),
      kept(server, { name: "c", is_active: false }),
    );
    const before = await stored(home);
    const [oldId] = await keyIds(home);
    const rotation = await answer<Rotation>(VaultRotate, [], home);
    expect(rotation).toEqual({
      key_id: expect.stringMatching(/^v-\d{4}-\d\d-\d\d-[0-9a-f]{6}$/) as string,
      rotated: 3,
      resumed: false,
    });
    expect(await keyIds(home)).toEqual([oldId, rotation.key_id]);
    const after = await stored(home);
    for (const [at, { encrypted_api_key, ...credential }] of after.credentials.entries()) {
      const { encrypted_api_key: old, ...known } = before.credentials[at]!;
      expect(credential).toEqual({ ...known, encryption_key_id: rotation.key_id });
      expect(encrypted_api_key).not.toBe(old);
    }
    expect(after.log.slice(0, 3).map(({ changed_columns }) => changed_columns)).toEqual(
      Array(3).fill(["encrypted_api_key", "encryption_key_id"]),
    );
    expect(server.requests).toEqual([]);
    await expectAllOpen(home, server);
    expect(await statusOf(home)).toMatchObject({ to_rotate: 0, locked: 0 });
    const { stdout } = await runCommand(VaultRotate, [], home);
    expect(stdout).toMatch(/^3 stored keys were encrypted again, with the vault key v-\S+\.\n$/);
  });

  it("makes a new vault key if nothing is stored yet", async () => {
    const home = newHome();
    expect(await answer(VaultRotate, [], home)).toMatchObject({ rotated: 0, resumed: false });
    const { stdout } = await runCommand(VaultRotate, [], home);
    expect(stdout).toMatch(/^0 stored keys were/);
    expect(await keyIds(home)).toHaveLength(2);
  });

  it("goes on where it was cut short, without another vault key", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    const older = (await vaultOf(home).create()).current;
    const { current } = await vaultOf(home).addKey();
    const names = ["a", "b", "c", "d"];
    await keep(home, ...names.map((name, at) => kept(server, { name, by: at < 2 ? current : older })));
    const before = await stored(home);
    await expectAllOpen(home, server);
    expect(await answer(VaultRotate, [], home)).toEqual({ key_id: current.id, rotated: 2, resumed: true });
    const { credentials } = await stored(home);
    expect(credentials.map(({ encryption_key_id }) => encryption_key_id)).toEqual(Array(4).fill(current.id));
    const untouched = (at: number) =>
      credentials[at]?.encrypted_api_key === before.credentials[at]?.encrypted_api_key;
    expect([0, 1, 2, 3].map(untouched)).toEqual([true, true, false, false]);
    expect(await keyIds(home)).toEqual([older.id, current.id]);
    await expectAllOpen(home, server);
  });

  it("loses nothing if it is killed, and goes on", async () => {
    const home = await homeWithDatabase();
    const server = await startReplay(replayAnthropic);
    const before = await inOneOpening(home, async () => {
      await keep(home, kept(server), kept(server, { name: "b" }));
      return stored(home);
    });
    const secret = secretOf(home);
    const { child, outcome } = start(["vault", "rotate"], home);
    // The new vault key is there before anything is encrypted with it, which takes a while.
    while (secretOf(home) === secret && child.exitCode === null) await sleep(2);
    child.kill("SIGKILL");
    expect((await outcome).exit).toBeNull();
    await inOneOpening(home, async () => {
      expect(await stored(home)).toEqual(before);
      expect(await statusOf(home)).toMatchObject({ to_rotate: 2, locked: 0 });
      const [, made] = await keyIds(home);
      expect(await answer(VaultRotate, [], home)).toEqual({ key_id: made, rotated: 2, resumed: true });
      await expectAllOpen(home, server);
    });
  });

  it("changes nothing if a key does not open, and names it", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    await keep(home, kept(server), kept(server, { name: "work" }));
    await asOwner(
      home,
      "update public.api_credentials set encrypted_api_key = '{}' where credential_name = 'work'",
    );
    const [before, secret] = [await stored(home), secretOf(home)];
    expect(await refusal(VaultRotate, [], home)).toMatchObject({
      exit: 4,
      code: "credential_damaged",
      message: expect.stringContaining("The key of anthropic (work) cannot be decrypted") as string,
      hint: "Enter the key again with: aicost credentials rotate anthropic --name work",
    });
    expect(await stored(home)).toEqual(before);
    expect(secretOf(home)).toBe(secret);
  });

  it("run by two at once, leaves every key open", async () => {
    const home = await homeWithDatabase();
    const server = await startReplay(replayAnthropic);
    await keep(home, kept(server), kept(server, { name: "b" }), kept(server, { name: "c" }));
    const outcomes = await Promise.all([
      aicost(["vault", "rotate"], home),
      aicost(["vault", "rotate"], home),
    ]);
    // Who comes second may find that the other one has changed what it read.
    expect(outcomes.map(({ exit }) => exit).sort()).toEqual(expect.arrayContaining([0]));
    await inOneOpening(home, async () => {
      await expectAllOpen(home, server);
      await answer(VaultRotate, [], home);
      expect(await statusOf(home)).toMatchObject({ to_rotate: 0, locked: 0 });
      await expectAllOpen(home, server);
    });
  });
});

describe("aicost vault export and import", () => {
  it("bring the vault to another machine, where all keys open", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    await keep(home, kept(server));
    await answer(VaultRotate, [], home);
    await keep(home, kept(server, { name: "work" }));
    const other = otherMachine(home);
    const before = await stored(other);
    expect(await statusOf(other)).toMatchObject({ key_id: null, credentials: 2, locked: 2 });
    const missing = {
      exit: 5,
      code: "vault_key_missing",
      hint: expect.stringMatching(/aicost vault import FILE here[^]*aicost vault reset$/) as string,
    };
    expect(await refusedWith(["credentials", "add", "openai", "--key-stdin"], other)).toMatchObject(missing);
    expect(await refusal(VaultRotate, [], other)).toMatchObject(missing);
    expect(await refusal(VaultExport, ["x"], other)).toMatchObject({ exit: 4, code: "vault_empty" });
    const checked = await runCommand(CredentialsCheck, ["--json"], other);
    expect(checked.exit).toBe(5);
    expect(jsonOf(checked)).toMatchObject({
      credentials: [
        { name: "default", status: "unknown", code: "vault_key_missing" },
        { name: "work", status: "unknown", code: "vault_key_missing" },
      ],
    });
    expect(server.requests).toEqual([]);
    expect(existsSync(vaultFile(other))).toBe(false);
    expect(await stored(other)).toEqual(before);

    const file = await exported(home);
    const outcome = await importing(other, file);
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    expect(jsonOf(outcome)).toEqual({ vault: await statusOf(home) });
    expect(secretOf(other)).toBe(secretOf(home));
    await expectAllOpen(other, server);
    expect(jsonOf(await importing(other, file))).toEqual({ vault: await statusOf(home) });
  });

  it("bring a vault key of before to a machine that has another one, and lose neither", async () => {
    const server = await startReplay(replayAnthropic);
    const [home, other] = [newHome(), newHome()];
    await keep(home, kept(server));
    const file = await exported(home);
    await keep(other, kept(server));
    const [own] = await keyIds(other);
    expect((await importing(other, file)).exit).toBe(0);
    expect(await keyIds(other)).toEqual([own, ...(await keyIds(home))]);
    await expectAllOpen(other, server);
    expect(await statusOf(other)).toMatchObject({ to_rotate: 1, locked: 0 });
  });

  it("say which keys are in the file, which only its owner can read, and leave the passphrase and the key out", async () => {
    const home = newHome();
    const file = fileIn(home, "vault.txt", "precious");
    chmodSync(file, 0o644);
    await keep(home, kept({ url: "http://127.0.0.1:2" }));
    const argv = ["vault", "export", file, "--passphrase-stdin", "--json"];
    expect(await refusedWith(argv.slice(0, -1), home, PASSPHRASE)).toMatchObject({
      exit: 4,
      code: "output_exists",
      hint: expect.stringContaining("--force") as string,
    });
    expect(readFileSync(file, "utf8")).toBe("precious");
    const outcome = await runWords([...argv, "--force"], home, { input: `${PASSPHRASE}\r\n` });
    expect(jsonOf(outcome)).toEqual({ file, key_ids: await keyIds(home) });
    expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
    const text = readFileSync(file, "utf8");
    expect(text).toMatch(/^aicost vault, sealed with a passphrase/);
    for (const secret of [PASSPHRASE, (await vaultOf(home).ring())!.current.secret.reveal()]) {
      expect(text + outcome.stdout).not.toContain(secret);
    }
    expect(readdirSync(home.folder).sort()).toEqual(["config", "data", "vault.txt"]);
  });

  it("ask for the passphrase in a terminal, twice on the way out, and never show it", async () => {
    const home = await homeWithDatabase();
    await keep(home, kept({ url: "http://127.0.0.1:2" }));
    const file = path.join(home.folder, "out.txt");
    const slip = inTerminal(["vault", "export", file], home);
    await slip.shows("Passphrase");
    slip.type(`${PASSPHRASE}\r`);
    await slip.shows("Passphrase again");
    slip.type("correct horse batery\r");
    await slip.shows("The two passphrases are not the same.");
    expect((await slip.ended).exit).toBe(2);
    expect(existsSync(file)).toBe(false);
    const out = inTerminal(["vault", "export", file], home);
    await out.shows("Passphrase");
    out.type(`${PASSPHRASE}\r`);
    await out.shows("Passphrase again");
    out.type(`${PASSPHRASE}\r`);
    await out.shows("On the other machine:");
    await out.shows(`  aicost vault import ${file}`);
    const { screen, exit } = await out.ended;
    expect(exit).toBe(0);
    expect(screen).not.toContain("horse");
    const back = inTerminal(["vault", "import", file], newHome());
    await back.shows("Passphrase");
    back.type(`${PASSPHRASE}\r`);
    await back.shows(`Delete ${file.slice(0, 10)}`);
    expect((await back.ended).exit).toBe(0);
  });
});

describe("aicost vault export and import refuse, and change nothing:", () => {
  let home: Home;
  let file: string;
  const bare = sharedHome();
  beforeAll(async () => {
    home = makeHome();
    await keep(home, kept({ url: "http://127.0.0.1:2" }));
    file = await exported(home);
    return () => removeHome(home);
  });

  const argv = (command: string, to = file): string[] => ["vault", command, to, "--passphrase-stdin"];

  it.each(["", "elevenchars"])("a weak passphrase: %j", async (weak) => {
    const to = path.join(home.folder, "weak.txt");
    const error = await refusedWith(argv("export", to), home, weak);
    expect(error).toMatchObject({ exit: 2, code: "weak_passphrase" });
    expect(JSON.stringify(error)).not.toContain("elevenchars");
    expect(readdirSync(home.folder).sort()).toEqual(["config", "data", "vault.txt"]);
  });

  it.each([`${PASSPHRASE} `, `\n${PASSPHRASE}`])("a wrong passphrase: %j", async (wrong) => {
    expect(await refusedWith(argv("import"), bare, wrong)).toMatchObject({
      exit: 4,
      code: "vault_not_opened",
      message: "The passphrase is wrong, or the file was changed.",
    });
    expect(existsSync(vaultFile(bare))).toBe(false);
  });

  it.each<[string, () => string, code: string, message: string]>([
    ["there is none", () => path.join(home.folder, "gone.txt"), "file_unreadable", "it does not exist"],
    ["it is a folder", () => home.configDir, "file_unreadable", "the system says EISDIR"],
    ["it is too large", () => sparse("large.txt", 1024 * 1024 + 1), "file_unreadable", "it is too large"],
    ["it is empty", () => fileIn(bare, "empty.txt", ""), "not_a_vault", "This is not an aicost vault"],
    [
      "it is another text",
      () => fileIn(bare, "notes.txt", "my passwords\n"),
      "not_a_vault",
      "This is not an aicost vault",
    ],
    ["it is the secret itself", () => vaultFile(home), "not_a_vault", "This is not an aicost vault"],
    ["it is cut", () => fileIn(bare, "cut.txt", text().slice(0, 400)), "vault_not_opened", "changed"],
    [
      "it was changed",
      () => fileIn(bare, "x.txt", text().replace(/.\n$/, "#\n")),
      "vault_not_opened",
      "changed",
    ],
  ])("a file if %s", async (_what, at, code, message) => {
    const error = await refusedWith(argv("import", at()), bare, PASSPHRASE);
    expect(error).toMatchObject({
      exit: 4,
      code,
      hint: expect.stringContaining("aicost vault export") as string,
    });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("my passwords");
    expect(existsSync(vaultFile(bare))).toBe(false);
  });

  const text = (): string => readFileSync(file, "utf8");

  const sparse = (name: string, bytes: number): string => {
    const at = fileIn(bare, name, "aicost vault");
    truncateSync(at, bytes);
    return at;
  };

  it("a passphrase that nobody can be asked for", async () => {
    for (const [command, at] of [
      [VaultExport, path.join(home.folder, "new.txt")],
      [VaultImport, file],
    ] as const) {
      expect(await refusal(command, [at], home)).toMatchObject({ exit: 2, code: "passphrase_missing" });
    }
  });

  it("a file that cannot be written", async () => {
    const to = path.join(home.folder, "no/such/folder.txt");
    expect(await refusedWith(argv("export", to), home, PASSPHRASE)).toMatchObject({
      exit: 5,
      code: "output_unwritable",
    });
  });

  it("another vault key of the same id", async () => {
    const other = newHome();
    await keep(other, kept({ url: "http://127.0.0.1:2" }));
    const [id = ""] = await keyIds(other);
    const forged = (await vaultOf(home).ring())!.current.id;
    writeFileSync(vaultFile(other), secretOf(other).replace(id, forged));
    const before = secretOf(other);
    expect(await refusedWith(argv("import"), other, PASSPHRASE)).toMatchObject({
      exit: 4,
      code: "vault_conflict",
      message: expect.stringContaining(forged) as string,
    });
    expect(secretOf(other)).toBe(before);
  });
});

describe("a vault that is lost", () => {
  const ADD = ["credentials", "add", "openai", "--key-stdin"];
  const ROTATE = ["credentials", "rotate", "anthropic", "--key-stdin"];

  /** Expects that no command goes on, and that each says what to do. */
  const expectLocked = async (home: Home, error: object): Promise<void> => {
    const before = await stored(home);
    const config = readFileSync(path.join(home.configDir, "config.json"));
    const secret = existsSync(vaultFile(home)) ? secretOf(home) : null;
    expect(await refusedWith(ADD, home, OPENAI_KEYS.admin)).toMatchObject(error);
    expect(await refusedWith(ROTATE, home, ANTHROPIC_KEYS.admin)).toMatchObject(error);
    for (const command of [Vault, CredentialsCheck, Sync, VaultRotate]) {
      expect(await refusal(command, [], home), command.summary).toMatchObject(error);
    }
    expect(await refusal(VaultExport, [path.join(home.folder, "out.txt")], home)).toMatchObject(error);
    expect(await stored(home)).toEqual(before);
    expect(readFileSync(path.join(home.configDir, "config.json"))).toEqual(config);
    expect(existsSync(vaultFile(home)) ? secretOf(home) : null).toBe(secret);
    expect(existsSync(path.join(home.folder, "out.txt"))).toBe(false);
  };

  it.each<[string, (file: string) => void]>([
    ["gone", (file) => rmSync(file)],
    ["cut", (file) => truncateSync(file, 60)],
  ])("stops every command if its file is %s, and comes back with it", async (_what, lose) => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    await keep(home, kept(server));
    const secret = secretOf(home);
    lose(vaultFile(home));
    await expectLocked(home, {
      exit: 5,
      code: "vault_locked",
      message: "The file with the vault key is gone, or damaged.",
      hint: expect.stringMatching(
        /aicost vault import FILE\nIf it is lost for good[^]*aicost vault reset$/,
      ) as string,
    });
    expect(server.requests).toEqual([]);
    mkdirSync(path.dirname(vaultFile(home)), { recursive: true, mode: 0o700 });
    writeFileSync(vaultFile(home), secret, { mode: 0o600 });
    await expectAllOpen(home, server);
  });

  it("stops every command if others can read it, and nothing takes its place", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    await keep(home, kept(server));
    chmodSync(vaultFile(home), 0o640);
    await expectLocked(home, { exit: 5, code: "secrets_exposed" });
    expect(await refusal(VaultReset, ["--yes"], home)).toMatchObject({ exit: 5, code: "secrets_exposed" });
  });

  it("is not taken for one that never was if the config file is lost, too", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    await keep(home, kept(server));
    const before = await stored(home);
    rmSync(home.configDir, { recursive: true });
    mkdirSync(home.configDir);
    const missing = {
      exit: 5,
      code: "vault_key_missing",
      message: expect.stringMatching(
        /^The key of anthropic was encrypted with the vault key v-\S+, which this machine does not have\.$/,
      ) as string,
    };
    expect(await refusedWith(ADD, home, OPENAI_KEYS.admin)).toMatchObject(missing);
    expect(await refusedWith(ROTATE, home, ANTHROPIC_KEYS.admin)).toMatchObject(missing);
    expect(await refusal(VaultRotate, [], home)).toMatchObject(missing);
    const sync = await runCommand(Sync, ["--json"], home);
    expect(sync.exit).toBe(5);
    expect(jsonOf(sync)).toMatchObject({
      syncs: [{ status: "failed", error: { code: "vault_key_missing" } }],
    });
    expect(await statusOf(home)).toMatchObject({ key_id: null, locked: 1 });
    expect(await stored(home)).toEqual(before);
    expect(existsSync(vaultFile(home))).toBe(false);
    expect(server.requests).toEqual([]);
  });

  it("is made again if a person says so, after which keys can be entered again, and an old export still helps", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    await keep(home, kept(server), kept(server, { name: "work" }));
    const file = await exported(home);
    expect(await refusal(VaultReset, ["--yes"], home)).toMatchObject({
      exit: 4,
      code: "vault_not_lost",
      hint: expect.stringContaining("aicost vault rotate") as string,
    });
    const [lost] = await keyIds(home);
    rmSync(vaultFile(home));
    expect(await refusal(VaultReset, [], home)).toMatchObject({ exit: 2, code: "not_confirmed" });
    expect(existsSync(vaultFile(home))).toBe(false);
    const reset = await runCommand(VaultReset, ["--yes"], home);
    expect(reset).toMatchObject({
      exit: 0,
      stderr: "Enter these keys again: aicost credentials rotate PROVIDER\n",
    });
    const [made] = await keyIds(home);
    expect(made).not.toBe(lost);
    expect(await statusOf(home)).toEqual({
      key_id: made,
      older_key_ids: [],
      credentials: 2,
      to_rotate: 0,
      locked: 2,
    });
    // There is a vault again, so what helps now is another command.
    expect(await refusal(VaultRotate, [], home)).toMatchObject({
      exit: 5,
      code: "vault_key_missing",
      hint: expect.stringMatching(/aicost credentials rotate anthropic$/) as string,
    });
    // Nothing proves any more that it is the right one.
    const argv = [...ROTATE, "--name", "default"];
    expect(await refusedWith(argv, home, ANTHROPIC_KEYS.admin)).toMatchObject({ code: "base_url_unproven" });
    const options = { input: ANTHROPIC_KEYS.admin };
    const rotated = await runWords([...argv, "--base-url", server.url, "--json"], home, options);
    expect(jsonOf(rotated)).toMatchObject({
      credential: { encryption_key_id: made, validation_status: "valid" },
    });
    expect(await statusOf(home)).toMatchObject({ locked: 1 });
    expect((await importing(home, file)).exit).toBe(0);
    await expectAllOpen(home, server);
  });
});

describe("what somebody changed in the database", () => {
  const ONE = "credential_name = 'one'";
  const update = (set: string, where = ONE) => `update public.api_credentials set ${set} where ${where};`;

  /** Exchanges a letter of a member of the ciphertext. */
  const changed = (member: string) =>
    `encrypted_api_key = regexp_replace(encrypted_api_key, '("${member}":"..)(.)', E'\\\\1' || case when encrypted_api_key ~ '"${member}":"..A' then 'B' else 'A' end)`;

  /** Two keys of different accounts of a provider, and an attacker's server. */
  const tampered = async (sql: (attacker: ReplayServer) => string) => {
    const home = newHome();
    const [server, attacker] = [await startReplay(replayAnthropic), await startReplay(replayAnthropic)];
    const other = `sk-ant-admin01-${"z".repeat(93)}AA`;
    await keep(home, kept(server, { name: "one" }), kept(server, { name: "two", key: other }));
    await asOwner(home, sql(attacker));
    return { home, server, attacker, before: (await stored(home)).credentials };
  };

  const damaged = (name: string) => ({
    code: "credential_damaged",
    message: `The key of anthropic (${name}) cannot be decrypted: it was changed since it was encrypted, or it belongs to another row.`,
    hint: `Enter the key again with: aicost credentials rotate anthropic --name ${name}`,
  });

  it("two keys exchanged: neither opens", async () => {
    const { home, server, attacker, before } = await tampered(
      () => `update public.api_credentials c set encrypted_api_key = o.encrypted_api_key
             from public.api_credentials o where o.id <> c.id;`,
    );
    const outcome = await runCommand(CredentialsCheck, ["--json"], home);
    expect(outcome.exit).toBe(4);
    expect(jsonOf(outcome)).toMatchObject({
      credentials: [
        { name: "one", status: "unknown", ...damaged("one") },
        { name: "two", status: "unknown", ...damaged("two") },
      ],
    });
    const sync = await runCommand(Sync, ["--json"], home);
    expect(sync.exit).toBe(4);
    expect(jsonOf(sync)).toMatchObject({ syncs: [{ error: damaged("one") }, { error: damaged("two") }] });
    const { stdout } = await runCommand(CredentialsCheck, [], home, { COLUMNS: "80" });
    await expect(stdout).toMatchFileSnapshot(snapshot("credentials-damaged.txt"));
    expect([...server.requests, ...attacker.requests]).toEqual([]);
    expect((await stored(home)).credentials).toEqual(before);
    const { entries } = await answer<{ entries: AuditEntry[] }>(CredentialsLog, ["--limit", "2"], home);
    expect(entries).toMatchObject([
      { changed_columns: ["encrypted_api_key"], by_owner: false },
      { changed_columns: ["encrypted_api_key"], by_owner: false },
    ]);
  });

  it("anything of a key: it does not open, nobody is asked with it, and the others go on", async () => {
    const home = newHome();
    const [server, attacker] = [await startReplay(replayAnthropic), await startReplay(replayAnthropic)];
    const changes: Record<string, string> = {
      ciphertext: changed("ciphertext"),
      tag: changed("tag"),
      iv: changed("iv"),
      header: changed("protected"),
      space: "encrypted_api_key = encrypted_api_key || ' '",
      nothing: "encrypted_api_key = 'x'",
      row: "id = gen_random_uuid()",
      provider: "provider_id = (select id from public.providers where name = 'openai')",
      address: `metadata = metadata || '{"base_url":"${attacker.url}"}'`,
      "no-address": "metadata = metadata - 'base_url'",
    };
    const names = Object.keys(changes);
    const other = `sk-ant-admin01-${"z".repeat(93)}AA`;
    await keep(
      home,
      kept(server, { name: "well" }),
      ...names.map((name) => kept(server, { name, key: other })),
    );
    await asOwner(
      home,
      Object.entries(changes)
        .map(([name, set]) => update(set, `credential_name = '${name}'`))
        .join("\n"),
    );
    const isHurt = ({ name }: { name: string }) => name !== "well";
    const before = (await stored(home)).credentials.filter(isHurt);
    const outcome = await runCommand(CredentialsCheck, ["--json"], home);
    expect(outcome.exit).toBe(4);
    const { credentials } = jsonOf<{ credentials: CheckedCredential[] }>(outcome);
    expect(credentials.find(({ name }) => name === "well")?.status).toBe("valid");
    const results = credentials.filter(isHurt).map(({ name, status, code }) => [name, status, code]);
    expect(results.sort()).toEqual(names.map((name) => [name, "unknown", "credential_damaged"]).sort());
    for (const { provider, name, message } of credentials.filter(isHurt)) {
      expect(message).toMatch(`The key of ${provider} (${name}) cannot be decrypted`);
    }
    expect(attacker.requests).toEqual([]);
    expect(server.requests.map(({ headers }) => headers["x-api-key"])).toEqual([ANTHROPIC_KEYS.admin]);
    expect((await stored(home)).credentials.filter(isHurt)).toEqual(before);
  });

  it("the vault key that it names: it does not open", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    const older = (await vaultOf(home).create()).current;
    await vaultOf(home).addKey();
    await keep(home, kept(server, { name: "one" }));
    const check = () => runCommand(CredentialsCheck, ["--json"], home);
    await asOwner(home, update(`encryption_key_id = '${older.id}'`));
    expect(jsonOf(await check())).toMatchObject({ credentials: [damaged("one")] });
    await asOwner(home, update("encryption_key_id = 'v-2020-01-01-000000'"));
    expect(jsonOf(await check())).toMatchObject({
      credentials: [
        { code: "vault_key_missing", message: expect.stringContaining("v-2020-01-01-000000") as string },
      ],
    });
    expect(server.requests).toEqual([]);
  });

  it("the user: a key of another user does not open", async () => {
    const { home, server } = await tampered(
      () => `insert into auth.users (id) values ('5a1f7a52-7f0b-4c57-9d6f-6e1a2a0f5a11');
             update public.api_credentials set user_id = '5a1f7a52-7f0b-4c57-9d6f-6e1a2a0f5a11' where ${ONE};`,
    );
    expect((await stored(home)).credentials.map(({ name }) => name)).toEqual(["two"]);
    // Given back, it opens: it was bound to its first user. Taken over from another one, it would not.
    await asOwner(home, update(`user_id = '${LOCAL_USER}'`));
    expect(
      jsonOf(await runCommand(CredentialsCheck, ["anthropic", "--name", "one", "--json"], home)),
    ).toMatchObject({ credentials: [{ status: "valid" }] });
    expect(server.requests).toHaveLength(1);
  });

  it("is mended by entering the key again, which goes to no address that somebody else may have written", async () => {
    const { home, server, attacker, before } = await tampered(({ url }) =>
      update(`metadata = metadata || '{"base_url":"${url}"}'`),
    );
    const argv = ["credentials", "rotate", "anthropic", "--name", "one", "--key-stdin"];
    expect(await refusedWith(argv, home, ANTHROPIC_KEYS.admin)).toMatchObject({
      exit: 4,
      code: "base_url_unproven",
      message: `The key of anthropic (one) does not open, so the address it is sent to may have been changed: ${attacker.url}`,
      hint: "Say where to send the new one: aicost credentials rotate anthropic --name one --base-url URL",
    });
    expect((await stored(home)).credentials).toEqual(before);
    const options = { input: ANTHROPIC_KEYS.admin };
    expect((await runWords([...argv, "--base-url", server.url], home, options)).exit).toBe(0);
    const outcome = await runCommand(CredentialsCheck, ["anthropic", "--name", "one", "--json"], home);
    expect(jsonOf(outcome)).toMatchObject({ credentials: [{ status: "valid" }] });
    expect(attacker.requests).toEqual([]);
    expect(server.requests).toHaveLength(2);
  });

  it("what is known of a key: no fact leads its requests to another host", async () => {
    const home = newHome();
    const attacker = await startReplay(replayMistral());
    await keep(home, {
      provider: "mistral",
      key: MISTRAL_KEYS.admin,
      metadata: { base_url: "http://127.0.0.1" },
    });
    const facts = { admin_path: attacker.url.replace("http://127.0.0.1", ""), bearer_too: true };
    await asOwner(
      home,
      `update public.api_credentials set metadata = metadata || '${JSON.stringify({ facts })}'`,
    );
    const argv = ["--since", new Date().toISOString().slice(0, 10), "--json"];
    expect((await runCommand(Sync, argv, home)).exit).not.toBe(0);
    expect(attacker.requests).toEqual([]);
  });
});
