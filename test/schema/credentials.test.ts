import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type {
  Api,
  AuditEntry,
  CredentialChanges,
  NewCredential,
  StoredCredential,
} from "../../src/lib/api.js";
import {
  backends,
  type Database,
  eachWithUser,
  freshDatabase,
  nativeBackends,
  signUp,
} from "../support/database.js";
import { storedMetadata } from "../support/records.js";

/** What the ciphertexts of these tests hold, and nothing else may. */
const SECRET = "ciphertext-";

const MOMENT = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as string;

const newCredential = (given: Partial<NewCredential> = {}): NewCredential => ({
  id: randomUUID(),
  provider: "openai",
  name: "work",
  encrypted_api_key: `${SECRET}1`,
  encryption_key_id: "v1",
  validation_status: "valid",
  metadata: storedMetadata(),
  ...given,
});

/** The stable code and the SQLSTATE of a refusal: AC and the exit code. Anything else that is thrown is thrown on. */
const refusal = async (refused: Promise<unknown>): Promise<string> => {
  try {
    await refused;
  } catch (error) {
    const { code, detail } = error as { code?: string; detail?: string };
    if (code?.startsWith("AC") !== true) throw error;
    return `${detail} ${code}`;
  }
  return "not refused";
};

describe.each(backends)("stored keys on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));

  const call = <Name extends keyof Api>(name: Name, args: Api[Name]["args"], as = user) =>
    db.asUser(as, (me) => me.call(name, args));
  const add = (given: Partial<NewCredential> = {}, as = user): Promise<StoredCredential> =>
    call("add_credential", { credential: newCredential(given) }, as);
  const change = (credential_id: string, changes: CredentialChanges, as = user): Promise<StoredCredential> =>
    call("change_credential", { credential_id, changes }, as);
  const remove = (credential_id: string, as = user): Promise<StoredCredential> =>
    call("remove_credential", { credential_id }, as);
  const list = async (as = user): Promise<StoredCredential[]> =>
    (await call("list_credentials", {}, as)).credentials;
  const keys = async (): Promise<(string | undefined)[]> =>
    (await call("list_credentials", { with_keys: true })).credentials.map((each) => each.encrypted_api_key);
  const log = async (as = user): Promise<AuditEntry[]> =>
    (await call("list_audit_log", { max_rows: 100 }, as)).entries;
  const actions = async (as = user): Promise<unknown[]> =>
    (await log(as)).map(({ action, changed_columns }) => [action, ...changed_columns]);
  /** All that is stored of a user's keys, as the database's owner sees it. */
  const stored = (of: string) =>
    db.query("select to_jsonb(c) as row from api_credentials c where user_id = $1 order by id", [of]);

  describe("that are added", () => {
    it("come back as they were put in, but for the key", async () => {
      const { encrypted_api_key, ...given } = newCredential({
        metadata: storedMetadata({
          account: "org-1",
          account_known: true,
          account_name: "naïve “quotes” \\ and 🙂",
          base_url: "https://example.com/v1",
          facts: { team: "t-1", isAdmin: false },
        }),
      });
      const added = await call("add_credential", { credential: { ...given, encrypted_api_key } });
      expect(added).toEqual({ ...given, is_active: true, created_at: MOMENT, syncs: [] });
      expect(await call("list_credentials", {})).toEqual({ user_id: user, credentials: [added] });
      expect(await call("list_credentials", { with_keys: true })).toEqual({
        user_id: user,
        credentials: [{ ...added, encrypted_api_key }],
      });
    });

    it("are none at first", async () => {
      expect(await call("list_credentials", {})).toEqual({ user_id: user, credentials: [] });
    });

    it("are sorted by provider, then by name", async () => {
      for (const [provider, name] of [
        ["openai", "home"],
        ["openai", "Work"],
        ["anthropic", "z"],
        ["openai", "a-b"],
        ["openai", "a.b"],
        ["openai", "aa"],
      ] as const) {
        await add({ provider, name });
      }
      expect((await list()).map(({ provider, name }) => `${provider} ${name}`)).toEqual([
        "anthropic z",
        "openai Work",
        "openai a-b",
        "openai a.b",
        "openai aa",
        "openai home",
      ]);
    });

    it.each(["a", "0", "Work", "a.b_c-D", "x".repeat(100)])("may be called “%s”", async (name) => {
      expect((await add({ name })).name).toBe(name);
    });

    it.each(["", " ", "two words", "-dash", ".dot", "a/b", "é", "work\n", "“work”", "x".repeat(101), null])(
      "cannot be called “%s”",
      async (name) => {
        expect(await refusal(add({ name: name as string }))).toBe("credential_name AC000");
        const { id } = await add();
        if (name !== null) expect(await refusal(change(id, { name }))).toBe("credential_name AC000");
        expect((await list()).map((each) => each.name)).toEqual(["work"]);
      },
    );

    it("have one name each of a provider and a user", async () => {
      const first = await add();
      expect(await refusal(add({ encrypted_api_key: `${SECRET}2` }))).toBe("credential_exists AC000");
      expect(await list()).toEqual([first]);
      await add({ provider: "anthropic" });
      await add({ name: "Work" });
      await add({}, await signUp(db));
      expect(await list()).toHaveLength(3);
    });

    it("may be called again as one that was removed", async () => {
      const { id } = await add();
      await remove(id);
      await add();
      expect(await list()).toHaveLength(1);
    });

    it("are of a provider that the user knows", async () => {
      const other = await signUp(db);
      await call("add_provider", { name: "my-gateway", display_name: "Mine" }, other);
      for (const provider of ["nobody", "my-gateway"]) {
        expect(await refusal(add({ provider }))).toBe("provider_unknown AC000");
      }
      expect((await add({ provider: "my-gateway" }, other)).provider).toBe("my-gateway");
      expect(await list()).toEqual([]);
    });
  });

  describe("that are changed", () => {
    let before: StoredCredential;
    beforeEach(async () => {
      before = await add({ metadata: storedMetadata({ account: "org-1", facts: { team: "t-1" } }) });
    });

    it.each([
      { name: "home" },
      { is_active: false },
      { validation_status: "invalid" },
      { encryption_key_id: "v2" },
    ] satisfies CredentialChanges[])("keep what is not named, beside %o", async (changes) => {
      const changed = await change(before.id, changes);
      expect(changed).toEqual({ ...before, ...changes });
      expect(await list()).toEqual([changed]);
      expect(await keys()).toEqual([`${SECRET}1`]);
    });

    it("have all of it changed at once, and nothing by nothing", async () => {
      const changes = {
        name: "home",
        is_active: false,
        validation_status: "pending",
        encryption_key_id: "v2",
      } as const;
      const answer = await change(before.id, { ...changes, encrypted_api_key: `${SECRET}2` });
      expect(answer).toEqual({ ...before, ...changes });
      expect(await keys()).toEqual([`${SECRET}2`]);
      expect(await change(before.id, {})).toEqual(answer);
    });

    it("merge what is known of them, and null takes one away", async () => {
      const metadata = { masked: "sk-…2", facts: { region: "eu" }, account_name: "Work", checked_at: null };
      const changed = await change(before.id, { metadata });
      expect(changed.metadata).toEqual({
        ...before.metadata,
        masked: "sk-…2",
        facts: { region: "eu" },
        account_name: "Work",
      });
      expect((await change(before.id, { metadata: { account_name: null } })).metadata).not.toHaveProperty(
        "account_name",
      );
    });

    it("are refused a name that another one has, and may keep their own", async () => {
      await add({ name: "home" });
      await add({ name: "other", provider: "anthropic" });
      expect(await refusal(change(before.id, { name: "home", is_active: false }))).toBe(
        "credential_exists AC000",
      );
      expect(await list()).toContainEqual(before);
      expect(await change(before.id, { name: "work" })).toEqual(before);
      expect((await change(before.id, { name: "other" })).name).toBe("other");
    });

    it("change only if the key is still the expected one", async () => {
      const rotate = (from: number, to: number) =>
        change(before.id, {
          expected_key: `${SECRET}${from}`,
          encrypted_api_key: `${SECRET}${to}`,
          encryption_key_id: `v${to}`,
        });
      expect(await refusal(rotate(9, 2))).toBe("credential_changed AC000");
      expect(await list()).toEqual([before]);
      expect((await rotate(1, 2)).encryption_key_id).toBe("v2");
      expect(await refusal(rotate(1, 3))).toBe("credential_changed AC000");
      expect(await keys()).toEqual([`${SECRET}2`]);
    });
  });

  describe("that are removed", () => {
    it("are told once more, and are gone then", async () => {
      const [first, second] = [await add(), await add({ name: "home" })];
      expect(await remove(first.id)).toEqual(first);
      expect(await list()).toEqual([second]);
      expect(await refusal(remove(first.id))).toBe("credential_gone AC000");
      expect(await refusal(change(first.id, { is_active: false }))).toBe("credential_gone AC000");
      expect(await refusal(remove(randomUUID()))).toBe("credential_gone AC000");
    });
  });

  it("tell how far each of their feeds is, of their own alone", async () => {
    const [first, second] = [await add(), await add({ name: "home" })];
    const save = (credential_id: string, feed: string, complete_through: string | null) =>
      call("save_sync_state", { credential_id, feed, complete_through, memory: { runs: 1 } });
    await save(first.id, "usage", "2026-11-05");
    await save(first.id, "cost", null);
    await save(second.id, "cost", "2026-11-04");
    const state = { memory: { runs: 1 }, synced_at: MOMENT };
    const syncs = [
      { ...state, feed: "cost", complete_through: null },
      { ...state, feed: "usage", complete_through: "2026-11-05" },
    ];
    expect((await list()).map((each) => [each.name, each.syncs])).toEqual([
      ["home", [{ ...state, feed: "cost", complete_through: "2026-11-04" }]],
      ["work", syncs],
    ]);
    expect((await change(first.id, { is_active: false })).syncs).toEqual(syncs);
    expect((await change(first.id, { name: "new", encrypted_api_key: `${SECRET}2` })).syncs).toEqual(syncs);
  });

  it("never tell a ciphertext unless it is asked for", async () => {
    const { id } = await add();
    const answers = [
      await add({ name: "home" }),
      await change(id, { encrypted_api_key: `${SECRET}2`, expected_key: `${SECRET}1` }),
      await call("list_credentials", {}),
      await call("list_credentials", { with_keys: false }),
      await remove(id),
      await call("list_audit_log", { max_rows: 100 }),
    ];
    for (const answer of answers) expect(JSON.stringify(answer)).not.toContain(SECRET);
    const { message, detail, hint } = (await add({ name: "home" }).catch(
      (error: unknown) => error,
    )) as Record<string, string>;
    expect(detail).toBe("credential_exists");
    expect(`${message} ${hint}`).not.toContain(SECRET);
    expect(await keys()).toEqual([`${SECRET}1`]);
  });

  it("are nothing for somebody who is not signed in", async () => {
    const { id } = await add();
    expect(await refusal(call("list_credentials", {}, ""))).toBe("not_signed_in AC000");
    expect(await refusal(add({ name: "home" }, ""))).toBe("not_signed_in AC000");
    expect(await refusal(change(id, { is_active: false }, ""))).toBe("credential_gone AC000");
    expect(await refusal(remove(id, ""))).toBe("credential_gone AC000");
    expect(await call("list_audit_log", { max_rows: 10 }, "")).toEqual({ entries: [], total: 0 });
  });

  describe("of another user", () => {
    let other: string;
    let theirs: StoredCredential;
    beforeEach(async () => {
      other = await signUp(db);
      theirs = await add({ encrypted_api_key: `${SECRET}theirs` }, other);
      await add();
    });

    it("are not listed, and their log is not read", async () => {
      expect((await list()).map(({ id }) => id)).not.toContain(theirs.id);
      expect(await keys()).toEqual([`${SECRET}1`]);
      expect(await call("list_audit_log", { max_rows: 100 })).toMatchObject({ total: 1 });
      expect(JSON.stringify(await log())).not.toContain(theirs.id);
    });

    it.each([
      ["disabled", { is_active: false }],
      ["renamed", { name: "mine" }],
      ["given another key", { encrypted_api_key: "mine" }],
      ["told apart by a guess of the key", { expected_key: `${SECRET}theirs`, is_active: false }],
      ["touched", {}],
    ] satisfies [string, CredentialChanges][])("cannot be %s", async (_, changes) => {
      const before = [await stored(other), await log(other)];
      expect(await refusal(change(theirs.id, changes))).toBe("credential_gone AC000");
      expect([await stored(other), await log(other)]).toEqual(before);
    });

    it("cannot be removed", async () => {
      const before = [await stored(other), await log(other)];
      expect(await refusal(remove(theirs.id))).toBe("credential_gone AC000");
      expect([await stored(other), await log(other)]).toEqual(before);
    });

    it("cannot be replaced by one of the same id", async () => {
      const before = await stored(other);
      await expect(add({ id: theirs.id, name: "home" })).rejects.toMatchObject({ code: "23505" });
      expect(await stored(other)).toEqual(before);
      expect(await list()).toHaveLength(1);
    });
  });

  describe("leave a log", () => {
    it("of one entry a change, the latest first, with what changed", async () => {
      const { id } = await add();
      await change(id, { is_active: false });
      await change(id, {
        encrypted_api_key: `${SECRET}2`,
        encryption_key_id: "v2",
        metadata: { masked: "x" },
      });
      await change(id, { name: "home", validation_status: "invalid" });
      await remove(id);
      const entry = {
        provider: "openai",
        credential_id: id,
        by_owner: true,
        created_at: MOMENT,
        is_active: null,
      };
      expect(await call("list_audit_log", { max_rows: 10 })).toEqual({
        total: 5,
        entries: [
          { ...entry, action: "deleted", name: "home", changed_columns: [] },
          {
            ...entry,
            action: "changed",
            name: "home",
            changed_columns: ["credential_name", "validation_status"],
          },
          {
            ...entry,
            action: "changed",
            name: "work",
            changed_columns: ["encrypted_api_key", "encryption_key_id", "metadata"],
          },
          { ...entry, action: "changed", name: "work", changed_columns: ["is_active"], is_active: false },
          { ...entry, action: "created", name: "work", changed_columns: [] },
        ],
      });
    });

    it("page by page", async () => {
      for (const name of ["a", "b", "c"]) await add({ name });
      const page = async (max_rows: number, skip_rows?: number) => {
        const { entries, total } = await call("list_audit_log", {
          max_rows,
          ...(skip_rows === undefined ? {} : { skip_rows }),
        });
        return [total, ...entries.map(({ name }) => name)];
      };
      expect(await page(2)).toEqual([3, "c", "b"]);
      expect(await page(2, 2)).toEqual([3, "a"]);
      expect(await page(2, 9)).toEqual([3]);
      expect(await page(0)).toEqual([3]);
    });

    it("that holds no key, and nothing of what is known of one", async () => {
      const { id } = await add({ metadata: storedMetadata({ masked: "masked-1", account: "account-1" }) });
      await change(id, { encrypted_api_key: `${SECRET}2`, metadata: { masked: "masked-2" } });
      await remove(id);
      const rows = await db.query("select to_jsonb(l) as row from audit_log l where user_id = $1", [user]);
      expect(rows).toHaveLength(3);
      expect(JSON.stringify(rows)).not.toMatch(new RegExp(`${SECRET}|masked|account-1`));
    });

    it("that stays when they are removed, and is about each by its id", async () => {
      const first = await add();
      await remove(first.id);
      const second = await add();
      expect((await log()).map(({ action, credential_id }) => [action, credential_id])).toEqual([
        ["created", second.id],
        ["deleted", first.id],
        ["created", first.id],
      ]);
    });

    it("that stays when their provider is gone, too", async () => {
      const { id: gateway } = await call("add_provider", { name: "my-gateway", display_name: "Mine" });
      const { id } = await add({ provider: "my-gateway" });
      await remove(id);
      await db.asUser(user, (me) => me.change("delete from providers where id = $1", [gateway]));
      expect((await log()).map(({ action, provider }) => [action, provider])).toEqual([
        ["deleted", null],
        ["created", null],
      ]);
    });

    it("of who did it: the owner, or the administrator of the database", async () => {
      const { id } = await add();
      await db.change("update api_credentials set is_active = false where id = $1", [id]);
      expect((await log()).map(({ action, by_owner }) => [action, by_owner])).toEqual([
        ["changed", false],
        ["created", true],
      ]);
    });

    it("of nothing that was refused, and of no sync", async () => {
      const { id } = await add();
      await add({ name: "home" });
      await refusal(add());
      await refusal(change(id, { name: "home" }));
      await refusal(change(id, { expected_key: "another", is_active: false }));
      await refusal(remove(randomUUID()));
      await call("save_sync_state", {
        credential_id: id,
        feed: "cost",
        complete_through: null,
        memory: null,
      });
      expect(await actions()).toEqual([["created"], ["created"]]);
    });

    it("that nobody can write, change or delete, not even its owner", async () => {
      await add();
      const before = await log();
      for (const sql of [
        "delete from audit_log",
        "update audit_log set action = 'deleted'",
        `insert into audit_log (user_id, action, credential_id, credential_name, provider_id)
         select user_id, action, credential_id, credential_name, provider_id from audit_log`,
      ]) {
        await expect(db.asUser(user, (me) => me.change(sql))).rejects.toMatchObject({ code: "42501" });
      }
      expect(await log()).toEqual(before);
    });
  });
});

describe.each(nativeBackends)("two rotations of a key at once on $name", (backend) => {
  it("end with the key of one, and the other one is told", async () => {
    const db = await freshDatabase(backend);
    const connections = await Promise.all([db.connect(), db.connect()]);
    try {
      const user = await signUp(db);
      const { id } = await db.asUser(user, (me) =>
        me.call("add_credential", { credential: newCredential() }),
      );
      const results = await Promise.allSettled(
        connections.map((each, at) =>
          each.asUser(user, async (me) => {
            const changes = { expected_key: `${SECRET}1`, encrypted_api_key: `${SECRET}by-${at}` };
            const changed = await me.call("change_credential", { credential_id: id, changes });
            await me.query("select pg_sleep(0.2)");
            return changed;
          }),
        ),
      );
      const won = results.findIndex(({ status }) => status === "fulfilled");
      expect(results[1 - won]).toMatchObject({
        status: "rejected",
        reason: { code: "AC000", detail: "credential_changed" },
      });
      expect(await db.query("select encrypted_api_key as key from api_credentials")).toEqual([
        { key: `${SECRET}by-${won}` },
      ]);
    } finally {
      await Promise.all([db, ...connections].map((each) => each.close()));
    }
  });
});
