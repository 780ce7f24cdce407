import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Api, PricingHead, StoredRecord, WrittenEstimate } from "../../src/lib/api.js";
import type { CostRecord } from "../../src/lib/record/record.js";
import { backends, type Database, eachWithUser } from "../support/database.js";
import { bring, type Caller, type LayerOptions, rowTexts, undoLayer } from "../support/layers.js";
import { costRecord } from "../support/records.js";

/** A record that came in with an estimate by a list. */
const priced = (id: string, usd: string, price: string, more: Partial<CostRecord> = {}): CostRecord =>
  costRecord({
    id,
    cost_usd: "0",
    estimated_cost_usd: usd,
    input_tokens: 1000,
    output_tokens: 0,
    tokens_used: 1000,
    ...more,
    metadata: { cost_basis: "estimated", price, ...more.metadata },
  });

const unpriced = (id: string): CostRecord =>
  costRecord({ id, cost_usd: "0", metadata: { cost_basis: "none" }, input_tokens: 1000, tokens_used: 1000 });

describe.each(backends)("prices on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));
  const me: Caller = {
    call: (name, args) => db.asUser(user, (session) => session.call(name, args)),
  };
  const bringIn = (records: CostRecord[], options: LayerOptions = {}) =>
    bring(me, records, { head: { series: "x/usage" }, ...options });
  const list = async (): Promise<StoredRecord[]> =>
    (await me.call("list_cost_records", { filters: { max_rows: 100 } })).records;
  const estimates = async () =>
    Object.fromEntries((await list()).map(({ id, estimated_cost_usd }) => [id, estimated_cost_usd]));
  const priceable = async (only_unpriced = false, max_rows = 100) => {
    const rows: Api["list_priceable_rows"]["result"]["rows"] = [];
    let after: string | null = null;
    do {
      const page: Api["list_priceable_rows"]["result"] = await me.call("list_priceable_rows", {
        ...{ from_date: null, to_date: null, only_unpriced, after, max_rows },
      });
      rows.push(...page.rows);
      after = page.next;
    } while (after !== null);
    return rows;
  };
  const settled = async (): Promise<void> => {
    while ((await me.call("settle_days", { import_id: null })).remaining > 0);
  };
  const head = (): PricingHead => {
    const id = randomUUID();
    return { id, source_name: "reprice", format: "reprice", sha256: id, first_day: null, last_day: null };
  };
  /** Writes an estimate beside all that can be priced. */
  const reprice = async (usd: string, price: string, import_: PricingHead = head()): Promise<string> => {
    const rows = await priceable();
    const written: WrittenEstimate[] = rows.map(({ sheet, id, timestamp }) => ({
      ...{ sheet, id, timestamp, usd, price, note: null },
    }));
    await me.call("write_estimates", { import: import_, estimates: written });
    await settled();
    return import_.id;
  };
  const [a, b] = [randomUUID(), randomUUID()];

  it("says of rows that are tried that they keep the estimate and the rate with which they came in", async () => {
    const [of_tokens, of_euros] = [randomUUID(), randomUUID()];
    const charged = (rate: string, cost_usd: string, amount = "10"): CostRecord =>
      costRecord({
        id: of_euros,
        cost_usd,
        metadata: { cost_basis: "billed", original: { currency: "EUR", amount, rate } },
      });
    await bringIn([priced(of_tokens, "1", "list a"), charged("1.1", "11")]);
    const tried = async (...records: CostRecord[]) => {
      const rows = rowTexts(records.map((record) => ({ sheet: 0, record })));
      const { updated, unchanged } = await me.call("compare_rows", { rows, joins: false });
      return { updated, unchanged };
    };
    expect(await tried(priced(of_tokens, "2", "list b"), charged("2", "20"))).toEqual({
      updated: 0,
      unchanged: 2,
    });
    expect(
      await tried(
        priced(of_tokens, "2", "list b", { input_tokens: 2000, tokens_used: 2000 }),
        charged("2", "22", "11"),
      ),
    ).toEqual({ updated: 2, unchanged: 0 });
    // It is what the import does.
    const later = [priced(of_tokens, "2", "list b"), charged("2", "20"), unpriced(randomUUID())];
    const { progress } = await bringIn(later);
    expect(progress?.moved).toEqual({ inserted: 1, updated: 0, replaced: 0 });
    const records = await list();
    expect(records.find(({ id }) => id === of_tokens)?.estimated_cost_usd).toBe("1");
    expect(records.find(({ id }) => id === of_euros)?.cost_usd).toBe("11");
  });

  it("a row keeps its first estimate while any import has it; other tokens have another one", async () => {
    const { id: first } = await bringIn([priced(a, "1", "old"), priced(b, "2", "old")]);
    await bringIn([
      priced(a, "10", "new"),
      priced(b, "20", "new", { input_tokens: 2000, tokens_used: 2000 }),
      priced(randomUUID(), "30", "new"),
    ]);
    expect(await estimates()).toMatchObject({ [a]: "1", [b]: "20" });
    await undoLayer(me, first!);
    expect(await estimates()).toMatchObject({ [a]: "1", [b]: "20" });
    const [record] = (await list()).filter(({ id }) => id === a);
    expect(record?.metadata).toEqual({ cost_basis: "estimated", price: "old" });
  });

  it("a price that arrives later fills what had none, and undoing that takes it away", async () => {
    const { id: imported } = await bringIn([unpriced(a), priced(b, "2", "old")]);
    expect((await priceable(true)).map(({ id }) => id)).toEqual([a]);
    expect(await priceable(false, 1)).toHaveLength(2);
    const id = await reprice("5", "new");
    expect(await estimates()).toEqual({ [a]: "5", [b]: "5" });
    expect((await me.call("get_import", { import_id: id })).updated).toBe(2);
    // The file again changes nothing.
    await bringIn([unpriced(a), priced(b, "3", "newest")]);
    expect(await estimates()).toMatchObject({ [a]: "5" });
    expect(await me.call("preview_undo", { import_id: id })).toMatchObject({ removed: 0, restored: 2 });
    expect(await undoLayer(me, id)).toMatchObject({ removed: 0, restored: 2 });
    expect(await list()).toContainEqual(
      expect.objectContaining({ id: a, estimated_cost_usd: null, metadata: { cost_basis: "none" } }),
    );
    expect(await estimates()).toEqual({ [a]: null, [b]: "2" });
    await undoLayer(me, imported!);
  });

  it.each([
    ["the first one", 0, "9", "1"],
    ["the last one", 1, "5", "1"],
  ])("of two repricings, %s can be undone by itself", async (_, undone, rest, none) => {
    await bringIn([priced(a, "1", "old")]);
    const ids = [await reprice("5", "new"), await reprice("9", "newest")];
    await undoLayer(me, ids[undone]!);
    expect(await estimates()).toEqual({ [a]: rest });
    await undoLayer(me, ids[1 - undone]!);
    expect(await estimates()).toEqual({ [a]: none });
    expect((await list())[0]?.metadata).toEqual({ cost_basis: "estimated", price: "old" });
  });

  it("reaches what is hidden, edited, of an account that was found, or entered by hand", async () => {
    const options = { head: { series: "x/usage" }, detail: 1 };
    await bring(me, [priced(a, "1", "old")], { ...options, detail: 0 });
    const { id: finer } = await bring(me, [priced(b, "2", "old")], options);
    await bring(me, [priced(b, "2", "old", { timestamp: "2026-11-06T00:00:00Z" })], {
      ...options,
      account: "org",
    });
    const manual = priced(randomUUID(), "3", "old", { collection_method: "manual_entry" });
    await me.call("add_cost_record", { record: manual });
    const before = await list();
    await me.call("edit_cost_record", {
      record_id: before.find(({ id }) => id === manual.id)!.id,
      changes: { request_count: 7 },
    });
    const [shown] = before.filter(
      ({ timestamp, import_id }) => import_id !== null && timestamp < "2026-11-06",
    );
    await me.call("edit_cost_record", { record_id: shown!.id, changes: { request_count: 8 } });
    const id = await reprice("5", "new");
    const after = await list();
    expect(after.map(({ estimated_cost_usd }) => estimated_cost_usd)).toEqual(after.map(() => "5"));
    expect(after.map(({ request_count }) => request_count)).toEqual(expect.arrayContaining([7, 8]));
    // What was hidden counts, with the new estimate.
    await undoLayer(me, finer!);
    expect(Object.values(await estimates())).toEqual(after.map(() => "5"));
    await undoLayer(me, id);
    expect(Object.values(await estimates()).sort()).toEqual(["1", "2", "3"]);
  });

  it("sent again, estimates change nothing", async () => {
    await bringIn([priced(a, "1", "old")]);
    const once = head();
    await reprice("5", "new", once);
    const [row] = await priceable();
    const written = await me.call("write_estimates", {
      import: once,
      estimates: [
        { sheet: row!.sheet, id: a, timestamp: row!.timestamp, usd: "5", price: "new", note: null },
      ],
    });
    expect(written).toBe(0);
    await undoLayer(me, once.id);
    expect(await estimates()).toEqual({ [a]: "1" });
  });

  it("keeps own prices by model, provider and first day, and lists until they are undone", async () => {
    const price = { provider: null, model: "gpt-x", since: null, rates: { input_mtok: "3" } };
    await me.call("set_price", { price });
    await me.call("set_price", { price: { ...price, rates: { input_mtok: "4" } } });
    await me.call("set_price", { price: { ...price, since: "2026-11-01" } });
    const list_: PricingHead = { ...head(), format: "prices" };
    await me.call("add_price_list", { import: list_, since: "2026-11-02", rows: [price] });
    const { own, lists } = await me.call("get_prices", {});
    expect(own).toMatchObject([{ since: null, rates: { input_mtok: "4" } }, { since: "2026-11-01" }]);
    expect(lists).toMatchObject([{ id: list_.id, since: "2026-11-02", rows: [price] }]);
    expect(await me.call("remove_prices", { price_ids: [own[0]!.id] })).toMatchObject([{ model: "gpt-x" }]);
    await undoLayer(me, list_.id);
    expect(await me.call("get_prices", {})).toMatchObject({ own: [{ since: "2026-11-01" }], lists: [] });
  });
});
