import { NO_MONEY } from "../reports/daily-spend.js";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { daysAfter } from "../../src/lib/dates/days.js";
import { UserError } from "../../src/lib/errors.js";
import type { CostRecord } from "../../src/lib/record/record.js";
import type {
  Api,
  AuditEntry,
  NewCredential,
  NewForecast,
  SplitKey,
  StoredCredential,
} from "../../src/lib/api.js";
import type { Store } from "../../src/lib/store/store.js";
import {
  beginLayer,
  bring,
  bringLayer,
  feedHead,
  layerOf,
  type LayerOptions,
  undoLayer,
} from "../support/layers.js";
import { costRecord, storedMetadata } from "../support/records.js";
import { backends, type Opened } from "./backends.js";

/** What a user learns of a refusal; anything else that is thrown is thrown on. */
const refusal = async (call: Promise<unknown>) => {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, exit, message, hint } = error;
    return { code, exit, message, hint };
  }
  throw new Error("The call was not refused.");
};

describe.each(backends)("the store ($name)", ({ open }) => {
  let opened: Opened;
  let store: Store;

  beforeAll(async () => {
    opened = await open();
    ({ store } = opened);
  });
  afterAll(() => opened.close());
  beforeEach(async () => {
    const { imports } = await store.call("list_imports", { max_rows: 1000 });
    for (const { id, status } of imports) if (status !== "undone") await undoLayer(store, id);
    const { records } = await store.call("list_cost_records", { filters: { max_rows: 1000 } });
    await store.call("remove_cost_records", { record_ids: records.map(({ id }) => id) });
    await store.call("set_preferences", { changes: { timezone: "UTC", metadata: {} } });
    for (const { id } of await credentials()) await store.call("remove_credential", { credential_id: id });
  });

  const credentials = async (): Promise<StoredCredential[]> =>
    (await store.call("list_credentials", {})).credentials;

  const list = async (filters: Partial<Api["list_cost_records"]["args"]["filters"]> = {}) =>
    store.call("list_cost_records", { filters: { max_rows: 1000, ...filters } });

  const costs = async () => (await list()).records.map(({ cost_usd }) => cost_usd);

  const ingest = async (records: CostRecord[], options: LayerOptions = {}) => {
    const { id, progress } = await bring(store, records, options);
    return { id: id!, finished: progress?.import };
  };

  describe("what a user stores", () => {
    const text = (length: number) => "x".repeat(length);
    const REFUSED = { exit: 4, code: "too_much_stored" };

    it("is bounded: preferences", async () => {
      const set = (metadata: object) => store.call("set_preferences", { changes: { metadata } });
      expect(await refusal(set({ note: text(300_000) }))).toMatchObject({
        ...REFUSED,
        message: "Your preferences and tags would take more room than the database allows.",
        hint: expect.stringContaining("aicost prefs") as string,
      });
      await set({ note: text(250_000) });
      expect((await store.call("get_preferences", {})).metadata).toEqual({ note: text(250_000) });
    });

    it("is bounded: the details of a record, entered, imported and restored", async () => {
      const record = (length: number) =>
        costRecord({
          collection_method: "manual_entry",
          metadata: { cost_basis: "billed", note: text(length) },
        });
      expect(await refusal(store.call("add_cost_record", { record: record(70_000) }))).toMatchObject({
        ...REFUSED,
        message: "The details of a record would take more room than the database allows.",
      });
      expect(await refusal(ingest([record(70_000)]))).toMatchObject(REFUSED);
      await store.call("add_cost_record", { record: record(60_000) });
      const { rows } = await store.call("export_rows", { kind: "cost_record", after: null, max_rows: 10 });
      expect(rows).toHaveLength(1);
      const larger = { ...rows[0], id: randomUUID(), metadata: { note: text(70_000) } };
      const restored = store.call("restore_rows", { kind: "cost_record", rows: [larger] });
      expect(await refusal(restored)).toMatchObject(REFUSED);
      expect((await list()).total).toBe(1);
    });

    it("is bounded: the details of credit", async () => {
      const entry = (length: number) => ({
        ...{ id: randomUUID(), provider: "openai", kind: "grant" as const, granularity: "day" as const },
        ...{
          timestamp: "2026-11-05T00:00:00Z",
          usd: "5",
          expires_on: null,
          metadata: { note: text(length) },
        },
      });
      const save = (length: number) => store.call("save_credit_entry", { entry: entry(length) });
      expect(await refusal(save(70_000))).toMatchObject({
        ...REFUSED,
        message: "The details of a credit entry would take more room than the database allows.",
      });
      await save(60_000);
      const { rows } = await store.call("export_rows", { kind: "credit", after: null, max_rows: 10 });
      const larger = { ...rows[0], id: randomUUID(), metadata: { note: text(70_000) } };
      const restored = store.call("restore_rows", { kind: "credit", rows: [larger] });
      expect(await refusal(restored)).toMatchObject(REFUSED);
      expect((await store.call("get_credits", {})).entries).toHaveLength(1);
    });

    it("is bounded: the prices of a subscription", async () => {
      const add = (changes: number, name: string) => {
        const prices = Array.from({ length: changes }, (_, at) => ({
          from: daysAfter("2026-03-31", at),
          cost: "20.25",
          is_listed: false,
        }));
        const subscription = {
          ...{ provider: "chatgpt", name, plan: "plus", period: "month" as const, currency: "USD" },
          ...{ seats: 1, tax_percent: null, since: "2026-03-31", trial_until: null, prices },
        };
        return store.call("add_subscription", { subscription, entries: null });
      };
      expect(await refusal(add(2000, "long"))).toMatchObject({
        ...REFUSED,
        message: "The prices of a subscription would take more room than the database allows.",
      });
      const { id } = await add(500, "short");
      expect(await store.call("list_subscriptions", {})).toHaveLength(1);
      await store.call("remove_subscription", { subscription_id: id, keep_charges: false });
    });
  });

  describe("forecasts", () => {
    const forecast = (end: string, cost: string): NewForecast => ({
      provider: null,
      model_name: null,
      model_version: "test",
      confidence_score: "0.5",
      training_data_start: "2026-09-01",
      training_data_end: end,
      training_record_count: 3,
      metadata: { model: "mstl" },
      days: [
        ["2026-11-21", cost, "1", "3", "0.5", "4"],
        ["2026-11-22", cost, "1", "3", "0.5", "4"],
      ],
    });

    it("are kept, and replaced by one of the same history", async () => {
      const older = forecast("2026-11-19", "1");
      const newer = forecast("2026-11-20", "2.5");
      const ofProvider = { ...forecast("2026-11-20", "9"), provider: "openai", model_name: "gpt-5.5" };
      expect(await store.call("save_forecasts", { forecasts: [older, newer, ofProvider] })).toBe(6);
      expect(await store.call("get_forecast", {})).toMatchObject({
        training_data_end: "2026-11-20",
        model_version: "test",
        confidence_score: "0.5",
        metadata: { model: "mstl" },
        days: newer.days,
      });
      const again = { ...forecast("2026-11-20", "3"), days: forecast("", "3").days.slice(0, 1) };
      expect(await store.call("save_forecasts", { forecasts: [again] })).toBe(1);
      const all = { from_date: null, to_date: null, max_rows: 10 };
      const stored = await store.call("list_forecasts", all);
      expect(stored.map(({ days }) => days)).toEqual([again.days, older.days]);
    });

    it("are listed by the last day of their history, and removed", async () => {
      const older = forecast("2026-11-19", "1");
      const newer = [
        forecast("2026-11-20", "2"),
        { ...forecast("2026-11-20", "9"), provider: "openai", model_name: "gpt-5.5" },
      ];
      await store.call("save_forecasts", { forecasts: [older, ...newer] });
      const facts = { model_version: "test", confidence_score: "0.5" };
      const all = { provider: null, model_name: null, ...facts };
      const found = await store.call("list_stored_forecasts", { max_rows: 10 });
      expect(found).toMatchObject({
        total: 2,
        forecasts: [
          {
            training_data_end: "2026-11-20",
            through: "2026-11-22",
            series: [all, { provider: "openai", model_name: "gpt-5.5", ...facts }],
          },
          { training_data_end: "2026-11-19", series: [all] },
        ],
      });
      expect(await store.call("list_stored_forecasts", { last_days: ["2026-11-19"], max_rows: 10 })).toEqual({
        total: 1,
        forecasts: found.forecasts.slice(1),
      });
      expect(await store.call("list_stored_forecasts", { max_rows: 1, skip_rows: 1 })).toEqual({
        total: 2,
        forecasts: found.forecasts.slice(1),
      });
      expect(await store.call("remove_forecasts", { last_days: ["2026-11-20", "2026-11-01"] })).toEqual({
        forecasts: 1,
        days: 4,
      });
      expect(await store.call("get_forecast", {})).toMatchObject({ training_data_end: "2026-11-19" });
      expect(await store.call("remove_forecasts", { last_days: null })).toEqual({ forecasts: 1, days: 2 });
      expect(await store.call("get_forecast", {})).toBeNull();
    });
  });

  describe("preferences", () => {
    it("are there from the start", async () => {
      expect(await store.call("get_preferences", {})).toEqual({
        currency: "USD",
        timezone: "UTC",
        theme: "system",
        default_date_range: "30d",
        email_notifications: false,
        forecast_enabled: true,
        metadata: {},
      });
    });

    it("change where they are named, and stay elsewhere", async () => {
      const changes = { timezone: "Pacific/Auckland", metadata: { update_rates: true } };
      const changed = await store.call("set_preferences", { changes });
      expect(changed).toMatchObject({ ...changes, default_date_range: "30d", currency: "USD" });
      expect(await store.call("get_preferences", {})).toEqual(changed);
    });

    it("refuse a time zone that is none", async () => {
      expect(
        await refusal(store.call("set_preferences", { changes: { timezone: "Europe/Atlantis" } })),
      ).toEqual({
        code: "bad_timezone",
        exit: 2,
        message: "“Europe/Atlantis” is not a time zone.",
        hint: "Use an IANA name, for example: aicost prefs set timezone Europe/Berlin",
      });
      expect((await store.call("get_preferences", {})).timezone).toBe("UTC");
    });
  });

  describe("providers", () => {
    it("hold the built-in ones, by name", async () => {
      const providers = await store.call("list_providers", {});
      const names = providers.map(({ name }) => name);
      expect(names).toEqual(names.toSorted());
      expect(providers).toContainEqual({
        id: expect.any(String) as string,
        name: "anthropic",
        display_name: "Anthropic Claude API",
        is_active: true,
        built_in: true,
      });
    });

    it("take in one of the user's own, once", async () => {
      const name = `gateway-${randomUUID()}`;
      const added = await store.call("add_provider", { name, display_name: "My gateway" });
      expect(added).toMatchObject({ name, display_name: "My gateway", built_in: false, is_active: true });
      expect(await store.call("list_providers", {})).toContainEqual(added);
      expect(await refusal(store.call("add_provider", { name, display_name: "Again" }))).toEqual({
        code: "provider_exists",
        exit: 4,
        message: `The provider “${name}” already exists.`,
        hint: "See it with: aicost providers",
      });
    });

    it.each(["", "Upper", "-dash", "two words", "x".repeat(101)])("refuse the name “%s”", async (name) => {
      expect(await refusal(store.call("add_provider", { name, display_name: "X" }))).toEqual({
        code: "provider_name",
        exit: 2,
        message: `“${name}” is not a valid provider name.`,
        hint: "Use lower-case letters, digits, dots and dashes, for example: my-gateway",
      });
    });
  });

  describe("imports", () => {
    const series = { head: { series: "openai/cost" } };

    it("insert, find unchanged, and update", async () => {
      const [kept, grown] = [costRecord(), costRecord({ cost_usd: "0.0000000001" })];
      expect((await ingest([kept, grown], series)).finished).toMatchObject({ inserted: 2, updated: 0 });
      const { finished } = await ingest(
        [kept, { ...grown, cost_usd: "0.02" }, costRecord({ cost_usd: "3" })],
        series,
      );
      expect(finished).toMatchObject({ inserted: 1, updated: 1, unchanged: 1, covered: 0, replaced: 0 });
      expect((await costs()).sort()).toEqual(["0.01", "0.02", "3"]);
    });

    it("keep what the importer counted, and are listed newest first", async () => {
      const layer = layerOf([costRecord()], { head: { row_count: 3, skipped: 1, rejected: 1 } });
      const { id, progress } = await bringLayer(store, layer);
      const finished = progress?.import;
      expect(finished).toEqual({
        ...{ id, source_name: layer.head.source_name, format: layer.head.format, sha256: layer.head.sha256 },
        ...{ status: "done", row_count: 3, skipped: 1, rejected: 1, cost_usd: "0.01" },
        ...{ inserted: 1, updated: 0, unchanged: 0, covered: 0, kept_edits: 0, replaced: 0 },
        ...{ counted_rows: 1, counted_usd: "0.01", facts: {}, account: null },
        ...{ first_date: "2026-11-05", last_date: "2026-11-05", undone_at: null },
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as string,
      });
      const later = await ingest([costRecord()]);
      const { imports, total } = await store.call("list_imports", { max_rows: 2 });
      expect(imports.map((each) => each.id)).toEqual([later.id, id]);
      expect(total).toBeGreaterThanOrEqual(2);
      const next = await store.call("list_imports", { max_rows: 1, skip_rows: 1 });
      expect(next.imports).toEqual([finished]);
      expect(await store.call("get_import", { import_id: id!.slice(0, 13).toUpperCase() })).toEqual(finished);
    });

    it("are known when they come again", async () => {
      const layer = layerOf([costRecord()]);
      const { id } = await bringLayer(store, layer);
      const again = { ...layer, head: { ...layer.head, id: randomUUID() } };
      expect(await bringLayer(store, again)).toMatchObject({ id, isKnown: true, wanted: [false] });
    });

    it("go on where they were cut short, and are not finished before", async () => {
      const layer = layerOf([costRecord(), costRecord()]);
      const begun = await beginLayer(store, layer);
      await begun.send(1);
      expect(await refusal(store.call("finish_import", { import_id: begun.id! }))).toMatchObject({
        code: "import_incomplete",
        exit: 4,
      });
      expect(await bringLayer(store, layer)).toMatchObject({ id: begun.id, isKnown: false });
      expect((await list()).total).toBe(2);
    });

    it("can be tried without being done", async () => {
      const known = costRecord();
      await ingest([known], series);
      const before = await list();
      const { total } = await store.call("list_imports", { max_rows: 1 });
      const records = [{ ...known, cost_usd: "7" }, costRecord({ timestamp: "2019-03-01T00:00:00Z" })];
      const { head, sheets } = layerOf(records, series);
      const preview = await store.call("preview_import", { import: head, sheets });
      expect(preview).toMatchObject({ is_known: false, fates: ["new", "wins"], leaving: 1 });
      expect(await list()).toEqual(before);
      expect((await store.call("list_imports", { max_rows: 1 })).total).toBe(total);
    });

    it("count a day of a series once, in its finest detail, in both orders", async () => {
      const coarse = [
        costRecord({ cost_usd: "5" }),
        costRecord({ cost_usd: "9", timestamp: "2026-12-24T00:00:00Z" }),
      ];
      const fine = [costRecord({ cost_usd: "2" }), costRecord({ cost_usd: "3" })];
      const { id } = await ingest(coarse, series);
      const { finished } = await ingest(fine, { ...series, detail: 2 });
      expect(finished).toMatchObject({ inserted: 2, replaced: 1 });
      expect((await costs()).sort()).toEqual(["2", "3", "9"]);
      await undoLayer(store, id);
      expect((await ingest(coarse, series)).finished).toMatchObject({ inserted: 1, covered: 1, replaced: 0 });
      expect((await costs()).sort()).toEqual(["2", "3", "9"]);
    });

    it("are taken back: what was inserted goes, what was updated and replaced is put back", async () => {
      const grown = costRecord({ timestamp: "2026-10-01T00:00:00Z" });
      await ingest([grown], { ...series, detail: 3 });
      await ingest([costRecord({ cost_usd: "5" })], series);
      const { id } = await ingest(
        [{ ...grown, cost_usd: "0.07" }, costRecord({ cost_usd: "2" }), costRecord({ cost_usd: "3" })],
        { ...series, detail: 3 },
      );
      expect(await undoLayer(store, id)).toEqual({ id, removed: 2, restored: 2, edits_lost: 0 });
      expect((await costs()).sort()).toEqual(["0.01", "5"]);
      expect(await store.call("get_import", { import_id: id })).toMatchObject({
        status: "undone",
        undone_at: expect.any(String) as string,
      });
      expect(await refusal(store.call("undo_import", { import_id: id }))).toEqual({
        code: "import_undone",
        exit: 4,
        message: expect.stringMatching(
          `^The import ${id.slice(0, 8)} was undone already, on \\d{4}-\\d\\d-\\d\\d\\.$`,
        ) as string,
        hint: "Import the file again, or collect these days again, to get its records back: aicost sync --since DATE",
      });
    });

    it.each(["get_import", "undo_import"] as const)(
      "%s refuses an id that is none, and one that is several",
      async (name) => {
        const ids = ["1", "2"].map((end) => `abcdef00-0000-4000-8000-00000000000${end}`);
        for (const id of ids) {
          if (
            (await store.call("list_imports", { max_rows: 1000 })).imports.every((each) => each.id !== id)
          ) {
            await ingest([costRecord()], { head: { id } });
          }
        }
        expect(await refusal(store.call(name, { import_id: "no-such" }))).toEqual({
          code: "import_not_found",
          exit: 4,
          message: "There is no import no-such.",
          hint: "See them with: aicost imports",
        });
        expect(await refusal(store.call(name, { import_id: "abcdef00" }))).toEqual({
          code: "import_ambiguous",
          exit: 2,
          message: "Several import ids start with abcdef00.",
          hint: "Give more characters of the id.",
        });
      },
    );

    it("refuse an unknown provider and a month out of range, with nothing written", async () => {
      const good = costRecord();
      const unknown = ingest([good, costRecord({ provider: "nobody" })]);
      expect(await refusal(unknown)).toEqual({
        code: "provider_unknown",
        exit: 4,
        message: "There is no provider “nobody”.",
        hint: "See them with: aicost providers. Add yours with: aicost providers add nobody",
      });
      const early = ingest([good, costRecord({ timestamp: "2014-12-31T23:00:00Z" })]);
      expect(await refusal(early)).toEqual({
        code: "timestamp_out_of_range",
        exit: 4,
        message: "A record of 2014-12 is out of range.",
        hint: "Records are kept from 2015 to two years ahead. Check the date.",
      });
      expect((await list()).total).toBe(0);
    });
  });

  describe("single records", () => {
    const manual = (given: Partial<CostRecord> = {}) =>
      costRecord({ collection_method: "manual_entry", ...given });
    const add = (record: CostRecord) => store.call("add_cost_record", { record });

    it("come back as they were put in", async () => {
      const record = manual({
        timestamp: "2026-11-05T12:00:00.123Z",
        cost_usd: "99999999.0000000001",
        input_tokens: 9_007_199_254_740_991,
        metadata: {
          cost_basis: "billed",
          note: "naïve “quotes” \\ and 🙂",
          original: { currency: "EUR", amount: "1", rate: "1.08" },
        },
      });
      const stored = await add(record);
      expect(stored).toEqual({ ...record, account: null, import_id: null });
      expect(await store.call("get_cost_record", { record_id: record.id.slice(0, 18) })).toEqual(stored);
      expect((await list()).records).toEqual([stored]);
    });

    it("are found by every filter, newest first, page by page", async () => {
      await store.call("set_preferences", { changes: { timezone: "Pacific/Auckland" } });
      const event = await add(manual({ timestamp: "2026-11-05T12:00:00Z", model_name: "GPT-5-mini" }));
      const bucket = await add(
        manual({ timestamp: "2026-11-05T00:00:00Z", granularity: "day", provider: "mistral" }),
      );
      const { id } = await ingest([
        costRecord({ timestamp: "2026-11-01T00:00:00Z", granularity: "day", model_name: null }),
      ]);
      const ids = async (filters: Parameters<typeof list>[0]) =>
        (await list(filters)).records.map((record) => record.id);
      expect(await ids({})).toEqual([event.id, bucket.id, expect.any(String)]);
      expect(await ids({ from: "2026-11-06" })).toEqual([event.id]);
      expect(await ids({ from: "2026-11-05", to: "2026-11-05" })).toEqual([bucket.id]);
      expect(await ids({ provider: "mistral" })).toEqual([bucket.id]);
      expect(await ids({ model: "5-MINI" })).toEqual([event.id]);
      expect(await ids({ model: "%" })).toEqual([]);
      expect(await ids({ method: "csv_import" })).toHaveLength(1);
      expect(await ids({ import_id: id.slice(0, 12) })).toHaveLength(1);
      const page = await list({ max_rows: 1, skip_rows: 1 });
      expect(page).toEqual({ records: [bucket], total: 3 });
      expect(await refusal(list({ provider: "nobody" }))).toMatchObject({
        code: "provider_unknown",
        exit: 4,
      });
      expect(await refusal(list({ import_id: "zzz" }))).toMatchObject({ code: "import_not_found", exit: 4 });
    });

    it("are corrected, and what is not named stays", async () => {
      const { id } = await add(manual({ metadata: { cost_basis: "billed", note: "old" } }));
      const changed = await store.call("edit_cost_record", {
        record_id: id,
        changes: {
          cost_usd: "12.5",
          provider: "mistral",
          timestamp: "2026-02-01T00:00:00Z",
          input_tokens: 1000,
          metadata: { note: "new" },
        },
      });
      expect(changed).toMatchObject({
        id,
        cost_usd: "12.5",
        provider: "mistral",
        timestamp: "2026-02-01T00:00:00Z",
        model_name: "gpt-5",
        input_tokens: 1000,
        output_tokens: 50,
        tokens_used: 1050,
        metadata: { cost_basis: "billed", note: "new" },
      });
      expect((await list()).records).toEqual([changed]);
      expect(
        await store.call("get_daily_spend", { from_date: null, to_date: null, split_by: ["model"] }),
      ).toMatchObject([{ date: "2026-02-01", provider: "mistral", cost_usd: "12.5" }]);
    });

    it("keep the date that their file gave them, and their correction", async () => {
      const record = costRecord();
      const file = { head: { series: "openai/cost" } };
      await ingest([record], file);
      expect(
        await refusal(
          store.call("edit_cost_record", {
            record_id: record.id,
            changes: { timestamp: "2026-11-06T00:00:00Z" },
          }),
        ),
      ).toEqual({
        code: "record_date_fixed",
        exit: 4,
        message:
          "You cannot change the date of an imported record: importing its file again would add it a second time.",
        hint: `Undo the import, or: aicost records remove ${record.id.slice(0, 8)}, then aicost add`,
      });
      const edited = await store.call("edit_cost_record", {
        record_id: record.id,
        changes: { cost_usd: "1" },
      });
      expect(edited.metadata["edited_at"]).toMatch(/Z$/);
      expect((await ingest([{ ...record, cost_usd: "2" }], file)).finished).toMatchObject({
        updated: 0,
        kept_edits: 1,
      });
      expect(await costs()).toEqual(["1"]);
    });

    it("are removed all or none", async () => {
      const [first, second] = [await add(manual()), await add(manual())];
      const some = store.call("remove_cost_records", { record_ids: [first.id, "no-such"] });
      expect(await refusal(some)).toMatchObject({ code: "record_not_found" });
      expect((await list()).total).toBe(2);
      const all = await store.call("remove_cost_records", { record_ids: [first.id, second.id] });
      expect(all).toEqual([first, second]);
      expect((await list()).total).toBe(0);
    });

    it("refuse an id that is none, and one that is several", async () => {
      await add(manual({ id: "abcdef00-0000-4000-8000-000000000001" }));
      await add(manual({ id: "abcdef00-0000-4000-8000-000000000002" }));
      const calls = (id: string) => [
        store.call("get_cost_record", { record_id: id }),
        store.call("edit_cost_record", { record_id: id, changes: { cost_usd: "1" } }),
        store.call("remove_cost_records", { record_ids: [id] }),
      ];
      for (const refused of await Promise.all(calls("no-such").map(refusal))) {
        expect(refused).toEqual({
          code: "record_not_found",
          exit: 4,
          message: "There is no record no-such.",
          hint: "See them with: aicost records",
        });
      }
      for (const refused of await Promise.all(calls("ABCDEF").map(refusal))) {
        expect(refused).toEqual({
          code: "record_ambiguous",
          exit: 2,
          message: "Several record ids start with ABCDEF.",
          hint: "Give more characters of the id.",
        });
      }
      expect((await list()).total).toBe(2);
    });

    it("are found by each beginning of their id that is theirs alone, and by nothing else", async () => {
      const id = "abcdef00-1234-4000-8000-000000000001";
      const others = ["abcdef01-1234-4000-8000-000000000001", "ffffffff-ffff-4fff-bfff-ffffffffffff"];
      for (const each of [id, ...others]) await add(manual({ id: each }));
      for (const length of [8, 9, 13, 14, 20, 35, 36]) {
        const record_id = id.slice(0, length);
        expect(await store.call("get_cost_record", { record_id })).toMatchObject({ id });
      }
      expect(await store.call("get_cost_record", { record_id: "F" })).toMatchObject({ id: others[1] });
      for (const record_id of [
        "",
        "%",
        "-",
        "abcdef001",
        "abcdef00-12345",
        "abcdef00--",
        `${id}0`,
        `${id}-`,
      ]) {
        expect(await refusal(store.call("get_cost_record", { record_id })), record_id).toMatchObject({
          code: "record_not_found",
        });
      }
    });

    it.each([
      ["provider_unknown", { provider: "nobody" }],
      ["timestamp_out_of_range", { timestamp: "1970-01-01T00:00:00Z" }],
      ["timestamp_out_of_range", { timestamp: "2999-01-01T00:00:00Z" }],
    ])("are refused with %s", async (code, given) => {
      expect(await refusal(add(manual(given)))).toMatchObject({ code, exit: 4 });
      const { id } = await add(manual());
      const changes = given;
      expect(await refusal(store.call("edit_cost_record", { record_id: id, changes }))).toMatchObject({
        code,
        exit: 4,
      });
    });
  });

  describe("daily spend", () => {
    const spend = (split_by: readonly SplitKey[] = ["model"]) =>
      store.call("get_daily_spend", { from_date: null, to_date: null, split_by });

    it("says all of a day, a provider and a model", async () => {
      const day = { timestamp: "2026-11-05T00:00:00Z", granularity: "day" } as const;
      const none = { tokens_used: null, input_tokens: null, output_tokens: null, request_count: null };
      await ingest([
        costRecord({ ...day, cost_usd: "1", cache_read_tokens: 60, cache_write_tokens: 0 }),
        costRecord({
          ...day,
          ...none,
          kind: "subscription",
          cost_usd: "20",
        }),
        costRecord({ ...day, cost_usd: "0", estimated_cost_usd: "4", metadata: { cost_basis: "included" } }),
        costRecord({
          ...day,
          provider: "mistral",
          cost_usd: "0",
          estimated_cost_usd: "0.5",
          metadata: { cost_basis: "estimated" },
        }),
        costRecord({
          ...day,
          provider: "mistral",
          cost_usd: "0",
          model_name: null,
          metadata: { cost_basis: "none" },
        }),
      ]);
      const shared = {
        date: "2026-11-05",
        last_date: "2026-11-05",
        kind: null,
        method: null,
        account: null,
        project: null,
        api_key: null,
        agent: null,
        ...NO_MONEY,
        estimated_by: null,
        included_by: null,
      };
      expect(await spend()).toEqual([
        {
          ...shared,
          provider: "mistral",
          model: "gpt-5",
          cost_usd: "0.5",
          estimated_usd: "0.5",
          input_tokens: 100,
          output_tokens: 50,
          cache_read_tokens: null,
          cache_write_tokens: null,
          request_count: 1,
          record_count: 1,
          billed_count: 0,
          unpriced_tokens: 0,
          in_bill_tokens: 0,
          estimated_by: { "its source": true },
        },
        {
          ...shared,
          provider: "mistral",
          model: null,
          input_tokens: 100,
          output_tokens: 50,
          cache_read_tokens: null,
          cache_write_tokens: null,
          request_count: 1,
          record_count: 1,
          billed_count: 0,
          unpriced_tokens: 150,
          in_bill_tokens: 0,
        },
        {
          ...shared,
          provider: "openai",
          model: "gpt-5",
          cost_usd: "21",
          usage_usd: "1",
          subscription_usd: "20",
          included_usd: "4",
          input_tokens: 200,
          output_tokens: 100,
          cache_read_tokens: 60,
          cache_write_tokens: 0,
          request_count: 2,
          record_count: 3,
          billed_count: 2,
          unpriced_tokens: 0,
          in_bill_tokens: 0,
          included_by: { "its source": true },
        },
      ]);
    });

    it("is of the dates that are asked for, and by method where that is asked for", async () => {
      await store.call("add_cost_record", { record: costRecord({ collection_method: "manual_entry" }) });
      await ingest([costRecord(), costRecord({ timestamp: "2026-11-06T00:00:00Z" })]);
      const rows = await spend(["model", "kind", "method"]);
      expect(rows.map(({ date, method, cost_usd }) => [date, method, cost_usd])).toEqual([
        ["2026-11-05", "csv_import", "0.01"],
        ["2026-11-05", "manual_entry", "0.01"],
        ["2026-11-06", "csv_import", "0.01"],
      ]);
      const dates = async (from_date: string | null, to_date: string | null) =>
        (await store.call("get_daily_spend", { from_date, to_date, split_by: ["model"] })).map(
          ({ date }) => date,
        );
      expect(await dates("2026-11-06", null)).toEqual(["2026-11-06"]);
      expect(await dates(null, "2026-11-05")).toEqual(["2026-11-05"]);
      expect(await dates("2026-11-05", "2026-11-06")).toEqual(["2026-11-05", "2026-11-06"]);
      expect(await dates("2026-11-07", "2026-12-31")).toEqual([]);
    });

    it("is the same after the sums are refreshed, and follows what is changed then", async () => {
      const record = costRecord();
      await ingest([record, costRecord({ timestamp: "2026-09-30T23:59:59.999Z" })]);
      const before = await spend();
      await store.call("refresh_cost_records_daily", {});
      expect(await spend()).toEqual(before);
      await store.call("edit_cost_record", { record_id: record.id, changes: { cost_usd: "8" } });
      expect((await spend()).map(({ cost_usd }) => cost_usd)).toEqual(["0.01", "8"]);
      await store.call("set_preferences", { changes: { timezone: "Pacific/Auckland" } });
      expect((await spend()).map(({ date }) => date)).toEqual(["2026-10-01", "2026-11-06"]);
    });
  });

  describe("whole days", () => {
    const row = (day: string, given: Partial<CostRecord> = {}): CostRecord =>
      costRecord({
        timestamp: `${day}T00:00:00Z`,
        granularity: "day",
        collection_method: "api_automated",
        ...given,
      });
    const days = ["2026-11-01", "2026-11-02", "2026-11-03"];

    it("replace what the feed gave before, are counted, and are taken back whole", async () => {
      const feed = { head: feedHead(), account: "org-1", detail: 36, days };
      const [kept, grown, gone] = [row("2026-11-01"), row("2026-11-01"), row("2026-11-02")];
      const first = await ingest([kept, grown, gone], feed);
      expect(first.finished).toMatchObject({ inserted: 3, replaced: 0 });
      const before = await list();

      const second = await ingest([kept, { ...grown, cost_usd: "0.05" }, row("2026-11-03")], feed);
      expect(second.finished).toMatchObject({ inserted: 1, updated: 1, unchanged: 1, replaced: 1 });
      expect((await costs()).sort()).toEqual(["0.01", "0.01", "0.05"]);
      expect(
        await bring(store, [kept, { ...grown, cost_usd: "0.05" }, row("2026-11-03")], feed),
      ).toMatchObject({
        id: null,
      });

      expect(await undoLayer(store, second.id)).toEqual({
        id: second.id,
        removed: 1,
        restored: 2,
        edits_lost: 0,
      });
      expect(await list()).toEqual(before);
    });

    it("show the money of a file without an account in the only account that is named", async () => {
      const series = `${randomUUID()}/cost`;
      await ingest([row("2026-11-01", { cost_usd: "5" })], { head: { series }, detail: 1 });
      const parts = [row("2026-11-01", { cost_usd: "2" }), row("2026-11-01", { cost_usd: "3" })];
      const named = await ingest(parts, { head: feedHead({ series }), account: "org-1", detail: 2 });
      expect(named.finished).toMatchObject({ inserted: 2, replaced: 1, facts: { rebound: { imports: 1 } } });
      await ingest([row("2026-11-01", { cost_usd: "4" })], {
        ...{ head: feedHead({ series }), account: "org-2", detail: 1 },
      });
      expect((await list()).records.map(({ account, cost_usd }) => `${account} ${cost_usd}`).sort()).toEqual([
        "org-1 2",
        "org-1 3",
        "org-2 4",
      ]);
    });
  });

  describe("credentials", () => {
    const newCredential = (given: Partial<NewCredential> = {}): NewCredential => ({
      id: randomUUID(),
      provider: "openai",
      name: "work",
      encrypted_api_key: "a JWE",
      encryption_key_id: "v1",
      validation_status: "valid",
      metadata: storedMetadata(),
      ...given,
    });
    const add = (given: Partial<NewCredential> = {}) =>
      store.call("add_credential", { credential: newCredential(given) });
    const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as string;

    it("come back as they were put in, with their ciphertexts where these are asked for", async () => {
      const given = newCredential({
        metadata: storedMetadata({
          account_name: "naïve “quotes” \\ and 🙂",
          facts: { team: "t", isAdmin: true },
        }),
      });
      const { encrypted_api_key, ...shown } = given;
      const added = await store.call("add_credential", { credential: given });
      expect(added).toEqual({ ...shown, is_active: true, created_at: moment, syncs: [] });
      const listed = await store.call("list_credentials", {});
      expect(listed).toEqual({
        user_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        credentials: [added],
      });
      expect(await store.call("list_credentials", { with_keys: true })).toEqual({
        ...listed,
        credentials: [{ ...added, encrypted_api_key }],
      });
    });

    it("are sorted by provider, then by name", async () => {
      for (const [provider, name] of [
        ["openai", "work"],
        ["anthropic", "default"],
        ["openai", "home"],
      ] as const) {
        await add({ provider, name });
      }
      expect((await credentials()).map(({ provider, name }) => `${provider} ${name}`)).toEqual([
        "anthropic default",
        "openai home",
        "openai work",
      ]);
    });

    it("change where they are named, and merge what is known of them", async () => {
      const added = await add({ metadata: storedMetadata({ account_name: "Work" }) });
      const changed = await store.call("change_credential", {
        credential_id: added.id,
        changes: {
          name: "home",
          is_active: false,
          encrypted_api_key: "another JWE",
          expected_key: "a JWE",
          metadata: { account_name: null, checked_at: "2026-11-05T12:00:00Z" },
        },
      });
      expect(changed).toEqual({
        ...added,
        name: "home",
        is_active: false,
        metadata: { ...storedMetadata(), checked_at: "2026-11-05T12:00:00Z" },
      });
      expect(await credentials()).toEqual([changed]);
      expect(await store.call("remove_credential", { credential_id: added.id })).toEqual(changed);
      expect(await credentials()).toEqual([]);
    });

    it("refuse a name that is none, one that is taken, and a provider that nobody knows", async () => {
      await add();
      const { id } = await add({ name: "home" });
      const rename = (name: string) =>
        store.call("change_credential", { credential_id: id, changes: { name } });
      const bad = {
        code: "credential_name",
        exit: 2,
        message: "“two words” is not a valid key name.",
        hint: "Use letters, digits, dots and dashes, for example: work",
      };
      const taken = {
        code: "credential_exists",
        exit: 4,
        message: "This provider already has a key named “work”.",
        hint: "Choose another name (--name NAME), or replace that key with: aicost credentials rotate",
      };
      expect(await refusal(add({ name: "two words" }))).toEqual(bad);
      expect(await refusal(rename("two words"))).toEqual(bad);
      expect(await refusal(add())).toEqual(taken);
      expect(await refusal(rename("work"))).toEqual(taken);
      expect(await refusal(add({ provider: "nobody" }))).toMatchObject({ code: "provider_unknown", exit: 4 });
      expect((await credentials()).map(({ name }) => name)).toEqual(["home", "work"]);
    });

    it("refuse to change one that is gone, or that holds another key by now", async () => {
      const { id } = await add();
      const change = (credential_id: string) =>
        store.call("change_credential", {
          credential_id,
          changes: { is_active: false, expected_key: "older" },
        });
      expect(await refusal(change(id))).toEqual({
        code: "credential_changed",
        exit: 4,
        message: "Another session changed this key in the meantime.",
        hint: "Run the command again.",
      });
      const gone = {
        code: "credential_gone",
        exit: 4,
        message: "This key is no longer stored.",
        hint: "See them with: aicost credentials",
      };
      const nobody = randomUUID();
      const state = { feed: "cost", complete_through: null, memory: null };
      expect(await refusal(change(nobody))).toEqual(gone);
      expect(await refusal(store.call("remove_credential", { credential_id: nobody }))).toEqual(gone);
      expect(await refusal(store.call("save_sync_state", { credential_id: nobody, ...state }))).toEqual(gone);
      expect(await credentials()).toMatchObject([{ id, is_active: true }]);
    });

    it("tell how far each feed was collected, which never goes back", async () => {
      const { id } = await add();
      const save = (feed: string, complete_through: string | null, memory: Record<string, string> | null) =>
        store.call("save_sync_state", { credential_id: id, feed, complete_through, memory });
      await save("usage", null, null);
      await save("cost", "2026-11-05", { balance: "1.5", old: "1" });
      await save("cost", "2026-11-04", { balance: "2.5" });
      const syncs = [
        { feed: "cost", complete_through: "2026-11-05", memory: { balance: "2.5" }, synced_at: moment },
        { feed: "usage", complete_through: null, memory: null, synced_at: moment },
      ];
      expect(await credentials()).toMatchObject([{ id, syncs }]);
      await store.call("remove_credential", { credential_id: id });
      await add({ id });
      expect(await credentials()).toMatchObject([{ id, syncs: [] }]);
    });

    it("leave a log of what happened to them, the latest first, page by page", async () => {
      const log = (max_rows: number, skip_rows = 0) => store.call("list_audit_log", { max_rows, skip_rows });
      const { total } = await log(0);
      const { id } = await add();
      await store.call("change_credential", {
        credential_id: id,
        changes: { name: "home", encrypted_api_key: "another JWE" },
      });
      await store.call("remove_credential", { credential_id: id });
      const entry = {
        provider: "openai",
        credential_id: id,
        is_active: null,
        by_owner: true,
        created_at: moment,
      };
      const [deleted, changed, created]: AuditEntry[] = [
        { ...entry, action: "deleted", name: "home", changed_columns: [] },
        {
          ...entry,
          action: "changed",
          name: "home",
          changed_columns: ["credential_name", "encrypted_api_key"],
        },
        { ...entry, action: "created", name: "work", changed_columns: [] },
      ];
      expect(await log(3)).toEqual({ total: total + 3, entries: [deleted, changed, created] });
      expect(await log(1, 1)).toEqual({ total: total + 3, entries: [changed] });
      expect(await log(10, total + 3)).toEqual({ total: total + 3, entries: [] });
      expect(JSON.stringify(await log(1000))).not.toContain("JWE");
    });
  });

  it("sets, changes and removes budgets, and lets one machine send a notice", async () => {
    const budget = {
      ...{ name: "contract", amount: "99.5", currency: "USD", period: "month" as const, reset_day: 17 },
      ...{ providers: ["openai"], models: [], projects: [], tags: [], kinds: ["usage" as const] },
    };
    expect(await store.call("set_budget", { budget })).toMatchObject({ budget, before: null });
    const more = { ...budget, amount: "120" };
    expect(await store.call("set_budget", { budget: more })).toMatchObject({ budget: more, before: budget });
    expect(await store.call("list_budgets", {})).toMatchObject([more]);
    expect(await store.call("remove_budget", { budget_name: "contract" })).toMatchObject(more);
    expect(await refusal(store.call("remove_budget", { budget_name: "contract" }))).toMatchObject({
      code: "budget_unknown",
      exit: 4,
    });
    const keys = ["contract/one", "contract/two"];
    expect(await store.call("claim_notices", { keys })).toEqual(keys);
    expect(await store.call("claim_notices", { keys })).toEqual([]);
    expect(await store.call("settle_notices", { keys: ["contract/one"], is_sent: false })).toBe(1);
    expect(await store.call("settle_notices", { keys, is_sent: true })).toBe(1);
    expect(await store.call("claim_notices", { keys })).toEqual(["contract/one"]);
    expect(await store.call("settle_notices", { keys, is_sent: true })).toBe(1);
  });

  it("books the charges of a subscription, changes them, and takes them back", async () => {
    const subscription = {
      ...{ provider: "chatgpt", name: "contract", plan: "plus", period: "month" as const, currency: "USD" },
      ...{ seats: 1, tax_percent: null, since: "2026-03-31", trial_until: null },
      prices: [{ from: "2026-03-31", cost: "20", is_listed: true }],
    } as const;
    expect(await store.call("find_subscription_entries", { subscription })).toEqual([]);
    const { id } = await store.call("add_subscription", { subscription, entries: null });
    const cancelled_on = "2026-06-30";
    await store.call("change_subscription", { subscription_id: id, changes: { cancelled_on } });
    const spring = { from_date: "2026-03-01", to_date: "2026-07-31" };
    const spent = async () =>
      (await store.call("get_daily_spend", { ...spring, split_by: ["kind"] }))
        .filter(({ provider }) => provider === "chatgpt")
        .map(({ date, subscription_usd }) => [date, subscription_usd]);
    const charges = ["2026-03-31", "2026-04-30", "2026-05-31"];
    expect(await spent()).toEqual(charges.map((date) => [date, "20"]));
    const [listed] = await store.call("list_subscriptions", {});
    expect(listed).toMatchObject({ id, cancelled_on, next: null, charged: { count: 3, usd: "60" } });
    expect(
      (await store.call("list_charges", { from_day: "2026-01-01", to_day: "2026-12-31" })).map(
        ({ due_on }) => due_on,
      ),
    ).toEqual(charges);
    expect(await store.call("book_due_charges", {})).toBe(0);
    expect(await store.call("get_due", {})).toEqual({ next_due: null, unbooked: [], coming: [] });
    expect(await store.call("remove_subscription", { subscription_id: id, keep_charges: false })).toEqual({
      ...{ removed: 3, usd: "60", restored: 0 },
    });
    expect(await spent()).toEqual([]);
    expect(
      await refusal(store.call("remove_subscription", { subscription_id: id, keep_charges: false })),
    ).toMatchObject({ code: "subscription_unknown", exit: 4 });
  });
});
