import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import CredentialsAdd from "../../src/commands/credentials/add.js";
import CredentialsCheck from "../../src/commands/credentials/check.js";
import CredentialsDisable from "../../src/commands/credentials/disable.js";
import CredentialsEnable from "../../src/commands/credentials/enable.js";
import Credentials from "../../src/commands/credentials/index.js";
import CredentialsLog from "../../src/commands/credentials/log.js";
import CredentialsRemove from "../../src/commands/credentials/remove.js";
import CredentialsRename from "../../src/commands/credentials/rename.js";
import CredentialsRotate from "../../src/commands/credentials/rotate.js";
import Sync from "../../src/commands/sync.js";
import type { CheckedCredential } from "../../src/lib/credentials/check-stored.js";
import type { AuditEntry, StoredCredential } from "../../src/lib/api.js";
import {
  aicost,
  answer,
  type Home,
  inTerminal,
  jsonOf,
  newHome,
  refusal,
  runCommand,
  runWords,
  sharedHome,
} from "../support/cli.js";
import { homeWithDatabase, keepDatabasesOpen } from "../support/open-database.js";
import { type Replay, type ReplayServer, type Reply, startReplay } from "../support/replay.js";
import { ANTHROPIC_KEYS, ORGANISATION, replayAnthropic } from "../support/replay/anthropic.js";
import { LITELLM_KEYS, LITELLM_USER, replayLitellm } from "../support/replay/litellm.js";
import { MISTRAL_KEYS, replayMistral } from "../support/replay/mistral.js";
import { OPENAI_KEYS, replayOpenai } from "../support/replay/openai.js";
import { OPENROUTER_KEYS, replayOpenrouter } from "../support/replay/openrouter.js";
import { VERCEL_KEYS } from "../support/replay/vercel.js";
import { replayXai, XAI_KEYS } from "../support/replay/xai.js";
import { keep, type Kept, refusedWith, stored } from "../support/stored-keys.js";

vi.stubEnv("AICOST_SECRETS", "file");
afterAll(() => void vi.unstubAllEnvs());

const snapshot = (name: string): string => path.join(import.meta.dirname, "snapshots", name);

const { admin: KEY, ordinary: ORDINARY } = ANTHROPIC_KEYS;

/** Nothing listens there. */
const NOWHERE = "http://127.0.0.1:2";

/** Other keys of the same form. */
const keyOf = (letter: string): string => `sk-ant-admin01-${letter.repeat(93)}AA`;

/** Anthropic, with an account of its own for each of such keys. */
const replayAccounts =
  (accounts: Record<string, { id: string; name: string }>): Replay =>
  (request) => {
    const account = accounts[String(request.headers["x-api-key"])];
    return account === undefined
      ? replayAnthropic(request)
      : { status: 200, body: { ...account, type: "organization" } };
  };

/** `add` with a key on standard input. */
const add = (home: Home, key: string, ...argv: string[]) =>
  runWords(["credentials", "add", ...argv, "--key-stdin", "--json"], home, { input: `${key}\n` });

const rotate = (home: Home, key: string, ...argv: string[]) =>
  runWords(["credentials", "rotate", ...argv, "--key-stdin", "--json"], home, { input: `${key}\n` });

const listed = async (home: Home): Promise<StoredCredential[]> =>
  (await answer<{ credentials: StoredCredential[] }>(Credentials, [], home)).credentials;

const checkOf = async (home: Home, ...argv: string[]) => {
  const outcome = await runCommand(CredentialsCheck, [...argv, "--json"], home);
  expect(outcome.stderr).toBe("");
  const { credentials } = jsonOf<{ credentials: CheckedCredential[] }>(outcome);
  return { exit: outcome.exit, credentials };
};

/** A key of Anthropic that is stored already. */
const kept = (url: string, more: Partial<Kept> = {}): Kept => ({
  provider: "anthropic",
  key: KEY,
  ...more,
  metadata: { base_url: url, masked: "sk-ant-admin…kkAA", ...more.metadata },
});

keepDatabasesOpen();

describe("aicost credentials add", () => {
  it("stores a key that its provider takes", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    const outcome = await add(home, KEY, "Anthropic", "--base-url", `${server.url}/`);
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    const { credential } = jsonOf<{ credential: StoredCredential }>(outcome);
    const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/) as string;
    expect(credential).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      provider: "anthropic",
      name: "default",
      is_active: true,
      validation_status: "valid",
      encryption_key_id: expect.stringMatching(/^v-\d{4}-\d\d-\d\d-[0-9a-f]{6}$/) as string,
      metadata: {
        masked: "sk-ant-admin…kkAA",
        key_set_at: moment,
        checked_at: moment,
        base_url: server.url,
        account: ORGANISATION.id,
        account_name: ORGANISATION.name,
        account_known: true,
        facts: {},
      },
      created_at: moment,
      syncs: [],
    });
    const asked = server.requests.map(({ path: to, headers }) => [to, headers["x-api-key"]]);
    expect(asked).toEqual([["/v1/organizations/me", KEY]]);
    expect(await listed(home)).toEqual([credential]);
  });

  it("stores several of a provider under their names, all with the same vault key, and says what it stored", async () => {
    const home = newHome();
    const { url } = await startReplay(replayOpenrouter);
    const flags = ["openrouter", "--base-url", `${url}/api/v1`, "--key-stdin"];
    const first = await runWords(["credentials", "add", ...flags], home, {
      input: `  ${OPENROUTER_KEYS.management}\r\nsecond line\n`,
    });
    expect(first).toMatchObject({ exit: 0, stderr: "" });
    const second = await runWords(["credentials", "add", ...flags, "--name", "work"], home, {
      input: `\uFEFF${OPENROUTER_KEYS.ordinary}`,
    });
    expect(second.exit).toBe(0);
    expect(second.stderr).toMatch(/^This is an ordinary key: OpenRouter tells it only totals by day/);
    const texts = [first.stdout, second.stdout].map((text) =>
      text.replaceAll(url, "URL").replaceAll(/v-\d{4}-\d\d-\d\d-[0-9a-f]{6}/g, "v-YYYY-MM-DD-IDIDID"),
    );
    await expect(texts.join("\n")).toMatchFileSnapshot(snapshot("credentials-add.txt"));
    const [one, other] = await listed(home);
    expect([one, other]).toMatchObject([
      { name: "default", metadata: { facts: { management: true } } },
      { name: "work", metadata: { facts: { management: false } } },
    ]);
    expect(one?.encryption_key_id).toBe(other?.encryption_key_id);
  });

  it("takes a key of a gateway, whatever form it has, and shows nothing of a short one", async () => {
    const home = newHome();
    const { url } = await startReplay(replayLitellm);
    const user = await add(home, LITELLM_KEYS.user, "litellm", "--base-url", url, "--name", "user");
    expect(jsonOf(user)).toMatchObject({
      credential: { metadata: { masked: "…roxy", account: LITELLM_USER, account_known: true } },
    });
    const { url: open } = await startReplay(() => ({ status: 200, body: { results: [], info: {} } }));
    const short = await add(home, "sk-1234", "litellm", "--base-url", open);
    expect(jsonOf(short)).toMatchObject({
      credential: { metadata: { masked: "…", account: "default", account_known: false } },
    });
  });

  it("keeps what a provider calls the account without the key, if it puts the key in there", async () => {
    const home = newHome();
    const { url } = await startReplay(replayAccounts({ [KEY]: { id: `org ${KEY}`, name: `Org of ${KEY}` } }));
    const { credential } = jsonOf<{ credential: StoredCredential }>(
      await add(home, KEY, "anthropic", "--base-url", url),
    );
    expect(credential.metadata).toMatchObject({
      account: "org [key removed]",
      account_name: "Org of [key removed]",
    });
  });

  it("stores a key untried if it is told to, and asks nobody", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    const outcome = await add(home, ORDINARY, "anthropic", "--no-check", "--base-url", server.url);
    const { credential } = jsonOf<{ credential: StoredCredential }>(outcome);
    expect(credential).toMatchObject({ validation_status: "pending", metadata: { account_known: false } });
    expect(credential.metadata).not.toHaveProperty("checked_at");
    expect(server.requests).toEqual([]);
    const { stdout } = await runCommand(Credentials, [], home);
    expect(stdout).toContain("  not tried  ");
  });

  it("refuses a name that is taken before the key is read, and the first key stays", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    await keep(home, kept(server.url), kept(server.url, { name: "work" }));
    const before = await stored(home);
    expect(await refusal(CredentialsAdd, ["anthropic"], home)).toEqual({
      exit: 4,
      code: "credential_exists",
      message: "There is a key of anthropic already.",
      hint: "Replace it with: aicost credentials rotate anthropic\nOr store this one beside it: aicost credentials add anthropic --name NAME",
    });
    expect(await refusal(CredentialsAdd, ["anthropic", "--name", "work"], home)).toMatchObject({
      code: "credential_exists",
      message: "There is a key of anthropic (work) already.",
      hint: expect.stringContaining("rotate anthropic --name work") as string,
    });
    expect(await stored(home)).toEqual(before);
    expect(server.requests).toEqual([]);
  });

  it("lets one of two that store the same name at once win, and loses neither of two names", async () => {
    const home = newHome();
    const { url } = await startReplay(replayAnthropic);
    const names = ["same", "same", "other"];
    const flags = ["--key-stdin", "--json", "--base-url", url, "--name"];
    const outcomes = await Promise.all(
      names.map((name) =>
        aicost(["credentials", "add", "anthropic", ...flags, name], home, { input: `${KEY}\n` }),
      ),
    );
    expect(outcomes.map(({ exit }) => exit).sort()).toEqual([0, 0, 4]);
    expect(outcomes.some(({ stdout }) => stdout.includes('"credential_exists"'))).toBe(true);
    expect(await checkOf(home)).toMatchObject({
      exit: 0,
      credentials: [
        { name: "other", status: "valid" },
        { name: "same", status: "valid" },
      ],
    });
  });

  it("asks for the address and the key in a terminal, again for what is none, and can be left", async () => {
    const home = newHome();
    const { url } = await startReplay(replayLitellm);
    const left = inTerminal(["credentials", "add", "litellm"], home);
    await left.shows("Address of your LiteLLM");
    left.type("\u0003");
    expect((await left.ended).exit).toBe(130);
    const terminal = inTerminal(["credentials", "add", "litellm"], home);
    await terminal.shows("Address of your LiteLLM");
    terminal.type("http://llm.example.com\r");
    await terminal.shows("is not encrypted");
    terminal.type(`${"\u007f".repeat(40)}${url}\r`);
    await terminal.shows("Key of LiteLLM");
    terminal.type("with a blank\r");
    await terminal.shows("A key has no spaces");
    terminal.type(`${"\u007f".repeat(20)}${LITELLM_KEYS.user}\r`);
    await terminal.shows("Collect what was spent with: aicost sync");
    const { screen, exit } = await terminal.ended;
    expect(exit).toBe(0);
    expect(screen).not.toContain(LITELLM_KEYS.user);
    expect(await listed(home)).toMatchObject([{ provider: "litellm", validation_status: "valid" }]);
  });
});

describe("aicost credentials add refuses, and stores nothing:", () => {
  const home = sharedHome();

  /** The first key that is stored makes the vault, so without it none is stored. */
  const expectNothingStored = (): void => expect(readdirSync(home.configDir)).toEqual([]);

  it.each<[string, Replay, provider: string, key: string, message: string, hint: string]>([
    [
      "an ordinary key of Anthropic",
      replayAnthropic,
      "anthropic",
      ORDINARY,
      "This is an ordinary API key of Anthropic: Anthropic does not let it read your spend.",
      "https://platform.claude.com/settings/admin-keys",
    ],
    [
      "a project key of OpenAI",
      replayOpenai,
      "openai",
      OPENAI_KEYS.project,
      "This is a key of OpenAI that may not read costs: OpenAI does not let it read your spend.",
      "https://platform.openai.com/settings/organization/admin-keys",
    ],
    [
      "an ordinary key of Mistral",
      replayMistral(),
      "mistral",
      MISTRAL_KEYS.ordinary,
      "This is an ordinary API key of Mistral: Mistral does not let it read your spend.",
      "https://docs.mistral.ai/admin/admin-api/authentication",
    ],
    [
      "a key for models of xAI",
      replayXai,
      "xai",
      XAI_KEYS.ordinary,
      "This is an API key of xAI for its models: xAI does not let it read your spend.",
      "https://console.x.ai/team/default/management-keys",
    ],
    [
      "a key for models of a LiteLLM proxy",
      replayLitellm,
      "litellm",
      LITELLM_KEYS.models,
      "This is a key for models only: the LiteLLM proxy does not let it read your spend.",
      "https://docs.litellm.ai/docs/proxy/virtual_keys",
    ],
  ])("%s, and says where another one is made", async (_what, replay, provider, key, message, hint) => {
    const { url } = await startReplay(replay);
    const argv = ["credentials", "add", provider, "--base-url", url, "--key-stdin"];
    expect(await refusedWith(argv, home, key)).toEqual({
      exit: 3,
      stderr: "",
      code: "key_cannot_collect",
      message,
      hint: expect.stringContaining(hint) as string,
    });
    expectNothingStored();
  });

  it.each<[string, provider: string, key: string, code: string, exit: number, message: string, hint: string]>(
    [
      [
        "a refresh token",
        "anthropic",
        `sk-ant-ort01-${"r".repeat(90)}`,
        "key_cannot_collect",
        3,
        "This is an OAuth refresh token of Anthropic: Anthropic does not let it read your spend.",
        "https://platform.claude.com/settings/admin-keys",
      ],
      [
        "a personal access token",
        "vercel",
        `vcp_${"v".repeat(56)}`,
        "key_cannot_collect",
        3,
        "This is a personal access token of Vercel: Vercel AI Gateway does not let it read your spend.",
        "https://vercel.com/dashboard",
      ],
      [
        "a key of another provider",
        "anthropic",
        OPENAI_KEYS.admin,
        "key_of_other_provider",
        4,
        "This is an OpenAI Admin key, not a key of Anthropic.",
        "Store it with: aicost credentials add openai",
      ],
      [
        "a key of another provider without a mark",
        "openai",
        MISTRAL_KEYS.admin,
        "key_of_other_provider",
        4,
        "This is a Mistral key, not a key of OpenAI.",
        "Store it with: aicost credentials add mistral",
      ],
      [
        "a key of Groq",
        "openai",
        `gsk_${"g".repeat(52)}`,
        "key_of_other_provider",
        4,
        "This is a Groq API key, not a key of OpenAI.",
        "https://platform.openai.com/settings/organization/admin-keys",
      ],
      [
        "a key of Google",
        "deepseek",
        `AIza${"G".repeat(35)}`,
        "key_of_other_provider",
        4,
        "This is a Google API key, not a key of DeepSeek.",
        "https://platform.deepseek.com/api_keys",
      ],
      ["no key", "anthropic", "", "bad_key", 2, "The key is empty.", "Copy the key again"],
      ["an empty line before the key", "anthropic", `\n${KEY}`, "bad_key", 2, "The key is empty.", "Copy"],
      ["blanks", "anthropic", " \t \n", "bad_key", 2, "The key is empty.", "Copy the key again"],
      ["two keys on a line", "anthropic", `${KEY} ${KEY}`, "bad_key", 2, "A key has no spaces", "Copy"],
      ["a key with a dash of a word processor", "xai", "xai–token", "bad_key", 2, "A key has no", "Copy"],
      ["a key that is too long", "anthropic", "k".repeat(4097), "bad_key", 2, "This is too long", "Copy"],
      ["a file of another kind", "anthropic", "k".repeat(200_000), "bad_key", 2, "This is too long", "Copy"],
    ],
  )("%s, and asks nobody", async (_what, provider, key, code, exit, message, hint) => {
    const error = await refusedWith(["credentials", "add", provider, "--key-stdin"], home, key);
    expect(error).toEqual({
      exit,
      stderr: "",
      code,
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    });
    if (key.trim().length > 20) expect(JSON.stringify(error)).not.toContain(key.trim().slice(5, 25));
    expectNothingStored();
  });

  it("a key that its provider does not know, with the command that stores another one", async () => {
    const { url } = await startReplay(replayAnthropic);
    const argv = ["credentials", "add", "anthropic", "--name", "work", "--base-url", url, "--key-stdin"];
    expect(await refusedWith(argv, home, keyOf("x"))).toMatchObject({
      exit: 3,
      code: "key_refused",
      message: "Anthropic does not accept the key for this (401): invalid x-api-key.",
      hint: expect.stringMatching(
        /\nStore another one with: aicost credentials add anthropic --name work$/,
      ) as string,
      status: 401,
    });
    expectNothingStored();
  });

  it.each<[string, string, Reply | null]>([
    ["does not answer", "unreachable", null],
    ["is in trouble", "provider_failed", { status: 503, body: { error: { message: "overloaded" } } }],
    ["answers with a page", "provider_answer", { status: 200, body: "<html>Sign in</html>" }],
    ["answers something else", "provider_answer", { status: 200, body: { name: "no id" } }],
    ["takes no more requests", "rate_limited", { status: 429, body: {} }],
    ["redirects", "provider_redirects", { status: 302, headers: { location: NOWHERE }, body: "" }],
  ])("a key whose provider %s", async (_what, code, reply) => {
    const server = await startReplay(replayAnthropic);
    if (reply !== null) server.fault = () => reply;
    const url = reply === null ? NOWHERE : server.url;
    const argv = ["credentials", "add", "anthropic", "--base-url", url, "--key-stdin"];
    expect(await refusedWith(argv, home, KEY)).toMatchObject({ exit: 5, code });
    expectNothingStored();
  });

  it.each([
    ["http://llm.example.com", "is not encrypted"],
    ["http://127.0.0.1.example.com", "is not encrypted"],
    ["http://0.0.0.0:4000", "is not encrypted"],
    ["https://me:secret@llm.example.com", "must not contain a user name or a password"],
    ["https://me@llm.example.com", "must not contain a user name or a password"],
    ["https://llm.example.com/?key=1", "nothing after a “?”"],
    [`https://llm.example.com/sk-ant-${"k".repeat(20)}/v1`, "no key"],
    ["ftp://llm.example.com", "is not the address of an API"],
    ["file:///etc/passwd", "is not the address of an API"],
    ["https://", "is not the address of an API"],
    ["", "is not the address of an API"],
  ])("the address %s", async (url, message) => {
    const error = await refusal(CredentialsAdd, ["litellm", "--base-url", url, "--key-stdin"], home);
    expect(error).toMatchObject({ exit: 2, code: "bad_base_url" });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("me:secret");
    expectNothingStored();
  });

  it.each<[string[], string, number]>([
    [[], "usage", 2],
    [["anthropic", "--name"], "usage", 2],
    [["anthropic", "--no-such-flag"], "usage", 2],
    [["antropic"], "provider_not_collected", 4],
    [["groq"], "provider_not_collected", 4],
    [["My Provider"], "provider_name", 2],
    [["litellm"], "base_url_missing", 2],
    [["anthropic"], "key_missing", 2],
    [["anthropic", "--name", ""], "credential_name", 2],
    [["anthropic", "--name", ".hidden"], "credential_name", 2],
    [["anthropic", "--name", "a b"], "credential_name", 2],
    [["anthropic", "--name", "naïve"], "credential_name", 2],
    [["anthropic", "--name", "two\nlines"], "credential_name", 2],
    [["anthropic", "--name", "n".repeat(101)], "credential_name", 2],
  ])("%j", async (argv, code, exit) => {
    expect(await refusal(CredentialsAdd, argv, home)).toMatchObject({
      exit,
      code,
      hint: expect.any(String) as string,
    });
    expectNothingStored();
  });

  it("a provider that it does not collect from, with the one that may be meant", async () => {
    expect(await refusal(CredentialsAdd, ["antropic"], home)).toMatchObject({
      message: "aicost cannot collect from “antropic”.",
      hint: "Did you mean anthropic? It collects from anthropic, deepseek, litellm, mistral, openai, openrouter, vercel, xai. For others, import their files: aicost import FILE",
    });
    expect(await listed(home)).toEqual([]);
  });
});

describe("aicost credentials", () => {
  const DAY_MS = 86_400_000;
  const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString();

  it("says so if there are none", async () => {
    const home = newHome();
    const hint = "No key is stored yet. Store one with: aicost credentials add PROVIDER\n";
    expect(await runCommand(Credentials, [], home)).toEqual({ stdout: hint, stderr: "", exit: 0 });
    expect(await runCommand(CredentialsCheck, [], home)).toEqual({ stdout: hint, stderr: "", exit: 0 });
    expect(await checkOf(home)).toEqual({ exit: 0, credentials: [] });
    expect(await answer(CredentialsLog, [], home)).toEqual({ entries: [], total: 0 });
    const { stdout } = await runCommand(CredentialsLog, [], home);
    expect(stdout).toBe("Nothing has happened to a key yet.\n");
  });

  it("lists keys of all states by provider and name, and never a key or its ciphertext", async () => {
    const home = newHome();
    await keep(
      home,
      { provider: "openrouter", key: OPENROUTER_KEYS.management, validation_status: "pending" },
      kept(NOWHERE, { name: "work", metadata: { account_name: "Demo Org", key_set_at: daysAgo(400) } }),
      kept(NOWHERE, { name: "Billing", metadata: { account_name: "Gesellschaft für Verbrauchsforschung" } }),
      kept(NOWHERE, { feeds: ["anthropic-cost-report"], metadata: { key_set_at: daysAgo(1) } }),
      { provider: "mistral", key: MISTRAL_KEYS.admin, validation_status: "invalid" },
      { provider: "vercel", key: VERCEL_KEYS.pro, is_active: false, validation_status: "invalid" },
    );
    for (const columns of ["80", "120"]) {
      const { stdout, stderr, exit } = await runCommand(Credentials, [], home, { COLUMNS: columns });
      expect({ stderr, exit }).toEqual({ stderr: "", exit: 0 });
      await expect(stdout.replace(/\d{4}-\d\d-\d\d \d\d:\d\d$/m, "YYYY-MM-DD HH:MM")).toMatchFileSnapshot(
        snapshot(`credentials-${columns}.txt`),
      );
    }
    const credentials = await listed(home);
    expect(credentials.map(({ provider, name }) => `${provider} ${name}`)).toEqual([
      "anthropic Billing",
      "anthropic default",
      "anthropic work",
      "mistral default",
      "openrouter default",
      "vercel default",
    ]);
    expect(Object.keys(credentials[0] ?? {}).sort()).toEqual([
      "created_at",
      "encryption_key_id",
      "id",
      "is_active",
      "metadata",
      "name",
      "provider",
      "syncs",
      "validation_status",
    ]);
  });
});

describe("aicost credentials check", () => {
  const valid = { status: "valid", code: null, message: null, hint: null };

  it("asks each provider with its key, disabled ones too, and keeps what it learns", async () => {
    const home = newHome();
    const anthropic = await startReplay(replayAnthropic);
    const openrouter = await startReplay(replayOpenrouter);
    await keep(home, kept(anthropic.url, { validation_status: "invalid", is_active: false }), {
      provider: "openrouter",
      key: OPENROUTER_KEYS.ordinary,
      metadata: { base_url: `${openrouter.url}/api/v1` },
    });
    expect(await checkOf(home)).toEqual({
      exit: 0,
      credentials: [
        { provider: "anthropic", name: "default", account_name: ORGANISATION.name, ...valid },
        {
          ...valid,
          provider: "openrouter",
          name: "default",
          account_name: null,
          message: expect.stringMatching(/^This is an ordinary key/) as string,
        },
      ],
    });
    expect(await listed(home)).toMatchObject([
      {
        is_active: false,
        validation_status: "valid",
        metadata: { account_name: ORGANISATION.name, checked_at: expect.any(String) as string },
      },
      { validation_status: "valid", metadata: { facts: { management: false } } },
    ]);
    expect(anthropic.requests.map(({ headers }) => headers["x-api-key"])).toEqual([KEY]);
  });

  it("asks with the one key that is named", async () => {
    const home = newHome();
    const [one, other] = [await startReplay(replayAnthropic), await startReplay(replayAnthropic)];
    await keep(home, kept(one.url, { name: "one" }), kept(other.url, { name: "other" }));
    const { credentials } = await checkOf(home, "ANTHROPIC", "--name", "other");
    expect(credentials).toMatchObject([{ name: "other", status: "valid" }]);
    expect([one.requests.length, other.requests.length]).toEqual([0, 1]);
  });

  it("says which are refused, goes on with the others, and ends with the exit code of the first", async () => {
    const home = newHome();
    const { url } = await startReplay(replayAnthropic);
    const [sharp, down] = [kept(url, { key: keyOf("x"), name: "gone" }), kept(NOWHERE, { name: "down" })];
    await keep(
      home,
      sharp,
      down,
      kept(url, { key: ORDINARY, name: "ordinary" }),
      kept(url, { name: "well" }),
    );
    const { exit, credentials } = await checkOf(home);
    expect(exit).toBe(5);
    expect(credentials.map(({ name, status, code }) => [name, status, code])).toEqual([
      ["down", "unknown", "unreachable"],
      ["gone", "invalid", "key_refused"],
      ["ordinary", "invalid", "key_cannot_collect"],
      ["well", "valid", null],
    ]);
    const states = (await listed(home)).map(({ name, validation_status }) => [name, validation_status]);
    // Where nobody answered nothing was learned.
    expect(states).toEqual([
      ["down", "valid"],
      ["gone", "invalid"],
      ["ordinary", "invalid"],
      ["well", "valid"],
    ]);
    for (const name of ["gone", "ordinary"]) {
      expect(await checkOf(home, "anthropic", "--name", name)).toMatchObject({ exit: 3 });
    }
    const { stdout } = await runCommand(CredentialsCheck, ["anthropic", "--name", "gone"], home, {
      COLUMNS: "80",
    });
    await expect(stdout).toMatchFileSnapshot(snapshot("credentials-check.txt"));
  });

  it("takes a key for good again once its provider does, and notes a new name of the account", async () => {
    const home = newHome();
    const server = await startReplay(replayAccounts({ [KEY]: { ...ORGANISATION, name: "New Name" } }));
    const metadata = { account: ORGANISATION.id, account_known: true, account_name: ORGANISATION.name };
    await keep(home, kept(server.url, { validation_status: "invalid", metadata }));
    await checkOf(home);
    expect(await listed(home)).toMatchObject([
      { validation_status: "valid", metadata: { account: ORGANISATION.id, account_name: "New Name" } },
    ]);
  });

  it.each<[string[], string, number]>([
    [["--name", "work"], "provider_missing", 2],
    [["anthropic"], "credential_ambiguous", 2],
    [["anthropic", "--name", "gone"], "credential_unknown", 4],
    [["openai"], "credential_unknown", 4],
    [["No Provider"], "provider_name", 2],
    [["anthropic", "work"], "usage", 2],
  ])("refuses %j", async (argv, code, exit) => {
    const home = await twoKeys();
    expect(await refusal(CredentialsCheck, argv, home)).toMatchObject({ code, exit });
    if (argv[0] !== "--name")
      expect(await refusal(CredentialsDisable, argv, home)).toMatchObject({ code, exit });
  });

  it("says which there are", async () => {
    const home = await twoKeys();
    expect(await refusal(CredentialsCheck, ["anthropic"], home)).toMatchObject({
      message: "There are several keys of anthropic: default, work.",
      hint: "Say which one: --name default",
    });
    expect(await refusal(CredentialsCheck, ["anthropic", "--name", "wrok"], home)).toMatchObject({
      message: "No key of anthropic (wrok) is stored.",
      hint: "There is default, work.",
    });
  });

  let two: Home | undefined;
  const shared = sharedHome();
  const twoKeys = async (): Promise<Home> => {
    if (two === undefined) await keep(shared, kept(NOWHERE), kept(NOWHERE, { name: "work" }));
    return (two ??= shared);
  };
});

describe("aicost credentials rotate", () => {
  const NEW = keyOf("n");
  const same = replayAccounts({ [NEW]: ORGANISATION });
  const account = { account: ORGANISATION.id, account_known: true, account_name: ORGANISATION.name };

  /** A home with a key that something was collected with. */
  const collecting = async (server: ReplayServer, more: Partial<Kept> = {}): Promise<Home> => {
    const home = newHome();
    await keep(home, kept(server.url, { feeds: ["anthropic-cost-report"], metadata: account, ...more }));
    return home;
  };

  const expectUnchanged = async (home: Home, key: string, argv: string[], error: object): Promise<void> => {
    const before = await stored(home);
    expect(await refusedWith(["credentials", "rotate", ...argv, "--key-stdin"], home, key)).toMatchObject(
      error,
    );
    expect(await stored(home)).toEqual(before);
  };

  it("replaces a key by another one of the same account, and goes on where that was", async () => {
    const server = await startReplay(same);
    const home = await collecting(server, { validation_status: "invalid", is_active: false });
    const [before] = (await stored(home)).credentials;
    const outcome = await rotate(home, NEW, "anthropic");
    expect(outcome).toMatchObject({ exit: 0, stderr: "" });
    const { credential } = jsonOf<{ credential: StoredCredential }>(outcome);
    const { id, created_at, syncs, metadata } = credential;
    expect({ id, created_at, syncs }).toEqual({
      id: before?.id,
      created_at: before?.created_at,
      syncs: before?.syncs,
    });
    expect(credential).toMatchObject({ validation_status: "valid", is_active: false });
    expect(metadata).toMatchObject({ ...account, masked: "sk-ant-admin…nnAA", base_url: server.url });
    expect(metadata.key_set_at > (before?.metadata.key_set_at ?? "")).toBe(true);
    const { credentials, log } = await stored(home);
    expect(credentials[0]?.encrypted_api_key).not.toBe(before?.encrypted_api_key);
    expect(log[0]?.changed_columns).toEqual(["encrypted_api_key", "metadata", "validation_status"]);
    server.requests.length = 0;
    expect(await checkOf(home)).toMatchObject({ exit: 0 });
    expect(server.requests.map(({ headers }) => headers["x-api-key"])).toEqual([NEW]);
  });

  it("refuses a key of another account where something was collected, and takes it where nothing was", async () => {
    const other = { id: "0b6f1c9e-0000-4000-8000-000000000000", name: "Other Org" };
    const server = await startReplay(replayAccounts({ [NEW]: other }));
    await expectUnchanged(await collecting(server), NEW, ["anthropic"], {
      exit: 4,
      code: "key_of_other_account",
      message: "This key is of Other Org; what was collected as anthropic is of Demo Org.",
      hint: "Store it under another name: aicost credentials add anthropic --name NAME",
    });
    const fresh = await collecting(server, { feeds: [] });
    expect(jsonOf(await rotate(fresh, NEW, "anthropic"))).toMatchObject({
      credential: { metadata: { account: other.id, account_name: other.name } },
    });
  });

  it.each<[string, key: string, exit: number, code: string]>([
    ["that its provider refuses", keyOf("x"), 3, "key_refused"],
    ["that cannot collect", ORDINARY, 3, "key_cannot_collect"],
    ["that is none", "no key", 2, "bad_key"],
  ])("keeps the old key for one %s", async (_what, key, exit, code) => {
    const server = await startReplay(same);
    const home = await collecting(server);
    await expectUnchanged(home, key, ["anthropic"], { exit, code });
    expect(await checkOf(home)).toMatchObject({ exit: 0, credentials: [{ status: "valid" }] });
  });

  it("keeps the old key if the provider does not answer", async () => {
    const server = await startReplay(same);
    const home = await collecting(server);
    const argv = ["anthropic", "--base-url", NOWHERE];
    await expectUnchanged(home, NEW, argv, { exit: 5, code: "unreachable" });
  });

  it("sends the key to another address from then on, and to the old one no more", async () => {
    const [before, after] = [await startReplay(same), await startReplay(same)];
    const home = await collecting(before);
    const outcome = await rotate(home, KEY, "anthropic", "--base-url", after.url);
    expect(jsonOf(outcome)).toMatchObject({ credential: { metadata: { base_url: after.url } } });
    expect(await checkOf(home)).toMatchObject({ exit: 0 });
    expect([before.requests.length, after.requests.length]).toEqual([0, 2]);
  });

  it("forgets what was known of the key of before if the new one is not tried", async () => {
    const server = await startReplay(same);
    const home = await collecting(server, {
      feeds: [],
      metadata: { ...account, checked_at: "2026-11-20T00:00:00Z" },
    });
    const outcome = await rotate(home, NEW, "anthropic", "--no-check");
    const { credential } = jsonOf<{ credential: StoredCredential }>(outcome);
    expect(credential).toMatchObject({ validation_status: "pending", metadata: { account_known: false } });
    expect(Object.keys(credential.metadata)).not.toContain("checked_at");
    expect(Object.keys(credential.metadata)).not.toContain("account_name");
    expect(server.requests).toEqual([]);
  });

  it("keeps the account of what was collected if the new key is not tried", async () => {
    const home = await collecting(await startReplay(same));
    const outcome = await rotate(home, NEW, "anthropic", "--no-check");
    expect(jsonOf(outcome)).toMatchObject({
      credential: { validation_status: "pending", metadata: account },
    });
  });

  it("is a mistake if there is none", async () => {
    expect(await refusal(CredentialsRotate, ["openai"], newHome())).toMatchObject({
      exit: 4,
      code: "credential_unknown",
      message: "No key of openai is stored.",
      hint: "See what is stored with: aicost credentials. Store one with: aicost credentials add openai",
    });
  });
});

describe("aicost credentials rename, disable, enable, remove and log", () => {
  it("gives a key another name, and it still opens", async () => {
    const home = newHome();
    const { url } = await startReplay(replayAnthropic);
    await keep(home, kept(url), kept(url, { name: "taken" }));
    const refusals: [string[], string, number][] = [
      [["anthropic", "taken", "--name", "default"], "credential_exists", 4],
      [["anthropic", "work"], "credential_ambiguous", 2],
      [["anthropic", "work", "--name", "gone"], "credential_unknown", 4],
      [["openai", "work"], "credential_unknown", 4],
      [["anthropic", "", "--name", "default"], "credential_name", 2],
      [["anthropic", "a/b", "--name", "default"], "credential_name", 2],
      [["anthropic", KEY, "--name", "default"], "credential_name", 2],
      [["anthropic"], "usage", 2],
    ];
    const before = await stored(home);
    for (const [argv, code, exit] of refusals) {
      const outcome = await runCommand(CredentialsRename, [...argv, "--json"], home);
      expect(outcome.exit, argv.join(" ")).toBe(exit);
      expect(jsonOf(outcome), argv.join(" ")).toMatchObject({ error: { code } });
      expect(outcome.stdout).not.toContain(KEY);
    }
    expect(await stored(home)).toEqual(before);
    expect(await runCommand(CredentialsRename, ["anthropic", "work", "--name", "default"], home)).toEqual({
      stdout: "The key default of anthropic is called work now.\n",
      stderr: "",
      exit: 0,
    });
    // To its own name.
    await answer(CredentialsRename, ["anthropic", "work", "--name", "work"], home);
    expect(await checkOf(home)).toMatchObject({
      exit: 0,
      credentials: [
        { name: "taken", status: "valid" },
        { name: "work", status: "valid" },
      ],
    });
  });

  it("leaves a disabled key out of sync until it is enabled", async () => {
    const home = newHome();
    const server = await startReplay(replayAnthropic);
    await keep(home, kept(server.url, { name: "work" }));
    expect(await runCommand(CredentialsDisable, ["anthropic"], home)).toEqual({
      stdout: "The key of anthropic (work) is disabled.\n",
      stderr: "",
      exit: 0,
    });
    expect(await answer(CredentialsDisable, ["anthropic"], home)).toMatchObject({
      credential: { is_active: false, validation_status: "valid" },
    });
    expect(await answer(Sync, [], home)).toEqual({ syncs: [], warnings: [] });
    expect(server.requests).toEqual([]);
    const { stdout } = await runCommand(CredentialsEnable, ["anthropic"], home);
    expect(stdout).toBe("The key of anthropic (work) is enabled.\n");
    const { syncs } = await answer<{ syncs: unknown[] }>(Sync, ["--since", "2026-11-07"], home);
    expect(syncs).toMatchObject([{ provider: "anthropic", credential: "work", status: "done" }]);
  });

  it("forgets a key that was confirmed, and asks for --yes if nobody can answer", async () => {
    const home = newHome();
    await keep(home, kept(NOWHERE), kept(NOWHERE, { name: "work", feeds: ["anthropic-cost-report"] }));
    const before = await stored(home);
    expect(await refusal(CredentialsRemove, ["anthropic", "--name", "work"], home)).toEqual({
      exit: 2,
      code: "not_confirmed",
      message:
        "Forget the key of anthropic (work) (sk-ant-admin…kkAA)? Not a terminal, so aicost cannot ask.",
      hint: "Pass --yes to confirm.",
    });
    expect(await stored(home)).toEqual(before);
    const [first, work] = await listed(home);
    expect(await answer(CredentialsRemove, ["anthropic", "--name", "work", "--yes"], home)).toEqual({
      removed: [{ ...work, syncs: [] }],
    });
    expect(await listed(home)).toEqual([first]);
    expect((await runCommand(CredentialsRemove, ["anthropic", "-y"], home)).stdout).toBe(
      "The key of anthropic is forgotten. Delete it at the provider, too, if nothing else uses it.\n",
    );
    expect(await listed(home)).toEqual([]);
    expect(await refusal(CredentialsRemove, ["anthropic", "--yes"], home)).toMatchObject({
      exit: 4,
      code: "credential_unknown",
    });
  });

  it("keeps a key in a terminal unless the answer is yes", async () => {
    const home = await homeWithDatabase();
    await keep(home, kept(NOWHERE));
    const no = inTerminal(["credentials", "remove", "anthropic"], home);
    await no.shows("Forget the key of anthropic (sk-ant-admin…kkAA)?");
    no.type("\r");
    expect((await no.ended).exit).toBe(0);
    expect(await listed(home)).toHaveLength(1);
    const yes = inTerminal(["credentials", "remove", "anthropic"], home);
    await yes.shows("Forget the key");
    yes.type("y\r");
    await yes.shows("is forgotten");
    expect(await listed(home)).toEqual([]);
  });

  it("writes all of it down, newest first, in the database itself, without any key", async () => {
    const home = newHome();
    const { url } = await startReplay(replayAccounts({ [keyOf("n")]: ORGANISATION }));
    await keep(home, kept(url));
    await checkOf(home);
    await rotate(home, keyOf("n"), "anthropic");
    await answer(CredentialsDisable, ["anthropic"], home);
    await answer(CredentialsEnable, ["anthropic"], home);
    await answer(CredentialsRename, ["anthropic", "work"], home);
    await answer(CredentialsRemove, ["anthropic", "--yes"], home);
    const log = await answer<{ entries: AuditEntry[]; total: number }>(CredentialsLog, [], home);
    expect(
      log.entries.map(({ action, name, changed_columns }) => [action, name, ...changed_columns]),
    ).toEqual([
      ["deleted", "work"],
      ["changed", "work", "credential_name"],
      ["changed", "default", "is_active"],
      ["changed", "default", "is_active"],
      ["changed", "default", "encrypted_api_key", "metadata"],
      ["changed", "default", "metadata"],
      ["created", "default"],
    ]);
    expect(log.total).toBe(7);
    expect(log.entries.every(({ by_owner, provider }) => by_owner && provider === "anthropic")).toBe(true);
    expect(new Set(log.entries.map(({ credential_id }) => credential_id)).size).toBe(1);
    const { stdout } = await runCommand(CredentialsLog, [], home, { COLUMNS: "80" });
    await expect(
      stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "YYYY-MM-DD HH:MM:SS"),
    ).toMatchFileSnapshot(snapshot("credentials-log.txt"));
    const page = await answer<typeof log>(CredentialsLog, ["--limit", "2", "--page", "4"], home);
    expect(page).toEqual({ entries: log.entries.slice(6), total: 7 });
    const beyond = await runCommand(CredentialsLog, ["--page", "2"], home);
    expect(beyond.stdout).toBe("No entry on page 2; there are 7.\n");
    expect(await refusal(CredentialsLog, ["--page", "0"], home)).toMatchObject({ exit: 2, code: "usage" });
  });
});
