import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Api, ARCHIVE_KINDS, type Covers } from "../../src/lib/api.js";
import { backends, type Database, eachWithUser, signUp } from "../support/database.js";
import { beginLayer, bringLayer, type Caller, feedHead, layerOf, undoLayer } from "../support/layers.js";
import { contentsOf, drop } from "../support/months.js";
import { costRecord } from "../support/records.js";

// `npm run endure` sets how many histories are played.
const RUNS = { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 10) };
const LONG = 60_000 + RUNS.numRuns * 10_000;

const PROVIDERS = ["anthropic", "openai"];
/** Days that the histories are about. */
const DAYS = 40;

const dateOf = (day: number): string => new Date(Date.UTC(2026, 9, 1 + day)).toISOString().slice(0, 10);

type Step =
  | { do: "file"; providers: string[]; first: number; length: number; unfinished: boolean }
  /** What a feed says of some days, each by a number; `null` if it says that nothing was used. */
  | { do: "run"; first: number; cents: (number | null)[] }
  | { do: "by hand"; day: number }
  | { do: "undo"; which: number };

const day = fc.integer({ min: 0, max: DAYS - 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant("file" as const),
    providers: fc.subarray(PROVIDERS, { minLength: 1 }),
    first: day,
    length: fc.integer({ min: 1, max: 12 }),
    unfinished: fc.boolean(),
  }),
  fc.record({
    do: fc.constant("run" as const),
    first: day,
    cents: fc.array(fc.option(fc.integer({ min: 1, max: 2 })), { minLength: 1, maxLength: 8 }),
  }),
  fc.record({ do: fc.constant("by hand" as const), day }),
  fc.record({ do: fc.constant("undo" as const), which: fc.nat(20) }),
);

/** What a calendar on the wall would show: each import with the days that it told of first or otherwise than before. */
interface Told {
  id: string;
  provider: string;
  days: number[];
  /** What a feed said of its days. */
  said?: Map<number, number | null>;
}

const spansOf = (days: ReadonlySet<number>): [string, string][] =>
  Array.from({ length: DAYS + 20 }, (_, at) => at)
    .filter((at) => days.has(at) && !days.has(at - 1))
    .map((first) => {
      let last = first;
      while (days.has(last + 1)) last++;
      return [dateOf(first), dateOf(last)];
    });

describe.each(backends)("coverage on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => {
    ({ db, user } = scene);
  });

  const asUser = (id: string): Caller => ({
    call: (name, args) => db.asUser(id, (session) => session.call(name, args)),
  });

  const rangesOf = async (caller: Caller) => {
    const { providers } = await caller.call("get_coverage", {});
    return Object.fromEntries(Object.entries(providers).map(([name, { ranges }]) => [name, ranges]));
  };

  const carryOut = async (me: Caller, told: Told[], given: Step): Promise<Told[]> => {
    switch (given.do) {
      case "file": {
        const span = [dateOf(given.first), dateOf(given.first + given.length - 1)] as const;
        const covers: Covers = Object.fromEntries(given.providers.map((name) => [name, [span]]));
        const record = costRecord({ timestamp: `${span[0]}T10:00:00Z` });
        const layer = layerOf([record], { head: { covers } });
        if (given.unfinished) {
          await (await beginLayer(me, layer)).send();
          return told;
        }
        const { id } = await bringLayer(me, layer);
        const days = Array.from({ length: given.length }, (_, at) => given.first + at);
        return [...told, ...given.providers.map((provider) => ({ id: id!, provider, days }))];
      }
      case "run": {
        const said = new Map(given.cents.map((cents, at) => [given.first + at, cents]));
        const rows = [...said].flatMap(([at, cents]) =>
          cents === null
            ? []
            : costRecord({
                ...BUCKET,
                id: idOf(at, cents),
                cost_usd: String(cents),
                timestamp: `${dateOf(at)}T00:00:00Z`,
              }),
        );
        const days = [...said.keys()];
        const covers = { openai: days.map((at) => [dateOf(at), dateOf(at)] as const) };
        const layer = layerOf(rows, {
          head: feedHead({ sha256: "f".repeat(64), covers }),
          days: days.map(dateOf),
        });
        const { id } = await bringLayer(me, layer);
        const lastOf = (at: number) => told.findLast((each) => each.said?.has(at))?.said;
        const isNew = (at: number) => lastOf(at) === undefined || lastOf(at)?.get(at) !== said.get(at);
        const fresh = new Map([...said].filter(([at]) => isNew(at)));
        expect(id === null).toBe(fresh.size === 0);
        return id === null
          ? told
          : [...told, { id, provider: "openai", days: [...fresh.keys()], said: fresh }];
      }
      case "by hand": {
        const timestamp = `${dateOf(given.day)}T10:00:00Z`;
        await me.call("add_cost_record", {
          record: costRecord({ timestamp, collection_method: "manual_entry" }),
        });
        return told;
      }
      case "undo": {
        const undone = told[given.which];
        if (undone === undefined) return told;
        await undoLayer(me, undone.id);
        return told.filter(({ id }) => id !== undone.id);
      }
    }
  };

  const expected = (told: readonly Told[]) =>
    Object.fromEntries(
      PROVIDERS.map((name) => {
        const days = told.filter(({ provider }) => provider === name).flatMap((each) => each.days);
        return [name, spansOf(new Set(days))] as const;
      }).filter(([, spans]) => spans.length > 0),
    );

  it(
    "is that of a calendar, whatever is imported, collected and undone; and an archive keeps it",
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          const me = asUser(await signUp(db));
          let told: Told[] = [];
          for (const each of steps) {
            told = await carryOut(me, told, each);
            expect(await rangesOf(me)).toEqual(expected(told));
          }
          const other = asUser(await signUp(db));
          await moved(me, other);
          const before = await me.call("get_coverage", {});
          expect(await other.call("get_coverage", {})).toEqual(before);
          // The same archive once more changes nothing.
          await moved(me, other);
          expect(await other.call("get_coverage", {})).toEqual(before);
        }),
        RUNS,
      );
    },
    LONG,
  );

  const moved = async (from: Caller, to: Caller): Promise<void> => {
    for (const kind of ARCHIVE_KINDS) {
      const { rows } = await from.call("export_rows", { kind, after: null, max_rows: 1000 });
      if (rows.length > 0) await to.call("restore_rows", { kind, rows });
    }
  };

  it("names the formats of files, whether a key collected, and imports that are not complete", async () => {
    const me = asUser(user);
    const span = ["2026-11-05", "2026-11-05"] as const;
    await bringLayer(me, layerOf([costRecord()], { head: { covers: { openai: [span] } } }));
    const head = feedHead({ covers: { mistral: [span] } });
    await bringLayer(me, layerOf([], { head, days: ["2026-11-05"] }));
    const cut = layerOf([costRecord()], { head: { source_name: "cut.csv", covers: { groq: [span] } } });
    await beginLayer(me, cut);
    expect(await me.call("get_coverage", {})).toEqual({
      providers: {
        openai: { ranges: [span], collected: false, formats: ["openai-cost"] },
        mistral: { ranges: [span], collected: true, formats: [] },
      },
      unfinished: [{ id: cut.head.id, source_name: "cut.csv", feed: null }],
    } satisfies Api["get_coverage"]["result"]);
  });

  it("goes by the logs of agents only for a provider of which nothing else tells", async () => {
    const me = asUser(user);
    const logged = ["2026-11-01", "2026-11-08"] as const;
    const log = { feed: "agent/codex", series: "agent/codex", format: "agent/codex" };
    const covers = { openai: [logged], mistral: [logged] };
    await bringLayer(me, layerOf([], { head: feedHead({ ...log, covers }), days: ["2026-11-01"] }));
    expect(await rangesOf(me)).toEqual({ openai: [logged], mistral: [logged] });
    const exported = ["2026-11-03", "2026-11-05"] as const;
    await bringLayer(me, layerOf([costRecord()], { head: { covers: { openai: [exported] } } }));
    expect(await rangesOf(me)).toEqual({ openai: [exported], mistral: [logged] });
  });

  it("forgets the days of a month that is moved out, until they come back", async () => {
    const me = asUser(user);
    const records = ["2026-10-30", "2026-11-02"].map((date) =>
      costRecord({ timestamp: `${date}T10:00:00Z` }),
    );
    const covers = { openai: [["2026-10-30", "2026-11-02"]] } as const;
    await bringLayer(me, layerOf(records, { head: { covers } }));
    const pages = await Promise.all(
      ARCHIVE_KINDS.map(async (kind) => {
        const rows = await db.asUser(user, (session) =>
          session.query<{ page: { rows: Record<string, unknown>[] } }>(
            "select private.export_page($1, null, 1000, '2026-10-01') as page",
            [kind],
          ),
        );
        return { kind, rows: rows[0]?.page.rows ?? [] };
      }),
    );
    expect(await drop(db, "2026-10", await contentsOf(db, "2026-10"))).toBe("dropped");
    expect(await rangesOf(me)).toEqual({ openai: [["2026-11-01", "2026-11-02"]] });
    for (const { kind, rows } of pages) {
      if (rows.length > 0) await me.call("restore_rows", { kind, rows });
    }
    expect(await rangesOf(me)).toEqual(covers);
  });
});

const BUCKET = { granularity: "day", collection_method: "api_automated" } as const;

const ids = new Map<string, string>();
/** The same for the same bucket. */
const idOf = (day: number, cents: number): string => {
  const key = `${day} ${cents}`;
  if (!ids.has(key)) ids.set(key, randomUUID());
  return ids.get(key)!;
};
