import { beforeAll, describe, expect, it } from "vitest";
import { sumSpend } from "../../src/lib/reports/sum.js";
import { ROOT, sharedHome } from "../support/cli.js";
import { bring } from "../support/layers.js";
import { keepDatabasesOpen, openHome } from "../support/open-database.js";
import { costRecord } from "../support/records.js";
import { imported, recorded, reported } from "./answers.js";

keepDatabasesOpen();

const GROUPINGS = [
  "agent",
  "session",
  "session,agent",
  "day,agent",
  "month,session",
  "key,agent",
  "session,hour",
];

describe("spend of coding agents", () => {
  const home = sharedHome();
  beforeAll(async () => {
    await imported(home, `${ROOT}/examples/openai-cost.csv`);
    const call = (agent: string, session: string, usd: string, timestamp: string) =>
      costRecord({
        provider: "anthropic",
        timestamp,
        agent,
        session,
        collection_method: "agent_log",
        cost_usd: "0",
        estimated_cost_usd: usd,
        metadata: { cost_basis: "estimated" },
      });
    const store = await openHome(home);
    await bring(
      store,
      [
        call("claude-code", "3f2a9c1d", "0.5", "2026-11-05T09:00:00Z"),
        call("claude-code", "77aa00ff", "0.25", "2026-11-06T09:00:00Z"),
        call("codex", "3f2aeeee", "0.125", "2026-11-06T10:00:00Z"),
      ],
      { isEvents: true },
    );
    await store.close();
  });

  it("adds up to all spend, however it is grouped", async () => {
    const all = await reported(home, "--by", "provider");
    for (const by of GROUPINGS) {
      const { totals, rows, without_hour = sumSpend([]) } = await reported(home, "--by", by);
      expect(sumSpend(rows), by).toEqual(totals);
      expect(sumSpend([totals, without_hour]), by).toEqual(all.totals);
    }
  });

  it("is told by agent and by session, and the rest is of none", async () => {
    const { rows } = await reported(home, "--by", "agent");
    expect(rows.map(({ agent, cost_usd }) => [agent, cost_usd])).toEqual([
      [null, "48.94020974"],
      ["claude-code", "0.75"],
      ["codex", "0.125"],
    ]);
    const sessions = await reported(home, "--by", "session", "--agent", "claude-code");
    expect(sessions.rows.map(({ session, cost_usd }) => [session, cost_usd])).toEqual([
      ["3f2a9c1d", "0.5"],
      ["77aa00ff", "0.25"],
    ]);
  });

  it("limits reports and lists to agents and sessions", async () => {
    expect((await reported(home, "--agent", "CODEX,nobody")).totals.cost_usd).toBe("0.125");
    expect((await reported(home, "--session", "3f2a*", "--by", "day")).totals.cost_usd).toBe("0.625");
    expect((await reported(home, "--session", "nothing")).warnings).toEqual([
      expect.stringContaining("No session matches “nothing”") as string,
    ]);
    const { records, total } = await recorded(home, "--agent", "claude-code", "--session", "3f2a*");
    expect(total).toBe(1);
    expect(records).toMatchObject([{ agent: "claude-code", session: "3f2a9c1d" }]);
    expect((await recorded(home, "--method", "log")).total).toBe(3);
  });
});
