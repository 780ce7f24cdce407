import { beforeEach, describe, expect, it } from "vitest";
import type { CostRecord } from "../../src/lib/record/record.js";
import type { Api, ImportHead, IngestCounts, StoredRecord } from "../../src/lib/api.js";
import {
  backends,
  codeOf,
  type Database,
  eachWithUser,
  freshDatabase,
  nativeBackends,
  signUp,
} from "../support/database.js";
import { costRecord, importHead } from "../support/records.js";

const NOTHING: IngestCounts = {
  inserted: 0,
  updated: 0,
  unchanged: 0,
  covered: 0,
  kept_edits: 0,
  replaced: 0,
};

/** SQLSTATE of an error that a user can act on, with the exit code 4. */
const REFUSED = "AC000";

describe.each(backends)("an import on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));

  const call = <Name extends keyof Api>(name: Name, args: Api[Name]["args"], as = user) =>
    db.asUser(as, (me) => me.call(name, args));
  const ingest = (records: CostRecord[], head: ImportHead = importHead()): Promise<IngestCounts> =>
    call("ingest_cost_records", { import: head, records });
  const list = async (as = user): Promise<StoredRecord[]> =>
    (await call("list_cost_records", { filters: { max_rows: 1000 } }, as)).records;
  /** What is stored, without the name of the import: equal lists are equal data. */
  const data = async (): Promise<unknown[]> =>
    (await list()).map((record) => ({ ...record, import_id: undefined }));

  it("stores every field of a record as it came", async () => {
    const full = costRecord({
      estimated_cost_usd: "0.0000000001",
      cache_read_tokens: 7,
      cache_write_tokens: 0,
      model_name: "claude “quoted” 模型",
      timestamp: "2026-11-05T12:00:00.123456Z",
      metadata: { cost_basis: "billed", project: "a\\b", nested: { n: 1.5 } },
    });
    const bare = costRecord({
      granularity: "month",
      timestamp: "2026-10-01T00:00:00Z",
      model_name: null,
      cost_usd: "0",
      tokens_used: null,
      input_tokens: null,
      output_tokens: null,
      request_count: null,
      metadata: { cost_basis: "none" },
    });
    const head = importHead();
    expect(await ingest([full, bare], head)).toEqual({ ...NOTHING, inserted: 2 });
    expect(await list()).toEqual([
      { ...full, import_id: head.id },
      { ...bare, import_id: head.id },
    ]);
  });

  it("changes nothing when it comes a second time", async () => {
    const records = [costRecord(), costRecord({ model_name: null })];
    await ingest(records);
    const before = await list();
    expect(await ingest(records)).toEqual({ ...NOTHING, unchanged: 2 });
    expect(await list()).toEqual(before);
  });

  it("looks thousands of one moment up about as fast as those of many moments", async () => {
    const taken = async (timestamp: (n: number) => string): Promise<number> => {
      const records = Array.from({ length: 3000 }, (_, n) => costRecord({ timestamp: timestamp(n) }));
      const batches = [0, 1000, 2000].map((from) => records.slice(from, from + 1000));
      for (const batch of batches) await ingest(batch);
      const start = performance.now();
      for (const batch of batches) expect(await ingest(batch)).toEqual({ ...NOTHING, unchanged: 1000 });
      return performance.now() - start;
    };
    const many = await taken((n) => new Date(Date.UTC(2026, 8, 1, 0, n)).toISOString());
    const one = await taken(() => "2026-10-05T00:00:00Z");
    expect(one).toBeLessThan(3 * many);
  });

  it("adds, updates and leaves alone in one go, and counts over its batches", async () => {
    const [same, grows] = [costRecord(), costRecord()];
    await ingest([same, grows]);
    const head = importHead();
    expect(await ingest([same, { ...grows, cost_usd: "2" }, costRecord()], head)).toEqual({
      ...NOTHING,
      inserted: 1,
      updated: 1,
      unchanged: 1,
    });
    expect(await ingest([costRecord()], head)).toEqual({ ...NOTHING, inserted: 1 });

    const summary = {
      row_count: 9,
      skipped: 2,
      rejected: 1,
      cost_usd: "2.03",
      first_date: "2026-11-05",
      last_date: null,
    };
    expect(await call("finish_import", { import_id: head.id, summary })).toMatchObject({
      ...summary,
      id: head.id,
      status: "done",
      inserted: 2,
      updated: 1,
      unchanged: 1,
    });
    expect((await call("list_imports", { max_rows: 1 })).imports[0]?.id).toBe(head.id);
    expect((await call("get_import", { import_id: head.id.slice(0, 8) })).id).toBe(head.id);
  });

  it("leaves no trace when it changed nothing", async () => {
    const record = costRecord();
    await ingest([record]);
    const head = importHead();
    await ingest([record], head);
    const summary = {
      row_count: 1,
      skipped: 0,
      rejected: 0,
      cost_usd: "0.01",
      first_date: null,
      last_date: null,
    };
    expect(await call("finish_import", { import_id: head.id, summary })).toBeNull();
    expect((await call("list_imports", { max_rows: 10 })).total).toBe(1);
  });

  it("only tells what it would do in a dry run, a month without a partition included", async () => {
    const known = costRecord();
    await ingest([known]);
    const before = [await list(), await call("list_imports", { max_rows: 10 })];
    const records = [{ ...known, cost_usd: "5" }, costRecord({ timestamp: "2017-05-01T00:00:00Z" })];
    const answer = await call("ingest_cost_records", { import: importHead(), records, dry_run: true });
    expect(answer).toEqual({ ...NOTHING, inserted: 1, updated: 1 });
    expect([await list(), await call("list_imports", { max_rows: 10 })]).toEqual(before);
    expect(await db.query("select to_regclass('public.cost_records_2017_05') as partition")).toEqual([
      { partition: null },
    ]);
  });

  it("makes the partition that a month needs, on both sides of midnight UTC", async () => {
    const records = [
      costRecord({ timestamp: "2018-02-28T23:59:59.999999Z" }),
      costRecord({ timestamp: "2018-03-01T00:00:00Z" }),
      costRecord({ timestamp: "2018-03-31T23:30:00-02:00" }),
    ];
    expect(await ingest(records)).toEqual({ ...NOTHING, inserted: 3 });
    const where = await db.query<{ partition: string }>(
      "select tableoid::regclass::text as partition from cost_records where user_id = $1 order by timestamp",
      [user],
    );
    expect(where.map(({ partition }) => partition)).toEqual([
      "cost_records_2018_02",
      "cost_records_2018_03",
      "cost_records_2018_04",
    ]);
  });

  it.each(["1970-01-01T00:00:00Z", "2014-12-31T23:59:59Z", "2999-01-01T00:00:00Z"])(
    "refuses a record of %s and then writes nothing",
    async (timestamp) => {
      expect(await ingest([costRecord(), costRecord({ timestamp })]).catch(codeOf)).toBe(REFUSED);
      expect(await list()).toEqual([]);
      expect((await call("list_imports", { max_rows: 10 })).total).toBe(0);
    },
  );

  it("refuses a record that is in one batch twice, and then writes nothing", async () => {
    const record = costRecord();
    const twice = [record, costRecord(), { ...record, cost_usd: "9" }];
    expect(await ingest(twice).catch(codeOf)).toBe(REFUSED);
    expect(await list()).toEqual([]);
  });

  it("refuses a provider that nobody knows, with the command that adds it", async () => {
    const failed = await ingest([costRecord(), costRecord({ provider: "nobody" })]).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: REFUSED, message: "There is no provider “nobody”." });
    expect((failed as { hint: string }).hint).toContain("aicost providers add nobody");
    expect(await list()).toEqual([]);
  });

  it("takes the same records from two users and keeps them apart", async () => {
    const other = await signUp(db);
    const record = costRecord();
    expect(await ingest([record])).toEqual({ ...NOTHING, inserted: 1 });
    const theirs = { import: importHead(), records: [{ ...record, cost_usd: "9" }] };
    expect(await call("ingest_cost_records", theirs, other)).toEqual({ ...NOTHING, inserted: 1 });
    await call("remove_cost_records", { record_ids: [record.id] }, other);
    expect(await list(other)).toEqual([]);
    expect((await list()).map(({ cost_usd }) => cost_usd)).toEqual(["0.01"]);
  });

  it("keeps what a person has corrected, whatever the file says later", async () => {
    const record = costRecord();
    await ingest([record]);
    await call("edit_cost_record", {
      record_id: record.id.slice(0, 8),
      changes: { cost_usd: "3", model_name: "mine" },
    });
    const edited = await list();
    expect(await ingest([{ ...record, cost_usd: "4" }])).toEqual({ ...NOTHING, kept_edits: 1 });
    expect(await list()).toEqual(edited);
    expect(edited[0]).toMatchObject({ cost_usd: "3", model_name: "mine" });
  });

  describe("of a series in several details", () => {
    const at = (day: number, detail: number): CostRecord =>
      costRecord({
        timestamp: `2026-11-0${day}T00:00:00Z`,
        granularity: "day",
        model_name: `detail ${detail}`,
      });
    const head = (detail: number, series = "openai/cost"): ImportHead => importHead({ series, detail });
    const models = async (): Promise<(string | null)[]> =>
      (await list()).map(({ model_name }) => model_name).sort();

    it("replaces coarser records on the days that it knows, and on no other", async () => {
      await ingest([at(1, 0), at(2, 0)], head(0));
      expect(await ingest([at(2, 1), at(2, 1)], head(1))).toEqual({ ...NOTHING, inserted: 2, replaced: 1 });
      expect(await models()).toEqual(["detail 0", "detail 1", "detail 1"]);
    });

    it("skips coarser rows on days that are there in finer detail", async () => {
      await ingest([at(2, 1)], head(1));
      expect(await ingest([at(1, 0), at(2, 0)], head(0))).toEqual({ ...NOTHING, inserted: 1, covered: 1 });
      expect(await models()).toEqual(["detail 0", "detail 1"]);
    });

    it("leaves other series, equal detail and imports without a series alone", async () => {
      await ingest([at(1, 0)], head(0, "openai/usage"));
      await ingest([at(1, 0)]);
      await ingest([at(1, 1)], head(1));
      expect(await ingest([at(1, 1)], head(1))).toEqual({ ...NOTHING, inserted: 1 });
      expect(await models()).toEqual(["detail 0", "detail 0", "detail 1", "detail 1"]);
    });

    it("comes back when the finer import is undone", async () => {
      const coarse = [at(1, 0), at(2, 0)];
      await ingest(coarse, head(0));
      const before = await list();
      const finer = head(1);
      await ingest([at(2, 1), at(2, 1)], finer);
      expect(await call("undo_import", { import_id: finer.id })).toEqual({
        id: finer.id,
        removed: 2,
        restored: 1,
        edits_lost: 0,
      });
      expect(await list()).toEqual(before);
    });

    it("does not come back when its own import was undone before", async () => {
      const [coarse, finer] = [head(0), head(1)];
      await ingest([at(2, 0)], coarse);
      await ingest([at(2, 1)], finer);
      await call("undo_import", { import_id: coarse.id });
      await call("undo_import", { import_id: finer.id });
      expect(await list()).toEqual([]);
    });
  });

  describe("of two views of the same day", () => {
    const view = (detail: number, costs: number[]): [CostRecord[], ImportHead] => [
      costs.map((cost) =>
        costRecord({ timestamp: "2026-11-02T00:00:00Z", granularity: "day", cost_usd: String(cost) }),
      ),
      importHead({
        series: "openai/cost",
        detail,
        day_totals: { "2026-11-02": String(costs.reduce((a, b) => a + b, 0)) },
      }),
    ];
    const total = async (): Promise<number> =>
      (await list()).reduce((sum, { cost_usd }) => sum + Number(cost_usd), 0);

    it("keeps the coarser one where the finer holds less, as a part of the account does", async () => {
      await ingest(...view(0, [10]));
      expect(await ingest(...view(1, [6]))).toEqual({ ...NOTHING, covered: 1 });
      expect(await total()).toBe(10);
    });

    it("takes the coarser one where it holds more, as a later download of an unfinished day does", async () => {
      await ingest(...view(1, [2, 3]));
      expect(await ingest(...view(0, [10]))).toEqual({ ...NOTHING, inserted: 1, replaced: 2 });
      expect(await total()).toBe(10);
    });

    it("takes the finer one of two that differ by rounding alone", async () => {
      await ingest(...view(0, [10.01]));
      expect(await ingest(...view(1, [6, 4]))).toEqual({ ...NOTHING, inserted: 2, replaced: 1 });
    });

    it("keeps the finer one of two that are equal", async () => {
      await ingest(...view(1, [6, 4]));
      expect(await ingest(...view(0, [10]))).toEqual({ ...NOTHING, covered: 1 });
    });

    it("counts once when the middle one of three is undone, and each comes back in its turn", async () => {
      const [none, some, all] = [view(0, [10]), view(1, [6, 4]), view(2, [5, 1, 4])];
      for (const each of [none, some, all]) await ingest(...each);
      await call("undo_import", { import_id: some[1].id });
      expect(await total()).toBe(10);
      expect(await list()).toHaveLength(3);
      await call("undo_import", { import_id: all[1].id });
      expect((await list()).map(({ id }) => id)).toEqual([none[0][0]?.id]);
    });

    it("keeps what was edited by hand, and says so", async () => {
      const coarse = view(0, [10]);
      await ingest(...coarse);
      await call("edit_cost_record", { record_id: coarse[0][0]!.id, changes: { cost_usd: "7" } });
      expect(await ingest(...view(1, [6, 4]))).toEqual({ ...NOTHING, kept_edits: 2 });
      expect(await total()).toBe(7);
    });

    const viewOf = (account: string, detail: number, costs: number[]): [CostRecord[], ImportHead] => {
      const [records, head] = view(detail, costs);
      return [records, { ...head, series: `openai/cost ${account}` }];
    };

    it("looks at another account as another series", async () => {
      await ingest(...viewOf("org-WORK", 0, [10]));
      expect(await ingest(...viewOf("org-HOME", 1, [3]))).toEqual({ ...NOTHING, inserted: 1 });
      expect(await total()).toBe(13);
    });

    it("takes a file that names no account for one of the only account that is named", async () => {
      await ingest(...view(0, [10]));
      expect(await ingest(...viewOf("org-HOME", 1, [6, 4]))).toEqual({
        ...NOTHING,
        inserted: 2,
        replaced: 1,
      });
      expect(await total()).toBe(10);
    });

    it("counts one of them, whichever of several downloads is undone, and both come back in their turn", async () => {
      const coarse = view(0, [1]);
      await ingest(...coarse);
      const [records] = view(1, [2, 3]);
      const downloads: ImportHead[] = [];
      for (const cost of ["2", "3", "4"]) {
        const head = importHead({ series: "openai/cost", detail: 1 });
        downloads.push(head);
        await ingest(
          records.map((record) => ({ ...record, cost_usd: cost })),
          head,
        );
      }
      for (const [at, left] of [
        [0, 8],
        [2, 6],
        [1, 1],
      ] as const) {
        await call("undo_import", { import_id: downloads[at]!.id });
        expect(await total()).toBe(left);
      }
      expect((await list()).map(({ id }) => id)).toEqual([coarse[0][0]?.id]);
    });
  });

  describe("of a file that was here before", () => {
    const resume = (head: ImportHead, reading = head.reading) =>
      call("resume_import", { sha256: head.sha256, reading });
    const close = (head: ImportHead) =>
      call("finish_import", {
        import_id: head.id,
        summary: {
          row_count: 2,
          skipped: 0,
          rejected: 0,
          cost_usd: "0.02",
          first_date: null,
          last_date: null,
        },
      });

    it("goes on with the import that was cut short, and can be undone whole", async () => {
      const head = importHead();
      await ingest([costRecord()], head);
      expect(await resume(head)).toBe(head.id);
      await ingest([costRecord()], head);
      expect(await close(head)).toMatchObject({ id: head.id, inserted: 2, status: "done" });
      expect(await resume(head)).toBeNull();
      await call("undo_import", { import_id: head.id });
      expect(await list()).toEqual([]);
    });

    it("is refused in another reading, until it is undone", async () => {
      const head = importHead();
      await ingest([costRecord()], head);
      await close(head);
      expect(await resume(head, "another mapping").catch(codeOf)).toBe(REFUSED);
      await call("undo_import", { import_id: head.id });
      expect(await resume(head, "another mapping")).toBeNull();
    });

    it("is no other user's business", async () => {
      const head = importHead();
      await ingest([costRecord()], head);
      const other = await signUp(db);
      expect(await call("resume_import", { sha256: head.sha256, reading: head.reading }, other)).toBeNull();
      expect(await call("resume_import", { sha256: head.sha256, reading: "other" }, other)).toBeNull();
    });
  });

  describe("that is undone", () => {
    it("says how many hand edits go with it", async () => {
      const [record, head] = [costRecord(), importHead()];
      await ingest([record], head);
      await call("edit_cost_record", { record_id: record.id, changes: { cost_usd: "7" } });
      expect(await call("undo_import", { import_id: head.id })).toMatchObject({ removed: 1, edits_lost: 1 });
    });

    const record = costRecord();
    const only = costRecord({ model_name: "only in the first" });
    let first: ImportHead;
    let second: ImportHead;
    beforeEach(async () => {
      first = importHead();
      second = importHead();
      await ingest([record, only], first);
      await ingest([{ ...record, cost_usd: "2" }, costRecord({ model_name: "only in the second" })], second);
    });
    const undo = (head: ImportHead) => call("undo_import", { import_id: head.id });
    const costs = async (): Promise<Record<string, string>> =>
      Object.fromEntries((await list()).map(({ model_name, cost_usd }) => [model_name ?? "", cost_usd]));

    it("puts back what it updated and removes what it added", async () => {
      expect(await undo(second)).toEqual({ id: second.id, removed: 1, restored: 1, edits_lost: 0 });
      expect(await costs()).toEqual({ "gpt-5": "0.01", "only in the first": "0.01" });
      expect(await undo(first)).toEqual({ id: first.id, removed: 2, restored: 0, edits_lost: 0 });
      expect(await list()).toEqual([]);
    });

    it("leads to nothing in the other order too", async () => {
      expect(await undo(first)).toMatchObject({ id: first.id, removed: 1 });
      expect(await costs()).toEqual({ "gpt-5": "2", "only in the second": "0.01" });
      await undo(second);
      expect(await list()).toEqual([]);
    });

    it("can lie between two others", async () => {
      const third = importHead();
      await ingest([{ ...record, cost_usd: "3" }], third);
      await undo(second);
      expect(await costs()).toEqual({ "gpt-5": "3", "only in the first": "0.01" });
      await undo(third);
      expect(await costs()).toEqual({ "gpt-5": "0.01", "only in the first": "0.01" });
    });

    it("can be imported again, to the same records", async () => {
      const before = await data();
      await undo(second);
      const again = importHead();
      await ingest([{ ...record, cost_usd: "2" }], again);
      expect(await data()).toEqual(
        before.filter((row) => (row as CostRecord).model_name !== "only in the second"),
      );
    });

    it("is refused a second time", async () => {
      await undo(second);
      expect(await undo(second).catch(codeOf)).toBe(REFUSED);
      expect((await call("get_import", { import_id: second.id })).status).toBe("undone");
    });

    it("is not found by another user", async () => {
      const before = await list();
      const other = await signUp(db);
      expect(await call("undo_import", { import_id: second.id }, other).catch(codeOf)).toBe(REFUSED);
      expect(await list()).toEqual(before);
    });
  });
});

describe.each(nativeBackends)("two imports at once on $name", (backend) => {
  it("of one user never leave two views of a day, or lose what was there before", async () => {
    const db = await freshDatabase(backend);
    const connections = await Promise.all([db.connect(), db.connect()]);
    try {
      const user = await signUp(db);
      const ingest = (at: number, detail: number, costs: string[]) =>
        connections[at]!.asUser(user, (me) =>
          me.call("ingest_cost_records", {
            import: importHead({ series: "openai/cost", detail }),
            records: costs.map((cost_usd) =>
              costRecord({ timestamp: "2026-11-02T00:00:00Z", granularity: "day", cost_usd }),
            ),
          }),
        );
      for (let round = 0; round < 10; round++) {
        await db.query("delete from cost_records");
        await Promise.all([ingest(0, 0, ["10"]), ingest(1, 1, ["6", "4"])]);
        expect(await db.query("select sum(cost_usd) as cost from cost_records")).toEqual([
          { cost: "10.0000000000" },
        ]);
      }
    } finally {
      await Promise.all([db, ...connections].map((each) => each.close()));
    }
  });

  it("make one partition and lose no record", async () => {
    const db = await freshDatabase(backend);
    const connections = await Promise.all([db.connect(), db.connect(), db.connect()]);
    try {
      const users = [await signUp(db), await signUp(db), await signUp(db)];
      const ingest = (at: number, month: number): Promise<IngestCounts> =>
        connections[at]!.asUser(users[at]!, (me) =>
          me.call("ingest_cost_records", {
            import: importHead(),
            records: Array.from({ length: 20 }, () =>
              costRecord({ timestamp: `2019-0${month}-15T00:00:00Z` }),
            ),
          }),
        );
      for (let month = 1; month <= 6; month++) {
        await Promise.all(connections.map((_, at) => ingest(at, month)));
      }
      expect(await db.query("select count(*) as records from cost_records")).toEqual([{ records: 360 }]);
    } finally {
      await Promise.all([db, ...connections].map((each) => each.close()));
    }
  });

  it("of the same file by one user end with one set of records", async () => {
    const db = await freshDatabase(backend);
    const connections = await Promise.all([db.connect(), db.connect()]);
    try {
      const user = await signUp(db);
      const records = Array.from({ length: 200 }, () => costRecord());
      const answers = await Promise.all(
        connections.map((each) =>
          each.asUser(user, (me) => me.call("ingest_cost_records", { import: importHead(), records })),
        ),
      );
      expect(answers).toHaveLength(2);
      expect(await db.query("select count(*) as records, sum(cost_usd) as cost from cost_records")).toEqual([
        { records: 200, cost: "2.0000000000" },
      ]);
    } finally {
      await Promise.all([db, ...connections].map((each) => each.close()));
    }
  });
});
