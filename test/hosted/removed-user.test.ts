import { expect, it, onTestFinished } from "vitest";
import { errorOf, jsonOf, newHome, sample } from "../support/cli.js";
import { type Fault, startFaultyProxy } from "../support/supabase/faulty-proxy.js";
import { at, changeSession, project, run, signIn } from "./accounts.js";

it("a user who was removed from a project is told in the same words by every command, while the token is still good and after", async () => {
  const home = newHome();
  const user = await project.newUser();
  await signIn(home, user);
  await run(["add", "-p", "openai", "-c", "4.12"], home);
  const archive = `${home.folder}/mine.ndjson`;
  expect(await run(["export", "--output", archive], home)).toMatchObject({ exit: 0 });
  await project.admin("delete from auth.users where id = $1", [user.id]);
  const over = {
    exit: 3,
    code: "not_signed_in",
    message: expect.stringMatching(
      /^The session of profile supabase is over: .*its user was removed( from the project)?\.$/,
    ) as string,
    hint: "Sign in with: aicost login --profile supabase",
  };
  const commands = [
    ["report"],
    ["records"],
    ["records", "remove", "0123", "--yes"],
    ["add", "-p", "openai", "-c", "1"],
    ["prefs"],
    ["prefs", "set", "timezone", "Asia/Tokyo"],
    ["imports"],
    ["import", sample("openai_cost_2026_ungrouped.csv")],
    ["import", archive],
    ["export", "--output", `${home.folder}/again.ndjson`],
    ["today"],
    ["forecast"],
    ["subscriptions"],
    ["prices"],
    ["rates"],
    ["credentials"],
    ["coverage"],
    ["tags"],
    ["providers"],
  ];
  const outcomes: [string, object][] = [];
  for (const argv of commands) {
    const outcome = await run([...argv, "--json"], home);
    const answer = jsonOf<{ error?: object }>(outcome);
    outcomes.push([
      argv.join(" "),
      answer.error === undefined ? outcome : { exit: outcome.exit, ...errorOf(outcome) },
    ]);
  }
  expect(outcomes).toEqual(commands.map((argv) => [argv.join(" "), expect.objectContaining(over) as object]));
  changeSession(home, { expires_at: 0 });
  const renewed = await run(["report", "--json"], home);
  expect({ exit: renewed.exit, ...errorOf(renewed) }).toMatchObject(over);
});

it("tells of a refresh that takes too long with the ways that take longer", async () => {
  const proxy = await startFaultyProxy(project.url);
  onTestFinished(() => proxy.stop());
  const home = newHome();
  await signIn(home, await project.newUser(), at({ url: proxy.url, key: project.key }));
  const body = {
    code: "57014",
    message: "canceling statement due to statement timeout",
    details: null,
    hint: null,
  };
  const cancelled: Fault = {
    kind: "answer",
    status: 500,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  proxy.plan("refresh_cost_records_daily", [cancelled]);
  const outcome = await run(["db", "refresh", "--json"], home);
  const { hint, ...error } = errorOf(outcome);
  expect({ exit: outcome.exit, ...error }).toMatchObject({ exit: 5, code: "statement_timeout" });
  expect(hint).toContain("AICOST_DB_URL='postgresql://…' aicost db refresh");
  expect(hint).toContain("pg_cron");
});
