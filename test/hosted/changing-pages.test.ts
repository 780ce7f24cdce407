import { existsSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import type { StoredRecord } from "../../src/lib/api.js";
import { errorOf, fileIn, type Home, jsonOf, newHome, type Outcome } from "../support/cli.js";
import { type Fault, type FaultyProxy, startFaultyProxy } from "../support/supabase/faulty-proxy.js";
import { at, project, run, runProgram, signIn } from "./accounts.js";

/** A user with records on two machines; what the first one asks goes through a proxy. */
const twoMachines = async (rows: number): Promise<{ here: Home; there: Home; proxy: FaultyProxy }> => {
  const proxy = await startFaultyProxy(project.url);
  onTestFinished(() => proxy.stop());
  const user = await project.newUser();
  const [here, there] = [newHome(), newHome()];
  await signIn(here, user, at({ url: proxy.url, key: project.key }));
  await signIn(there, user);
  const lines = Array.from({ length: rows }, (_, i) => {
    const time = new Date(Date.UTC(2026, 8, 1) + i * 60_000).toISOString();
    return `call-${i},${time},model-${i % 7},0.01`;
  });
  const file = fileIn(there, "calls.csv", `Call,When,Model,Sum\n${lines.join("\n")}\n`);
  const map = ["--map", "id=Call,date=When,model=Model,cost=Sum", "--provider", "groq"];
  expect(await run(["import", file, ...map], there)).toMatchObject({ exit: 0 });
  return { here, there, proxy };
};

const LIST = ["records", "--range", "all", "--all", "--json"];

const listed = async (home: Home) => {
  const outcome = await run(LIST, home);
  expect(outcome).toMatchObject({ exit: 0 });
  const { records, total } = jsonOf<{ records: StoredRecord[]; total: number }>(outcome);
  expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
  return { records, total };
};

/** Runs a command on the other machine: in a process of its own, because one of this process waits for it. */
const meanwhile = (there: Home, ...argv: string[]): Fault => ({
  kind: "meanwhile",
  work: async () => expect(await runProgram(argv, there)).toMatchObject({ exit: 0 }),
});

const ADD = ["add", "-p", "groq", "-c", "5", "--date"];

const refused = (outcome: Outcome) => ({ exit: outcome.exit, ...errorOf(outcome) });

describe("all records of a project, page by page,", () => {
  /** More than one page. */
  const ROWS = 5010;

  it("are each listed once, and not if others come before them or go meanwhile", async () => {
    const { here, there, proxy } = await twoMachines(ROWS);
    const { records } = await listed(here);
    expect(records).toHaveLength(ROWS);
    const [newest, oldest] = [records[0]!.id, records.at(-1)!.id];
    for (const argv of [
      [...ADD, "2026-10-01"],
      ["records", "remove", newest, "--yes"],
    ]) {
      proxy.plan("list_cost_records", [null, meanwhile(there, ...argv)]);
      expect(refused(await run(LIST, here))).toEqual({
        exit: 5,
        code: "pages_changed",
        message: "Another command or machine added or removed records while they were read.",
        hint: "Run the command again.",
      });
    }
    proxy.plan("list_cost_records", [null, meanwhile(there, "records", "remove", oldest, "--yes")]);
    const { total, records: left } = await listed(here);
    expect([total, left.length]).toEqual([ROWS - 1, ROWS - 1]);
  });
});

describe("an export of a project that changes meanwhile", () => {
  /** `preferences` to `sheet` have a page each; then come those of the rows of imports. */
  const SECOND_OF_ROWS = 9;

  const exporting = async (change: string[]) => {
    const { here, there, proxy } = await twoMachines(2100);
    const file = `${here.folder}/all.ndjson`;
    proxy.plan("export_rows", [...Array<null>(SECOND_OF_ROWS).fill(null), meanwhile(there, ...change)]);
    const outcome = await run(["export", "--output", file, "--json"], here);
    return { outcome, file, here };
  };

  it("is refused if an import was undone half-way: it would bring back a part of that", async () => {
    const { outcome, file, here } = await exporting(["imports", "undo", "--last", "--yes"]);
    expect(refused(outcome)).toEqual({
      exit: 5,
      code: "pages_changed",
      message: "Another command or machine changed the data while it was exported. Nothing was written.",
      hint: "Run the command again.",
    });
    expect(existsSync(file)).toBe(false);
    expect(await run(["export", "--output", file, "--json"], here)).toMatchObject({ exit: 0 });
  });

  it("holds what was added before its page was read", async () => {
    const { outcome, file } = await exporting([...ADD, "2026-10-01"]);
    expect(outcome).toMatchObject({ exit: 0 });
    const home = newHome();
    expect(await run(["import", file], home)).toMatchObject({ exit: 0 });
    expect((await listed(home)).total).toBe(2101);
  });
});
