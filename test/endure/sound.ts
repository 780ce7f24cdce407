import { units } from "../fuzz/oracle.js";
import { aicost, type Home, jsonOf } from "../support/cli.js";

export interface Totals {
  count: number;
  /** In units of 1e-10 dollars. */
  cost: bigint;
}

/**
 * Has the program look through the database of a home, and asks what its records add up to.
 * @throws where anything in it contradicts anything else
 */
export const soundTotals = async (home: Home): Promise<Totals> => {
  const check = await aicost(["db", "check", "--json"], home);
  if (check.exit !== 0) throw new Error(check.stdout);
  const report = await aicost(["report", "--range", "all", "--json"], home);
  const { totals } = jsonOf<{ totals: { cost_usd: string; record_count: number } }>(report);
  return { count: totals.record_count, cost: units(totals.cost_usd) };
};
