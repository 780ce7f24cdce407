import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { relationsOf } from "../support/catalog.js";
import { connect, type Database } from "../support/database.js";
import { dropOtherMonths } from "../support/migrations.js";
import { startSupabase, type RunningProject } from "../support/supabase.js";
import { fill, type Victim } from "../support/victim.js";
import { intrusions, type Intruder } from "./intruder.js";

/** In every text, and in every amount, that Alice has and nobody else. */
const MARK = "alice-only";
const AMOUNT = "7777.77";

/** One of each kind that a migration could make. */
const HOLES = `
  alter table public.forecast_results disable row level security;
  alter table public.cost_records_2026_11 disable row level security;
  grant select on public.cost_records_2026_11 to authenticated;
  create view public.everybodys_records as select * from public.cost_records;
  grant select on public.everybodys_records to authenticated;
  create function public.betray(of uuid) returns setof public.api_credentials
    language sql stable security definer as 'select * from public.api_credentials where user_id = of';
  create function public.forget(of uuid) returns void
    language sql security definer as 'delete from public.api_credentials where user_id = of';
`;
const HOLE = /forecast|cost_records_2026_11|everybodys_records|betray|forget/;

describe("the HTTP API of a project with rows of Alice", () => {
  let project: RunningProject;
  let db: Database;
  let victim: Victim;
  let alice: Intruder;
  let bob: Intruder;
  let visitor: Intruder;

  beforeAll(async () => {
    // One of its own, because holes are made in it.
    project = await startSupabase();
    db = await connect({ connectionString: project.superuserUrl });
    // A few months stand for all: test/schema/isolation.test.ts looks at the rights of each.
    await db.script(dropOtherMonths);
    visitor = { name: "a visitor", headers: { apikey: project.key }, user: undefined };
    ({ person: alice, filled: victim } = await signedIn("Alice", MARK, AMOUNT));
    ({ person: bob } = await signedIn("Bob", "bob-only", "1.5"));
    await db.asUser(bob.user!, (me) => me.call("refresh_cost_records_daily", {}));
  });
  afterAll(async () => {
    await db.close();
    await project.stop();
  });

  const signedIn = async (name: string, mark: string, amount: string) => {
    const user = await project.newUser();
    const authorization = `Bearer ${await project.accessToken(user)}`;
    const person: Intruder = { name, headers: { apikey: project.key, authorization }, user: user.id };
    return { person, filled: await fill(db, user.id, mark, amount) };
  };

  const scene = () => ({ url: project.url, db, victim });

  it("shows them to Alice, in every table and view", async () => {
    const relations = await relationsOf(db);
    for (const { name } of relations.filter(
      ({ isPartition, kind }) => !isPartition && kind !== "materialized",
    )) {
      const response = await fetch(`${project.url}/rest/v1/${name}`, { headers: alice.headers });
      expect(await response.text(), name).toSatisfy(victim.isIn);
    }
  });

  it("lets a second user read, insert, update and delete none of them, by any name", async () => {
    expect(await intrusions(scene(), bob)).toEqual([]);
  });

  it("lets a visitor with the publishable key alone do nothing at all", async () => {
    expect(await intrusions(scene(), visitor)).toEqual([]);
  });

  it("is seen to be open for a visitor if a grant is left", async () => {
    await db.script("grant select on public.user_preferences to anon");
    expect(await intrusions(scene(), visitor)).toEqual([
      "a visitor: read public.user_preferences: is let in",
    ]);
  });

  it("is seen to be open for a second user if a hole is made in it", async () => {
    await db.script(HOLES);
    const known = () => fetch(`${project.url}/rest/v1/rpc/betray?of=${victim.ids.user}`, bob);
    await expect.poll(async () => (await known()).status).toBe(200);

    const found = await intrusions(scene(), bob);
    const call = (name: string) => `call public.${name}(of uuid) with {"of":"${victim.ids.user}"}`;
    expect(found).toEqual(
      expect.arrayContaining([
        "Bob: read public.forecast_results: tells of her rows",
        "Bob: insert into public.forecast_results: changes her rows",
        "Bob: replace in public.forecast_results: changes her rows",
        "Bob: change in public.forecast_results: changes her rows",
        "Bob: take from public.forecast_results: tells of her rows",
        "Bob: take from public.forecast_results: changes her rows",
        "Bob: hand over in public.forecast_results: changes her rows",
        "Bob: delete from public.forecast_results: changes her rows",
        "Bob: read public.cost_records_2026_11: tells of her rows",
        "Bob: read public.everybodys_records: tells of her rows",
        `Bob: ${call("betray")}: tells of her rows`,
        `Bob: ${call("forget")}: changes her rows`,
      ]),
    );
    expect(found.filter((finding) => !HOLE.test(finding))).toEqual([]);
  });
});
