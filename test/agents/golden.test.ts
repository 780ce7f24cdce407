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
});
