import { plain, sum } from "../money.js";
import { comparison } from "./compare.js";
import type { GroupKey, SpendReport, SpendRow } from "./report.js";
import { type Group, byName, costsOf, groupOf, groupsOf, rankedKey } from "./groups.js";
import { sorted } from "./order.js";
import { withShares } from "./spend.js";
import { sumSpend } from "./sum.js";

/**
 * The rest is summed in rows named `other`, with the number of summed groups in `others`. In a pivot, the groups are
 * those of the first key that is not a period. @param count 1 or more
 */
export const topGroups = (report: SpendReport, count: number): SpendReport => {
  const key = rankedKey(report.group_by);
  const biggest = [...costsOf(report.rows, key)]
    .toSorted(([a, x], [b, y]) => y.cmp(x) || byName(a, b))
    .slice(0, count)
    .map(([name]) => name);
  const kept = report.rows.filter((row) => biggest.includes(row[key] ?? null));
  const rest = report.rows.filter((row) => !biggest.includes(row[key] ?? null));
  const beside = report.group_by.filter((name) => name !== key);
  const others = groupsOf(rest, (row) => groupOf(row, beside));
  const rows = [...kept, ...others.map((group) => otherRow(group, key, beside))];
  return { ...report, rows: sorted(withShares(rows, report.totals), report.group_by) };
};

const otherRow = (group: Group<SpendRow>, key: GroupKey, beside: readonly GroupKey[]): SpendRow => {
  const spend = sumSpend(group);
  const [{ previous_usd, change_usd }] = group;
  const previous = plain(sum(group.map((row) => row.previous_usd ?? "0")));
  return {
    [key]: "other",
    ...Object.fromEntries(beside.map((name) => [name, group[0][name]])),
    ...spend,
    ...(group.some((row) => row.lacks_tokens) && { lacks_tokens: true }),
    share: null,
    ...(previous_usd !== undefined &&
      comparison(change_usd === null ? null : spend.cost_usd, previous_usd === null ? null : previous)),
    others: new Set(group.map((row) => row[key])).size,
  };
};
