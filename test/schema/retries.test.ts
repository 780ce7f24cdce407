import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { CostRecord } from "../../src/lib/record/record.js";
import type { ImportHead, IngestCounts } from "../../src/lib/api.js";
import {
  backends,
  type Database,
  eachWithUser,
  freshDatabase,
  nativeBackends,
  signUp,
} from "../support/database.js";
import { costRecord, importHead } from "../support/records.js";

describe.each(backends)("a batch that is sent twice on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));

  const ingest = (head: ImportHead, records: CostRecord[], dry_run = false): Promise<IngestCounts> =>
    db.asUser(user, (me) => me.call("ingest_cost_records", { import: head, records, dry_run }));
  const importOf = ({ id }: ImportHead) => db.asUser(user, (me) => me.call("get_import", { import_id: id }));
  const stored = () => db.asUser(user, (me) => me.call("list_cost_records", { filters: { max_rows: 10 } }));

  it("counts once, and has the answer of the first time", async () => {
    const head = importHead({ batch: randomUUID() });
    const records = [costRecord(), costRecord()];
    const first = await ingest(head, records);
    expect(first).toMatchObject({ inserted: 2, unchanged: 0 });
    expect(await ingest(head, records)).toEqual(first);
    expect(await importOf(head)).toMatchObject({ inserted: 2, updated: 0, unchanged: 0 });
  });

  it("changes nothing the second time, not even what was removed in between", async () => {
    const head = importHead({ batch: randomUUID() });
    const record = costRecord();
    await ingest(head, [record]);
    await db.asUser(user, (me) => me.call("remove_cost_records", { record_ids: [record.id] }));
    await ingest(head, [record]);
    expect(await stored()).toEqual({ records: [], total: 0 });
  });

  it.each([
    ["with", { batch: randomUUID() }],
    ["without", {}],
  ])("is refused when its import was undone meanwhile, %s a key", async (_, key) => {
    const head = importHead(key);
    const records = [costRecord()];
    await ingest(head, records);
    await db.asUser(user, (me) => me.call("undo_import", { import_id: head.id }));
    await expect(ingest(head, records)).rejects.toThrow(
      `The import ${head.id.slice(0, 8)} was undone meanwhile.`,
    );
    expect((await stored()).total).toBe(0);
  });

  it("is known among the sixteen latest ones", async () => {
    const head = importHead();
    const keys = Array.from({ length: 16 }, () => randomUUID());
    for (const batch of keys) await ingest({ ...head, batch }, [costRecord()]);
    await ingest({ ...head, batch: keys[0]! }, [costRecord()]);
    expect(await importOf(head)).toMatchObject({ inserted: 16 });
  });

  it("counts twice under two keys, or under none", async () => {
    const head = importHead();
    const records = [costRecord()];
    for (const batch of [randomUUID(), randomUUID()]) await ingest({ ...head, batch }, records);
    for (let time = 0; time < 2; time++) await ingest(head, records);
    expect(await importOf(head)).toMatchObject({ inserted: 1, unchanged: 3 });
  });

  it("is not taken for the dry run before it", async () => {
    const head = importHead({ batch: randomUUID() });
    const records = [costRecord()];
    expect(await ingest(head, records, true)).toMatchObject({ inserted: 1 });
    expect(await ingest(head, records)).toMatchObject({ inserted: 1 });
    expect((await stored()).total).toBe(1);
    expect(await ingest(head, records, true)).toMatchObject({ inserted: 0, unchanged: 1 });
  });
});

describe.each(nativeBackends)("a batch that is sent again while it is under way, on $name", (backend) => {
  it("counts once", async () => {
    const db = await freshDatabase(backend);
    const second = await db.connect();
    try {
      const user = await signUp(db);
      const head = importHead({ batch: randomUUID() });
      const records = [costRecord()];
      const send = (connection: Database): Promise<IngestCounts> =>
        connection.asUser(user, (me) => me.call("ingest_cost_records", { import: head, records }));

      let again: Promise<IngestCounts> | undefined;
      const first = await db.asUser(user, async (me) => {
        const counts = await me.call("ingest_cost_records", { import: head, records });
        again = send(second);
        await me.query("select pg_sleep(0.3)");
        return counts;
      });
      expect(first).toMatchObject({ inserted: 1 });
      expect(await again).toEqual(first);
      const found = await db.asUser(user, (me) => me.call("get_import", { import_id: head.id }));
      expect(found).toMatchObject({ inserted: 1, unchanged: 0 });
    } finally {
      await Promise.all([db.close(), second.close()]);
    }
  });
});
