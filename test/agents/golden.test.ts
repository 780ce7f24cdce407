import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { AGENTS } from "../../src/lib/agents/index.js";
import type { Stored } from "./homes.js";
import { callsOf, SAMPLES, sampleHome } from "./homes.js";

interface Call {
  agent: string;
  ts: string;
  provider: string;
  model: string | null;
  project: string | null;
  input: number;
  cache_read: number;
  cache_write: number;
  cache_write_1h: number;
  output: number;
  reasoning: number;
}

const json = <Value>(name: string): Value =>
  JSON.parse(readFileSync(path.join(SAMPLES, name), "utf8")) as Value;

const asWritten = (call: Call): string =>
  [
    call.agent,
    call.ts,
    call.provider,
    call.model,
    call.project,
    call.input,
    call.cache_read,
    call.cache_write,
    call.cache_write_1h,
    call.output,
    call.reasoning,
  ].join(" ");

let found: Call[];

beforeAll(async () => {
  found = asCalls(await callsOf(sampleHome()));
});

const asCalls = (stored: Stored): Call[] =>
  stored.list().map(({ agent, at, provider, model, project, tokens }) => ({
    agent,
    ts: at,
    provider,
    model,
    project,
    input: tokens.input,
    cache_read: tokens.cacheRead,
    cache_write: tokens.cacheWrite,
    cache_write_1h: tokens.cacheWrite1h,
    output: tokens.output,
    reasoning: tokens.reasoning,
  }));

interface Totals {
  requests: number;
  input_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  cache_write_1h_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  tokens_used: number;
}

const totalsOf = (calls: readonly Call[]): Totals => {
  const sum = (of: (call: Call) => number): number => calls.reduce((total, call) => total + of(call), 0);
  return {
    requests: calls.length,
    input_tokens: sum(({ input }) => input),
    cache_read_tokens: sum(({ cache_read }) => cache_read),
    cache_write_tokens: sum(({ cache_write }) => cache_write),
    cache_write_1h_tokens: sum(({ cache_write_1h }) => cache_write_1h),
    output_tokens: sum(({ output }) => output),
    reasoning_tokens: sum(({ reasoning }) => reasoning),
    tokens_used: sum(({ input, output }) => input + output),
  };
};

const dayIn = (timeZone: string): ((call: Call) => string) => {
  const format = new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" });
  return ({ ts }) => format.format(new Date(ts));
};

const GROUPS: Record<string, (call: Call) => string> = {
  by_day_utc: dayIn("UTC"),
  by_day_auckland: dayIn("Pacific/Auckland"),
  by_model: ({ model }) => model ?? "unknown",
  by_project: ({ project }) => project ?? "unknown",
  by_provider: ({ provider }) => provider,
};

type Expected = Record<string, Record<string, Totals>> & { totals: Totals };

const expectTotals = (calls: readonly Call[], expected: Expected): void => {
  expect(totalsOf(calls)).toEqual(expected.totals);
  for (const [group, nameOf] of Object.entries(GROUPS)) {
    const names = [...new Set(calls.map(nameOf))];
    const groups = names.map((name) => [name, totalsOf(calls.filter((call) => nameOf(call) === name))]);
    expect(Object.fromEntries(groups), group).toEqual(expected[group]);
  }
};

describe("the samples", () => {
  for (const { id } of AGENTS) {
    test(`every call of ${id} is as its ledger has it`, () => {
      const of = (calls: readonly Call[]): string[] =>
        calls
          .filter(({ agent }) => agent === id)
          .map(asWritten)
          .sort();
      expect(of(found)).toEqual(of(json("records.json")));
    });
  }

  test("all totals are as expected: by agent, day, model, project and provider", () => {
    const { all, agents } = json<{ all: Expected; agents: Record<string, Expected> }>("expected.json");
    expectTotals(found, all);
    for (const [id, expected] of Object.entries(agents)) {
      expectTotals(
        found.filter(({ agent }) => agent === id),
        expected,
      );
    }
  });
});
