import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { errorOf, type Home, newHome } from "../support/cli.js";
import { startAnswering } from "../support/answering-server.js";
import { type Fault, startFaultyProxy } from "../support/supabase/faulty-proxy.js";
import { at, project, run, signIn } from "./accounts.js";

/** A home whose user has signed in to the project by way of a proxy. */
const homeBehind = async () => {
  const proxy = await startFaultyProxy(project.url);
  onTestFinished(() => proxy.stop());
  const home = newHome();
  await signIn(home, await project.newUser(), at({ url: proxy.url, key: project.key }));
  return { home, proxy };
};

const answers = (body: unknown): Fault => ({
  kind: "answer",
  status: 200,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

const refused = async (argv: readonly string[], home: Home, env: Record<string, string> = {}) => {
  const outcome = await run([...argv, "--json"], home, { env });
  return { exit: outcome.exit, ...errorOf(outcome) };
};

describe("a project whose pages do not come to an end", () => {
  const page = (next: string, rows: unknown[] = [{ name: "one" }]): Fault => answers({ rows, next });

  it.each([
    ["the same one again", [page("[1]"), page("[1]")]],
    ["a circle", [page("[1]"), page("[2]"), page("[1]")]],
    ["an empty one", [page("[1]", [])]],
  ])("is left by an export: %s", async (_, pages) => {
    const { home, proxy } = await homeBehind();
    proxy.plan("export_rows", pages);
    const file = `${home.folder}/all.ndjson`;
    expect(await refused(["export", "--output", file], home)).toMatchObject({
      exit: 5,
      code: "paging_stuck",
      message: expect.stringContaining("The pages of preferences do not come to an end") as string,
    });
    expect(proxy.tries("export_rows")).toBe(pages.length);
  });

  it("is left by an import whose days are never settled", async () => {
    const { home, proxy } = await homeBehind();
    const file = `${home.folder}/all.ndjson`;
    expect(await run(["export", "--output", file], home)).toMatchObject({ exit: 0 });
    const moved = { inserted: 0, updated: 0, replaced: 0, edits_lost: 0 };
    const never = answers({ import: null, moved, remaining: 3 });
    proxy.plan("settle_days", Array<Fault>(300).fill(never));
    expect(await refused(["import", file], home)).toMatchObject({
      exit: 5,
      code: "paging_stuck",
      message: "The database does not finish with the days that were changed: 3 remain.",
    });
    expect(proxy.tries("settle_days")).toBeLessThan(300);
  });
});

describe("a project whose records are gone on the second page", () => {
  const page = (records: unknown[], total: number): Fault => answers({ records, total });

  it.each([
    ["though there are more", [page([], 12_000)], 1],
    ["or others", [page([{ id: "one", timestamp: "2026-11-05T12:00:00Z" }], 12_000), page([], 12_000)], 2],
  ])("is not taken for one that has only those of the first: %s", async (_, pages, tries) => {
    const { home, proxy } = await homeBehind();
    proxy.plan("list_cost_records", pages);
    expect(await refused(["records", "--all"], home)).toMatchObject({ exit: 5, code: "pages_changed" });
    expect(proxy.tries("list_cost_records")).toBe(tries);
  });
});

describe("a token that a project calls issued in the future", () => {
  const EARLY = JSON.stringify({
    code: "PGRST303",
    details: null,
    hint: null,
    message: "JWT issued at future",
  });
  const early: Fault = {
    kind: "answer",
    status: 401,
    headers: { "content-type": "application/json" },
    body: EARLY,
  };

  it("is good a moment later, for a stored session and one from the environment", async () => {
    const { home, proxy } = await homeBehind();
    proxy.plan("get_preferences", [early]);
    expect(await run(["prefs", "--json"], home)).toMatchObject({ exit: 0 });
    expect([proxy.tries("get_preferences"), proxy.tries("token")]).toEqual([3, 1]);
    const user = await project.newUser();
    const env = {
      AICOST_ACCESS_TOKEN: await project.accessToken(user),
      AICOST_SUPABASE_URL: proxy.url,
      AICOST_SUPABASE_KEY: project.key,
    };
    proxy.plan("get_preferences", [early]);
    expect(await run(["prefs", "--json"], home, { env })).toMatchObject({ exit: 0 });
  });

  it("is tried twice, and then told as a matter of clocks; whoami does the same", async () => {
    const requests: string[] = [];
    const { url, stop } = await startAnswering((request: IncomingMessage, response: ServerResponse) => {
      const path = request.url ?? "";
      requests.push(path);
      const ofAuth = JSON.stringify({ error_code: "bad_jwt", msg: "token used before issued" });
      response.writeHead(path.startsWith("/auth/") ? 403 : 401, { "content-type": "application/json" });
      response.end(path.startsWith("/auth/") ? ofAuth : EARLY);
    });
    onTestFinished(stop);
    const env = { AICOST_ACCESS_TOKEN: "token", AICOST_SUPABASE_URL: url, AICOST_SUPABASE_KEY: project.key };
    for (const argv of [["report"], ["whoami"]]) {
      requests.length = 0;
      const { host } = new URL(url);
      expect(await refused(argv, newHome(), env)).toMatchObject({
        exit: 5,
        code: "token_early",
        message: `${host} does not accept the access token yet: by its clock, the token was issued in the future.`,
        hint: expect.stringMatching(/clock/i) as string,
      });
      expect(requests).toHaveLength(2);
    }
  });
});
