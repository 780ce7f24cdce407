import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import {
  ARCHIVE_KINDS,
  type DailySpend,
  type NewSubscription,
  type Period,
  PERIODS,
  type StoredRecord,
} from "../../src/lib/api.js";
import { decimal, plain, roundedOnce, stored, sum } from "../../src/lib/money.js";
import { converted, rateBetween, type StoredRates } from "../../src/lib/record/rates.js";
import { backends, type Database, eachWithUser, nativeBackends, signUp } from "../support/database.js";
import { costRecord } from "../support/records.js";

// `npm run endure` sets how many are tried.
const RUNS = { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 4) };
const LONG = 60_000 + RUNS.numRuns * 10_000;

const FIRST = Temporal.PlainDate.from("2019-01-01");
/** Six years, with two 29ths of February and each length of month at each day of it. */
const day = fc.integer({ min: 0, max: 6 * 365 }).map((days) => FIRST.add({ days }).toString());
/** The last days of a month are those that shorter ones lack. */
const anchor = fc.oneof(
  day,
  fc
    .tuple(
      fc.constantFrom(2019, 2020, 2023, 2024),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 28, max: 31 }),
    )
    .map(([year, month, date]) => Temporal.PlainDate.from({ year, month, day: date }).toString()),
);

interface Asked {
  since: string;
  trial_until: string | null;
  cancelled_on: string | null;
  period: Period;
  from_day: string;
  through: string;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  since: anchor,
  trial_until: fc.constant(null),
  cancelled_on: fc.option(day, { freq: 2 }),
  period: fc.constantFrom(...PERIODS),
  from_day: day,
  through: day,
});

/** When a subscription is due, by another calendar: that of the language. */
const calendar = ({ since, trial_until, cancelled_on, period, from_day, through }: Asked): string[] => {
  const first = Temporal.PlainDate.from(trial_until ?? since);
  const due: string[] = [];
  for (let count = 0; ; count += 1) {
    const each = first.add({ [`${period}s`]: count }).toString();
    if (each > through || (cancelled_on !== null && each >= cancelled_on)) return due;
    if (each >= from_day) due.push(each);
  }
};

const today = (zone = "UTC") => Temporal.Now.zonedDateTimeISO(zone).toPlainDate();
const ago = (duration: Temporal.DurationLike): string => today().subtract(duration).toString();

const plus = (more: Partial<NewSubscription> = {}): NewSubscription => {
  const since = more.since ?? ago({ months: 3 });
  return {
    provider: "chatgpt",
    name: "chatgpt-plus",
    plan: "plus",
    period: "month",
    currency: "USD",
    prices: [{ from: since, cost: "20", is_listed: true }],
    seats: 1,
    tax_percent: null,
    since,
    trial_until: null,
    ...more,
  };
};

describe.each(backends)("subscriptions on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));

  const of = (someone: string) => ({
    call: ((name, args) => db.asUser(someone, (session) => session.call(name, args))) as Database["call"],
  });
  const me = { call: ((name, args) => of(user).call(name, args)) as Database["call"] };
  const add = (more?: Partial<NewSubscription>) =>
    me.call("add_subscription", { subscription: plus(more), entries: null });
  const records = async (someone = user): Promise<StoredRecord[]> =>
    (
      await of(someone).call("list_cost_records", {
        filters: { max_rows: 1000, sort: "date", reverse: true },
      })
    ).records;
  const charges = async (someone?: string) =>
    (await records(someone)).map(({ timestamp, cost_usd }) => [timestamp.slice(0, 10), cost_usd]);
  const spend = async (someone = user): Promise<DailySpend[]> =>
    of(someone).call("get_daily_spend", { from_date: null, to_date: null, split_by: ["kind", "method"] });
  const spent = async (someone?: string) =>
    (await spend(someone)).map(({ date, subscription_usd }) => [date, subscription_usd]);
  /** As if no command had run since it was added. */
  const unbook = async (someone = user): Promise<void> => {
    await db.query("delete from public.cost_records where user_id = $1 and metadata ? 'renewal'", [someone]);
    await db.query("update public.subscriptions set booked = '{}' where user_id = $1", [someone]);
  };

  it(
    "are due on the days of another calendar, through short months, leap years and cancellations",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(asked, { minLength: 40, maxLength: 60 }), async (many) => {
          const rows = await db.query<{ due: string[] }>(
            `select array(
               select d::text from private.due_days(jsonb_populate_record(null::public.subscriptions, a.value), (a.value ->> 'from_day')::date, (a.value ->> 'through')::date) d
             ) as due
             from jsonb_array_elements($1::jsonb) with ordinality a order by a.ordinality`,
            [JSON.stringify(many)],
          );
          expect(rows.map(({ due }) => due)).toEqual(many.map(calendar));
        }),
        RUNS,
      );
    },
    LONG,
  );

  it("begin when their trial ends", async () => {
    const trial = { since: "2024-01-20", trial_until: "2024-01-31", cancelled_on: null };
    const until = { period: "month", from_day: "2024-01-01", through: "2024-04-30" } as const;
    const [row] = await db.query<{ due: string[] }>(
      `select array(select d::text from private.due_days(jsonb_populate_record(null::public.subscriptions, $1), '2024-01-01', '2024-04-30') d) as due`,
      [JSON.stringify({ ...trial, period: "month" })],
    );
    expect(row?.due).toEqual(["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]);
    expect(row?.due).toEqual(calendar({ ...trial, ...until }));
  });

  it(
    "charge the price of their day, of all seats, with tax to the cent",
    async () => {
      const cents = fc
        .integer({ min: 1, max: 99_999 })
        .map((amount) => plain(decimal(String(amount)).div(100)));
      const priced = fc.record({
        since: fc.constant("2019-01-01"),
        currency: fc.constant("USD"),
        seats: fc.integer({ min: 1, max: 40 }),
        tax_percent: fc.option(fc.constantFrom("0", "7", "8.875", "19", "20", "21")),
        costs: fc.uniqueArray(fc.record({ from: day, cost: cents }), {
          minLength: 1,
          maxLength: 5,
          selector: ({ from }) => from,
        }),
        on: day,
      });
      await fc.assert(
        fc.asyncProperty(fc.array(priced, { minLength: 30, maxLength: 40 }), async (many) => {
          const given = many.map(({ costs, ...rest }) => ({
            ...rest,
            prices: [
              { from: "2018-01-01", cost: "1" },
              ...costs.toSorted((a, b) => (a.from < b.from ? -1 : 1)),
            ],
          }));
          const rows = await db.query<{ amount: string }>(
            `select trim_scale(private.charge_amount(jsonb_populate_record(null::public.subscriptions, a.value), (a.value ->> 'on')::date))::text as amount
             from jsonb_array_elements($1::jsonb) with ordinality a order by a.ordinality`,
            [JSON.stringify(given)],
          );
          const expected = given.map(({ prices, seats, tax_percent, on }) => {
            const price = prices.findLast(({ from }) => from <= on)?.cost ?? "";
            const net = decimal(price).times(seats);
            if (tax_percent === null) return plain(net);
            return plain(roundedOnce(net.times(decimal(tax_percent).plus(100)).div(100), 2));
          });
          expect(rows.map(({ amount }) => amount)).toEqual(expected);
        }),
        RUNS,
      );
    },
    LONG,
  );

  it(
    "are converted at the rate that the program would take",
    async () => {
      const rate = fc
        .integer({ min: 1, max: 200_000 })
        .map((units) => plain(decimal(String(units)).div(10_000)));
      const dayOf = (at: number): string =>
        Temporal.PlainDate.from("2025-06-01").add({ days: at }).toString();
      const at = fc.integer({ min: 0, max: 40 });
      const world = fc.record({
        undated: fc.option(rate),
        set: fc.uniqueArray(fc.tuple(at, rate), { maxLength: 4, selector: ([on]) => on }),
        ecb: fc.uniqueArray(fc.tuple(at, rate, fc.option(rate)), { maxLength: 8, selector: ([on]) => on }),
      });
      await fc.assert(
        fc.asyncProperty(world, async ({ undated, set, ecb }) => {
          const someone = await signUp(db);
          const rates: StoredRates = {
            undated,
            set: set.map(([on, usd]) => [dayOf(on), usd] as const).toSorted(),
            ecb: ecb.map(([on, usd, units]) => [dayOf(on), usd, units] as const).toSorted(),
          };
          if (undated !== null)
            await of(someone).call("set_rate", { currency: "SEK", day: null, usd: undated });
          for (const [on, usd] of rates.set)
            await of(someone).call("set_rate", { currency: "SEK", day: on, usd });
          await of(someone).call("add_rate_days", {
            days: rates.ecb.map(([on, usd, units]) => ({
              day: on,
              rates: { USD: usd, ...(units !== null && { SEK: units }) },
            })),
          });
          const found = await db.query<{ usd: string | null }>(
            `select trim_scale(round((123.45 * r.usd)::numeric(60, 40) / r.units, 10))::text as usd
             from generate_series(0, 50) n left join lateral private.rate_on($1, 'SEK', date '2025-06-01' + n) r on true order by n`,
            [someone],
          );
          const expected = Array.from({ length: 51 }, (_, on) => {
            const taken = rateBetween("SEK", "USD", dayOf(on), { stored: { SEK: rates } });
            return "error" in taken ? null : stored(converted(decimal("123.45"), taken));
          });
          expect(found.map(({ usd }) => usd)).toEqual(expected);
        }),
        RUNS,
      );
    },
    LONG,
  );

  it.each([
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
  ])("are due by the day in %s", async (zone) => {
    await me.call("set_preferences", { changes: { timezone: zone } });
    const here = today(zone);
    const tomorrow = here.add({ days: 1 });
    await add({ name: "due-today", since: here.toString() });
    await add({ name: "due-tomorrow", since: tomorrow.toString() });
    expect(await spent()).toEqual([[here.toString(), "20"]]);
    expect((await me.call("get_due", {})).next_due).toBe(tomorrow.toString());
  });

  it("count the same before they are booked as after, everywhere, and are booked by the next write once", async () => {
    await add({
      since: ago({ months: 14 }),
      prices: [{ from: ago({ months: 14 }), cost: "20", is_listed: true }],
    });
    await add({ name: "weekly", since: ago({ days: 20 }), period: "week", tax_percent: "19" });
    const booked = {
      spent: await spent(),
      records: await records(),
      fine: await me.call("get_fine_spend", {
        from_date: null,
        to_date: null,
        split_by: ["hour", "session"],
      }),
    };
    const total = plain(sum(booked.records.map(({ cost_usd }) => cost_usd)));
    await unbook();
    expect(await records()).toEqual([]);
    expect(await spent()).toEqual(booked.spent);
    expect(
      await me.call("get_fine_spend", { from_date: null, to_date: null, split_by: ["hour", "session"] }),
    ).toEqual(booked.fine);
    const months = await me.call("get_daily_spend", {
      from_date: null,
      to_date: null,
      split_by: [],
      by_month: true,
    });
    expect(plain(sum(months.map(({ cost_usd }) => cost_usd)))).toBe(total);
    const [{ view, whole } = { view: "", whole: "" }] = await db.asUser(user, (session) =>
      session.query<{ view: string; whole: string }>(
        `select (select trim_scale(sum(counted_cost_usd))::text from public.daily_spend) as view,
           trim_scale(public.get_user_total_spend($1, '2015-01-01', '2100-01-01'))::text as whole`,
        [user],
      ),
    );
    expect([view, whole]).toEqual([total, total]);
    expect(await db.query("select private.check_totals()")).toEqual([]);
    expect((await me.call("list_subscriptions", {})).map(({ charged }) => charged.count)).toEqual([3, 15]);

    await me.call("add_cost_record", {
      record: costRecord({ cost_usd: "1", provider: "openai", collection_method: "manual_entry" }),
    });
    expect((await records()).filter(({ provider }) => provider === "chatgpt")).toEqual(booked.records);
    expect(await me.call("book_due_charges", {})).toBe(0);
    await db.query("select private.refresh_daily()");
    expect((await spent()).filter(([, usd]) => usd !== "0")).toEqual(booked.spent);
    expect(await db.query("select private.check_totals()")).toEqual([]);
    expect(await db.query("select private.check_daily_sums()")).toEqual([]);
  });

  it("keep what was edited, moved or removed by hand", async () => {
    await add();
    const [first, second, third] = await records();
    await me.call("edit_cost_record", { record_id: first!.id, changes: { cost_usd: "18" } });
    await me.call("edit_cost_record", {
      record_id: second!.id,
      changes: { timestamp: `${ago({ days: 50 })}T00:00:00Z` },
    });
    await me.call("remove_cost_records", { record_ids: [third!.id] });
    const left = await charges();
    expect(left).toHaveLength(3);
    await me.call("book_due_charges", {});
    expect(await charges()).toEqual(left);
    const { id } = (await me.call("list_subscriptions", {}))[0]!;
    const price = { from: ago({ months: 3 }), cost: "25", is_listed: false };
    const changed = await me.call("change_subscription", { subscription_id: id, changes: { price } });
    expect(changed).toMatchObject({ withdrawn: 1, booked: 1, kept: 2 });
    expect((await charges()).map(([, usd]) => usd).sort()).toEqual(["18", "20", "25"]);
    expect(await spent()).toHaveLength(3);
  });

  it("follow changes of prices and cancellations, and go on again", async () => {
    const { id } = await add();
    const before = await charges();
    expect(before).toHaveLength(4);
    const since = before[2]![0]!;
    await me.call("change_subscription", {
      subscription_id: id,
      changes: { price: { from: since, cost: "30", is_listed: false } },
    });
    expect((await charges()).map(([, usd]) => usd)).toEqual(["20", "20", "30", "30"]);
    const cancelled = await me.call("change_subscription", {
      subscription_id: id,
      changes: { cancelled_on: since },
    });
    expect(cancelled).toMatchObject({ withdrawn: 2, booked: 0, kept: 0, subscription: { next: null } });
    expect(await spent()).toEqual(before.slice(0, 2));
    expect((await me.call("get_due", {})).next_due).toBeNull();
    await me.call("change_subscription", { subscription_id: id, changes: { cancelled_on: null } });
    expect((await charges()).map(([, usd]) => usd)).toEqual(["20", "20", "30", "30"]);
  });

  it("go without a trace, or leave their charges, which are theirs again when they come back", async () => {
    const { id } = await add();
    const there = await records();
    expect(await me.call("remove_subscription", { subscription_id: id, keep_charges: false })).toEqual({
      removed: 4,
      usd: "80",
      restored: 0,
    });
    expect([await records(), await spent()]).toEqual([[], []]);
    expect((await add()).id).toBe(id);
    expect(await records()).toEqual(there);
    await me.call("remove_subscription", { subscription_id: id, keep_charges: true });
    expect(await records()).toEqual(there);
    await add();
    expect(await records()).toEqual(there);
    expect(await spent()).toHaveLength(4);
  });

  it("take entries by hand over, or let them count instead, and give them back", async () => {
    const on = ago({ months: 2 });
    const entry = (more: Partial<StoredRecord>) =>
      me.call("add_cost_record", {
        record: costRecord({
          id: crypto.randomUUID(),
          provider: "chatgpt",
          kind: "subscription",
          cost_usd: "19.5",
          granularity: "day",
          timestamp: `${on}T00:00:00Z`,
          model_name: null,
          collection_method: "manual_entry",
          ...more,
        }),
      });
    const by_hand = await entry({});
    await entry({ timestamp: `${ago({ days: 3 })}T00:00:00Z`, cost_usd: "5" });
    await entry({ provider: "openai", cost_usd: "7" });
    const before = await records();
    expect(
      (await me.call("find_subscription_entries", { subscription: plus() })).map(({ id }) => id),
    ).toEqual([by_hand.id]);
    await expect(add()).rejects.toThrow("Entries by hand");
    expect(await records()).toEqual(before);

    const { id } = await me.call("add_subscription", { subscription: plus(), entries: "take_over" });
    const month = async () =>
      (await records()).filter(
        ({ provider, timestamp }) => provider === "chatgpt" && timestamp.startsWith(on),
      );
    expect((await month()).map(({ cost_usd }) => cost_usd)).toEqual(["19.5"]);
    expect(await records()).toHaveLength(before.length + 3);
    await me.call("remove_subscription", { subscription_id: id, keep_charges: false });
    expect(await records()).toEqual(before);

    await me.call("add_subscription", { subscription: plus(), entries: "keep" });
    expect(await month()).toEqual([by_hand]);
    expect(await records()).toHaveLength(before.length + 3);
  });

  it("of another currency count when there is a rate, and never one to one", async () => {
    await add({ currency: "EUR", tax_percent: "19" });
    expect([await records(), await spent()]).toEqual([[], []]);
    const { without_rate = [] } = await me.call("get_coverage", {});
    expect(without_rate.map(({ amount, currency, usd }) => [amount, currency, usd])).toEqual(
      Array.from({ length: 4 }, () => ["23.8", "EUR", null]),
    );
    expect(
      (
        await me.call("list_charges", {
          from_day: ago({ days: 0 }),
          to_day: today().add({ days: 40 }).toString(),
        })
      )[0]?.usd,
    ).toBeNull();
    await me.call("set_rate", { currency: "EUR", day: null, usd: "1.1" });
    expect((await spent()).map(([, usd]) => usd)).toEqual(["26.18", "26.18", "26.18", "26.18"]);
    expect(await me.call("book_due_charges", {})).toBe(4);
    expect((await records())[0]?.metadata.original).toEqual({
      currency: "EUR",
      amount: "23.8",
      rate: "1.1",
      rate_source: "set",
    });
    // What is booked keeps its rate.
    await me.call("set_rate", { currency: "EUR", day: null, usd: "2" });
    expect((await spent()).map(([, usd]) => usd)).toEqual(["26.18", "26.18", "26.18", "26.18"]);
    expect(await me.call("get_coverage", {})).not.toHaveProperty("without_rate");
  });

  /** Two users with the same archive are two machines of one person. */
  const carry = async (from: string, to: string): Promise<void> => {
    for (const kind of ARCHIVE_KINDS) {
      const { rows } = await of(from).call("export_rows", { kind, after: null, max_rows: 10_000 });
      await of(to).call("restore_rows", { kind, rows });
    }
  };

  it(
    "are never doubled on two machines that were offline, whatever was done on them",
    async () => {
      type Step = {
        do: "book" | "remove" | "edit" | "carry" | "price" | "cancel" | "forget";
        on: 0 | 1;
        which: number;
      };
      const step: fc.Arbitrary<Step> = fc.record({
        do: fc.constantFrom("book", "remove", "edit", "carry", "price", "cancel", "forget"),
        on: fc.constantFrom(0, 1),
        which: fc.nat(20),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
          const machines = [await signUp(db), await signUp(db)] as const;
          for (const machine of machines)
            await of(machine).call("add_subscription", {
              subscription: plus({ since: ago({ months: 5 }) }),
              entries: null,
            });
          for (const { do: what, on, which } of steps) {
            const here = of(machines[on]);
            const all = await records(machines[on]);
            const one = all[which % Math.max(all.length, 1)];
            const { id } = (await here.call("list_subscriptions", {}))[0]!;
            const from = ago({ months: which % 6 });
            if (what === "book") await here.call("book_due_charges", {});
            if (what === "remove" && one) await here.call("remove_cost_records", { record_ids: [one.id] });
            if (what === "edit" && one)
              await here.call("edit_cost_record", { record_id: one.id, changes: { cost_usd: "3" } });
            if (what === "carry") await carry(machines[on], machines[on === 0 ? 1 : 0]);
            if (what === "price")
              await here.call("change_subscription", {
                subscription_id: id,
                changes: { price: { from, cost: String(which), is_listed: false } },
              });
            if (what === "cancel")
              await here.call("change_subscription", {
                subscription_id: id,
                changes: { cancelled_on: which % 2 === 0 ? null : from },
              });
            if (what === "forget" && on === 0) await unbook(machines[on]);
            for (const machine of machines) {
              const dates = await spend(machine);
              const counts = dates.map(({ record_count }) => record_count);
              expect(counts).toEqual(counts.map(() => 1));
              expect(dates.length).toBeLessThanOrEqual(6);
            }
          }
          await carry(machines[0], machines[1]);
          await carry(machines[1], machines[0]);
          const [one, other] = [await spend(machines[0]), await spend(machines[1])];
          expect(other.map(({ date }) => date)).toEqual(one.map(({ date }) => date));
        }),
        RUNS,
      );
      expect(await db.query("select private.check_totals()")).toEqual([]);
    },
    LONG,
  );
});

describe.each(nativeBackends)("subscriptions of two sessions on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));

  it("are booked once, if both book at the same time", async () => {
    await db.asUser(user, (session) =>
      session.call("add_subscription", { subscription: plus({ since: ago({ months: 20 }) }), entries: null }),
    );
    const other = await db.connect();
    try {
      for (let turn = 0; turn < 5; turn += 1) {
        await db.query("delete from public.cost_records where user_id = $1", [user]);
        await db.query("update public.subscriptions set booked = '{}' where user_id = $1", [user]);
        const booked = await Promise.all(
          [db, other].map((one) => one.asUser(user, (session) => session.call("book_due_charges", {}))),
        );
        expect(booked.sort()).toEqual([0, 21]);
        const [row] = await db.query<{ records: number; booked: number }>(
          `select (select count(*) from public.cost_records where user_id = $1) as records,
             (select cardinality(booked) from public.subscriptions where user_id = $1) as booked`,
          [user],
        );
        expect(row).toEqual({ records: 21, booked: 21 });
      }
    } finally {
      await other.close();
    }
  });
});
