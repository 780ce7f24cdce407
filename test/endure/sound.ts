import { openDatabase } from "../../src/lib/store/embedded-database.js";
import { units } from "../fuzz/oracle.js";
import { aicost, type Home, jsonOf } from "../support/cli.js";

export interface Totals {
  count: number;
  /** In units of 1e-10 dollars. */
  cost: bigint;
}

/** What must hold of any database, whatever became of the processes that worked on it: each answers with no row. */
const FAULTS = [
  "select 'a record without its import' from public.cost_records r where import_id is not null and not exists (select from public.imports i where i.id = r.import_id)",
  "select 'an id that is there twice' from public.cost_records group by id having count(*) > 1",
  "select 'an import that counts otherwise' from public.imports i where status = 'done' and inserted <> (select count(*) from public.cost_records r where r.import_id = i.id)",
];

/**
 * Looks through the database of a home: by its tables, by its indexes, and by what a report says.
 * @returns what its records add up to. @throws where any of these contradict each other
 */
export const soundTotals = async (home: Home): Promise<Totals> => {
  const byTable = await storedTotals(home);
  const { totals } = jsonOf<{ totals: { cost_usd: string; record_count: number } }>(
    await aicost(["report", "--range", "all", "--json"], home),
  );
  if (totals.record_count !== byTable.count || units(totals.cost_usd) !== byTable.cost)
    throw new Error(`The report says ${JSON.stringify(totals)}, but there are ${byTable.count} records.`);
  return byTable;
};

const storedTotals = async ({ dataDir }: Home): Promise<Totals> => {
  const db = await openDatabase({
    dataDir,
    command: "test",
    heavy: false,
    waitMs: 0,
    onWait: () => undefined,
  });
  try {
    const totals = async () => {
      const { rows } = await db.query<{ count: number; cost: string }>(
        "select count(*)::int as count, trim_scale(coalesce(sum(cost_usd), 0))::text as cost from public.cost_records where id > '00000000-0000-0000-0000-000000000000'",
      );
      return rows[0]!;
    };
    const byTable = await totals();
    await db.exec("set enable_seqscan = off; set enable_bitmapscan = off");
    const byIndex = await totals();
    if (byIndex.count !== byTable.count)
      throw new Error(`The indexes hold ${byIndex.count} records, the tables ${byTable.count}.`);
    for (const fault of FAULTS) {
      const { rows } = await db.query<Record<string, string>>(fault);
      if (rows.length > 0) throw new Error(`There is ${Object.values(rows[0]!)[0]}.`);
    }
    return { count: byTable.count, cost: units(byTable.cost) };
  } finally {
    await db.close();
  }
};
