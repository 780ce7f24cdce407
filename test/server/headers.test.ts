import { describe, expect, it } from "vitest";
import { PlainHeaders } from "../../src/lib/server/headers.js";

const PAIRS: [string, string][] = [
  ["Content-Type", "application/json"],
  ["Vary", "Accept"],
  ["vary", "Origin"],
  ["RETRY-AFTER", "3"],
];

describe("plain headers", () => {
  it("say what Node's own say", () => {
    const [plain, own] = [new PlainHeaders(PAIRS), new Headers(PAIRS)];
    for (const name of ["content-type", "Vary", "vary", "Retry-After", "Date"]) {
      expect([name, plain.get(name), plain.has(name)]).toEqual([name, own.get(name), own.has(name)]);
    }
    expect([...plain].sort()).toEqual([...own].sort());
    const told: [string, string][] = [];
    plain.forEach((value, name) => told.push([name, value]));
    expect(told).toEqual([...plain]);
  });

  it("are made of a record, and of others, which stay as they are", () => {
    const first = new PlainHeaders({ apikey: "one", Accept: "*/*" });
    const second = new PlainHeaders(first);
    second.set("APIKEY", "two");
    expect([first.get("apikey"), second.get("apikey"), second.get("accept")]).toEqual(["one", "two", "*/*"]);
  });
});
