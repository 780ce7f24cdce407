import { describe, expect, it } from "vitest";
import {
  backends,
  codeOf,
  type Database,
  eachWithUser,
  freshDatabase,
  nativeBackends,
  signUp,
} from "../support/database.js";
import { beginLayer, bringLayer, type Caller, layerOf, undoLayer } from "../support/layers.js";
import { costRecord } from "../support/records.js";

/** A client that sends each call twice, as if the first answer were lost, and takes the second one. */
const hearingTwice = (caller: Caller): Caller => ({
  call: async (name, args) => {
    await caller.call(name, args);
    return caller.call(name, args);
  },
});

describe.each(backends)("a call that is sent twice on $name", (backend) => {
  let db: Database;
  let user: string;
  let me: Caller;
  eachWithUser(backend, (scene) => {
    ({ db, user } = scene);
    me = { call: (name, args) => db.asUser(user, (session) => session.call(name, args)) };
  });
  const stored = async () => (await me.call("list_cost_records", { filters: { max_rows: 10 } })).records;

  it("imports once, and ends with the answer of the first time", async () => {
    const layer = layerOf([costRecord(), costRecord({ timestamp: "2026-11-06T00:00:00Z" })]);
    const { id, progress } = await bringLayer(hearingTwice(me), layer);
    expect(progress?.import).toMatchObject({ status: "done", inserted: 2, unchanged: 0, counted_rows: 2 });
    expect(await me.call("get_import", { import_id: id! })).toEqual(progress?.import);
    expect((await me.call("list_imports", { max_rows: 10 })).total).toBe(1);
    expect(await stored()).toHaveLength(2);
  });

  it("brings nothing back that was removed by hand in between", async () => {
    const [kept, removed] = [costRecord(), costRecord()];
    const begun = await beginLayer(me, layerOf([kept, removed]));
    await begun.send();
    await me.call("remove_cost_records", { record_ids: [removed.id] });
    await begun.send();
    await me.call("finish_import", { import_id: begun.id! });
    expect((await stored()).map(({ id }) => id)).toEqual([kept.id]);
  });

  it("is refused when its import was undone meanwhile", async () => {
    const begun = await beginLayer(me, layerOf([costRecord()]));
    await begun.send();
    await undoLayer(me, begun.id!);
    await expect(begun.send()).rejects.toThrow(`The import ${begun.id!.slice(0, 8)} was undone meanwhile.`);
    const late = me.call("finish_import", { import_id: begun.id! });
    expect(await late.catch(codeOf)).toBe("AC000");
    expect(await stored()).toEqual([]);
  });
});

describe.each(nativeBackends)("rows that are sent again while they are under way, on $name", (backend) => {
  it("come once", async () => {
    const db = await freshDatabase(backend);
    const second = await db.connect();
    try {
      const user = await signUp(db);
      const callers = [db, second].map((each): Caller => ({
        call: (name, args) => each.asUser(user, (me) => me.call(name, args)),
      }));
      const begun = await Promise.all(callers.map((caller) => beginLayer(caller, layer)));
      await Promise.all([...begun, ...begun].map((each) => each.send()));
      const { import: done } = await callers[0]!.call("finish_import", { import_id: begun[0]!.id! });
      expect(done).toMatchObject({ inserted: 2, counted_rows: 2 });
    } finally {
      await Promise.all([db.close(), second.close()]);
    }
  });
  const layer = layerOf([costRecord(), costRecord()]);
});
