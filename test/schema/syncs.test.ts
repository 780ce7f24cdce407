import { createHash, randomUUID } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { CostRecord } from "../../src/lib/record/record.js";
import type {
  Api,
  ImportHead,
  IngestCounts,
  StoredRecord,
  SyncState,
  WholeDayCounts,
} from "../../src/lib/api.js";
import {
  backends,
  codeOf,
  type Database,
  eachWithUser,
  freshDatabase,
  nativeBackends,
  signUp,
} from "../support/database.js";
import { costRecord, importHead, storedMetadata } from "../support/records.js";

type Counts = IngestCounts & Partial<WholeDayCounts>;

const NOTHING: Required<Counts> = {
  inserted: 0,
  updated: 0,
  unchanged: 0,
  covered: 0,
  kept_edits: 0,
  replaced: 0,
  retired: 0,
  restated_days: 0,
};

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

const totalsOf = (days: Days): Record<string, string> =>
  Object.fromEntries(
    Object.entries(days).map(([day, rows]) => [
      dateOf(Number(day)),
      String(Object.values(rows).reduce((all, cents) => all + cents, 0) / 100),
    ]),
  );

/** The head of a batch that holds those days whole. */
const feedHead = (days: Days, given: Partial<ImportHead> = {}): ImportHead =>
  importHead({
    source_name: "openai API",
    format: "openai-costs-api",
    reading: "openai/costs-api",
    series: "openai/cost org-1",
    detail: 36,
    day_totals: totalsOf(days),
    whole_days: Object.keys(days).map((day) => dateOf(Number(day))),
    ...given,
  });

describe.each(backends)("what is collected on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));

  const call = <Name extends keyof Api>(name: Name, args: Api[Name]["args"], as = user) =>
    db.asUser(as, (me) => me.call(name, args));
  const list = async (as = user): Promise<StoredRecord[]> =>
    (await call("list_cost_records", { filters: { max_rows: 1000 } }, as)).records;
  const kept = async (as = user): Promise<Days> => daysOf(await list(as));
  const ingest = (head: ImportHead, records: CostRecord[], as = user): Promise<Counts> =>
    call("ingest_cost_records", { import: head, records }, as);
  /** What one run of a feed does. @returns the import's id and what it counted */
  const sync = async (days: Days, given: Partial<ImportHead> = {}) => {
    const head = feedHead(days, given);
    return { id: head.id, counts: await ingest(head, rowsOf(days)) };
  };
  const finish = (import_id: string) =>
    call("finish_import", {
      import_id,
      summary: { row_count: 1, skipped: 0, rejected: 0, cost_usd: "0", first_date: null, last_date: null },
    });
  const undo = ({ id }: { id: string }) => call("undo_import", { import_id: id });
  const edit = (day: number, name: string, cents: number) =>
    call("edit_cost_record", {
      record_id: idOf(`${day} ${name}`),
      changes: { cost_usd: String(cents / 100) },
    });

  describe("day by day", () => {
    it("replaces a day: what changed is updated, what vanished goes, what is new comes", async () => {
      await sync({ 1: { same: 1, changed: 2, vanished: 3 } });
      const { counts } = await sync({ 1: { same: 1, changed: 20, added: 4 } });
      expect(counts).toEqual({
        ...NOTHING,
        inserted: 1,
        updated: 1,
        unchanged: 1,
        retired: 1,
        restated_days: 1,
      });
      expect(await kept()).toEqual({ 1: { same: 1, changed: 20, added: 4 } });
    });

    it("says of a day that was not there before that it is new, not restated", async () => {
      await sync({ 1: { a: 1 } });
      expect((await sync({ 1: { a: 1 }, 2: { a: 2, b: 3 } })).counts).toEqual({
        ...NOTHING,
        inserted: 2,
        unchanged: 1,
      });
    });

    it("says of a day on which nothing changed that it is not restated", async () => {
      const days = { 1: { a: 1, b: 2 }, 2: {} };
      await sync(days);
      expect((await sync(days)).counts).toEqual({ ...NOTHING, unchanged: 2 });
    });

    it.each([
      ["a row vanished", { 1: { a: 1 } }],
      ["a row changed", { 1: { a: 1, b: 3 } }],
      ["a row was added", { 1: { a: 1, b: 2, c: 3 } }],
      ["every row vanished", { 1: {} }],
    ])("says of a day on which only %s that it is restated", async (_, days: Days) => {
      await sync({ 1: { a: 1, b: 2 }, 2: { a: 1 } });
      expect((await sync({ ...days, 2: { a: 1 } })).counts.restated_days).toBe(1);
    });

    it("counts restated days, not rows", async () => {
      await sync({ 1: { a: 1, b: 2, c: 3 }, 2: { a: 1, b: 2 }, 3: { a: 1 } });
      const { counts } = await sync({ 1: { a: 5, b: 6 }, 2: { a: 1 }, 3: { a: 1 }, 4: { a: 1 } });
      expect(counts).toMatchObject({ inserted: 1, updated: 2, unchanged: 2, retired: 2, restated_days: 2 });
    });

    it("removes what was there of a day without spend", async () => {
      await sync({ 1: { a: 1, b: 2 } });
      expect((await sync({ 1: {} })).counts).toEqual({ ...NOTHING, retired: 2, restated_days: 1 });
      expect(await kept()).toEqual({});
    });

    it("leaves the days alone that it does not hold, between those that it does", async () => {
      await sync({ 0: { a: 1 }, 1: { a: 1 }, 2: { a: 1 }, 3: { a: 1 }, 30: { a: 1 }, 31: { a: 1 } });
      await sync({ 1: {}, 3: {}, 30: {} });
      expect(await kept()).toEqual({ 0: { a: 1 }, 2: { a: 1 }, 31: { a: 1 } });
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
      await ingest(feedHead({ 1: {}, 2: {}, 3: {} }), moments.map(at));
      expect((await sync({ 2: {} })).counts).toEqual({ ...NOTHING, retired: 2, restated_days: 1 });
      expect((await list()).map(({ timestamp }) => timestamp)).toEqual([moments[3], moments[0]]);
    });

    it("lets go of a row that comes at another moment now", async () => {
      const [id, cost_usd] = [idOf("a call"), "0.01"];
      const at = (timestamp: string) => costRecord({ id, timestamp, model_name: "a", cost_usd });
      await ingest(feedHead({ 1: {} }), [at("2026-11-01T08:00:00Z")]);
      const sameDay = await ingest(feedHead({ 1: {} }), [at("2026-11-01T09:00:00Z")]);
      expect(sameDay).toEqual({ ...NOTHING, inserted: 1, retired: 1, restated_days: 1 });
      const nextDay = await ingest(feedHead({ 1: {}, 2: {} }), [at("2026-11-02T08:00:00Z")]);
      expect(nextDay).toEqual({ ...NOTHING, inserted: 1, retired: 1, restated_days: 1 });
      expect(await kept()).toEqual({ 2: { a: 1 } });
    });

    it.each([
      ["another feed", { format: "openai-costs-by-project" }],
      ["another detail", { detail: 1 }],
      ["another account", { series: "openai/cost org-2" }],
      ["another series", { series: "openai/usage org-1" }],
      ["a file", { format: "openai-cost", whole_days: undefined as never }],
      ["a source without a series", { series: null }],
    ])("leaves what %s gave for the same day alone", async (_, given) => {
      await sync({ 1: { theirs: 1 } }, given);
      expect((await sync({ 1: {} })).counts).toEqual(NOTHING);
      expect(await kept()).toEqual({ 1: { theirs: 1 } });
      const entry = costRecord({ timestamp: "2026-11-01T00:00:00Z", collection_method: "manual_entry" });
      await call("add_cost_record", { record: entry });
      await sync({ 1: {} });
      expect(await list()).toHaveLength(2);
    });

    it("leaves what other users have alone", async () => {
      const other = await signUp(db);
      const days = { 1: { a: 1, b: 2 } };
      await ingest(feedHead(days), rowsOf(days), other);
      await sync(days);
      const before = await list(other);
      await sync({ 1: {} });
      expect(await kept()).toEqual({});
      expect(await list(other)).toEqual(before);
    });

    it("keeps what was edited by hand, whether it changed, vanished or is still there", async () => {
      await sync({ 1: { changed: 1, vanished: 2, same: 3 } });
      await edit(1, "changed", 10);
      await edit(1, "vanished", 20);
      await edit(1, "same", 30);
      const edited = await list();
      expect((await sync({ 1: { changed: 4, same: 3 } })).counts).toEqual({ ...NOTHING, kept_edits: 2 });
      expect(await list()).toEqual(edited);
      expect((await sync({ 1: {} })).counts).toEqual(NOTHING);
      expect(await list()).toEqual(edited);
    });

    it("only tells what it would do in a dry run, and the same", async () => {
      await sync({ 1: { same: 1, changed: 2, vanished: 3 }, 2: { a: 1 } });
      const before = [await list(), await call("list_imports", { max_rows: 10 })];
      const days = { 1: { same: 1, changed: 20, added: 4 }, 2: {}, 3: { a: 1 } };
      const [head, records] = [feedHead(days), rowsOf(days)];
      const answer = await call("ingest_cost_records", { import: head, records, dry_run: true });
      expect([await list(), await call("list_imports", { max_rows: 10 })]).toEqual(before);
      expect(answer).toEqual({
        ...NOTHING,
        inserted: 2,
        updated: 1,
        unchanged: 1,
        retired: 2,
        restated_days: 2,
      });
      expect(await ingest(head, records)).toEqual(answer);
    });

    it("counts a batch that is sent twice once, and answers the same", async () => {
      await sync({ 1: { a: 1, b: 2 } });
      const days = { 1: { a: 3 } };
      const head = feedHead(days, { batch: randomUUID() });
      const first = await ingest(head, rowsOf(days));
      expect(first).toEqual({ ...NOTHING, updated: 1, retired: 1, restated_days: 1 });
      expect(await ingest(head, rowsOf(days))).toEqual(first);
      expect(await call("get_import", { import_id: head.id })).toMatchObject({ updated: 1, replaced: 1 });
    });

    it("does not retire by a late second try what came in between", async () => {
      const head = feedHead({ 1: {} }, { batch: randomUUID() });
      await ingest(head, []);
      await sync({ 1: { a: 1 } });
      await ingest(head, []);
      expect(await kept()).toEqual({ 1: { a: 1 } });
    });

    it("says nothing of whole days where a batch holds none", async () => {
      const [bare, none] = [feedHead({}), feedHead({})];
      delete bare.whole_days;
      const { retired, restated_days, ...others } = NOTHING;
      expect([retired, restated_days]).toEqual([0, 0]);
      expect(await ingest(bare, rowsOf({ 1: { a: 1, b: 1 } }))).toEqual({ ...others, inserted: 2 });
      expect(await ingest(none, rowsOf({ 1: { c: 1 } }))).toEqual({ ...NOTHING, inserted: 1 });
      expect(await kept()).toEqual({ 1: { a: 1, b: 1, c: 1 } });
    });

    it("writes days in several batches of one import, each by itself", async () => {
      await sync({ 1: { a: 1, b: 2 }, 2: { a: 1, b: 2 }, 3: { a: 1 } });
      const id = randomUUID();
      expect((await sync({ 1: { a: 1 } }, { id })).counts).toMatchObject({ retired: 1, restated_days: 1 });
      expect((await sync({ 2: { a: 1 }, 3: { a: 1 } }, { id })).counts).toMatchObject({
        retired: 1,
        restated_days: 1,
      });
      expect(await call("get_import", { import_id: id })).toMatchObject({ unchanged: 3, replaced: 2 });
      expect(await kept()).toEqual({ 1: { a: 1 }, 2: { a: 1 }, 3: { a: 1 } });
    });

    it("leaves a trace of a run that did nothing but take away, and none of one that did nothing", async () => {
      await sync({ 1: { a: 1 } });
      const taken = await sync({ 1: {} });
      expect(await finish(taken.id)).toMatchObject({ id: taken.id, status: "done", replaced: 1 });
      expect(await finish((await sync({ 1: {} })).id)).toBeNull();
    });

    it("refuses the whole batch with one row of an unknown provider, and takes nothing away", async () => {
      await sync({ 1: { a: 1, b: 2 } });
      const records = [costRecord({ provider: "nobody", timestamp: "2026-11-01T00:00:00Z" })];
      expect(await ingest(feedHead({ 1: {} }), records).catch(codeOf)).toBe(REFUSED);
      expect(await kept()).toEqual({ 1: { a: 1, b: 2 } });
    });

    it("shows in the daily spend at once", async () => {
      const spend = async () =>
        (await call("get_daily_spend", { from_date: null, to_date: null, by_method: false })).map(
          ({ date, model, cost_usd }) => [date, model, cost_usd],
        );
      await sync({ 1: { a: 1, b: 2 } });
      await call("refresh_cost_records_daily", {});
      const restated = await sync({ 1: { a: 5 } });
      expect(await spend()).toEqual([["2026-11-01", "a", "0.05"]]);
      await call("refresh_cost_records_daily", {});
      await undo(restated);
      expect(await spend()).toEqual([
        ["2026-11-01", "a", "0.01"],
        ["2026-11-01", "b", "0.02"],
      ]);
    });
  });

  describe("and then undone", () => {
    const first = { 1: { same: 1, changed: 2, vanished: 3 }, 2: { gone: 4 } };
    const second = { 1: { same: 1, changed: 20, added: 5 }, 2: {}, 3: { a: 6 } };

    it("brings back exactly what was there before", async () => {
      await sync(first);
      const before = await list();
      const run = await sync(second);
      expect(await undo(run)).toEqual({ id: run.id, removed: 2, restored: 3, edits_lost: 0 });
      expect(await list()).toEqual(before);
    });

    it.each([
      ["the later one first", [1, 0]],
      ["the earlier one first", [0, 1]],
    ])("leaves nothing of two runs, %s", async (_, order) => {
      const runs = [await sync(first), await sync(second)];
      for (const at of order) await undo(runs[at]!);
      expect(await list()).toEqual([]);
    });

    it("does not bring back what was undone itself", async () => {
      const run = await sync(first);
      await sync(second);
      await undo(run);
      expect(await kept()).toEqual({ 1: { changed: 20, added: 5 }, 3: { a: 6 } });
    });

    it("does not take the values of a later run away", async () => {
      await sync({ 1: { a: 1, b: 1 } });
      const middle = await sync({ 1: { a: 2, b: 2 } });
      await sync({ 1: { a: 3, b: 2 } });
      await undo(middle);
      expect(await kept()).toEqual({ 1: { a: 3, b: 1 } });
    });

    it("does not bring a row back on a day that a later run has restated without it", async () => {
      await sync({ 1: { a: 1, b: 2 } });
      const before = await list();
      const middle = await sync({ 1: { a: 1 } });
      const last = await sync({ 1: { a: 5 } });
      await undo(middle);
      expect(await kept()).toEqual({ 1: { a: 5 } });
      await undo(last);
      expect(await list()).toEqual(before);
    });

    it("brings a row back in its turn that a later run has given anew", async () => {
      await sync({ 1: { a: 1, b: 2 } });
      const before = await list();
      const middle = await sync({ 1: { a: 1 } });
      const last = await sync({ 1: { a: 1, b: 5 } });
      await undo(middle);
      expect(await kept()).toEqual({ 1: { a: 1, b: 5 } });
      await undo(last);
      expect(await list()).toEqual(before);
    });

    it("brings a row back in its turn that came, changed and went again meanwhile", async () => {
      await sync({ 1: { a: 1, b: 2 } });
      const before = await list();
      const runs = [];
      for (const b of [{}, { b: 3 }, { b: 4 }, {}, { b: 5 }, { b: 6 }]) {
        runs.push(await sync({ 1: { a: 1, ...b } }));
      }
      for (const at of [0, 3, 1, 5, 2, 4]) await undo(runs[at]!);
      expect(await list()).toEqual(before);
    });

    it("brings back what a file had replaced meanwhile, when that is undone too", async () => {
      await sync({ 1: { a: 1, b: 2 } });
      const before = await list();
      const restated = await sync({ 1: { a: 1 } });
      const file = await sync({ 1: { finer: 1 } }, { format: "openai-cost", detail: 99 });
      expect(await kept()).toEqual({ 1: { finer: 1 } });
      await undo(restated);
      expect(await kept()).toEqual({ 1: { finer: 1 } });
      await undo(file);
      expect(await list()).toEqual(before);
    });

    it("brings back what a file had replaced, and a later run has given anew, in its turn", async () => {
      await sync({ 1: { a: 1 } });
      const before = await list();
      const file = await sync({ 1: { finer: 1 } }, { format: "openai-cost", detail: 99 });
      const more = await sync({ 1: { a: 5 } });
      expect(await kept()).toEqual({ 1: { a: 5 } });
      await undo(file);
      expect(await kept()).toEqual({ 1: { a: 5 } });
      await undo(more);
      expect(await list()).toEqual(before);
    });

    it("says how many edits by hand go with it", async () => {
      await sync(first);
      const run = await sync(second);
      await edit(3, "a", 60);
      expect(await undo(run)).toMatchObject({ edits_lost: 1 });
      expect(await kept()).toEqual({ 1: { same: 1, changed: 2, vanished: 3 }, 2: { gone: 4 } });
    });

    it("is collected again as if it had never been there", async () => {
      await sync(first);
      const run = await sync(second);
      await undo(run);
      expect((await sync(second)).counts).toEqual(run.counts);
      expect(await kept()).toEqual({ 1: second[1], 3: second[3] });
    });
  });

  describe("by a run that was cut short", () => {
    const { sha256, reading } = feedHead({});
    const resume = (as = user) => call("resume_import", { sha256, reading }, as);
    const run = (days: Days, id: string = randomUUID()) => sync(days, { id, sha256, reading });

    it("is found again, and gone on with under its id", async () => {
      const begun = await run({ 1: { a: 1 } });
      expect(await resume()).toBe(begun.id);
      expect(await resume(await signUp(db))).toBeNull();
      await run({ 2: { a: 1 } }, begun.id);
      expect(await finish(begun.id)).toMatchObject({ id: begun.id, inserted: 2 });
      expect(await resume()).toBeNull();
    });

    it("is not found any more once it is undone", async () => {
      const begun = await run({ 1: { a: 1 } });
      await undo(begun);
      expect(await resume()).toBeNull();
      const late = feedHead({ 1: {} }, { id: begun.id, sha256, reading });
      expect(await ingest(late, []).catch(codeOf)).toBe(REFUSED);
    });

    it.each([
      ["the same", { 1: { a: 1, b: 2 } }],
      ["another amount", { 1: { a: 5, b: 2 } }],
      ["less", { 1: { a: 1 } }],
      ["more", { 1: { a: 1, b: 2, c: 3 } }],
      ["nothing", { 1: {} }],
      ["another day", { 2: { a: 1 } }],
    ])("leaves nothing when it went on with %s and is undone", async (_, days: Days) => {
      const begun = await run({ 1: { a: 1, b: 2 } });
      await run(days, begun.id);
      await run(days, begun.id);
      await undo(begun);
      expect(await list()).toEqual([]);
      expect(await db.query("select from import_changes where user_id = $1", [user])).toEqual([]);
    });

    it.each([
      ["changed a row twice", { 1: { a: 2, b: 2 } }, { 1: { a: 3, b: 2 } }],
      ["changed a row and took it away", { 1: { a: 2, b: 2 } }, { 1: { b: 2 } }],
      ["took a row away and gave it again", { 1: { b: 2 } }, { 1: { a: 2, b: 2 } }],
      ["took a row away twice", { 1: { b: 2 } }, { 1: { b: 2 } }],
      ["changed a row and changed it back", { 1: { a: 2, b: 2 } }, { 1: { a: 1, b: 2 } }],
      ["took all away and gave all again", { 1: {} }, { 1: { a: 1, b: 2 } }],
    ])("brings back what was there before when it %s", async (_, half: Days, whole: Days) => {
      await sync({ 1: { a: 1, b: 2 } });
      const before = await list();
      const begun = await run(half);
      await run(whole, begun.id);
      expect(await kept()).toEqual(whole);
      await undo(begun);
      expect(await list()).toEqual(before);
    });

    it("brings back what was there before, by way of a later run that is undone after it", async () => {
      await sync({ 1: { a: 1, b: 2 } });
      const before = await list();
      const begun = await run({ 1: { b: 2 } });
      await run({ 1: { a: 2, b: 2 } }, begun.id);
      await finish(begun.id);
      const later = await run({ 1: { a: 3, b: 2 } });
      await undo(begun);
      expect(await kept()).toEqual({ 1: { a: 3, b: 2 } });
      await undo(later);
      expect(await list()).toEqual(before);
    });

    it("says of the days that it had written itself only where they differ now that they are restated", async () => {
      const begun = await run({ 1: { a: 1, b: 2 }, 2: { a: 1 } });
      expect((await run({ 1: { a: 1, b: 2 }, 2: { a: 1 } }, begun.id)).counts).toEqual({
        ...NOTHING,
        unchanged: 3,
      });
      expect((await run({ 1: { a: 1 }, 2: { a: 1 } }, begun.id)).counts).toEqual({
        ...NOTHING,
        unchanged: 2,
        retired: 1,
        restated_days: 1,
      });
    });
  });

  describe("of accounts of one provider", () => {
    /** One view of the first of November, as a file or a feed gives it. */
    const view = (account: string, detail: number, ...cents: number[]) => {
      const rows = Object.fromEntries(
        cents.map((each, at) => [`${account} ${detail} ${String.fromCharCode(97 + at)}`, each]),
      );
      const series = account === "" ? "openai/cost" : `openai/cost ${account}`;
      return sync({ 1: rows }, { series, detail, format: `openai-cost-${detail}` });
    };
    const total = async (): Promise<number> =>
      Math.round((await list()).reduce((sum, { cost_usd }) => sum + Number(cost_usd) * 100, 0));

    it.each([
      ["", "org-1"],
      ["org-1", ""],
    ])("shows the same money in “%s” and “%s”, where nobody names another account", async (one, other) => {
      await view(one, 0, 10);
      expect((await view(other, 1, 6, 4)).counts).toMatchObject({ inserted: 2, replaced: 1 });
      expect(await total()).toBe(10);
    });

    it.each([
      ["", "org-1"],
      ["org-1", ""],
    ])("takes the finer of equal views of “%s” and “%s”, whichever came first", async (one, other) => {
      await view(one, 1, 6, 4);
      expect((await view(other, 0, 10)).counts).toMatchObject({ inserted: 0, covered: 1 });
      expect(await list()).toHaveLength(2);
    });

    it.each([
      ["", "org-1"],
      ["org-1", ""],
    ])("takes what holds more of “%s” and “%s”", async (one, other) => {
      await view(one, 1, 6, 4);
      expect((await view(other, 0, 20)).counts).toMatchObject({ inserted: 1, replaced: 2 });
      expect((await view(one, 2, 9)).counts).toMatchObject({ covered: 1 });
      expect(await total()).toBe(20);
    });

    it.each([
      ["", "org-1"],
      ["org-1", ""],
    ])(
      "in one detail keeps the first of “%s” and “%s” but where the second holds more",
      async (one, other) => {
        await view(one, 1, 10);
        expect((await view(other, 1, 10)).counts).toMatchObject({ covered: 1 });
        expect(await total()).toBe(10);
        expect((await view(other, 1, 12)).counts).toMatchObject({ inserted: 1, replaced: 1 });
        expect(await total()).toBe(12);
      },
    );

    it.each([
      ["org-1", "org-2"],
      ["org-2", "org-1"],
    ])("never overlaps in two accounts that are named", async (one, other) => {
      await view(one, 0, 10);
      expect((await view(other, 1, 6, 4)).counts).toMatchObject({ inserted: 2, replaced: 0, covered: 0 });
      expect((await view(one, 0, 10)).counts).toMatchObject({ unchanged: 1, replaced: 0, covered: 0 });
      expect(await total()).toBe(20);
    });

    it("cannot be told apart where a source without an account comes beside two named ones", async () => {
      await view("org-1", 0, 10);
      await view("org-2", 0, 20);
      expect((await view("", 1, 30)).counts).toMatchObject({ inserted: 1, replaced: 0, covered: 0 });
      expect(await total()).toBe(60);
      expect((await view("org-1", 2, 10)).counts).toMatchObject({ inserted: 1, replaced: 1 });
      expect(await total()).toBe(60);
    });

    it("belongs to the first account that is named, and to no second one", async () => {
      await view("", 1, 10);
      expect((await view("org-1", 0, 10)).counts).toMatchObject({ covered: 1 });
      await view("org-2", 0, 20);
      expect(await total()).toBe(30);
    });

    it("does not look at accounts of other series, or of other users", async () => {
      const other = await signUp(db);
      await ingest(feedHead({}, { series: "openai/cost org-2" }), [], other);
      await sync({ 2: { a: 1 } }, { series: "openai/usage org-3" });
      await sync({ 2: { b: 1 } }, { series: "openai/costs org-4" });
      await view("org-1", 0, 10);
      expect((await view("", 1, 6, 4)).counts).toMatchObject({ inserted: 2, replaced: 1 });
    });

    it("names no account by an import that was undone, or that left no trace", async () => {
      await view("org-1", 0, 10);
      await undo(await view("org-2", 0, 20));
      await finish((await sync({ 1: {} }, { series: "openai/cost org-3" })).id);
      expect((await view("", 1, 6, 4)).counts).toMatchObject({ inserted: 2, replaced: 1 });
      expect(await total()).toBe(10);
    });

    it("comes back when the account that had replaced it is undone", async () => {
      await view("", 0, 10);
      const before = await list();
      const named = await view("org-1", 1, 6, 4);
      await undo(named);
      expect(await list()).toEqual(before);
    });

    it("comes back in its turn, where another account is the only one by then", async () => {
      await view("", 0, 10);
      const before = await list();
      const first = await view("org-1", 1, 10);
      const second = await view("org-2", 1, 20);
      expect(await total()).toBe(30);
      await undo(first);
      expect(await total()).toBe(20);
      await undo(second);
      expect(await list()).toEqual(before);
    });

    it("keeps another view that was edited by hand", async () => {
      await view("", 0, 10);
      await edit(1, " 0 a", 7);
      expect((await view("org-1", 1, 6, 4)).counts).toEqual({ ...NOTHING, kept_edits: 2 });
      expect(await total()).toBe(7);
    });

    it("is not taken away by a feed that has nothing on that day", async () => {
      await view("", 0, 10);
      expect((await sync({ 1: {} })).counts).toEqual(NOTHING);
      expect(await total()).toBe(10);
    });
  });

  describe("in any sequence", () => {
    const NAMES = ["a", "b", "c"];
    /** Few days, rows and amounts, so that they meet. */
    const someDays: fc.Arbitrary<Days> = fc.dictionary(
      fc.integer({ min: 0, max: 3 }).map(String),
      fc.dictionary(fc.constantFrom(...NAMES), fc.integer({ min: -1, max: 2 })),
      { minKeys: 1, maxKeys: 3, noNullPrototype: true },
    );
    const runs = fc.array(someDays, { minLength: 1, maxLength: 6 });
    const withoutEmpty = (days: Days): Days =>
      Object.fromEntries(Object.entries(days).filter(([, rows]) => Object.keys(rows).length > 0));

    /** What a run has to count, from what was there. */
    const expectedCounts = (before: Days, days: Days): Counts => {
      const counts = { ...NOTHING };
      for (const [day, rows] of Object.entries(days)) {
        const known = before[Number(day)] ?? {};
        const names = Object.keys(rows);
        const added = names.filter((name) => !(name in known)).length;
        const updated = names.filter((name) => name in known && known[name] !== rows[name]).length;
        const retired = Object.keys(known).filter((name) => !(name in rows)).length;
        counts.inserted += added;
        counts.updated += updated;
        counts.unchanged += names.length - added - updated;
        counts.retired += retired;
        if (Object.keys(known).length > 0 && added + updated + retired > 0) counts.restated_days++;
      }
      return counts;
    };

    it(
      "ends with what was said last of each day, and counts what changed",
      { timeout: 120_000 },
      async () => {
        await fc.assert(
          fc.asyncProperty(runs, async (all) => {
            user = await signUp(db);
            let said: Days = {};
            for (const days of all) {
              const { counts } = await sync(days);
              expect(counts).toEqual(expectedCounts(said, days));
              said = withoutEmpty({ ...said, ...days });
              expect(await kept()).toEqual(said);
            }
          }),
          { numRuns: 25 },
        );
      },
    );

    /** A feed, an export that has more columns, and two that do not name their account. */
    const SOURCES: Partial<ImportHead>[] = [
      {},
      { format: "openai-cost", detail: 99, whole_days: undefined as never },
      { format: "openai-cost", detail: 1, whole_days: undefined as never, series: "openai/cost" },
      { format: "openai-costs-api-unnamed", series: "openai/cost" },
    ];
    const named = (days: Days, source: number): Days => {
      const renamed = (rows: Record<string, number>) =>
        Object.fromEntries(Object.entries(rows).map(([name, cents]) => [`${source} ${name}`, cents]));
      return Object.fromEntries(Object.entries(days).map(([day, rows]) => [day, renamed(rows)]));
    };
    /** Something else of the same days: what a run gave that was cut short and went on with other answers. */
    const almost = (days: Days): Days => {
      const changed = (rows: Record<string, number>) =>
        Object.fromEntries(
          Object.entries(rows).map(([name, cents], at) => [at === 0 ? "z" : name, cents + 1]),
        );
      return Object.fromEntries(Object.entries(days).map(([day, rows]) => [day, changed(rows)]));
    };
    const history = fc.array(
      fc.record({ days: someDays, source: fc.nat(SOURCES.length - 1), isCutShort: fc.boolean() }),
      { minLength: 1, maxLength: 6 },
    );
    /** A history, and its last steps in some order. */
    const undoing = history.chain((steps) =>
      fc.nat(steps.length - 1).chain((from) => {
        const last = steps.map((_, at) => at).slice(from);
        return fc.record({
          steps: fc.constant(steps),
          order: fc.shuffledSubarray(last, { minLength: last.length }),
        });
      }),
    );

    it(
      "goes back to what was there before the last imports when they are undone in any order, and shows a day once",
      { timeout: 240_000 },
      async () => {
        await fc.assert(
          fc.asyncProperty(undoing, async ({ steps, order }) => {
            user = await signUp(db);
            const ids: string[] = [];
            const before: StoredRecord[][] = [];
            for (const { days, source, isCutShort } of steps) {
              before.push(await list());
              const head = { ...SOURCES[source], id: randomUUID() };
              if (isCutShort) await sync(named(almost(days), source), head);
              await sync(named(days, source), head);
              ids.push(head.id);
            }
            for (const at of order) {
              await undo({ id: ids[at]! });
              for (const rows of Object.values(await kept())) {
                expect(new Set(Object.keys(rows).map((name) => name[0])).size).toBe(1);
              }
            }
            expect(await list()).toEqual(before[Math.min(...order)]);
          }),
          { numRuns: 40 },
        );
      },
    );
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
            each.asUser(user, (me) =>
              me.call("ingest_cost_records", { import: feedHead(given[at]!), records: rowsOf(given[at]!) }),
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
