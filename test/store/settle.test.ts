import { expect, it } from "vitest";
import { beginImport } from "../../src/lib/store/settle.js";
import { beginLayer, feedHead, layerOf } from "../support/layers.js";
import { asOwner, homeWithDatabase, openHome } from "../support/open-database.js";
import { costRecord } from "../support/records.js";

it("takes out all that a resumed import no longer says, in as many calls as that needs", async () => {
  const home = await homeWithDatabase();
  await asOwner(
    home,
    "create or replace function private.most_settled_rows() returns bigint language sql immutable as 'select 1::bigint'",
  );
  const store = await openHome(home);
  try {
    const list = async () => (await store.call("list_cost_records", { filters: { max_rows: 10 } })).records;
    const head = feedHead();
    const days = ["2026-11-01", "2026-11-02", "2026-11-03"];
    const cut = layerOf(
      days.map((day) => costRecord({ timestamp: `${day}T00:00:00Z` })),
      { head },
    );
    await (await beginLayer(store, cut)).send();
    expect(await list()).toHaveLength(3);

    const resumed = layerOf([], { head, days });
    await beginImport(store, { import: resumed.head, sheets: resumed.sheets });
    expect(await list()).toEqual([]);
  } finally {
    await store.close();
  }
});
