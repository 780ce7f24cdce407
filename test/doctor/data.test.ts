import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import Import from "../../src/commands/import.js";
import type { Store } from "../../src/lib/store/store.js";
import { folderOf } from "../../src/lib/store/read-model/current.js";
import { beginLayer, bringLayer, layerOf } from "../support/layers.js";
import { answer, type Home, newHome, ROOT } from "../support/cli.js";
import { homeWithDatabase, openHome } from "../support/open-database.js";
import { costRecord } from "../support/records.js";
import { keep, vaultFile, vaultOf } from "../support/stored-keys.js";
import { finding, NOW } from "./setup.js";

/** Works on the database of a home, which is open meanwhile, with a doctor at hand. */
const withDoctor = async (
  home: Home,
  work: (says: (name: string, now?: Date) => ReturnType<typeof finding>, store: Store) => Promise<void>,
): Promise<void> => {
  const store = await openHome(home);
  try {
    // Each time anew: a doctor asks once.
    await work((name, now = NOW) => finding(home, name, { store, now }), store);
  } finally {
    await store.close();
  }
};

const later = (days: number) => new Date(Date.now() + days * 86_400_000);

describe("aicost doctor looks at what is stored", () => {
  it("and finds budgets that cannot be checked, or that nothing can count in", async () => {
    await withDoctor(await homeWithDatabase(), async (says, store) => {
      const filters = { providers: [], models: [], projects: [], tags: [], kinds: [] };
      const budget = {
        amount: "100",
        currency: "USD",
        period: "month",
        reset_day: null,
        ...filters,
      } as const;
      const client = { tag: "client", field: "project", pattern: "shop" } as const;
      expect(await says("budgets")).toBeUndefined();
      await store.call("set_budget", { budget: { ...budget, name: "api" } });
      expect(await says("budgets")).toEqual({ state: "ok", says: "1 budget", type: null });
      await bringLayer(store, layerOf([costRecord({ timestamp: "2026-11-20T12:00:00Z", cost_usd: "101" })]));
      expect(await says("budgets")).toEqual({
        ...{ state: "ok", says: "1 budget, 1 exceeded", type: "aicost budgets" },
      });
      await store.call("set_budget", { budget: { ...budget, name: "client", tags: ["client"] } });
      await store.call("set_preferences", { changes: { metadata: { tags: [client] } } });
      expect(await says("budgets")).toMatchObject({ state: "ok", says: "2 budgets, 1 exceeded" });
      await store.call("set_preferences", { changes: { metadata: {} } });
      expect(await says("budgets")).toEqual({
        state: "warning",
        says: "the budget client is of the tag client, which is gone, so nothing counts in it",
        type: "aicost tags add client --project PATTERN, or: aicost budgets remove client",
      });
      await store.call("set_budget", { budget: { ...budget, name: "euro", currency: "EUR" } });
      expect(await says("budgets")).toEqual({
        state: "wrong",
        says: "the budget euro is in EUR, which lacks a rate for its days, so it is not checked",
        type: "aicost rates update, or: aicost rates set EUR NUMBER",
      });
    });
  });

  it("and finds gaps, old data, and an import that was cut short", async () => {
    await withDoctor(await homeWithDatabase(), async (says, store) => {
      expect(await says("coverage")).toEqual({
        state: "ok",
        says: "nothing is imported yet",
        type: "aicost import FILE",
      });
      expect(await says("imports")).toBeUndefined();
      const importOf = (from: string, to: string) =>
        layerOf([costRecord({ timestamp: `${from}T12:00:00Z` })], {
          head: { covers: { openai: [[from, to]] } },
        });
      await bringLayer(store, importOf("2026-10-01", "2026-11-20"));
      expect(await says("coverage")).toEqual({
        state: "ok",
        says: "no gaps, data to 2026-11-20",
        type: null,
      });
      expect(await says("imports")).toEqual({ state: "ok", says: "1 import, all complete", type: null });
      expect(await says("coverage", new Date("2026-12-31T12:00:00Z"))).toEqual({
        state: "warning",
        says: "the data of openai end on 2026-11-20",
        type: "aicost coverage",
      });
      await bringLayer(store, importOf("2026-09-01", "2026-09-10"));
      expect(await says("coverage")).toMatchObject({
        state: "warning",
        says: "no data of openai on 20 days from 2026-09-11 on",
      });
      const cut = layerOf([costRecord()], { head: { source_name: "cut.csv" } });
      await (await beginLayer(store, cut)).send();
      expect(await says("imports")).toEqual({
        state: "wrong",
        says: "the import of cut.csv is not complete",
        type: `import the file again, or: aicost imports undo ${cut.head.id.slice(0, 8)}`,
      });
    });
  });

  it("and finds models without a price, a currency without a rate, and old rates", async () => {
    await withDoctor(await homeWithDatabase(), async (says, store) => {
      expect(await says("models")).toBeUndefined();
      await bringLayer(store, layerOf([costRecord()]));
      expect(await says("models")).toEqual({
        state: "ok",
        says: "1 model in use, all billed or priced",
        type: null,
      });
      const unpriced = { model_name: "new model", cost_usd: "0", metadata: { cost_basis: "none" as const } };
      await bringLayer(store, layerOf([costRecord({ ...unpriced, provider: "mistral" })]));
      expect(await says("models")).toEqual({
        state: "warning",
        says: "new model of mistral has no price (150 tokens)",
        type: "aicost prices set 'new model' --input USD --output USD",
      });
      expect(await says("currency")).toBeUndefined();
      expect(await says("rates")).toBeUndefined();
      await store.call("set_preferences", { changes: { currency: "EUR" } });
      expect(await says("currency")).toEqual({
        state: "wrong",
        says: "reports are to be in EUR, which has no rate today: no rate of EUR is stored",
        type: "aicost rates update, or: aicost rates set EUR NUMBER",
      });
      await store.call("add_rate_days", { days: [{ day: "2026-11-27", rates: { USD: "1.16" } }] });
      expect(await says("currency")).toEqual({ state: "ok", says: "reports are in EUR", type: null });
      expect(await says("rates")).toMatchObject({ state: "ok", says: "exchange rates to 2026-11-27" });
      expect(await says("rates", new Date("2026-12-24T12:00:00Z"))).toMatchObject({
        state: "warning",
        type: "aicost rates update",
      });
    });
  });

  it("and finds keys that were refused, are old, were never tried, or collect nothing", async () => {
    const home = await homeWithDatabase();
    const metadata = (day: string) => ({ metadata: { key_set_at: `${day}T00:00:00Z` } });
    await withDoctor(home, async (says) => {
      expect(await says("keys")).toEqual({ state: "ok", says: "none stored", type: null });
      expect([await says("vault"), await says("sync")]).toEqual([undefined, undefined]);
    });
    await keep(home, { provider: "openai", key: "sk-first", feeds: ["openai-costs"] });
    await withDoctor(home, async (says) => {
      expect(await says("keys", later(3))).toEqual({ state: "ok", says: "1 key, 3 days old", type: null });
      expect(await says("keys", later(400))).toMatchObject({
        state: "warning",
        type: "aicost credentials rotate openai --name default",
      });
      expect(await says("sync", later(0))).toMatchObject({ state: "ok" });
      expect(await says("sync", later(9))).toMatchObject({
        state: "warning",
        says: "nothing collected from openai (default) for 9 days",
        type: "aicost sync --provider openai",
      });
      expect(await says("timer", later(0))).toMatchObject({ state: "ok", type: "aicost sync --install" });
    });
    await keep(home, {
      provider: "anthropic",
      key: "sk-2",
      validation_status: "pending",
      ...metadata("2026-11-20"),
    });
    await withDoctor(home, async (says) => {
      expect(await says("keys")).toMatchObject({ state: "warning", type: "aicost credentials check" });
      expect(await says("sync")).toMatchObject({
        state: "warning",
        says: "nothing was collected yet with the key default of anthropic, 9 days old",
      });
    });
    await keep(home, { provider: "mistral", key: "sk-3", name: "work", validation_status: "invalid" });
    await withDoctor(home, async (says) => {
      expect(await says("keys")).toEqual({
        state: "wrong",
        says: "the key work of mistral was refused by its provider",
        type: "aicost credentials rotate mistral --name work",
      });
    });
  });

  it("and finds a vault key that is older than another one, or is not there", async () => {
    const home = await homeWithDatabase();
    await keep(home, { provider: "openai", key: "sk-first" });
    await withDoctor(home, async (says) => {
      expect(await says("vault", later(2))).toMatchObject({
        state: "ok",
        says: expect.stringMatching(/^v-\d{4}-\d\d-\d\d-[0-9a-f]{6}, [23] days old$/) as string,
      });
      const first = readFileSync(vaultFile(home));
      await vaultOf(home).addKey();
      expect(await says("vault")).toMatchObject({ state: "warning", type: "aicost vault rotate" });
      writeFileSync(vaultFile(home), first);
      expect(await says("vault")).toMatchObject({ state: "ok" });
      rmSync(vaultFile(home));
      expect(await says("vault")).toEqual({
        state: "wrong",
        says: "1 key cannot be opened: this machine lacks the vault key",
        type: "aicost vault import FILE, or if it is lost for good: aicost vault reset",
      });
      rmSync(path.join(home.configDir, "config.json"));
      expect(await says("vault")).toMatchObject({ state: "warning", type: "aicost vault" });
    });
  });
});

describe("aicost doctor looks at the database", () => {
  const opened = (home: Home) => finding(home, "database", { openStore: () => openHome(home) });

  it("and says what is in it, and where it was archived to", async () => {
    const home = await homeWithDatabase();
    await answer(Import, [`${ROOT}/examples/openai-cost.csv`], home);
    mkdirSync(path.join(home.dataDir, "archive"));
    for (const month of ["2024-12", "2025-01", "2025-01-2"])
      writeFileSync(path.join(home.dataDir, `archive/aicost-${month}.ndjson.gz`), "");
    const store = await openHome(home);
    const found = await finding(home, "database", { store });
    await store.close();
    expect(found).toMatchObject({
      state: "ok",
      says: expect.stringMatching(
        /^\d+ MB, [\d,]+ records, schema \d{14}, sums .*, archived to 2025-01$/,
      ) as string,
    });
  });

  it("and finds one that is in use, or of another PostgreSQL", async () => {
    const home = await homeWithDatabase();
    const other = newHome();
    cpSync(home.dataDir, other.dataDir, { recursive: true });
    writeFileSync(path.join(folderOf(other.dataDir), "PG_VERSION"), "17\n");
    expect(await opened(other)).toMatchObject({
      state: "wrong",
      type: expect.stringContaining("mv ") as string,
    });
    const store = await openHome(home);
    expect(await opened(home)).toMatchObject({ state: "unknown" });
    await store.close();
  });
});
