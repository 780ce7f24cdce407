import { units } from "../fuzz/oracle.js";
import { type Home, jsonOf, runWords } from "../support/cli.js";

export interface Totals {
  count: number;
  /** In units of 1e-10 dollars. */
  cost: bigint;
}

/**
 * Looks through the database of a home, one home at a time in this process, and asks what its records add up to.
 * @throws where anything in it contradicts anything else
 */
export const soundTotals = async (home: Home): Promise<Totals> => {
  const check = await runWords(["db", "check", "--json"], home);
  if (check.exit !== 0) throw new Error(check.stdout);
  const report = await runWords(["report", "--range", "all", "--json"], home);
  const { totals } = jsonOf<{ totals: { cost_usd: string; record_count: number } }>(report);
  return { count: totals.record_count, cost: units(totals.cost_usd) };
};
