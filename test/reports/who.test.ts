import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plain, sum } from "../../src/lib/money.js";
import type { Names } from "../../src/lib/api.js";
import { parseWho } from "../../src/lib/reports/filters.js";
import type { GroupKey } from "../../src/lib/reports/report.js";
import { spendReport } from "../../src/lib/reports/spend.js";
import { labelsOf } from "../../src/lib/reports/who.js";
import { anySpend, spend } from "./daily-spend.js";

const RANGE = { range: { from: null, to: null }, timezone: "UTC" };

const report = (days: Parameters<typeof spendReport>[0], groupBy: GroupKey[], names: Names = {}) =>
  spendReport(days, { ...RANGE, groupBy, names, labels: labelsOf(days, names) });

const costs = (days: Parameters<typeof spendReport>[0], key: GroupKey, names: Names = {}) =>
  Object.fromEntries(report(days, [key], names).rows.map((row) => [String(row[key]), row.cost_usd]));

describe("a report by account, project and key", () => {
  it("shows the name of what has an id, and adds what another source calls by the name", () => {
    const days = [
      spend({ api_key: "apikey_1", usage_usd: "3" }),
      spend({ api_key: "production", usage_usd: "2" }),
      spend({ api_key: null, usage_usd: "1" }),
    ];
    expect(costs(days, "api_key", { api_key: { apikey_1: "production" } })).toEqual({
      production: "5",
      null: "1",
    });
  });

  it("keeps two keys of one name in two accounts apart", () => {
    const days = [
      spend({ account: "org-a", api_key: "main", usage_usd: "3" }),
      spend({ account: "org-b", api_key: "main", usage_usd: "2" }),
      spend({ account: null, api_key: "main", usage_usd: "1" }),
    ];
    expect(costs(days, "api_key", { account: { "org-a": "Acme" } })).toEqual({
      "main (Acme)": "3",
      "main (org-b)": "2",
      "main (no account)": "1",
    });
  });

  it("takes a key without an account for that of the only account that has one of its name", () => {
    const days = [
      spend({ account: "org-a", api_key: "main", usage_usd: "3" }),
      spend({ account: null, api_key: "main", usage_usd: "1" }),
    ];
    expect(costs(days, "api_key")).toEqual({ main: "4" });
  });

  it("keeps keys of one name at two providers apart, and two ids of one name", () => {
    const days = [
      spend({ provider: "openai", project: "default", usage_usd: "3" }),
      spend({ provider: "anthropic", project: "default", usage_usd: "2" }),
    ];
    expect(costs(days, "project")).toEqual({ "default (openai)": "3", "default (anthropic)": "2" });
    const names = { project: { "proj-1": "shop", "proj-2": "shop" } };
    const renamed = [
      spend({ project: "proj-1", usage_usd: "3" }),
      spend({ project: "proj-2", usage_usd: "2" }),
    ];
    expect(costs(renamed, "project", names)).toEqual({ "shop (proj-1)": "3", "shop (proj-2)": "2" });
  });

  it("adds up to the total in every grouping", () => {
    const keys: GroupKey[] = ["account", "project", "api_key", "kind", "provider", "model", "method"];
    fc.assert(
      fc.property(
        fc.array(anySpend, { maxLength: 20 }),
        fc.dictionary(fc.string(), fc.string()),
        (days, ids) => {
          const names = { account: ids, project: ids, api_key: ids };
          for (const key of keys) {
            const { rows, totals } = report(days, [key], names);
            expect(plain(sum(rows.map(({ cost_usd }) => cost_usd))), key).toBe(totals.cost_usd);
            expect(new Set(rows.map((row) => row[key])).size).toBe(rows.length);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("takes names, ids, globs and lists as filters", () => {
    const days = [
      spend({ project: "proj-1", usage_usd: "3" }),
      spend({ project: "acme-web", usage_usd: "2" }),
      spend({ project: "beta, web", usage_usd: "7" }),
      spend({ project: null, usage_usd: "1" }),
    ];
    const names = { project: { "proj-1": "Shop" } };
    const total = (...project: string[]) =>
      spendReport(days, { ...RANGE, groupBy: ["day"], names, filters: { who: parseWho({ project }) } }).totals
        .cost_usd;
    expect(total("shop")).toBe("3");
    expect(total("PROJ-1")).toBe("3");
    expect(total("acme-*")).toBe("2");
    expect(total("acme-*, shop")).toBe("5");
    expect(total("Beta, web")).toBe("7");
    expect(total("acme")).toBe("0");
    expect(total()).toBe("13");
  });

  it("refuses a key itself, and does not print it", () => {
    const secret = `sk-${"a1B2".repeat(8)}`;
    expect(() => parseWho({ key: [secret] })).toThrow(/looks like the key itself/);
    expect(() => parseWho({ key: [secret] })).not.toThrow(secret);
  });
});
