import { createHash, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { CostRecord } from "../../src/lib/record/record.js";
import type { Api, ImportHead, StoredRecord, SyncState } from "../../src/lib/api.js";
import {
  backends,
  codeOf,
  type Database,
  eachWithUser,
  freshDatabase,
  nativeBackends,
  signUp,
} from "../support/database.js";
import {
  beginLayer,
  bring,
  bringLayer,
  type Caller,
  feedHead,
  type Layer,
  layerOf,
  undoLayer,
} from "../support/layers.js";
import { costRecord, storedMetadata } from "../support/records.js";

/** SQLSTATE of an error that a user can act on, with the exit code 4. */
const REFUSED = "AC000";

/** Cents by day of November 2026 and name of the row. 0 is the last of October, 31 the first of December. */
type Days = Record<number, Record<string, number>>;

const DAY_MS = 86_400_000;
const FIRST = Date.UTC(2026, 10, 1);

const dateOf = (day: number): string => new Date(FIRST + (day - 1) * DAY_MS).toISOString().slice(0, 10);
const dayOf = (timestamp: string): number => (Date.parse(timestamp.slice(0, 10)) - FIRST) / DAY_MS + 1;

/** The same id for the same words, as records have it. */
const idOf = (words: string): string =>
  createHash("sha256")
    .update(words)
    .digest("hex")
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");

const rowsOf = (days: Days): CostRecord[] =>
  Object.entries(days).flatMap(([day, rows]) =>
    Object.entries(rows).map(([name, cents]) =>
      costRecord({
        id: idOf(`${day} ${name}`),
        timestamp: `${dateOf(Number(day))}T00:00:00Z`,
        granularity: "day",
        model_name: name,
        cost_usd: String(cents / 100),
        collection_method: "api_automated",
      }),
    ),
  );

const daysOf = (records: readonly CostRecord[]): Days => {
  const days: Days = {};
  for (const { timestamp, model_name, cost_usd } of records) {
    (days[dayOf(timestamp)] ??= {})[model_name ?? ""] = Math.round(Number(cost_usd) * 100);
  }
  return days;
};

/** One run of a feed that gives those days whole. Its runs have one `sha256`. */
const runOf = (days: Days, given: Partial<ImportHead> = {}): Layer =>
  layerOf(rowsOf(days), {
    head: feedHead({ sha256: "f".repeat(64), ...given }),
    account: "org-1",
    detail: 36,
    days: Object.keys(days).map((day) => dateOf(Number(day))),
  });

describe.each(backends)("what is collected on $name", (backend) => {
  let db: Database;
  let user: string;
  let me: Caller;
  eachWithUser(backend, (scene) => {
    ({ db, user } = scene);
    me = asUser(user);
  });

  const asUser = (id: string): Caller => ({
    call: (name, args) => db.asUser(id, (session) => session.call(name, args)),
  });
  const call = <Name extends keyof Api>(name: Name, args: Api[Name]["args"], as = user) =>
    asUser(as).call(name, args);
  const list = async (as = user): Promise<StoredRecord[]> =>
    (await call("list_cost_records", { filters: { max_rows: 1000 } }, as)).records;
  const kept = async (as = user): Promise<Days> => daysOf(await list(as));
  const sync = (days: Days, given: Partial<ImportHead> = {}) => bringLayer(me, runOf(days, given));

  describe("day by day", () => {
    it("is what was said last: what changed, what vanished, what is new, and a day without spend", async () => {
      await sync({ 0: { a: 1 }, 1: { same: 1, changed: 2, vanished: 3 }, 2: { a: 1 }, 31: { a: 1 } });
      const { progress } = await sync({ 1: { same: 1, changed: 20, added: 4 }, 2: {} });
      expect(progress?.moved).toEqual({ inserted: 1, updated: 1, replaced: 2 });
      expect(await kept()).toEqual({ 0: { a: 1 }, 1: { same: 1, changed: 20, added: 4 }, 31: { a: 1 } });
    });

    it("leaves no import of a run that says nothing new, and only the new days of another one", async () => {
      const first = await sync({ 1: { a: 1, b: 2 }, 2: {} });
      expect(await sync({ 1: { a: 1, b: 2 }, 2: {} })).toMatchObject({ id: null, wanted: [false, false] });
      const second = await sync({ 1: { a: 1, b: 2 }, 2: { a: 1 } });
      expect(second).toMatchObject({ isKnown: false, wanted: [false, true] });
      expect((await call("list_imports", { max_rows: 10 })).imports.map(({ id }) => id)).toEqual([
        second.id,
        first.id,
      ]);
      expect(await call("import_days", { import_id: second.id! })).toMatchObject([
        { day: dateOf(2), rows: 1 },
      ]);
    });

    it("says again what another run said meanwhile in another way", async () => {
      const [one, other] = [{ 1: { a: 1 } }, { 1: { a: 5 } }];
      for (const days of [one, other]) await sync(days);
      const { id } = await sync(one);
      expect(await kept()).toEqual(one);
      await undoLayer(me, id!);
      expect(await kept()).toEqual(other);
    });

    it("knows a day by UTC, to the microsecond and in any time zone of the user", async () => {
      await call("set_preferences", { changes: { timezone: "Pacific/Auckland" } });
      const at = (timestamp: string) =>
        costRecord({ id: idOf(timestamp), timestamp, model_name: timestamp, cost_usd: "0.01" });
      const moments = [
        "2026-11-01T23:59:59.999999Z",
        "2026-11-02T00:00:00Z",
        "2026-11-02T23:59:59.999999Z",
        "2026-11-03T00:00:00Z",
      ];
      await bring(me, moments.map(at), { head: feedHead(), account: "org-1", detail: 36 });
      await sync({ 2: {} });
      expect((await list()).map(({ timestamp }) => timestamp)).toEqual([moments[3], moments[0]]);
    });

    it("lets go of a row that comes at another moment now", async () => {
      const at = (timestamp: string, days: string[]) =>
        bring(me, [costRecord({ id: idOf("a call"), timestamp, model_name: "a", cost_usd: "0.01" })], {
          ...{ head: feedHead(), account: "org-1", detail: 36, days },
        });
      await at("2026-11-01T08:00:00Z", []);
      await at("2026-11-01T09:00:00Z", []);
      expect((await list()).map(({ timestamp }) => timestamp)).toEqual(["2026-11-01T09:00:00Z"]);
      await at("2026-11-02T08:00:00Z", ["2026-11-01"]);
      expect(await kept()).toEqual({ 2: { a: 1 } });
    });

    it.each([
      ["another account", { account: "org-2" }],
      ["another series", { head: feedHead({ series: "openai/usage" }) }],
    ])("leaves what %s gave for the same day alone", async (_, options) => {
      const theirs = { head: feedHead(), account: "org-1", detail: 36, ...options };
      await bring(me, rowsOf({ 1: { theirs: 1 } }), theirs);
      await sync({ 1: {} });
      expect(await kept()).toEqual({ 1: { theirs: 1 } });
    });

    it("never takes an entry by hand away, and hides nothing that a file has of a day without spend", async () => {
      const entry = costRecord({ timestamp: "2026-11-01T00:00:00Z", collection_method: "manual_entry" });
      await call("add_cost_record", { record: entry });
      await bring(me, rowsOf({ 1: { file: 7 } }), { head: { series: "openai/cost" }, detail: 99 });
      await sync({ 1: { a: 1 } });
      await sync({ 1: {} });
      expect((await list()).map(({ cost_usd }) => cost_usd).sort()).toEqual(["0.01", "0.07"]);
    });

    it("adds rows that stand for no whole day, once each, beside the days", async () => {
      const balance = (id: string, cost_usd: string) =>
        costRecord({ id: idOf(id), timestamp: "2026-11-01T10:00:00Z", cost_usd });
      const options = { head: feedHead({ series: "deepseek/balance" }), account: "org-1", isEvents: true };
      await bring(me, [balance("one", "1")], options);
      await bring(me, [balance("two", "2")], {
        ...options,
        head: { ...options.head, sha256: "e".repeat(64) },
      });
      expect((await list()).map(({ cost_usd }) => cost_usd).sort()).toEqual(["1", "2"]);
    });

    it("leaves what other users have alone", async () => {
      const other = await signUp(db);
      await bringLayer(asUser(other), runOf({ 1: { a: 1, b: 2 } }));
      await sync({ 1: { a: 1, b: 2 } });
      await sync({ 1: {} });
      expect(await kept()).toEqual({});
      expect(await kept(other)).toEqual({ 1: { a: 1, b: 2 } });
    });

    it("keeps what was edited by hand, and lets it go with its row", async () => {
      await sync({ 1: { changed: 1, vanished: 2 } });
      const edit = (name: string, cents: number) =>
        call("edit_cost_record", {
          record_id: idOf(`1 ${name}`),
          changes: { cost_usd: String(cents / 100) },
        });
      await edit("changed", 10);
      await edit("vanished", 20);
      const run = await sync({ 1: { changed: 4 } });
      expect(run.progress?.import).toMatchObject({ kept_edits: 1 });
      expect(await kept()).toEqual({ 1: { changed: 10 } });
      await undoLayer(me, run.id!);
      expect(await kept()).toEqual({ 1: { changed: 10, vanished: 20 } });
    });

    it("refuses a run with a row of an unknown provider, and takes nothing away", async () => {
      await sync({ 1: { a: 1, b: 2 } });
      const records = [costRecord({ provider: "nobody", timestamp: "2026-11-01T00:00:00Z" })];
      const bad = bring(me, records, { head: feedHead(), account: "org-1", detail: 36 });
      expect(await bad.catch(codeOf)).toBe(REFUSED);
      expect(await kept()).toEqual({ 1: { a: 1, b: 2 } });
    });
  });

  describe("by a run that was cut short", () => {
    it("goes on with the next run under its id, and with what the feed says by then", async () => {
      await sync({ 1: { a: 1 } });
      const cut = await beginLayer(me, runOf({ 1: { a: 2, b: 2 }, 2: { a: 1, b: 1 } }));
      await cut.send(3);
      expect((await kept())[1]).toEqual({ a: 1 });
      const next = await sync({ 1: { a: 3 }, 2: { a: 1, c: 1 } });
      expect(next.id).toBe(cut.id);
      expect(next.progress?.import).toMatchObject({ status: "done" });
      expect(await kept()).toEqual({ 1: { a: 3 }, 2: { a: 1, c: 1 } });
      await undoLayer(me, next.id!);
      expect(await kept()).toEqual({ 1: { a: 1 } });
    });

    it("starts again once it is undone", async () => {
      const cut = await beginLayer(me, runOf({ 1: { a: 1 } }));
      await cut.send();
      await undoLayer(me, cut.id!);
      expect(await kept()).toEqual({});
      expect((await sync({ 1: { a: 1 } })).id).not.toBe(cut.id);
    });
  });

  describe("as far as it goes", () => {
    let credential: string;
    const addKey = async (as = user, id = randomUUID()): Promise<string> => {
      const added = await call(
        "add_credential",
        {
          credential: {
            id,
            provider: "openai",
            name: "default",
            encrypted_api_key: "a JWE",
            encryption_key_id: "v1",
            validation_status: "valid",
            metadata: storedMetadata(),
          },
        },
        as,
      );
      return added.id;
    };
    beforeEach(async () => {
      credential = await addKey();
    });
    const save = (given: Partial<SyncState> & { credential_id?: string } = {}, as = user) =>
      call(
        "save_sync_state",
        {
          credential_id: credential,
          feed: "openai-costs-api",
          complete_through: null,
          memory: null,
          ...given,
        },
        as,
      );
    const states = async (as = user): Promise<SyncState[]> =>
      (await call("list_credentials", {}, as)).credentials.flatMap(({ syncs }) => syncs);

    it("is kept feed by feed", async () => {
      await save({ complete_through: "2026-11-05", memory: { balance: "1.5", runs: 2, at: null } });
      await save({ feed: "another-feed" });
      const synced_at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as string;
      expect(await states()).toEqual([
        { feed: "another-feed", complete_through: null, memory: null, synced_at },
        {
          feed: "openai-costs-api",
          complete_through: "2026-11-05",
          memory: { balance: "1.5", runs: 2, at: null },
          synced_at,
        },
      ]);
    });

    it("never goes back, and tells when it was collected last", async () => {
      await save({ complete_through: "2026-11-05" });
      const [before] = await states();
      for (const complete_through of ["2026-11-04", null]) {
        await save({ complete_through });
        expect(await states()).toMatchObject([{ complete_through: "2026-11-05" }]);
      }
      await save({ complete_through: "2026-11-06" });
      const [after] = await states();
      expect(after?.complete_through).toBe("2026-11-06");
      expect(Date.parse(after!.synced_at)).toBeGreaterThan(Date.parse(before!.synced_at));
    });

    it("begins where it was not known before", async () => {
      await save({ complete_through: null });
      await save({ complete_through: "2026-11-04" });
      expect(await states()).toMatchObject([{ complete_through: "2026-11-04" }]);
    });

    it("replaces what a feed remembers, and merges nothing", async () => {
      await save({ memory: { balance: "1", old: 1 } });
      await save({ memory: { balance: "2" } });
      expect(await states()).toMatchObject([{ memory: { balance: "2" } }]);
      await save({ memory: null });
      expect(await states()).toMatchObject([{ memory: null }]);
    });

    it("goes with its key", async () => {
      await save({ complete_through: "2026-11-05" });
      await call("remove_credential", { credential_id: credential });
      expect(await db.query("select from sync_states where user_id = $1", [user])).toEqual([]);
    });

    it("is refused for a key that was removed meanwhile", async () => {
      await call("remove_credential", { credential_id: credential });
      await expect(save()).rejects.toMatchObject({
        code: REFUSED,
        detail: "credential_gone",
        message: "This key is no longer stored.",
        hint: "See them with: aicost credentials",
      });
    });

    it("is refused for another user's key, and leaves no row", async () => {
      const other = await signUp(db);
      await expect(save({ complete_through: "2026-11-05" }, other)).rejects.toMatchObject({
        code: REFUSED,
        detail: "credential_gone",
      });
      const insert = `insert into sync_states (credential_id, user_id, feed) values ($1, $2, 'openai-costs-api')`;
      const asOther = (of: string) =>
        db.asUser(other, (me) => me.change(insert, [credential, of])).catch(codeOf);
      expect(await asOther(user)).toBe("42501");
      expect(await asOther(other)).toBe("23503");
      expect(await db.query("select from sync_states where credential_id = $1", [credential])).toEqual([]);
    });

    it("is nobody else's to change, even with a key of the same feed", async () => {
      await save({ complete_through: "2026-11-05", memory: { balance: "1" } });
      const mine = await states();
      const other = await signUp(db);
      await save({ credential_id: await addKey(other), complete_through: "2026-12-05" }, other);
      expect(await states()).toEqual(mine);
      expect(await states(other)).toMatchObject([{ complete_through: "2026-12-05" }]);
    });
  });
});

describe.each(nativeBackends)("two runs of a feed at once on $name", (backend) => {
  it("leave the day as one of them gave it", async () => {
    const db = await freshDatabase(backend);
    const connections = await Promise.all([db.connect(), db.connect()]);
    try {
      const user = await signUp(db);
      const given: Days[] = [{ 1: { a: 1, b: 2 } }, { 1: { a: 3, c: 4 } }];
      for (let round = 0; round < 10; round++) {
        await Promise.all(
          connections.map((each, at) =>
            bringLayer(
              { call: (name, args) => each.asUser(user, (me) => me.call(name, args)) },
              runOf(given[at]!, { sha256: String(at).repeat(64) }),
            ),
          ),
        );
        const { records } = await db.asUser(user, (me) =>
          me.call("list_cost_records", { filters: { max_rows: 10 } }),
        );
        expect(given).toContainEqual(daysOf(records));
      }
    } finally {
      await Promise.all([db, ...connections].map((each) => each.close()));
    }
  });
});
