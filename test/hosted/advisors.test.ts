import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, sharedHome } from "../support/cli.js";
import { startSupabase, type RunningProject } from "../support/supabase.js";

interface Finding {
  /** The kind, for example `unused_index`. */
  name: string;
  detail: string;
  metadata: { schema: string; name: string };
}

describe("supabase db advisors", () => {
  const home = sharedHome();
  let project: RunningProject;
  beforeAll(async () => {
    project = await startSupabase();
  });
  afterAll(() => project.stop());

  /** All that the official linter finds, security and performance. */
  const advice = async (): Promise<Finding[]> => {
    const database = `${project.databaseUrl}?sslmode=disable`;
    const { stdout } = await promisify(execFile)(
      path.join(ROOT, "node_modules/.bin/supabase"),
      ["db", "advisors", "--remote", database, "--level", "info", "--output-format", "json"],
      {
        cwd: home.folder,
        env: {
          PATH: process.env["PATH"],
          HOME: home.folder,
          SUPABASE_TELEMETRY_DISABLED: "1",
          SUPABASE_NO_UPDATE_NOTIFIER: "1",
        },
      },
    );
    return (JSON.parse(stdout) as { results: Finding[] }).results;
  };
  const about = (findings: Finding[], kind: string): string[] =>
    findings.filter(({ name }) => name === kind).map(({ metadata }) => metadata.name);

  it("finds what supabase/README.md names, with the reason, and nothing else", async () => {
    const findings = await advice();
    const readme = readFileSync(path.join(ROOT, "supabase/README.md"), "utf8");
    const section = /^## What the linter says\n(.*?)^## /ms.exec(readme)?.[1] ?? "";
    const explained = [...section.matchAll(/^- `(\w+)`/gm)].map(([, kind]) => kind);
    expect([...new Set(findings.map(({ name }) => name))].sort()).toEqual(explained.sort());

    const partitions = await project.admin<{ name: string }>(
      "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'public.cost_records'::regclass",
    );
    expect(about(findings, "rls_enabled_no_policy").sort()).toEqual(
      partitions.map(({ name }) => name).sort(),
    );
  });

  it("finds a table that anybody may read, and a view that does not ask who reads it", async () => {
    await project.admin(`
      create table public.open (id int primary key, user_id uuid);
      create view public.everybodys as select * from public.cost_records;
      grant all on public.open, public.everybodys to anon, authenticated;
    `);
    const findings = await advice();
    expect(about(findings, "rls_disabled_in_public")).toEqual(["open"]);
    expect(about(findings, "security_definer_view")).toEqual(["everybodys"]);
  });
});
