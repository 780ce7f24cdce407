import type { DailySpendQuery } from "../../src/lib/api.js";
import { inject, describe, expect, it } from "vitest";
import { moveIn } from "../../src/lib/archive/move-in.js";
import { ndjsonPieces } from "../../src/lib/archive/ndjson.js";
import type { Store } from "../../src/lib/store/store.js";
import { homeWithDatabase, openHome } from "../support/open-database.js";
import { bring } from "../support/layers.js";
import { costRecord, importHead } from "../support/records.js";
import { testProject } from "../support/supabase.js";
import { openProject } from "../support/supabase/sign-in.js";

const NOTHING = { inserted: 0, updated: 0, unchanged: 0, covered: 0 };

/** The archive of a store without its first line, which holds the moment of the export. */
const bodyOf = async (store: Store): Promise<string> => {
  let text = "";
  for await (const piece of ndjsonPieces(store, { program: "0.0.0", onRows: () => undefined })) text += piece;
  return text.replace(/^.*\n/, "");
};

const openNew = (): Promise<Store> => openProject(testProject(inject("supabase")));

describe("moving from the embedded store to a project", () => {
  it(
    "brings everything to the same ids, twice without harm, and back again",
    { timeout: 120_000 },
    async () => {
      const [local, hosted, back] = [
        await openHome(await homeWithDatabase()),
        await openNew(),
        await openHome(await homeWithDatabase()),
      ];
      try {
        await local.call("set_preferences", { changes: { timezone: "Europe/Berlin" } });
        await local.call("add_provider", { name: "my-gateway", display_name: "Mine" });
        const records = Array.from({ length: 5_200 }, (_, index) =>
          costRecord({
            provider: index % 3 === 0 ? "my-gateway" : "openai",
            timestamp: new Date(Date.UTC(2026, 0, 10) + index * 600_000).toISOString().replace(".000", ""),
          }),
        );
        const file = { head: { series: "my/file" }, isEvents: true };
        await bring(local, records, file);
        const grown = records.slice(0, 10).map((record) => ({ ...record, cost_usd: "1.0000000001" }));
        await bring(local, grown, file);

        // Preferences, a provider, two imports, a sheet a day and one of the later file, and their rows.
        const rows = 1 + 1 + 2 + Math.ceil(5_200 / 144) + 1 + 5_200 + 10;
        expect(await moveIn(local, hosted)).toEqual({ ...NOTHING, inserted: rows - 1, updated: 1 });
        expect(await bodyOf(hosted)).toBe(await bodyOf(local));
        const days = {
          from_date: null,
          to_date: null,
          split_by: ["model", "kind", "method"],
        } satisfies DailySpendQuery;
        expect(await hosted.call("get_daily_spend", days)).toEqual(await local.call("get_daily_spend", days));
        expect(await moveIn(local, hosted)).toEqual({ ...NOTHING, unchanged: rows });

        await moveIn(hosted, back);
        expect(await bodyOf(back)).toBe(await bodyOf(local));
      } finally {
        await Promise.all([local.close(), hosted.close(), back.close()]);
      }
    },
  );

  it("gives two users of one project each their own copy", async () => {
    const [local, first, second] = [
      await openHome(await homeWithDatabase()),
      await openNew(),
      await openNew(),
    ];
    try {
      const head = importHead();
      await bring(local, [costRecord(), costRecord()], { head });
      for (const store of [first, second]) {
        expect(await moveIn(local, store)).toEqual({ ...NOTHING, inserted: 4, unchanged: 1 });
      }
      const imports = await second.call("list_imports", { max_rows: 10 });
      expect(imports.imports).toMatchObject([{ sha256: head.sha256, inserted: 2 }]);
      await second.call("undo_import", { import_id: imports.imports[0]?.id ?? "" });
      expect(await bodyOf(first)).toBe(await bodyOf(local));
    } finally {
      await Promise.all([local.close(), first.close(), second.close()]);
    }
  });
});
