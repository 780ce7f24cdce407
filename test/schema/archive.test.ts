import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CostRecord } from "../../src/lib/record/record.js";
import {
  type Api,
  ARCHIVE_KINDS,
  type ArchiveKind,
  type ArchiveRow,
  type RestoreCounts,
  type StoredRecord,
} from "../../src/lib/api.js";
import { backends, codeOf, freshDatabase, signUp, type Database } from "../support/database.js";
import {
  beginLayer,
  bring,
  type Brought,
  type Caller,
  layerOf,
  type LayerOptions,
  undoLayer,
} from "../support/layers.js";
import { costRecord } from "../support/records.js";

const NOTHING: RestoreCounts = { inserted: 0, updated: 0, unchanged: 0, covered: 0 };

/** SQLSTATE of an error that a user can act on, with the exit code 4. */
const REFUSED = "AC000";

type Archive = Record<ArchiveKind, ArchiveRow[]>;

/** One person in one database. */
class Person implements Caller {
  private constructor(
    readonly db: Database,
    readonly id: string,
  ) {}

  static async in(db: Database): Promise<Person> {
    return new Person(db, await signUp(db));
  }

  call<Name extends keyof Api>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]> {
    return this.db.asUser(this.id, (me) => me.call(name, args));
  }

  bring(records: CostRecord[], options: LayerOptions = {}): Promise<Brought> {
    return bring(this, records, options);
  }

  /** @param pageSize rows a page */
  async archive(pageSize = 100): Promise<Archive> {
    const archive = {} as Archive;
    for (const kind of ARCHIVE_KINDS) {
      archive[kind] = [];
      let after: string | null = null;
      do {
        const page: Api["export_rows"]["result"] = await this.call("export_rows", {
          kind,
          after,
          max_rows: pageSize,
        });
        archive[kind].push(...page.rows);
        after = page.next;
      } while (after !== null);
    }
    return archive;
  }

  async restore(archive: Archive): Promise<Record<ArchiveKind, RestoreCounts>> {
    const counts = {} as Record<ArchiveKind, RestoreCounts>;
    for (const kind of ARCHIVE_KINDS) {
      counts[kind] = await this.call("restore_rows", { kind, rows: archive[kind] });
    }
    while ((await this.call("settle_days", { import_id: null })).remaining > 0);
    return counts;
  }

  async records(): Promise<StoredRecord[]> {
    return (await this.call("list_cost_records", { filters: { max_rows: 1000 } })).records;
  }

  async total(): Promise<number> {
    const days = await this.call("get_daily_spend", { from_date: null, to_date: null, split_by: ["model"] });
    return days.reduce((sum, day) => sum + Number(day.cost_usd), 0);
  }
}

/** Two exports of the same money, the second one finer. */
const coarse: LayerOptions = { head: { series: "openai/cost" }, account: "org-1", detail: 1 };
const fine: LayerOptions = { ...coarse, detail: 2 };

/** Gives a person something of everything, and a past: updated, replaced and edited records. */
const livesOn = async (person: Person): Promise<void> => {
  await person.call("set_preferences", {
    changes: { timezone: "Europe/Berlin", default_date_range: "6m" },
  });
  await person.call("set_rate", { currency: "CNY", day: null, usd: "0.14" });
  await person.call("set_rate", { currency: "EUR", day: "2026-11-05", usd: "1.08" });
  await person.call("add_rate_days", { days: [{ day: "2026-11-05", rates: { USD: "1.09", JPY: "170.5" } }] });
  await person.call("add_provider", { name: "my-gateway", display_name: "My “gateway”" });
  const grows = costRecord({ provider: "my-gateway", model_name: null, cost_usd: "0.0000000001" });
  const other = { head: { series: "my/file" } };
  await person.bring([grows, costRecord({ timestamp: "2017-03-31T23:59:59.999999Z" })], other);
  await person.bring([{ ...grows, cost_usd: "0.5" }], other);
  await person.bring([costRecord({ cost_usd: "3" }), costRecord({ cost_usd: "4" })], coarse);
  await person.bring([costRecord({ cost_usd: "2.5" }), costRecord({ cost_usd: "4.5" })], fine);
  const edited = costRecord({ metadata: { cost_basis: "billed", nested: { list: [1, "two"] } } });
  const removed = costRecord();
  await person.bring([edited, removed]);
  await person.call("edit_cost_record", { record_id: edited.id, changes: { cost_usd: "9" } });
  await person.call("remove_cost_records", { record_ids: [removed.id] });
  const manual = costRecord({ collection_method: "manual_entry", tokens_used: null, input_tokens: null });
  await person.call("add_cost_record", { record: manual });
  await person.call("set_price", {
    price: { provider: null, model: "gpt-x", since: "2026-11-01", rates: { input_mtok: "3" } },
  });
  await person.call("add_price_list", {
    import: {
      id: randomUUID(),
      source_name: "prices.json",
      format: "prices",
      sha256: "f".repeat(64),
      first_day: null,
      last_day: null,
    },
    since: "2026-11-01",
    rows: [{ provider: "openai", model: "gpt-y", since: null, rates: { input_mtok: "1", output_mtok: "2" } }],
  });
  const { id } = await person.call("add_subscription", {
    subscription: {
      provider: "my-gateway",
      name: "my-plan",
      plan: "large",
      period: "month",
      currency: "EUR",
      prices: [
        { from: "2026-09-08", cost: "10.5", is_listed: true },
        { from: "2026-11-01", cost: "12", is_listed: false },
      ],
      seats: 2,
      tax_percent: "19",
      since: "2026-09-08",
      trial_until: null,
    },
    entries: null,
  });
  // Only of November, there is a rate.
  await person.call("change_subscription", {
    subscription_id: id,
    changes: { cancelled_on: "2026-11-20" },
  });
  for (const kind of ["grant", "set"] as const)
    await person.call("save_credit_entry", {
      entry: {
        id: randomUUID(),
        provider: "my-gateway",
        kind,
        timestamp: "2026-11-08T10:00:00.5Z",
        granularity: "event",
        usd: "0.0000000001",
        expires_on: kind === "grant" ? "2026-12-31" : null,
        metadata: { note: "from the console" },
      },
    });
  await person.call("set_budget", {
    budget: {
      ...{ name: "shop", amount: "25.5", currency: "EUR", period: "month", reset_day: 17 },
      ...{ providers: ["my-gateway"], models: ["gpt-*"], projects: ["shop"], tags: [], kinds: ["usage"] },
    },
  });
  await person.db.query(
    `insert into public.forecast_results (
       user_id, provider_id, model_name, forecast_date, predicted_cost_usd, lower_bound_80, upper_bound_80,
       confidence_score, model_version, training_data_start, training_record_count, metadata)
     values
       ($1::uuid, (select id from public.providers where name = 'openai'), 'gpt-5', '2026-12-01', 1.25, 0.5, 2.0000000001,
        0.9, 'ets-1', '2026-01-01', 12, '{"a": 1}'),
       ($1, null, null, '2026-12-02', 0, null, null, null, 'naive-1', null, null, '{}')`,
    [person.id],
  );
};

/** Restores an archive that was restored before: nothing of it is new. */
const isAllThere = async (person: Person, archive: Archive): Promise<void> => {
  const counts = await person.restore(archive);
  for (const kind of ARCHIVE_KINDS) {
    expect(counts[kind], kind).toEqual({ ...NOTHING, unchanged: archive[kind].length });
  }
};

describe.each(backends)("an archive on $name", (backend) => {
  let here: Database;
  let there: Database;
  let source: Person;
  let target: Person;
  /** Somebody with something of everything, whom no test changes, and all that she has. */
  let busy: Person;
  let whole: Archive;

  beforeAll(async () => {
    [here, there] = [await freshDatabase(backend), await freshDatabase(backend)];
    busy = await Person.in(here);
    await livesOn(busy);
    whole = await busy.archive();
  });
  afterAll(() => Promise.all([here.close(), there.close()]));
  beforeEach(async () => {
    [source, target] = [await Person.in(here), await Person.in(there)];
  });

  it("holds something of every kind, and names neither its user nor a row of its database", async () => {
    const lengths = Object.fromEntries(ARCHIVE_KINDS.map((kind) => [kind, whole[kind].length]));
    expect(lengths).toEqual({
      ...{
        preferences: 1,
        rates: 3,
        provider: 1,
        price: 1,
        import: 6,
        price_list: 1,
        sheet: 6,
        edit: 2,
        sheet_row: 9,
        cost_record: 2,
        subscription: 1,
        credit: 2,
        budget: 1,
        forecast: 2,
      },
    });
    expect(await busy.call("archive_counts", {})).toMatchObject(lengths);
    const text = JSON.stringify(whole);
    expect(text).not.toContain(busy.id);
    expect(text).not.toMatch(/"(user_id|owner_id|provider_id)"/);
    expect(whole.sheet_row).toContainEqual(
      expect.objectContaining({
        provider: "my-gateway",
        cost_usd: "0.0000000001",
        timestamp: "2026-11-05T12:00:00Z",
      }),
    );
    expect(whole.forecast).toMatchObject([
      {
        provider: "openai",
        predicted_cost_usd: "1.25",
        upper_bound_80: "2.0000000001",
        confidence_score: "0.9",
      },
      { provider: null, predicted_cost_usd: "0", upper_bound_80: null, training_record_count: null },
    ]);
  });

  it("is the same in pages of one row", async () => {
    expect(await busy.archive(1)).toEqual(whole);
  });

  it("comes to an empty database whole: the archive of what was restored is the same", async () => {
    await livesOn(source);
    const archive = await source.archive();
    const counts = await target.restore(archive);
    for (const kind of ARCHIVE_KINDS.filter((each) => each !== "preferences")) {
      expect(counts[kind], kind).toEqual({ ...NOTHING, inserted: archive[kind].length });
    }
    expect(await target.archive()).toEqual(archive);
    expect(await target.total()).toBe(await source.total());
    expect(await target.call("list_imports", { max_rows: 10 })).toEqual(
      await source.call("list_imports", { max_rows: 10 }),
    );
    // The second time changes nothing.
    await isAllThere(target, archive);
    expect(await target.archive()).toEqual(archive);
  });

  it("lets every restored import be undone as it could be where it came from", async () => {
    await livesOn(source);
    await target.restore(await source.archive());
    const { imports } = await source.call("list_imports", { max_rows: 10 });
    for (const { id } of imports) {
      expect(await undoLayer(target, id)).toEqual(await undoLayer(source, id));
      expect(await target.records(), id).toEqual(await source.records());
    }
    // What was entered by hand, and the charge of a subscription.
    expect(await target.records()).toHaveLength(2);
  });

  it("brings back what was undone since, and lets it be undone again", async () => {
    const { id } = await source.bring([costRecord()]);
    const archive = await source.archive();
    await target.restore(archive);
    await undoLayer(target, id!);
    expect(await target.records()).toEqual([]);
    expect(await target.restore(archive)).toMatchObject({ import: { ...NOTHING, updated: 1 } });
    expect(await target.records()).toEqual(await source.records());
    expect(await undoLayer(target, id!)).toMatchObject({ removed: 1 });
  });

  it("carries an import that was cut short, tells it how it ended, and not the other way round", async () => {
    const layer = layerOf([costRecord(), costRecord({ timestamp: "2026-11-06T00:00:00Z" })]);
    const begun = await beginLayer(source, layer);
    await begun.send(1);
    const early = await source.archive();
    await target.restore(early);
    expect((await target.call("get_import", { import_id: begun.id! })).status).toBe("running");
    await begun.send();
    await source.call("finish_import", { import_id: begun.id! });
    const late = await source.archive();
    expect((await target.restore(late)).import).toEqual({ ...NOTHING, updated: 1 });
    expect(await target.archive()).toEqual(late);
    expect((await target.restore(early)).import).toEqual({ ...NOTHING, unchanged: 1 });
    expect(await target.archive()).toEqual(late);
  });

  it("adds what came later, and takes nothing back", async () => {
    const series = { head: { series: "openai/cost" } };
    const record = costRecord();
    await source.bring([record], series);
    const first = await source.archive();
    await target.restore(first);
    await source.bring([{ ...record, cost_usd: "6" }], series);
    const second = await source.archive();
    await target.restore(second);
    expect(await target.records()).toEqual(await source.records());
    const both = await target.archive();
    await target.restore(first);
    expect(await target.archive()).toEqual(both);
  });

  it("holds a file that is here under another id once", async () => {
    const layer = layerOf([costRecord()]);
    for (const [person, id] of [
      [source, randomUUID()],
      [target, randomUUID()],
    ] as const) {
      const begun = await beginLayer(person, { ...layer, head: { ...layer.head, id } });
      await begun.send();
      await person.call("finish_import", { import_id: id });
    }
    const before = await target.records();
    expect(await target.restore(await source.archive())).toMatchObject({
      import: { inserted: 0 },
      sheet: { inserted: 0 },
      sheet_row: { inserted: 0 },
    });
    expect(await target.records()).toEqual(before);
    expect((await target.call("list_imports", { max_rows: 10 })).total).toBe(1);
  });

  it("leaves an edit alone that was made here after the archived one", async () => {
    const record = costRecord();
    await source.bring([record]);
    await target.restore(await source.archive());
    await source.call("edit_cost_record", { record_id: record.id, changes: { cost_usd: "5" } });
    const archive = await source.archive();
    await target.call("edit_cost_record", { record_id: record.id, changes: { cost_usd: "7" } });
    await target.restore(archive);
    expect(await target.records()).toMatchObject([{ cost_usd: "7" }]);
  });

  it("brings an edit and a removal that were made there since", async () => {
    const [edited, removed] = [costRecord(), costRecord()];
    await source.bring([edited, removed]);
    await target.restore(await source.archive());
    await source.call("edit_cost_record", { record_id: edited.id, changes: { provider: "mistral" } });
    await source.call("remove_cost_records", { record_ids: [removed.id] });
    await target.restore(await source.archive());
    expect(await target.records()).toEqual(await source.records());
  });

  it("keeps one record of a manual entry whose date was changed here", async () => {
    const record = costRecord({ collection_method: "manual_entry" });
    await source.call("add_cost_record", { record });
    const archive = await source.archive();
    await target.restore(archive);
    await target.call("edit_cost_record", {
      record_id: record.id,
      changes: { timestamp: "2026-10-01T00:00:00Z" },
    });
    expect((await target.restore(archive)).cost_record).toEqual({ ...NOTHING, unchanged: 1 });
    expect(await target.records()).toMatchObject([{ timestamp: "2026-10-01T00:00:00Z" }]);
  });

  it("counts no money twice: of a day the fuller view counts, and undo gives the other back", async () => {
    const free = costRecord({ cost_usd: "1", timestamp: "2026-11-06T00:00:00Z" });
    const { id } = await source.bring(
      [costRecord({ cost_usd: "2.5" }), costRecord({ cost_usd: "4.5" }), free],
      fine,
    );
    await target.bring([costRecord({ cost_usd: "8" })], coarse);
    await target.restore(await source.archive());
    expect(await target.total()).toBe(9);
    expect(await undoLayer(target, id!)).toMatchObject({ removed: 1, restored: 0 });
    expect(await target.total()).toBe(8);
  });

  it("can be restored by two users of one database, who each have all of it", async () => {
    const [alice, bob] = [target, await Person.in(there)];
    await alice.restore(whole);
    const hers = await alice.archive();
    await bob.restore(whole);
    const his = await bob.archive();
    expect(await alice.archive()).toEqual(hers);
    // Forecasts have ids of their own.
    expect({ ...his, forecast: [] }).toEqual({ ...hers, forecast: [] });
    expect(await bob.records()).toEqual(await alice.records());

    await isAllThere(bob, whole);
    expect(await bob.archive()).toEqual(his);

    for (const { id } of (await bob.call("list_imports", { max_rows: 10 })).imports) {
      await undoLayer(bob, id);
    }
    expect(await bob.records()).toHaveLength(2);
    expect(await alice.archive()).toEqual(hers);
  });

  it("is still known to the second of two users when the first one is gone", async () => {
    const [alice, bob] = [target, await Person.in(there)];
    await alice.restore(whole);
    await bob.restore(whole);
    const his = await bob.archive();
    await there.query("delete from auth.users where id = $1", [alice.id]);
    await isAllThere(bob, whole);
    expect(await bob.archive()).toEqual(his);
  });

  it("is told what it would do in a dry run, which leaves nothing", async () => {
    await target.bring([costRecord({ cost_usd: "7" })], coarse);
    const before = await target.archive();
    const { provider, import: imports, sheet } = whole;
    const dry = {} as Record<ArchiveKind, RestoreCounts>;
    for (const kind of ARCHIVE_KINDS) {
      const needs = { provider, import: imports, sheet };
      dry[kind] = await target.call("restore_rows", { kind, rows: whole[kind], dry_run: true, needs });
    }
    expect(await target.archive()).toEqual(before);
    const real = await target.restore(whole);
    // What others need is there when their turn comes.
    expect(dry).toEqual({ ...real, provider: dry.provider, import: dry.import, sheet: dry.sheet });
  });

  it("shows in the daily sums at once, also after a refresh", async () => {
    await source.bring([costRecord({ cost_usd: "3" })]);
    await target.bring([costRecord({ cost_usd: "4" })]);
    await target.call("refresh_cost_records_daily", {});
    await target.restore(await source.archive());
    expect(await target.total()).toBe(7);
  });

  it("makes the partitions that hidden rows will need, too", async () => {
    const timestamp = "2016-08-01T00:00:00Z";
    const hidden = costRecord({ timestamp });
    await source.bring([hidden], coarse);
    const { id } = await source.bring([costRecord({ timestamp, cost_usd: "5" })], fine);
    await target.restore(await source.archive());
    expect(await undoLayer(target, id!)).toMatchObject({ restored: 1 });
    expect(await target.records()).toMatchObject([{ id: hidden.id }]);
  });

  describe("with preferences", () => {
    it("sets all that was never touched here", async () => {
      await source.call("set_preferences", {
        changes: {
          currency: "EUR",
          timezone: "Asia/Tokyo",
          theme: "dark",
          default_date_range: "1y",
          email_notifications: true,
          forecast_enabled: false,
          metadata: { update_rates: true },
        },
      });
      await target.restore(await source.archive());
      expect(await target.call("get_preferences", {})).toEqual(await source.call("get_preferences", {}));
    });

    it("keeps what was set here", async () => {
      await source.call("set_preferences", { changes: { timezone: "Asia/Tokyo", theme: "dark" } });
      await target.call("set_preferences", { changes: { timezone: "Europe/Berlin" } });
      await target.restore(await source.archive());
      expect(await target.call("get_preferences", {})).toMatchObject({
        timezone: "Europe/Berlin",
        theme: "dark",
      });
    });

    it("takes rates that older versions had there, and keeps those that are here", async () => {
      await target.call("set_rate", { currency: "EUR", day: null, usd: "1.2" });
      const archive = await source.archive();
      const [preferences] = archive.preferences;
      archive.preferences = [{ ...preferences, metadata: { rates: { EUR: "1.1", CNY: "0.14" } } }];
      await target.restore(archive);
      const undated = { date: null };
      expect(await target.call("list_rates", {})).toEqual({
        set: [
          { ...undated, currency: "CNY", usd: "0.14" },
          { ...undated, currency: "EUR", usd: "1.2" },
        ],
        ecb: null,
      });
      expect((await target.call("get_preferences", {})).metadata).toEqual({});
    });

    it("leaves a time zone alone that this database does not know", async () => {
      const archive = await source.archive();
      const [preferences] = archive.preferences;
      archive.preferences = [{ ...preferences, timezone: "Mars/Olympus", theme: "light" }];
      await target.restore(archive);
      expect(await target.call("get_preferences", {})).toMatchObject({ timezone: "UTC", theme: "light" });
    });
  });

  it("maps a provider of one's own to a built-in one of that name", async () => {
    await source.call("add_provider", { name: "later-built-in", display_name: "Mine" });
    await source.bring([costRecord({ provider: "later-built-in" })]);
    await there.query(
      "insert into public.providers (name, display_name) values ('later-built-in', 'Built in') on conflict do nothing",
    );
    expect((await target.restore(await source.archive())).provider).toEqual({ ...NOTHING, unchanged: 1 });
    expect(await target.records()).toMatchObject([{ provider: "later-built-in" }]);
  });

  it("takes a row that is in it twice in once", async () => {
    const record = { ...costRecord(), account: null, import_id: null };
    expect(await target.call("restore_rows", { kind: "cost_record", rows: [record, record] })).toEqual({
      ...NOTHING,
      inserted: 1,
      unchanged: 1,
    });
  });

  it("lets a record go without an import that is not here", async () => {
    const rows = [{ ...costRecord(), import_id: randomUUID() }];
    await target.call("restore_rows", { kind: "cost_record", rows });
    expect(await target.records()).toMatchObject([{ import_id: null }]);
  });

  it("is refused with a kind of row or a provider that is not known, and nothing of it is kept", async () => {
    const kind = "badge" as ArchiveKind;
    expect(await target.call("restore_rows", { kind, rows: [] }).catch(codeOf)).toBe(REFUSED);
    expect(await target.call("export_rows", { kind, after: null, max_rows: 1 }).catch(codeOf)).toBe(REFUSED);
    const rows = [costRecord(), costRecord({ provider: "nobody" })].map((record) => ({ ...record }));
    expect(await target.call("restore_rows", { kind: "cost_record", rows }).catch(codeOf)).toBe(REFUSED);
    expect(await target.records()).toEqual([]);
  });
});
