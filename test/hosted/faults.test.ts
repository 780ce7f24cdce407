import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from "vitest";
import Import from "../../src/commands/import.js";
import Imports from "../../src/commands/imports/index.js";
import Report from "../../src/commands/report.js";
import { AicostCommand } from "../../src/lib/command/base.js";
import type { StoreOptions } from "../../src/lib/store/index.js";
import { OTHER_WAYS } from "../../src/lib/store/refresh.js";
import { errorOf, fileIn, type Home, jsonOf, newHome, runCommand, start } from "../support/cli.js";
import { type RunningProject, startSupabase, type TestProject, testProject } from "../support/supabase.js";
import { type Fault, type FaultyProxy, startFaultyProxy } from "../support/supabase/faulty-proxy.js";
import { newToken } from "../support/supabase/sign-in.js";
import { at, FILES, signIn } from "./accounts.js";

const ROWS = 12_000;
/** A file of three batches, too, if they are smaller. */
const FEW = 1200;
const BATCH = 500;
/** Imports of so many rows refresh the daily sums. */
const REFRESHING = 5000;

/** Has commands of this process send batches of so many rows. @returns what puts the size back */
const inBatchesOf = (rows: number): (() => void) => {
  const open = AicostCommand.openStore;
  AicostCommand.openStore = async (options: StoreOptions) =>
    Object.defineProperty(await open(options), "batchRows", { value: rows });
  return () => (AicostCommand.openStore = open);
};

/** An export of calls of a cent each; it takes three batches. */
const calls = (home: Home, rows = ROWS): string => {
  const lines = Array.from({ length: rows }, (_, i) => {
    const time = new Date(Date.UTC(2026, 8, 1) + i * 60_000).toISOString();
    return `call-${i},${time},model-${i % 7},0.01,100,20`;
  });
  return fileIn(home, "calls.csv", `Call,When,Model,Sum,In,Out\n${lines.join("\n")}\n`);
};

const importing = (file: string): string[] => [
  file,
  "--map",
  "id=Call,date=When,model=Model,cost=Sum,input_tokens=In,output_tokens=Out",
  "--provider",
  "groq",
  "--json",
];

/** What makes commands work on a project that is reached at that address, for a new user. */
const signedIn = async (project: TestProject, url = project.url): Promise<Record<string, string>> => ({
  AICOST_ACCESS_TOKEN: await newToken(project),
  AICOST_SUPABASE_URL: url,
  AICOST_SUPABASE_KEY: project.key,
});

/** @param told on stderr */
const receipt = async (file: string, home: Home, env: Record<string, string> = {}, told = "") => {
  const outcome = await runCommand(Import, importing(file), home, env);
  expect(outcome).toMatchObject({ exit: 0, stderr: told });
  return jsonOf<{ imports: [Record<string, number>] }>(outcome).imports[0];
};

const report = async (home: Home, env: Record<string, string> = {}) => {
  const outcome = await runCommand(Report, ["--range", "all", "--by", "model", "--json"], home, env);
  return jsonOf<{ totals: { cost_usd: string; record_count: number } }>(outcome);
};

/** What the imports of a user say that they did in all. */
const importedInAll = async (home: Home, env: Record<string, string>) => {
  const outcome = await runCommand(Imports, ["--json"], home, env);
  const { imports } = jsonOf<{ imports: { status: string; inserted: number; unchanged: number }[] }>(outcome);
  return imports.map(({ status, inserted, unchanged }) => ({ status, inserted, unchanged }));
};

const NOT_REFRESHED = `The daily sums were not refreshed: reports are right, but take longer.\n${OTHER_WAYS}\n`;

const CUT_BEFORE: Fault = { kind: "cut_before" };
const CUT_AFTER: Fault = { kind: "cut_after", sent: "nothing" };
const CUT_HALFWAY: Fault = { kind: "cut_after", sent: "half" };
const HTML = { headers: { "content-type": "text/html" }, body: "<html>Bad gateway</html>" };

const shared = testProject(inject("supabase"));

const proxyTo = async (project: TestProject): Promise<FaultyProxy> => {
  const proxy = await startFaultyProxy(project.url);
  onTestFinished(() => proxy.stop());
  return proxy;
};

/** What the embedded database says of the same file. */
const embedded = async (rows: number) => {
  const home = newHome();
  return { receipt: await receipt(calls(home, rows), home), report: await report(home) };
};

describe("an import over a bad network", () => {
  let proxy: FaultyProxy;
  let env: Record<string, string>;
  beforeEach(async () => {
    proxy = await proxyTo(shared);
    env = await signedIn(shared, proxy.url);
    return inBatchesOf(BATCH);
  });

  it.each<[string, (Fault | null)[]]>([
    ["connections that are cut before the request is through", [CUT_BEFORE, null, CUT_BEFORE]],
    ["answers that are lost", [CUT_AFTER, CUT_AFTER, null, CUT_AFTER]],
    ["answers that are cut in the middle", [CUT_HALFWAY, null, CUT_HALFWAY]],
    ["429", [{ kind: "answer", status: 429, headers: { "retry-after": "1" } }]],
    ["503", [{ kind: "answer", status: 503 }, null, { kind: "answer", status: 503 }]],
    ["502 in HTML", [{ kind: "answer", status: 502, ...HTML }, CUT_AFTER]],
    ["requests that overtake one another", [{ kind: "delay", ms: 1500 }]],
  ])("counts every record once after %s", async (_, faults) => {
    const home = newHome();
    proxy.plan("add_rows", faults);
    expect(await receipt(calls(home, FEW), home, env)).toMatchObject({
      inserted: FEW,
      updated: 0,
      unchanged: 0,
    });
    expect((await report(home, env)).totals).toMatchObject({ cost_usd: "12", record_count: FEW });
    expect(await importedInAll(home, env)).toEqual([{ status: "done", inserted: FEW, unchanged: 0 }]);
    const gone = faults.filter((fault) => fault !== null && fault.kind !== "delay").length;
    expect(proxy.tries("add_rows")).toBe(3 + gone);
  });

  it("survives faults of every other call, and gives what the embedded database gives", async () => {
    const home = newHome();
    const file = calls(home, REFRESHING);
    for (const name of ["get_preferences", "begin_import", "finish_import", "refresh_cost_records_daily"]) {
      proxy.plan(name, [CUT_AFTER, CUT_BEFORE, { kind: "answer", status: 503 }]);
    }
    const hosted = await receipt(file, home, env);
    expect(proxy.tries("finish_import")).toBe(4);
    const local = await embedded(REFRESHING);
    expect({ ...hosted, id: null, source: null }).toEqual({ ...local.receipt, id: null, source: null });
    expect(await report(home, env)).toEqual(local.report);
  });

  it("gives up after a limited number of tries, and is completed by importing again", async () => {
    const home = newHome();
    const file = calls(home, FEW);
    proxy.plan("add_rows", [null, ...Array.from({ length: 8 }, () => CUT_BEFORE)]);
    const outcome = await runCommand(Import, importing(file), home, env);
    expect(outcome.exit).toBe(5);
    expect(errorOf(outcome)).toMatchObject({
      code: "connection_lost",
      hint: expect.stringContaining("Import the files again to complete them") as string,
      written: [{ source: file }],
    });
    // The other batch is begun or not, as it happens.
    expect([5, 6, 7, 8, 9]).toContain(proxy.tries("add_rows"));
    expect((await report(home, env)).totals.record_count).toBe(BATCH);

    proxy.plan("add_rows", []);
    expect(await receipt(file, home, env)).toMatchObject({ inserted: FEW, unchanged: 0 });
    expect((await report(home, env)).totals).toMatchObject({ cost_usd: "12", record_count: FEW });
    expect(await importedInAll(home, env)).toEqual([{ status: "done", inserted: FEW, unchanged: 0 }]);
  });

  it("that may be in tells how to complete it, though no answer came", async () => {
    const home = newHome();
    const file = calls(home, 10);
    proxy.plan(
      "add_rows",
      Array.from({ length: 4 }, () => CUT_AFTER),
    );
    expect(errorOf(await runCommand(Import, importing(file), home, env))).toMatchObject({
      code: "connection_lost",
      hint: expect.stringContaining("Import the files again to complete them") as string,
      written: [{ source: file }],
    });
    expect(await receipt(file, home, env)).toMatchObject({ inserted: 10, unchanged: 0 });
    expect(await importedInAll(home, env)).toEqual([{ status: "done", inserted: 10, unchanged: 0 }]);
  });

  it("is not spoilt by the upkeep after it, and says that this failed", async () => {
    const home = newHome();
    proxy.plan(
      "refresh_cost_records_daily",
      Array.from({ length: 4 }, () => CUT_BEFORE),
    );
    const { inserted } = await receipt(calls(home, REFRESHING), home, env, NOT_REFRESHED);
    expect(inserted).toBe(REFRESHING);
    expect(proxy.tries("refresh_cost_records_daily")).toBe(4);
  });

  it("is not sent again where the server refuses it", async () => {
    const home = newHome();
    const file = calls(home, 10);
    const outcome = await runCommand(
      Import,
      importing(file).map((word) => (word === "groq" ? "nobody" : word)),
      home,
      env,
    );
    expect(errorOf(outcome).code).toBe("provider_unknown");
    expect(proxy.tries("add_rows")).toBeLessThanOrEqual(1);
  });
});

describe("a server that is down", () => {
  it("is told of in a few seconds", async () => {
    const home = newHome();
    const proxy = await startFaultyProxy(shared.url);
    const env = await signedIn(shared, proxy.url);
    await proxy.stop();
    const begin = performance.now();
    const outcome = await runCommand(Report, ["--json"], home, env);
    expect(outcome.exit).toBe(5);
    expect(errorOf(outcome)).toMatchObject({ code: "unreachable" });
    expect(performance.now() - begin).toBeLessThan(8000);
  });
});

describe("a slow database", () => {
  let project: RunningProject;
  beforeAll(async () => {
    project = await startSupabase({ timeouts: { anon: 400, authenticated: 400 } });
    // Half a millisecond for each row, so that a whole batch never is done in time.
    await project.admin(`
      create function public.take_your_time() returns trigger language plpgsql set search_path = '' as $$
        begin perform pg_sleep((select count(*) from added) * 0.0005); return null; end $$;
      create trigger slow after insert on public.cost_records
        referencing new table as added for each statement execute function public.take_your_time();
    `);
  });
  afterAll(() => project.stop());
  beforeEach(() => inBatchesOf(2 * BATCH));

  it("gets smaller batches, and every record once", async () => {
    const home = newHome();
    const proxy = await proxyTo(project);
    const env = await signedIn(project, proxy.url);
    const { inserted, updated, unchanged } = await receipt(calls(home, 2 * FEW), home, env);
    expect({ inserted, updated, unchanged }).toEqual({ inserted: 2 * FEW, updated: 0, unchanged: 0 });
    expect((await report(home, env)).totals).toMatchObject({ cost_usd: "24", record_count: 2 * FEW });
    expect(await importedInAll(home, env)).toEqual([{ status: "done", inserted: 2 * FEW, unchanged: 0 }]);
    expect(proxy.tries("add_rows")).toBeGreaterThan(6);
  });

  it("does not spoil an import by the upkeep after it, and says so", async () => {
    const home = newHome();
    await project.admin(`
      create or replace function private.refresh_daily() returns void language sql set search_path = '' as
        'select pg_sleep(5)'`);
    const proxy = await proxyTo(project);
    const env = await signedIn(project, proxy.url);
    const { inserted } = await receipt(calls(home, REFRESHING), home, env, NOT_REFRESHED);
    expect(inserted).toBe(REFRESHING);
    expect(proxy.tries("refresh_cost_records_daily")).toBeGreaterThan(0);
    expect((await report(home, env)).totals).toMatchObject({ cost_usd: "50", record_count: REFRESHING });
  });

  it("is told of where not even the smallest batch is done in time", async () => {
    const home = newHome();
    await project.admin(`
      create or replace function public.take_your_time() returns trigger language plpgsql set search_path = '' as $$
        begin perform pg_sleep(5); return null; end $$;`);
    const env = await signedIn(project);
    const outcome = await runCommand(Import, importing(calls(home, 150)), home, env);
    expect(outcome.exit).toBe(5);
    expect(errorOf(outcome)).toMatchObject({ code: "statement_timeout" });
  });
});

describe("an import that takes longer than an access token is good for", () => {
  let project: RunningProject;
  beforeAll(async () => {
    // A token that has less than a minute left is renewed: here after two seconds.
    project = await startSupabase({ jwtExpirySeconds: 62 });
  });
  afterAll(() => project.stop());
  beforeEach(() => inBatchesOf(BATCH));

  it("goes on with the next one, and leaves a session that is good", async () => {
    const home = newHome();
    const proxy = await proxyTo(project);
    await signIn(home, await project.newUser(), at({ url: proxy.url, key: project.key }));
    const before = proxy.tries("token");
    const late: Fault = { kind: "delay", ms: 2500 };
    proxy.plan("add_rows", [late, late, late]);
    expect(await receipt(calls(home, FEW), home, FILES)).toMatchObject({ inserted: FEW });
    expect(proxy.tries("token")).toBeGreaterThan(before);
    expect((await report(home, FILES)).totals).toMatchObject({ cost_usd: "12", record_count: FEW });
  });
});

describe("an import that is stopped by Ctrl+C", () => {
  /** The program, when its next request for a function is under way and stays without an answer. */
  const begun = async (name: string) => {
    const home = newHome();
    const file = calls(home);
    const proxy = await proxyTo(shared);
    const env = await signedIn(shared, proxy.url);
    proxy.plan(name, [{ kind: "delay", ms: 5000 }]);
    const { child, outcome } = start(["import", ...importing(file).slice(0, -1)], home, { env });
    while (proxy.tries(name) === 0) await sleep(5);
    const begin = performance.now();
    child.kill("SIGINT");
    const ended = await outcome;
    return { home, file, env, ended, ms: performance.now() - begin };
  };

  it("ends at once, with requests under way, and is completed by importing again", async () => {
    const { home, file, env, ended, ms } = await begun("add_rows");
    expect(ended).toEqual({
      exit: 130,
      stdout: "",
      stderr: "Stopped. The import is not complete; import the file again to complete it.\n",
    });
    expect(ms).toBeLessThan(2500);
    await receipt(file, home, env);
    expect((await report(home, env)).totals).toMatchObject({ cost_usd: "120", record_count: ROWS });
    expect(await importedInAll(home, env)).toMatchObject([{ status: "done", inserted: ROWS }]);
  });

  it("says where nothing was written", async () => {
    const { home, env, ended, ms } = await begun("check_import");
    expect(ended).toEqual({ exit: 130, stdout: "", stderr: "Stopped. Nothing was written.\n" });
    expect(ms).toBeLessThan(2500);
    expect(await importedInAll(home, env)).toEqual([]);
  });
});

describe("an import that is killed", () => {
  it("is completed by importing again", async () => {
    const home = newHome();
    const file = calls(home);
    const proxy = await proxyTo(shared);
    const env = await signedIn(shared, proxy.url);
    proxy.plan("add_rows", [null, null, { kind: "delay", ms: 1000 }]);
    const { child, outcome } = start(["import", ...importing(file)], home, { env });
    while (proxy.tries("add_rows") < 3) await sleep(5);
    child.kill("SIGKILL");
    expect((await outcome).exit).toBeNull();
    expect(await importedInAll(home, env)).toMatchObject([{ status: "running" }]);

    expect((await report(home, env)).totals.record_count).toBeGreaterThanOrEqual(5000);

    expect(await receipt(file, home, env)).toMatchObject({ inserted: ROWS, unchanged: 0 });
    expect(await importedInAll(home, env)).toMatchObject([{ status: "done", inserted: ROWS }]);
    expect(await report(home, env)).toEqual((await embedded(ROWS)).report);
  });
});
