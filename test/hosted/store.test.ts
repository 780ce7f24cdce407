import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { UserError } from "../../src/lib/errors.js";
import type { HostedProfile } from "../../src/lib/config/profiles.js";
import type { Tokens } from "../../src/lib/auth/session.js";
import { openHosted } from "../../src/lib/store/hosted.js";
import { migrate } from "../../src/lib/store/migrate.js";
import { latestVersion, migrations } from "../../src/lib/store/migrations.js";
import { PROJECT_WAY_OVER } from "../../src/lib/store/recorded.js";
import type { Store } from "../../src/lib/store/store.js";
import { startConnectProxy } from "../support/connect-proxy.js";
import { rollbacks, runFile } from "../support/migrations.js";
import { costRecord } from "../support/records.js";
import { type RunningProject, startSupabase, type TestProject, testProject } from "../support/supabase.js";
import { type FaultyProxy, startFaultyProxy } from "../support/supabase/faulty-proxy.js";
import { signToken } from "../support/supabase/signing-key.js";
import { newToken, profileOf, tokensOf } from "../support/supabase/sign-in.js";

const shared = testProject(inject("supabase"));

const open = (
  profile: HostedProfile,
  tokens: Tokens,
  rememberSchema: (version: string) => void = () => undefined,
): Store => openHosted(profile, { tokens, rememberSchema });

const proxyTo = async ({ url }: TestProject): Promise<FaultyProxy> => {
  const proxy = await startFaultyProxy(url);
  onTestFinished(() => proxy.stop());
  return proxy;
};

const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error("It was not refused.", { cause: error });
  const { code, exit, message, hint } = error;
  return { code, exit, message, hint };
};

describe("the access token", () => {
  const expired = (): string => {
    const hour = 3600;
    const now = Math.floor(Date.now() / 1000);
    return signToken({ sub: crypto.randomUUID(), role: "authenticated", exp: now - hour }, shared.signingKey);
  };

  it("is renewed once when the server refuses it as expired", async () => {
    const good = await newToken(shared);
    const refused: string[] = [];
    const old = expired();
    const store = open(profileOf(shared), {
      current: () => Promise.resolve(old),
      renew: (token) => {
        refused.push(token);
        return Promise.resolve(good);
      },
    });
    const record = costRecord({ collection_method: "manual_entry" });
    await store.call("get_schema_status", {});
    expect(await store.call("add_cost_record", { record })).toMatchObject({ id: record.id });
    expect(new Set(refused)).toEqual(new Set([old]));
  });

  it("that is refused after that ends the command, and names the one that mends it", async () => {
    const store = open(profileOf(shared), tokensOf(expired()));
    expect(await refusal(store.call("get_preferences", {}))).toEqual({
      code: "token_refused",
      exit: 3,
      message: `${new URL(shared.url).host} no longer accepts the session.`,
      hint: "Sign in again: aicost login --profile supabase",
    });
  });

  it.each([
    [10, "ahead of"],
    [-10, "behind"],
  ])("is not all that is told if the clock is %d minutes off", async (minutes, side) => {
    const store = open(profileOf(shared), tokensOf("no token"));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + minutes * 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect((await refusal(store.call("get_preferences", {}))).hint).toBe(
      `The clock of this machine is 10 minutes ${side} that of the server; set it right.\nSign in again: aicost login --profile supabase`,
    );
  });

  it("of a clock ten minutes off is good all the same", async () => {
    const store = open(profileOf(shared), tokensOf(await newToken(shared)));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 600_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await store.call("get_preferences", {})).toMatchObject({ currency: "USD" });
  });

  it("that cannot be had is told of, and nothing is sent or printed", async () => {
    const proxy = await proxyTo(shared);
    const warn = vi.spyOn(console, "warn");
    onTestFinished(() => warn.mockRestore());
    const gone = new Error("signed out");
    const store = open(profileOf({ ...shared, url: proxy.url }), {
      current: () => Promise.reject(gone),
      renew: () => Promise.reject(gone),
    });
    await expect(store.call("get_preferences", {})).rejects.toBe(gone);
    expect(proxy.tries("get_schema_status")).toBe(0);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("the address and the key", () => {
  /** What is said of a server that answers everything so. */
  const toldOf = async (status: number, headers: Record<string, string>, body: string) => {
    const server = createServer((_, outgoing) => outgoing.writeHead(status, headers).end(body));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const store = open(profileOf({ url, key: "key" }), tokensOf("token"));
    return { url, error: await refusal(store.call("get_preferences", {})) };
  };

  it("are told of when the key is wrong", async () => {
    const store = open(profileOf({ ...shared, key: "sb_publishable_other" }), tokensOf("token"));
    expect(await refusal(store.call("get_preferences", {}))).toMatchObject({ code: "wrong_key", exit: 3 });
  });

  it.each([
    [200, { "content-type": "text/html" }, "<html>Welcome</html>"],
    [404, { "content-type": "text/html" }, "<html>Not found</html>"],
    [404, { "content-type": "application/json" }, "[]"],
    [404, {}, ""],
    [301, { location: "https://example.com/" }, ""],
  ])("are told of when no Supabase project is there: %d %o %s", async (status, headers, body) => {
    const { url, error } = await toldOf(status, headers, body);
    expect(error).toMatchObject({
      code: "not_supabase",
      message: `What answers at ${url} is not a Supabase project.`,
    });
  });

  it("are reached through the proxy of the environment", async () => {
    const proxy = await startConnectProxy();
    onTestFinished(() => proxy.stop());
    vi.stubEnv("HTTP_PROXY", proxy.url);
    onTestFinished(() => void vi.unstubAllEnvs());
    const store = open(profileOf(shared), tokensOf(await newToken(shared)));
    expect(await store.call("get_preferences", {})).toMatchObject({ currency: "USD" });
    expect(proxy.asked.map(({ target }) => target)).toContain(new URL(shared.url).host);
  });
});

describe("a change whose answer is lost", () => {
  const opened = async () => {
    const proxy = await proxyTo(shared);
    const store = open(profileOf({ ...shared, url: proxy.url }), tokensOf(await newToken(shared)));
    const total = async () => (await store.call("list_cost_records", { filters: { max_rows: 1 } })).total;
    const add = () =>
      store.call("add_cost_record", { record: costRecord({ collection_method: "manual_entry" }) });
    return { proxy, store, total, add };
  };

  it("is not sent again; the user is told where to look", async () => {
    const { proxy, total, add } = await opened();
    proxy.plan("add_cost_record", [{ kind: "cut_after", sent: "nothing" }]);
    expect(await refusal(add())).toEqual({
      code: "answer_lost",
      exit: 5,
      message: `The connection to ${new URL(proxy.url).host} was lost before it had answered. It may have made the change anyway.`,
      hint: "Check before you run the command again: aicost records",
    });
    expect(proxy.tries("add_cost_record")).toBe(1);
    expect(await total()).toBe(1);
  });

  it("is not sent again after 502 either", async () => {
    const { proxy, total, add } = await opened();
    proxy.plan("add_cost_record", [{ kind: "answer", status: 502 }]);
    expect(await refusal(add())).toMatchObject({ code: "answer_lost" });
    expect([proxy.tries("add_cost_record"), await total()]).toEqual([1, 0]);
  });

  it("is sent again if it surely was not made", async () => {
    const { proxy, total, add } = await opened();
    proxy.plan("add_cost_record", [
      { kind: "answer", status: 503 },
      { kind: "answer", status: 429 },
    ]);
    await add();
    expect([proxy.tries("add_cost_record"), await total()]).toEqual([3, 1]);
  });

  it("is sent again if a second time changes nothing more", async () => {
    const { proxy, store } = await opened();
    proxy.plan("set_preferences", [{ kind: "cut_after", sent: "half" }, { kind: "cut_before" }]);
    expect(await store.call("set_preferences", { changes: { theme: "dark" } })).toMatchObject({
      theme: "dark",
    });
    expect(proxy.tries("set_preferences")).toBe(3);
  });
});

describe("the schema of a project", () => {
  let project: RunningProject;
  let token: string;
  beforeAll(async () => {
    project = await startSupabase({ bare: true });
    token = await newToken(project);
  });
  afterAll(() => project.stop());

  const host = () => new URL(project.url).host;
  const HINT =
    "Set it up with: AICOST_DB_URL='postgresql://…' aicost db migrate (the address is in the dashboard: Connect, Session pooler)\nOr with Supabase's own command line: supabase db push";
  const said = (given: Partial<HostedProfile> = {}) =>
    refusal(open(profileOf(project, given), tokensOf(token)).call("get_preferences", {}));
  /** A profile that remembers the schema of this version. */
  const known = (): Partial<HostedProfile> => ({
    saved: { url: project.url, key: project.key, schema: latestVersion() },
  });
  let markers = 0;
  /** Waits until PostgREST knows the schema as it is now: it learns of changes a moment later, in their order. */
  const learned = async (): Promise<void> => {
    const marker = `seen_${++markers}`;
    await project.admin(`create function public.${marker}() returns int language sql as 'select 1'`);
    const ask = { method: "POST", headers: { apikey: project.key } };
    while ((await fetch(`${project.url}/rest/v1/rpc/${marker}`, ask)).status === 404) await sleep(20);
  };
  const becomes = async (code: string, given?: Partial<HostedProfile>): Promise<void> => {
    await learned();
    expect(await said(given)).toMatchObject({ code });
  };

  it("is missing from a new project", async () => {
    for (const given of [{}, known()]) {
      expect(await said(given)).toEqual({
        code: "schema_missing",
        exit: 5,
        message: `The project ${host()} does not have the schema of aicost yet.`,
        hint: HINT,
      });
    }
  });

  it("is called older if it cannot say what is set up, as after the first migrations", async () => {
    await migrate({
      exec: (sql) => project.admin(`set role postgres; ${sql}; reset role`),
      query: async (sql, params) => ({ rows: await project.admin(sql, params) }),
    });
    await project.admin("alter function public.get_schema_status rename to no_status");
    await project.admin("alter function public.archive_counts rename to no_counts");
    await becomes("schema_older");
    for (const given of [{}, known()]) {
      const store = open(profileOf(project, given), tokensOf(token));
      expect(await refusal(store.call("archive_counts", {}))).toEqual({
        code: "schema_older",
        exit: 5,
        message: `The schema of the project ${host()} is older than this version of aicost.`,
        hint: HINT,
      });
    }
    await project.admin("alter function public.no_status rename to get_schema_status");
    await project.admin("alter function public.no_counts rename to archive_counts");
    await learned();
  });

  it("is refused if it is older, before anything is done", async () => {
    await project.admin("delete from supabase_migrations.schema_migrations where version >= $1", [
      latestVersion(),
    ]);
    await becomes("schema_older");
    const proxy = await proxyTo(project);
    const store = open(profileOf({ ...project, url: proxy.url }), tokensOf(token));
    expect(await refusal(store.call("set_preferences", { changes: { theme: "dark" } }))).toEqual({
      code: "schema_older",
      exit: 5,
      message: `The schema of the project ${host().replace(/:\d+$/, `:${new URL(proxy.url).port}`)} is older than this version of aicost: it lacks one migration.`,
      hint: HINT,
    });
    expect(proxy.tries("set_preferences")).toBe(0);
  });

  it("is looked at once, and remembered", async () => {
    await project.admin("insert into supabase_migrations.schema_migrations (version) values ($1)", [
      latestVersion(),
    ]);
    const proxy = await proxyTo(project);
    const at = { ...project, url: proxy.url };
    const remembered: string[] = [];
    const store = open(profileOf(at), tokensOf(token), (version) => remembered.push(version));
    await Promise.all([store.call("get_preferences", {}), store.call("list_providers", {})]);
    await store.call("get_preferences", {});
    expect(remembered).toEqual([latestVersion()]);
    expect(proxy.tries("get_schema_status")).toBe(1);

    const saved = { url: proxy.url, key: project.key, schema: latestVersion() };
    await open(profileOf(at, { saved }), tokensOf(token)).call("get_preferences", {});
    expect(proxy.tries("get_schema_status")).toBe(1);
  });

  it("is looked at again if another project is named than the one that is remembered", async () => {
    const saved = { url: "https://other.supabase.co", key: "key", schema: latestVersion() };
    const remembered: string[] = [];
    await open(profileOf(project, { saved }), tokensOf(token), (version) => remembered.push(version)).call(
      "get_preferences",
      {},
    );
    expect(remembered).toEqual([latestVersion()]);
  });

  it("is refused if its migrations have changed, before anything is done", async () => {
    const change = (text: string): Promise<unknown> =>
      project.admin(
        `update supabase_migrations.schema_migrations set statements[1] = ${text} where version = $1`,
        [migrations()[0]!.version],
      );
    await change("statements[1] || '-- before'");
    expect(await said()).toEqual({
      code: "schema_changed",
      exit: 5,
      message: `The schema of the project ${host()} was made by another version of aicost. Its tables and functions differ from those of this version.`,
      hint: PROJECT_WAY_OVER,
    });
    await change("left(statements[1], -length('-- before'))");
    expect(await open(profileOf(project), tokensOf(token)).call("get_preferences", {})).toMatchObject({
      currency: "USD",
    });
  });

  it("is accepted if it is newer, as long as what is needed is there", async () => {
    await project.admin(
      "insert into supabase_migrations.schema_migrations (version) values ('29990101000000')",
    );
    expect(await open(profileOf(project), tokensOf(token)).call("get_preferences", {})).toMatchObject({
      currency: "USD",
    });
  });

  it("is called newer if it no longer has what is needed", async () => {
    await project.admin("alter function public.get_preferences rename to get_settings");
    await becomes("schema_newer");
    expect(await said(known())).toEqual({
      code: "schema_newer",
      exit: 5,
      message: `The schema of the project ${host()} is newer than this version of aicost.`,
      hint: "Install the newest version: npm install -g aicost-cli@latest",
    });
  });

  it("is called older if what was remembered of it is wrong", async () => {
    await project.admin("delete from supabase_migrations.schema_migrations where version >= $1", [
      latestVersion(),
    ]);
    expect(await said(known())).toMatchObject({ code: "schema_older", hint: HINT });
  });

  it("is reported if the data API does not know it", async () => {
    await project.admin("insert into supabase_migrations.schema_migrations (version) values ($1)", [
      latestVersion(),
    ]);
    expect(await said(known())).toMatchObject({
      code: "function_missing",
      exit: 5,
      message: expect.stringContaining("get_preferences") as string,
      hint: expect.stringContaining("notify pgrst, 'reload schema'") as string,
    });
  });

  it("is taken as it is if no migrations are recorded", async () => {
    await project.admin(`
      alter function public.get_settings rename to get_preferences;
      truncate supabase_migrations.schema_migrations;`);
    await learned();
    const remembered: string[] = [];
    const store = open(profileOf(project), tokensOf(token), (version) => remembered.push(version));
    await store.call("get_preferences", {});
    expect(remembered).toEqual([]);
  });

  it("is reported if its owner has taken a right away", async () => {
    await project.admin("revoke execute on function public.get_preferences from authenticated");
    await learned();
    expect(await said()).toMatchObject({ code: "not_allowed", exit: 3 });
  });

  it("is missed again when its owner, who is no superuser, has run all rollbacks", async () => {
    for (const rollback of await rollbacks()) {
      await runFile(rollback, (sql) => project.admin(`set role postgres; ${sql}; reset role`));
    }
    await becomes("schema_missing", known());
    expect(await said()).toMatchObject({ code: "schema_missing", hint: HINT });
  });
});
