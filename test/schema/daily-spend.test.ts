import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CHARGE_KINDS } from "../../src/lib/record/kinds.js";
import { sum } from "../../src/lib/money.js";
import type { CostRecord } from "../../src/lib/record/record.js";
import {
  type Api,
  type DailySpend,
  type DailySpendQuery,
  FINE_KEYS,
  type FineSpendQuery,
  type NewRecord,
  SPLIT_KEYS,
  type StoredRecord,
} from "../../src/lib/api.js";
import { sumSpend } from "../../src/lib/reports/sum.js";
import { spendInSpans } from "../../src/lib/store/spend-in-spans.js";
import { dailySpendOf, fineSpendOf, inOrder } from "../support/daily-spend.js";
import {
  backends,
  type Database,
  eachWithUser,
  freshDatabase,
  nativeBackends,
  type Session,
  signUp,
} from "../support/database.js";
import { bring, feedHead, undoLayer } from "../support/layers.js";
import { costRecord } from "../support/records.js";

const ALWAYS = { from_date: null, to_date: null };
const EVERYTHING = { ...ALWAYS, split_by: ["model"] } satisfies DailySpendQuery;

const reported = async (me: Session): Promise<DailySpend[]> =>
  inOrder(await me.call("get_daily_spend", EVERYTHING));

// `npm run endure` sets how many histories are played.
const AT_LENGTH = process.env["AICOST_ENDURE_RUNS"] !== undefined;
const RUNS = { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 12) };
const LONG = 60_000 + RUNS.numRuns * 10_000;

type Query = Omit<DailySpendQuery, "from_date" | "to_date">;
type FineQuery = Omit<FineSpendQuery, "from_date" | "to_date">;

/** Ways to ask for the same money. */
const QUERIES: readonly Query[] = [
  { split_by: ["model"] },
  { split_by: SPLIT_KEYS },
  { split_by: ["account", "api_key"], by_month: true },
  { split_by: ["project", "agent"] },
  { split_by: [], by_month: true },
];

/** All records, and the time zone that they are shown in: what a report is computed from. */
const source = async (me: Session): Promise<[StoredRecord[], string]> => [
  (await me.call("list_cost_records", { filters: { max_rows: 10_000 } })).records,
  (await me.call("get_preferences", {})).timezone,
];

const FINE_QUERIES: readonly FineQuery[] = [
  { split_by: ["hour"] },
  { split_by: [...SPLIT_KEYS, ...FINE_KEYS] },
  { split_by: ["session", "agent"], by_month: true },
];

const ALL_QUERIES: readonly (Query | FineQuery)[] = [...QUERIES, ...FINE_QUERIES];

/** What the report must say, computed from the records themselves. */
const exact = async (me: Session): Promise<DailySpend[]> => dailySpendOf(...(await source(me)), QUERIES[0]);

/** In which ways to ask, and in which of them in spans, too. */
interface Questions {
  asked: readonly (Query | FineQuery)[];
  inSpans: readonly (Query | FineQuery)[];
}

const EVERY_QUESTION: Questions = { asked: ALL_QUERIES, inSpans: ALL_QUERIES };

/** Whether the answers are those that are computed from the records themselves. */
const expectExact = (
  db: Database,
  user: string,
  when: string,
  { asked, inSpans } = EVERY_QUESTION,
): Promise<void> =>
  db.asUser(user, async (me) => {
    const records = await source(me);
    for (const query of QUERIES.filter((each) => asked.includes(each))) {
      const answer = inOrder(await me.call("get_daily_spend", { ...ALWAYS, ...query }));
      const what = `${when}, ${JSON.stringify(query)}`;
      expect(answer, what).toEqual(dailySpendOf(...records, query));
      if (inSpans.includes(query)) await expectSpans(me, "get_daily_spend", query, { answer, what });
    }
    const total = sumSpend(dailySpendOf(...records));
    for (const query of FINE_QUERIES.filter((each) => asked.includes(each))) {
      const answer = inOrder(await me.call("get_fine_spend", { ...ALWAYS, ...query }));
      const what = `${when}, ${JSON.stringify(query)}`;
      expect(answer, what).toEqual(fineSpendOf(...records, query));
      // With what has no hour and no session.
      expect(sumSpend(answer), what).toEqual(total);
      if (inSpans.includes(query)) await expectSpans(me, "get_fine_spend", query, { answer, what });
    }
  });

/** Whether the answer is the same in many calls, each about few records. */
const expectSpans = async <Name extends "get_daily_spend" | "get_fine_spend">(
  me: Session,
  name: Name,
  query: Query | FineQuery,
  { answer, what }: { answer: DailySpend[]; what: string },
): Promise<void> => {
  const whole = { ...ALWAYS, ...query } as Api[Name]["args"];
  const inSpans = await spendInSpans(me, name, whole, { mostWork: 2, atOnce: 1 });
  expect(inOrder(inSpans), `${name} in spans ${what}`).toEqual(answer);
};

/** Rows that are joined by their ids, so that a later import changes an earlier one's. */
const FILE = { head: { series: "openai/cost" }, isEvents: true };

const ingest = (db: Database, user: string, records: CostRecord[]) =>
  db.asUser(user, (me) => bring(me, records, FILE));

const setTimezone = (db: Database, user: string, timezone: string) =>
  db.asUser(user, (me) => me.call("set_preferences", { changes: { timezone } }));

const refresh = (db: Database, user: string) =>
  db.asUser(user, (me) => me.call("refresh_cost_records_daily", {}));

describe.each(backends)("daily spend on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));
  afterEach(() => db.query("reset timezone"));

  const days = async (): Promise<string[]> => [
    ...new Set((await db.asUser(user, reported)).map(({ date }) => date)),
  ];

  it("is exact right after an import, before and after a refresh, and for a day that is already refreshed", async () => {
    const record = costRecord({ cost_usd: "0.1" });
    await ingest(db, user, [record, costRecord({ cost_usd: "0.2" })]);
    await expectExact(db, user, "after the first import");
    await refresh(db, user);
    await expectExact(db, user, "after the refresh");
    await ingest(db, user, [{ ...record, cost_usd: "5" }, costRecord({ cost_usd: "0.0000000001" })]);
    await expectExact(db, user, "after the second import");
    expect((await db.asUser(user, reported)).map(({ cost_usd }) => cost_usd)).toEqual(["5.2000000001"]);
  });

  it("is the same in the view daily_spend", async () => {
    await ingest(db, user, [costRecord({ cost_usd: "1" }), costRecord({ model_name: null, cost_usd: "2" })]);
    const sumOfView = () =>
      db.asUser(user, (me) =>
        me.query("select sum(counted_cost_usd) as usd, count(*) as rows from daily_spend"),
      );
    expect(await sumOfView()).toEqual([{ usd: "3.0000000000", rows: 2 }]);
    await refresh(db, user);
    expect(await sumOfView()).toEqual([{ usd: "3.0000000000", rows: 2 }]);
  });

  it("names the price lists of the estimates that count, and of what plans cover", async () => {
    const of = (basis: "estimated" | "included", price?: string) => ({
      estimated_cost_usd: "0.5",
      cost_usd: "0",
      metadata: { cost_basis: basis, ...(price !== undefined && { price }) },
    });
    await ingest(db, user, [
      costRecord({ ...of("estimated", "own price"), timestamp: "2026-11-01T09:00:00Z", api_key: "a" }),
      costRecord({ ...of("estimated", "list 1"), timestamp: "2026-11-01T10:00:00Z", api_key: "b" }),
      costRecord({ ...of("estimated"), timestamp: "2026-11-01T11:00:00Z", api_key: "b" }),
      costRecord({ ...of("included", "list 2"), timestamp: "2026-11-01T12:00:00Z" }),
      // A bill hides that one.
      costRecord({ ...of("estimated", "list 3"), timestamp: "2026-11-02T09:00:00Z" }),
      costRecord({ cost_usd: "2", timestamp: "2026-11-02T00:00:00Z", granularity: "day" }),
    ]);
    for (const when of ["live", "refreshed"]) {
      const days = await db.asUser(user, reported);
      expect(
        days.map(({ date, estimated_by, included_by }) => ({ date, estimated_by, included_by })),
        when,
      ).toEqual([
        {
          date: "2026-11-01",
          estimated_by: { "its source": true, "list 1": true, "own price": true },
          included_by: { "list 2": true },
        },
        { date: "2026-11-02", estimated_by: null, included_by: null },
      ]);
      await expectExact(db, user, when);
      await refresh(db, user);
    }
  });

  it("counts an estimate only on a day on which its provider has billed nothing", async () => {
    const estimate = {
      estimated_cost_usd: "0.5",
      cost_usd: "0",
      metadata: { cost_basis: "estimated" as const },
    };
    await ingest(db, user, [
      costRecord({ ...estimate, timestamp: "2026-11-01T09:00:00Z" }),
      costRecord({ ...estimate, timestamp: "2026-11-02T09:00:00Z" }),
      costRecord({ model_name: null, cost_usd: "2", timestamp: "2026-11-02T00:00:00Z", granularity: "day" }),
      costRecord({ provider: "anthropic", cost_usd: "7", timestamp: "2026-11-01T09:00:00Z" }),
    ]);
    for (const when of ["live", "refreshed"]) {
      const total = sum((await db.asUser(user, reported)).map(({ cost_usd }) => cost_usd)).toString();
      expect(total, when).toBe("9.5");
      await expectExact(db, user, when);
      await refresh(db, user);
    }
  });

  it("leaves a bucket on its date in every time zone and moves an event with the zone", async () => {
    await ingest(db, user, [
      costRecord({ timestamp: "2026-11-10T00:00:00Z", granularity: "day" }),
      costRecord({ timestamp: "2026-11-01T00:00:00Z", granularity: "month" }),
      costRecord({ timestamp: "2026-11-20T23:30:00Z", granularity: "hour" }),
      costRecord({ timestamp: "2026-11-25T00:30:00Z", granularity: "event" }),
    ]);
    await refresh(db, user);
    await setTimezone(db, user, "Pacific/Auckland");
    expect(await days()).toEqual(["2026-11-01", "2026-11-10", "2026-11-21", "2026-11-25"]);
    await refresh(db, user);
    expect(await days()).toEqual(["2026-11-01", "2026-11-10", "2026-11-21", "2026-11-25"]);
    await setTimezone(db, user, "America/Los_Angeles");
    expect(await days()).toEqual(["2026-11-01", "2026-11-10", "2026-11-20", "2026-11-24"]);
  });

  it.each([
    ["Pacific/Kiritimati", "Etc/GMT+12"],
    ["Etc/GMT+12", "Pacific/Kiritimati"],
  ])("does not depend on the session's time zone: session in %s, user in %s", async (session, zone) => {
    await setTimezone(db, user, zone);
    const around = [
      "2026-11-04T10:00:00Z",
      "2026-11-05T09:59:59Z",
      "2026-11-05T12:00:00Z",
      "2026-11-06T11:59:59Z",
    ];
    await ingest(
      db,
      user,
      around.map((timestamp) => costRecord({ timestamp })),
    );
    await db.query("select set_config('timezone', $1, false)", [session]);
    const whole = await db.asUser(user, reported);
    expect(whole).toEqual(await db.asUser(user, (me) => exact(me)));
    for (const row of whole) {
      const range = { from_date: row.date, to_date: row.date, split_by: ["model"] } satisfies DailySpendQuery;
      expect(await db.asUser(user, (me) => me.call("get_daily_spend", range))).toEqual([row]);
    }
    await refresh(db, user);
    await ingest(
      db,
      user,
      around.map((timestamp) => costRecord({ timestamp })),
    );
    await expectExact(db, user, "with stale days");
  });

  it("parts a range into spans that follow each other and have few records each", async () => {
    const dates = ["2026-10-31", "2026-11-01", "2026-11-03", "2026-11-30", "2026-12-01"];
    await ingest(
      db,
      user,
      dates.flatMap((date) => [0, 1].map((hour) => costRecord({ timestamp: `${date}T1${hour}:00:00Z` }))),
    );
    const spans = (most_work: number, is_fine: boolean, from_date: string | null = null) =>
      db.asUser(user, (me) =>
        me.call("spend_spans", {
          from_date,
          to_date: "2026-11-30",
          split_by: ["api_key"],
          is_fine,
          most_work,
        }),
      );
    const parted = [
      { from_date: null, to_date: "2026-10-31" },
      { from_date: "2026-11-01", to_date: "2026-11-02" },
      { from_date: "2026-11-03", to_date: "2026-11-29" },
      { from_date: "2026-11-30", to_date: "2026-11-30" },
    ];
    expect(await spans(2, false)).toEqual(parted);
    expect(await spans(1000, false)).toEqual([{ from_date: null, to_date: "2026-11-30" }]);
    await refresh(db, user);
    // A row of kept sums, and an hour of a key, takes more than a record.
    expect(await spans(10, false)).toEqual([
      { from_date: null, to_date: "2026-11-02" },
      { from_date: "2026-11-03", to_date: "2026-11-30" },
    ]);
    expect(await spans(6, true)).toEqual(parted);
    expect(await spans(2, true, "2027-01-01")).toEqual([{ from_date: "2027-01-01", to_date: "2026-11-30" }]);
  });

  it("takes both ends of a range, and any range sums to its days", async () => {
    const dates = ["2026-10-31", "2026-11-01", "2026-11-30", "2026-12-01"];
    await ingest(
      db,
      user,
      dates.map((date) => costRecord({ timestamp: `${date}T12:00:00Z` })),
    );
    const between = (from_date: string | null, to_date: string | null) =>
      db.asUser(user, async (me) =>
        (await me.call("get_daily_spend", { from_date, to_date, split_by: ["model"] })).map(
          ({ date }) => date,
        ),
      );
    for (const when of ["live", "refreshed"]) {
      expect(await between("2026-11-01", "2026-11-30"), when).toEqual(["2026-11-01", "2026-11-30"]);
      expect(await between(null, "2026-11-01")).toEqual(["2026-10-31", "2026-11-01"]);
      expect(await between("2026-11-30", null)).toEqual(["2026-11-30", "2026-12-01"]);
      expect(await between("2026-11-02", "2026-11-29")).toEqual([]);
      await refresh(db, user);
    }
  });

  it("splits a day by how it was collected, to the same sums", async () => {
    await ingest(db, user, [costRecord({ cost_usd: "1" })]);
    const manual = costRecord({ cost_usd: "2", collection_method: "manual_entry" });
    await db.asUser(user, (me) => me.call("add_cost_record", { record: manual }));
    await refresh(db, user);
    const rows = await db.asUser(user, (me) =>
      me.call("get_daily_spend", { ...EVERYTHING, split_by: ["model", "kind", "method"] }),
    );
    expect(rows.map(({ method, cost_usd }) => [method, cost_usd])).toEqual([
      ["csv_import", "1"],
      ["manual_entry", "2"],
    ]);
  });

  it("never lets the bill of one account hide the estimates of another", async () => {
    const timestamp = "2026-11-02T00:00:00Z";
    const bill = costRecord({ cost_usd: "2", timestamp });
    const estimate = costRecord({
      cost_usd: "0",
      estimated_cost_usd: "0.5",
      timestamp,
      metadata: { cost_basis: "estimated" },
    });
    const counted = async (whose: readonly (readonly [CostRecord, string | null])[]) => {
      const someone = await signUp(db);
      for (const [record, account] of whose)
        await db.asUser(someone, (me) =>
          me.call("add_cost_record", { record: { ...record, id: crypto.randomUUID(), account } }),
        );
      const [day] = await db.asUser(someone, reported);
      return [day?.cost_usd, day?.hidden_estimate_usd];
    };
    expect(
      await counted([
        [bill, "a"],
        [estimate, "a"],
      ]),
    ).toEqual(["2", "0.5"]);
    expect(
      await counted([
        [bill, "a"],
        [estimate, "b"],
      ]),
    ).toEqual(["2.5", "0"]);
    // What names no account may be the same as any.
    expect(
      await counted([
        [bill, null],
        [estimate, "b"],
      ]),
    ).toEqual(["2", "0.5"]);
    expect(
      await counted([
        [bill, "a"],
        [estimate, null],
      ]),
    ).toEqual(["2", "0.5"]);
  });

  it("counts what an agent logged only if neither a bill nor an export has it", async () => {
    const timestamp = "2026-11-02T09:00:00Z";
    const log = costRecord({
      collection_method: "agent_log",
      agent: "claude-code",
      session: "s1",
      timestamp,
      cost_usd: "0",
      estimated_cost_usd: "0.5",
      metadata: { cost_basis: "estimated" },
    });
    const exported = { ...log, collection_method: "csv_import" as const, estimated_cost_usd: "0.4" };
    const bill = costRecord({
      timestamp,
      cost_usd: "2",
      tokens_used: null,
      input_tokens: null,
      output_tokens: null,
    });
    const counted = async (whose: readonly (readonly [CostRecord, string | null])[]) => {
      const someone = await signUp(db);
      for (const [record, account] of whose)
        await db.asUser(someone, (me) =>
          me.call("add_cost_record", { record: { ...record, id: crypto.randomUUID(), account } }),
        );
      const [day] = await db.asUser(someone, reported);
      return [day?.cost_usd, day?.hidden_estimate_usd, day?.input_tokens];
    };
    expect(await counted([[log, null]])).toEqual(["0.5", "0", 100]);
    // The tokens of a day that an export has are those of its log.
    expect(
      await counted([
        [log, null],
        [exported, "a"],
      ]),
    ).toEqual(["0.4", "0.5", 100]);
    expect(
      await counted([
        [log, "a"],
        [exported, "b"],
      ]),
    ).toEqual(["0.9", "0", 200]);
    // This bill states no tokens: those of the log stand beside it.
    expect(
      await counted([
        [log, null],
        [bill, "a"],
      ]),
    ).toEqual(["2", "0.5", 100]);
    expect(
      await counted([
        [log, null],
        [exported, "a"],
        [bill, "a"],
      ]),
    ).toEqual(["2", "0.9", 100]);
    // What a plan covers is other use than what a key pays for.
    const covered = { ...log, metadata: { cost_basis: "included" as const } };
    expect(
      await counted([
        [covered, null],
        [exported, "a"],
      ]),
    ).toEqual(["0.4", "0", 200]);
  });

  it("equals the sum of the records after any history of changes", { timeout: LONG }, async () => {
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const someone = await signUp(db);
        const imports: string[] = [];
        for (const [at, step] of steps.entries()) {
          await applyStep(db, someone, step, imports);
          await expectExact(db, someone, `after step ${at + 1}: ${step.do}`, questionsAt(at, steps.length));
        }
      }),
      RUNS,
    );
  });
});

/**
 * What to ask after a step of a history. In the suite, the ways to ask take turns, and all have theirs at the end; in
 * spans, which takes a call a day, one is asked at a time.
 */
const questionsAt = (at: number, steps: number): Questions => {
  if (AT_LENGTH) return EVERY_QUESTION;
  const isLast = at === steps - 1;
  const asked = ALL_QUERIES.filter((_, turn) => isLast || turn % 3 === at % 3);
  return { asked, inSpans: [asked[at % asked.length]!] };
};

const GRANULARITIES = ["event", "hour", "day", "month"] as const;

/** Few values, so that records meet on the same day, model and provider. An id says when, as a natural key does. */
const someRecord: fc.Arbitrary<CostRecord> = fc
  .record({
    key: fc.nat(15),
    provider: fc.constantFrom("openai", "anthropic"),
    model_name: fc.constantFrom(null, "a", "b"),
    project: fc.constantFrom(null, "shop"),
    api_key: fc.constantFrom(null, "key-a", "key-b"),
    agent: fc.constantFrom(null, "claude-code", "codex"),
    session: fc.constantFrom(null, "s1", "s2"),
    collection_method: fc.constantFrom("csv_import" as const, "agent_log" as const),
    basis: fc.constantFrom("billed" as const, "estimated" as const, "included" as const, "none" as const),
    kind: fc.constantFrom(...CHARGE_KINDS),
    amount: fc.integer({ min: -50, max: 100_000 }),
    list: fc.constantFrom(null, "own price", "genai-prices 0.1.8"),
    input_tokens: fc.option(fc.integer({ min: 0, max: 2 ** 40 })),
    output_tokens: fc.option(fc.integer({ min: 0, max: 2 ** 40 })),
    cache_read_tokens: fc.option(fc.integer({ min: 0, max: 1000 })),
    request_count: fc.option(fc.integer({ min: 0, max: 1000 })),
  })
  .map(({ key, basis, kind, amount, list, ...rest }) => {
    const granularity = GRANULARITIES[key % 4]!;
    // Around New Year, so that days, months and partitions meet.
    const moment = new Date(Date.UTC(2026, 11, 30, 12 + 4 * key));
    if (granularity === "day" || granularity === "month") moment.setUTCHours(0);
    const usd = `${amount}e-8`;
    const isEstimate = basis === "estimated" || basis === "included";
    const tokens = (rest.input_tokens ?? 0) + (rest.output_tokens ?? 0);
    return costRecord({
      ...rest,
      id: `00000000-0000-4000-8000-00000000000${key.toString(16)}`,
      granularity,
      timestamp: moment.toISOString(),
      tokens_used: rest.input_tokens === null && rest.output_tokens === null ? null : tokens,
      kind,
      cost_usd: basis === "billed" && kind !== "top_up" ? usd : "0",
      topup_usd: basis === "billed" && kind === "top_up" ? usd : null,
      estimated_cost_usd: isEstimate ? usd : null,
      metadata: { cost_basis: basis, ...(isEstimate && list !== null && { price: list }) },
    });
  });

type Step =
  | { do: "ingest"; records: CostRecord[] }
  | { do: "add"; record: NewRecord }
  | { do: "edit"; which: number; to: CostRecord }
  | { do: "remove"; which: number }
  | { do: "undo"; which: number }
  | { do: "refresh" }
  | { do: "set timezone"; timezone: string };

const which = fc.nat(20);
const history: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({
      do: fc.constant("ingest" as const),
      records: fc.uniqueArray(someRecord, { minLength: 1, maxLength: 5, selector: ({ id }) => id }),
    }),
    fc.record({
      do: fc.constant("add" as const),
      record: fc
        .record({ record: someRecord, account: fc.constantFrom(null, "org-a", "org-b") })
        .map(({ record, account }): NewRecord => {
          const isLog = record.collection_method === "agent_log";
          return { ...record, account, collection_method: isLog ? "agent_log" : "manual_entry" };
        }),
    }),
    fc.record({ do: fc.constant("edit" as const), which, to: someRecord }),
    fc.record({ do: fc.constant("remove" as const), which }),
    fc.record({ do: fc.constant("undo" as const), which }),
    fc.record({ do: fc.constant("refresh" as const) }),
    fc.record({
      do: fc.constant("set timezone" as const),
      timezone: fc.constantFrom("UTC", "Pacific/Auckland", "America/Los_Angeles", "Asia/Kathmandu"),
    }),
  ),
  { minLength: 3, maxLength: 12 },
);

const applyStep = async (db: Database, user: string, step: Step, imports: string[]): Promise<void> => {
  await db.asUser(user, async (me) => {
    const { records } = await me.call("list_cost_records", { filters: { max_rows: 1000 } });
    const pick = (n: number): StoredRecord | undefined => records[n % Math.max(1, records.length)];
    switch (step.do) {
      case "ingest": {
        const { id } = await bring(me, step.records, FILE);
        imports.push(id!);
        break;
      }
      case "add":
        await me.call("add_cost_record", {
          record: { ...step.record, id: crypto.randomUUID() },
        });
        break;
      case "edit": {
        const picked = pick(step.which);
        if (!picked) break;
        const { id: _id, collection_method: _method, timestamp, ...changes } = step.to;
        // An imported record keeps its date; a manual one moves, to another partition too.
        const moved = picked.import_id === null ? { ...changes, timestamp } : changes;
        await me.call("edit_cost_record", { record_id: picked.id, changes: moved });
        break;
      }
      case "remove": {
        const picked = pick(step.which);
        if (picked) await me.call("remove_cost_records", { record_ids: [picked.id] });
        break;
      }
      case "undo": {
        const [id] = imports.splice(step.which % Math.max(1, imports.length), 1);
        if (id !== undefined) await undoLayer(me, id);
        break;
      }
      case "refresh":
        await me.call("refresh_cost_records_daily", {});
        break;
      case "set timezone":
        await me.call("set_preferences", { changes: { timezone: step.timezone } });
        break;
    }
  });
};

describe.each(nativeBackends)("daily spend beside other connections on $name", (backend) => {
  let db: Database;
  let writer: Database;
  let refresher: Database;
  let user: string;
  beforeAll(async () => {
    db = await freshDatabase(backend);
    [writer, refresher] = await Promise.all([db.connect(), db.connect()]);
  });
  beforeEach(async () => {
    user = await signUp(db);
  });
  afterAll(() => Promise.all([db, writer, refresher].map((each) => each.close())));

  it("is exact at every step while a refresh is held open and imports commit", async () => {
    const record = costRecord({ cost_usd: "1" });
    await ingest(writer, user, [record]);
    await refresh(refresher, user);
    await ingest(writer, user, [{ ...record, cost_usd: "2" }]);

    await refresher.asUser(user, async (me) => {
      await me.call("refresh_cost_records_daily", {});
      await expectExact(db, user, "refreshed, not committed");
      await ingest(writer, user, [{ ...record, cost_usd: "3" }, costRecord({ cost_usd: "0.5" })]);
      await expectExact(db, user, "an import committed meanwhile");
      expect(await reported(me), "in the refreshing transaction").toEqual(await exact(me));
    });
    await expectExact(db, user, "the refresh committed");
    await refresh(refresher, user);
    await expectExact(db, user, "and another one");
  });

  it("is exact when an import began before a refresh and commits after it", async () => {
    const record = costRecord({ cost_usd: "1" });
    await ingest(writer, user, [record]);
    await writer.asUser(user, async (me) => {
      await bring(me, [{ ...record, cost_usd: "2" }], FILE);
      await refresh(refresher, user);
      await expectExact(db, user, "before the import commits");
    });
    await expectExact(db, user, "after it");
    expect((await db.asUser(user, reported))[0]?.cost_usd).toBe("2");
  });

  it("never shows half of a change, however writes and refreshes fall together", async () => {
    // Each write moves money between two days, so that the total is always the same.
    const [left, right] = [costRecord(), costRecord({ timestamp: "2026-11-06T12:00:00Z" })];
    const split = (cents: number): CostRecord[] => [
      { ...left, cost_usd: `${cents / 100}` },
      { ...right, cost_usd: `${(100 - cents) / 100}` },
    ];
    const collect = (cents: number) =>
      writer.asUser(user, (me) => bring(me, split(cents), { head: feedHead(), account: "org-1" }));
    await collect(50);
    let isDone = false;
    const loop = async (work: (at: number) => Promise<unknown>): Promise<void> => {
      for (let at = 0; !isDone; at++) await work(at);
    };
    const totals = new Set<string>();
    const read = async (): Promise<void> => {
      for (let at = 0; at < 150; at++) {
        const rows = await db.asUser(user, reported);
        totals.add(sum(rows.map(({ cost_usd }) => cost_usd)).toString());
      }
      isDone = true;
    };
    await Promise.all([
      read().finally(() => (isDone = true)),
      loop((at) => collect((at * 37) % 100)),
      loop(() => refresh(refresher, user)),
    ]);
    expect([...totals]).toEqual(["1"]);
    await expectExact(db, user, "at rest");
  });

  it("lets two refreshes run at once", async () => {
    await ingest(writer, user, [costRecord()]);
    await Promise.all([refresh(writer, user), refresh(refresher, user)]);
    await expectExact(db, user, "after both");
  });
});
