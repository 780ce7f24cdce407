import { describe, expect, it } from "vitest";
import type { NewBudget } from "../../src/lib/api.js";
import { backends, codeOf, type Database, eachWithUser, type Session, signUp } from "../support/database.js";

const api: NewBudget = {
  ...{ name: "api", amount: "100", currency: "USD", period: "month", reset_day: null },
  ...{ providers: [], models: [], projects: [], tags: [], kinds: [] },
};

describe.each(backends)("budgets on $name", (backend) => {
  let db: Database;
  let user: string;
  eachWithUser(backend, (scene) => ({ db, user } = scene));

  it("refuses what is not one", async () => {
    for (const wrong of [
      { amount: "0" },
      { amount: "-1" },
      { name: "No" },
      { currency: "usd" },
      { period: "year" },
      { period: "week", reset_day: 17 },
      { reset_day: 32 },
      { models: [""] },
      { models: ["a\nb"] },
      { kinds: ["top_up"] },
    ])
      expect(
        await db
          .asUser(user, (me) => me.call("set_budget", { budget: { ...api, ...wrong } as NewBudget }))
          .catch(codeOf),
        JSON.stringify(wrong),
      ).toBe("23514");
  });

  it("lets one of several sessions send a notice, and another one if that did not finish", async () => {
    const call = <Result>(work: (me: Session) => Promise<Result>) => db.asUser(user, work);
    const keys = ["budget/api/2026-11-01/80"];
    const claims = [];
    for (let machine = 0; machine < 3; machine += 1)
      claims.push(...(await call((me) => me.call("claim_notices", { keys }))));
    expect(claims).toEqual(keys);
    // It did not say how it went for ten minutes.
    await db.query(
      "update public.sent_notices set claimed_at = now() - interval '11 minutes' where user_id = $1",
      [user],
    );
    expect(await call((me) => me.call("claim_notices", { keys }))).toEqual(keys);
    expect(await call((me) => me.call("settle_notices", { keys, is_sent: true }))).toBe(1);
    await db.query(
      "update public.sent_notices set claimed_at = now() - interval '1 day' where user_id = $1",
      [user],
    );
    expect(await call((me) => me.call("claim_notices", { keys }))).toEqual([]);
    // That it was sent cannot be taken back.
    expect(await call((me) => me.call("settle_notices", { keys, is_sent: false }))).toBe(0);
    const other = await signUp(db);
    expect(await db.asUser(other, (me) => me.call("claim_notices", { keys }))).toEqual(keys);
  });
});
