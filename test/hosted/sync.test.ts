import path from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import type { SyncJson } from "../../src/lib/sync/result.js";
import type { VaultStatus } from "../../src/lib/vault/status.js";
import { errorOf, jsonOf, newHome, type Outcome, runWords } from "../support/cli.js";
import { fixture, startReplay } from "../support/replay.js";
import { ANTHROPIC_KEYS, replayAnthropic } from "../support/replay/anthropic.js";
import { OPENAI_KEYS, replayOpenai } from "../support/replay/openai.js";
import { testProject } from "../support/supabase.js";
import { newToken, openProject } from "../support/supabase/sign-in.js";
import { startFaultyProxy } from "../support/supabase/faulty-proxy.js";
import { syncingIn } from "../sync/syncing.js";

const project = testProject(inject("supabase"));
const EXPECTED = fixture<Record<string, { total_usd: string }>>("expected");
const TOTAL = EXPECTED["anthropic_cost_report"]!.total_usd;
const SINCE = ["--since", "2026-11-08"];

/** What makes commands work on the project, for a user. */
const environment = (token: string, url = project.url): Record<string, string> => ({
  AICOST_ACCESS_TOKEN: token,
  AICOST_SUPABASE_URL: url,
  AICOST_SUPABASE_KEY: project.key,
  AICOST_SECRETS: "file",
});

/** A machine on which a user works. */
const machine = (token: string, url?: string) => {
  const home = newHome();
  const run = (argv: string[], input = ""): Promise<Outcome> =>
    runWords([...argv, "--json"], home, { env: environment(token, url), input });
  return { home, run };
};

type Machine = ReturnType<typeof machine>;

const addAnthropic = async ({ run }: Machine) => {
  const server = await startReplay(replayAnthropic);
  const argv = ["credentials", "add", "anthropic", "--key-stdin", "--base-url", server.url];
  expect(await run(argv, `${ANTHROPIC_KEYS.admin}\n`)).toMatchObject({ exit: 0 });
  return server;
};

const syncs = async ({ run }: Machine): Promise<SyncJson[]> => {
  const outcome = await run(["sync", ...SINCE]);
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return jsonOf<{ syncs: SyncJson[] }>(outcome).syncs;
};

const cost = async ({ run }: Machine): Promise<string> =>
  jsonOf<{ totals: { cost_usd: string } }>(await run(["report", "--range", "all"])).totals.cost_usd;

describe("on a project", () => {
  it("spend is collected to the last digit, and nothing new the second time", async () => {
    const store = await openProject(project);
    onTestFinished(() => store.close());
    const own = syncingIn(store);
    await own.add("anthropic", ANTHROPIC_KEYS.admin, replayAnthropic);
    await own.add("openai", OPENAI_KEYS.admin, replayOpenai);
    await own.run({ since: "2026-11-08" });
    expect(await own.cost("anthropic")).toBe(TOTAL);
    expect(await own.cost("openai")).toBe(EXPECTED["openai_costs"]!.total_usd);
    const before = await own.records();
    for (const { inserted, updated, replaced } of await own.run({ since: "2026-11-08" })) {
      expect([inserted, updated, replaced]).toEqual([0, 0, 0]);
    }
    expect(await own.records()).toEqual(before);
  });

  it("another machine of the user collects once it has the vault key, and another user has none of it", async () => {
    const token = await newToken(project);
    const first = machine(token);
    await addAnthropic(first);
    expect(await syncs(first)).toMatchObject([{ inserted: 67, cost_usd: TOTAL }]);

    const second = machine(token);
    const locked = await second.run(["sync", ...SINCE]);
    expect(locked.exit).toBe(5);
    expect(jsonOf<{ syncs: SyncJson[] }>(locked).syncs).toMatchObject([
      { status: "failed", error: { code: "vault_key_missing" } },
    ]);

    const file = path.join(first.home.folder, "vault.txt");
    const passphrase = "correct horse battery staple\n";
    const exporting = ["vault", "export", file, "--passphrase-stdin"];
    expect(await first.run(exporting, passphrase)).toMatchObject({ exit: 0 });
    const imported = await second.run(["vault", "import", file, "--passphrase-stdin"], passphrase);
    expect(jsonOf<{ vault: VaultStatus }>(imported).vault).toMatchObject({ credentials: 1, locked: 0 });
    expect(await syncs(second)).toMatchObject([{ inserted: 0, updated: 0, cost_usd: TOTAL }]);

    const stranger = machine(await newToken(project));
    expect(jsonOf(await stranger.run(["credentials"]))).toEqual({ credentials: [] });
    expect(jsonOf(await stranger.run(["credentials", "log"]))).toEqual({ entries: [], total: 0 });
    expect(await cost(stranger)).toBe("0");
    expect(await cost(second)).toBe(TOTAL);
  });

  it("a sync that loses the database is made whole by the next one", { timeout: 120_000 }, async () => {
    const token = await newToken(project);
    const proxy = await startFaultyProxy(project.url);
    onTestFinished(() => proxy.stop());
    const own = machine(token, proxy.url);
    await addAnthropic(own);
    const lost = Array.from({ length: 9 }, () => ({ kind: "cut_after", sent: "nothing" }) as const);
    for (const [name, faults] of [
      ["add_rows", lost],
      ["add_rows", [null, ...lost]],
      ["finish_import", lost],
      ["save_sync_state", lost],
    ] as const) {
      proxy.plan(name, faults);
      const cut = await own.run(["sync", ...SINCE]);
      expect([cut.exit, jsonOf<{ syncs: SyncJson[] }>(cut).syncs[0]?.status]).toEqual([5, "failed"]);
      proxy.plan(name, []);
    }
    expect(await syncs(own)).toMatchObject([{ status: "done", cost_usd: TOTAL }]);
    expect(await cost(own)).toBe(TOTAL);
  });

  it("a key that is not signed in for is neither stored nor asked for", async () => {
    const own = machine("not.a.token");
    const outcome = await own.run(["credentials", "add", "anthropic", "--key-stdin"], ANTHROPIC_KEYS.admin);
    expect([outcome.exit, outcome.stdout + outcome.stderr]).toEqual([
      3,
      expect.not.stringContaining(ANTHROPIC_KEYS.admin),
    ]);
    expect(errorOf(outcome).code).toBe("token_expired");
  });
});
