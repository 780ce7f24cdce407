import { chmodSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, inject, it, onTestFinished } from "vitest";
import { openHosted } from "../../src/lib/store/hosted.js";
import { aicost, fileIn, type Home, newHome, type Outcome, runWords } from "../support/cli.js";
import { costRecord } from "../support/records.js";
import { testProject } from "../support/supabase.js";
import { newToken, profileOf, tokensOf } from "../support/supabase/sign-in.js";

const project = testProject(inject("supabase"));

const environment = (token: string): Record<string, string> => ({
  AICOST_ACCESS_TOKEN: token,
  AICOST_SUPABASE_URL: project.url,
  AICOST_SUPABASE_KEY: project.key,
  AICOST_SECRETS: "file",
});

/** A machine whose program keeps what it is told. */
const machine = (token: string) => {
  const home: Home = newHome();
  const told = path.join(home.folder, "told");
  const script = fileIn(home, "tell.sh", `#!/bin/sh\ncat >> '${told}'\n`);
  chmodSync(script, 0o755);
  return {
    script,
    run: (...argv: string[]): Promise<Outcome> => runWords(argv, home, { env: environment(token) }),
    start: (...argv: string[]): Promise<Outcome> => aicost(argv, home, { env: environment(token) }),
    told: (): string => (existsSync(told) ? readFileSync(told, "utf8") : ""),
  };
};

it("a notice is sent by one of two machines that work on one project at the same time, and by no one else's", async () => {
  const token = await newToken(project);
  const store = openHosted(profileOf(project), {
    tokens: tokensOf(token),
    rememberSchema: () => undefined,
  });
  onTestFinished(() => store.close());
  const timestamp = new Date().toISOString();
  const record = costRecord({ collection_method: "manual_entry", cost_usd: "120", timestamp });
  await store.call("add_cost_record", { record });
  const filters = { providers: [], models: [], projects: [], tags: [], kinds: [] };
  const budget = { name: "api", amount: "100", currency: "USD", period: "month" as const, reset_day: null };
  await store.call("set_budget", { budget: { ...budget, ...filters } });
  const machines = [machine(token), machine(token)];
  const [bystander, other] = [machine(token), machine(await newToken(project))];
  for (const { run, script } of [...machines, other]) {
    const set = await run("budgets", "notify", "--command", script);
    expect(set).toMatchObject({ exit: 0, stderr: "" });
  }
  const checks = await Promise.all([...machines, bystander].map(({ start }) => start("budgets", "check")));
  expect(checks.map(({ exit }) => exit)).toEqual([6, 6, 6]);
  for (const { run } of machines) expect((await run("sync")).exit).toBe(0);
  expect((await other.run("budgets", "check")).exit).toBe(0);
  expect(
    machines
      .map(({ told }) => told())
      .join("")
      .match(/^Budget api: 120% used/gm),
  ).toHaveLength(1);
  expect([bystander.told(), other.told()]).toEqual(["", ""]);
});
