import { appendFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { folderOf } from "../../src/lib/store/read-model/current.js";
import { modelFile, readModel, writeModel } from "../../src/lib/store/read-model/file.js";
import { CUT_NAMES, CUTS } from "../../src/lib/store/read-model/read-model.js";
import { spendSource } from "../../src/lib/store/read-model/spend-source.js";
import { stateOf } from "../../src/lib/store/read-model/state.js";
import { SPLIT_KEYS } from "../../src/lib/api.js";
import { daysBetween } from "../../src/lib/dates/days.js";
import type { SpendSource, Store } from "../../src/lib/store/store.js";
import { giveDatabase, homeWithDatabase, openHome } from "../support/open-database.js";
import { type Home, sharedHome } from "../support/cli.js";
import { bring } from "../support/layers.js";
import { inOrder } from "../support/daily-spend.js";
import { costRecord } from "../support/records.js";

// `npm run endure` sets how often commands of any kind are followed by a look.
const RUNS = { numRuns: Number(process.env["AICOST_ENDURE_RUNS"] ?? 8) };
const LONG = 60_000 + RUNS.numRuns * 8_000;

/** All that a source of reports can be asked. */
const answers = async (source: SpendSource) => ({
  preferences: await source.call("get_preferences", {}),
  providers: await source.call("list_providers", {}),
  days: await source.call("get_daily_spend", { from_date: null, to_date: null, split_by: ["model"] }),
  methods: await source.call("get_daily_spend", {
    from_date: null,
    to_date: null,
    split_by: ["model", "kind", "method"],
  }),
  who: await source.call("get_daily_spend", { from_date: null, to_date: null, split_by: SPLIT_KEYS }),
  keys: await source.call("get_daily_spend", {
    from_date: "2026-10-31",
    to_date: null,
    split_by: ["api_key"],
    by_month: true,
  }),
  parts: await Promise.all(
    CUT_NAMES.flatMap((name) =>
      [false, true].map(async (by_month) => {
        const range = { from_date: "2026-10-15", to_date: null };
        return inOrder(await source.call("get_daily_spend", { ...range, split_by: CUTS[name], by_month }));
      }),
    ),
  ),
  names: await source.call("list_names", {}),
  coverage: await source.call("get_coverage", {}),
  some: await source.call("get_daily_spend", {
    from_date: "2026-10-31",
    to_date: "2026-11-01",
    split_by: ["model"],
  }),
});

/** Works on the store of a home, as one command does. */
const inStore = async <Result>(home: Home, work: (store: Store) => Promise<Result>): Promise<Result> => {
  const store = await openHome(home);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};

const UNKNOWN = new Error("The database would be opened.");

/** What the read model answers; null if the database must be asked. */
const known = async (home: Home) => {
  const source = spendSource(home.dataDir, () => Promise.reject(UNKNOWN));
  if (source === null) return null;
  return answers(source).catch((error: unknown) => {
    if (error !== UNKNOWN) throw error;
    return null;
  });
};

/** What a store can be told to do. Moments are few, so that changes meet each other. */
type Step =
  | {
      do: "add" | "estimate";
      hour: number;
      provider: string;
      model: string | null;
      project: string | null;
      cents: number;
    }
  | { do: "import"; hours: number[]; refresh: boolean }
  | { do: "edit" | "remove" | "undo"; which: number }
  | { do: "zone"; timezone: string }
  | { do: "look" };

const HOURS = 24 * 40;
const hour = fc.integer({ min: 0, max: HOURS });
const which = fc.nat(20);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom("add" as const, "estimate" as const),
    hour,
    provider: fc.constantFrom("openai", "anthropic", "groq"),
    model: fc.constantFrom("gpt-5", "opus", null),
    project: fc.constantFrom("shop", null),
    cents: fc.integer({ min: -50, max: 500 }),
  }),
  fc.record({
    do: fc.constant("import" as const),
    hours: fc.array(hour, { maxLength: 40 }),
    refresh: fc.boolean(),
  }),
  fc.record({ do: fc.constantFrom("edit" as const, "remove" as const, "undo" as const), which }),
  fc.record({
    do: fc.constant("zone" as const),
    timezone: fc.constantFrom("UTC", "Pacific/Auckland", "America/Los_Angeles"),
  }),
  fc.constant({ do: "look" as const }),
);

const momentOf = (hour: number): string =>
  new Date(Date.UTC(2026, 9, 1) + hour * 3_600_000).toISOString().replace(".000", "");

const carryOut = async (store: Store, given: Step): Promise<void> => {
  const records = async () => (await store.call("list_cost_records", { filters: { max_rows: 50 } })).records;
  switch (given.do) {
    case "add":
    case "estimate": {
      const cost = (given.cents / 100).toFixed(2);
      const money =
        given.do === "add"
          ? { cost_usd: cost, metadata: { cost_basis: "billed" as const } }
          : { cost_usd: "0", estimated_cost_usd: cost, metadata: { cost_basis: "estimated" as const } };
      await store.call("add_cost_record", {
        record: costRecord({
          timestamp: momentOf(given.hour),
          provider: given.provider,
          model_name: given.model,
          collection_method: "manual_entry",
          project: given.project,
          api_key: given.hour % 3 === 0 ? "key-a" : null,
          agent: given.hour % 5 === 0 ? "claude-code" : null,
          ...money,
        }),
      });
      return;
    }
    case "import": {
      const rows = given.hours.map((at) => costRecord({ timestamp: momentOf(at) }));
      const days = rows.map(({ timestamp }) => timestamp.slice(0, 10)).sort();
      const covers = days.length === 0 ? {} : { openai: [[days[0]!, days.at(-1)!]] as const };
      await bring(store, rows, { isEvents: true, head: { covers } });
      if (given.refresh) await store.call("refresh_cost_records_daily", {});
      return;
    }
    case "edit": {
      const record = (await records())[given.which];
      if (record) {
        // The date of an imported record is fixed.
        const moved = record.import_id === null ? { timestamp: momentOf(given.which * 40) } : {};
        const changes = { cost_usd: "7.5", ...moved };
        await store.call("edit_cost_record", { record_id: record.id, changes });
      }
      return;
    }
    case "remove": {
      const record = (await records())[given.which];
      if (record) await store.call("remove_cost_records", { record_ids: [record.id] });
      return;
    }
    case "undo": {
      const { imports } = await store.call("list_imports", { max_rows: 50 });
      const open = imports.filter(({ status }) => status !== "undone");
      const one = open[given.which % Math.max(open.length, 1)];
      if (one) await store.call("undo_import", { import_id: one.id });
      return;
    }
    case "zone":
      await store.call("set_preferences", { changes: { timezone: given.timezone } });
      return;
    case "look":
      await records();
  }
};

describe("the read model", () => {
  it(
    "answers as the database does, whatever was done before",
    async () => {
      const home = await homeWithDatabase();
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
          await inStore(home, async (store) => {
            for (const each of steps) await carryOut(store, each);
          });
          const model = await known(home);
          expect(model).toEqual(await inStore(home, answers));
        }),
        RUNS,
      );
    },
    LONG,
  );
});

/** Parts of months: what each is, and its ends. */
const PARTS: [string, string | null, string | null][] = [
  ["from its beginning", "2026-10-01", "2026-10-17"],
  ["from its beginning, in whole fives", "2026-10-01", "2026-10-15"],
  ["its middle", "2026-10-08", "2026-10-23"],
  ["less than a five in its middle", "2026-10-07", "2026-10-09"],
  ["one five", "2026-10-11", "2026-10-15"],
  ["to its end", "2026-10-12", "2026-10-31"],
  ["to the end of a month with 30 days", "2026-09-22", "2026-09-30"],
  ["one day", "2026-10-13", "2026-10-13"],
  ["its last day", "2026-10-31", "2026-10-31"],
  ["all but its last day", "2026-10-01", "2026-10-30"],
  ["a day without anything", "2026-10-14", "2026-10-14"],
  ["none of it", "2026-12-02", "2026-12-20"],
  ["of two months", "2026-09-18", "2026-10-17"],
  ["all of its days with records", "2026-11-01", "2026-11-20"],
  ["beyond the last day with records", "2026-10-24", "2026-12-09"],
  ["to a day", null, "2026-10-11"],
  ["from a day", "2026-10-28", null],
];

/** What reports by whose it is ask about a range. */
const sumsOf = async (source: SpendSource, from_date: string | null, to_date: string | null) => {
  const found = [];
  for (const name of CUT_NAMES)
    for (const by_month of [false, true])
      found.push(
        inOrder(await source.call("get_daily_spend", { from_date, to_date, split_by: CUTS[name], by_month })),
      );
  return found;
};

describe("a part of a month", () => {
  const home = sharedHome();
  const inDatabase = new Map<string, Awaited<ReturnType<typeof sumsOf>>>();
  beforeAll(async () => {
    await giveDatabase(home);
    // Each day costs something else; 14 October has nothing, and one key is of one day only.
    const rows = daysBetween("2026-09-16", "2026-11-03")
      .filter((day) => day !== "2026-10-14")
      .map((day, at) =>
        costRecord({
          timestamp: `${day}T12:00:00Z`,
          cost_usd: `${2 ** (at % 20)}.${at + 1}1`,
          api_key: day === "2026-10-13" ? "key-c" : at % 3 === 0 ? "key-a" : "key-b",
          project: at % 2 === 0 ? "shop" : null,
        }),
      );
    await inStore(home, async (store) => {
      await bring(store, rows, { isEvents: true });
      for (const [name, from, to] of PARTS) inDatabase.set(name, await sumsOf(store, from, to));
    });
  });

  it.each(PARTS)("has the sums of the database: %s", async (name, from, to) => {
    const model = spendSource(home.dataDir, () => Promise.reject(UNKNOWN))!;
    expect(await sumsOf(model, from, to)).toEqual(inDatabase.get(name));
  });
});

describe("a read model", () => {
  const home = sharedHome();
  const file = modelFile(home.dataDir);
  const control = path.join(folderOf(home.dataDir), "global/pg_control");
  const add = () => inStore(home, (store) => store.call("add_cost_record", { record: costRecord() }));
  let good: Buffer;
  beforeAll(async () => {
    await giveDatabase(home);
    await add();
    good = readFileSync(file);
  });

  it("is there when the store is closed, for its owner alone, and is read without PostgreSQL", async () => {
    const before = stateOf(folderOf(home.dataDir));
    expect((await known(home))?.days).toHaveLength(1);
    expect(stateOf(folderOf(home.dataDir))).toBe(before);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each<[string, () => void]>([
    ["missing", () => rmSync(file)],
    ["empty", () => writeFileSync(file, "")],
    ["cut", () => truncateSync(file, good.length - 20)],
    ["cut to its first line", () => truncateSync(file, good.indexOf("\n") + 1)],
    ["longer than it was", () => appendFileSync(file, "\n")],
    ["edited", () => writeFileSync(file, good.toString().replace('"0.01"', '"0.02"'))],
    ["of another format", () => writeFileSync(file, good.toString().replace(/model \d+/, "model 3"))],
    ["of another version of the program", () => writeModel(file, { ...readModel(file)!, schema: "2020" })],
  ])("is not believed when it is %s", async (_, spoil) => {
    spoil();
    expect(await known(home)).toBeNull();
    writeFileSync(file, good);
    expect(await known(home)).not.toBeNull();
  });

  it("reads only the months that are asked for, and asks the database for one that is damaged", async () => {
    const other = await giveDatabase(sharedHome());
    await inStore(other, async (store) => {
      for (const [timestamp, cost_usd] of [
        ["2026-10-05T12:00:00Z", "0.0123"],
        ["2026-11-05T12:00:00Z", "0.5"],
      ] as const)
        await store.call("add_cost_record", {
          record: costRecord({ timestamp, cost_usd, api_key: "key-a" }),
        });
    });
    const model = modelFile(other.dataDir);
    writeFileSync(model, readFileSync(model, "utf8").replaceAll('"0.0123"', '"0.0321"'));
    const costsIn = async (from_date: string | null, source: SpendSource) =>
      (
        await source.call("get_daily_spend", { from_date, to_date: null, split_by: ["account", "api_key"] })
      ).map(({ cost_usd }) => cost_usd);
    const source = spendSource(other.dataDir, () => Promise.reject(UNKNOWN))!;
    expect(await costsIn("2026-11-01", source)).toEqual(["0.5"]);
    await expect(costsIn(null, source)).rejects.toBe(UNKNOWN);
    // It is made again when the database is opened.
    expect(spendSource(other.dataDir, () => Promise.reject(UNKNOWN))).toBeNull();
    const costs = await inStore(other, (store) => costsIn(null, store));
    expect(costs).toEqual(["0.0123", "0.5"]);
    expect(
      await costsIn(
        null,
        spendSource(other.dataDir, () => Promise.reject(UNKNOWN))!,
      ),
    ).toEqual(costs);
  });

  it("is made anew by the next command that opens the database", async () => {
    rmSync(file);
    const asked = await inStore(home, answers);
    expect(await known(home)).toEqual(asked);
  });

  it("is not believed while the database is open, nor when a process was killed, nor of an earlier state", async () => {
    const earlier = readFileSync(file);
    const store = await openHome(home);
    expect(await known(home)).toBeNull();
    const started = readFileSync(control);
    await store.close();
    const stopped = readFileSync(control);
    expect(await known(home)).not.toBeNull();

    writeFileSync(control, started);
    expect(await known(home)).toBeNull();
    writeFileSync(control, stopped);
    writeFileSync(file, earlier);
    expect(await known(home)).toBeNull();
  });
});
