import fc from "fast-check";
import { v5 as uuidv5 } from "uuid";
import { describe, expect, it } from "vitest";
import { KeyCounts } from "../src/lib/record/key-counts.js";
import { Identities } from "../src/lib/record/record.js";

const DNS = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
const DAY = 20261105;

describe("counting keys", () => {
  it("counts like a map, while it grows", () => {
    const counts = new KeyCounts();
    const map = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const name = String((i * 7919) % 6_000);
      expect(counts.add(uuidv5(name, DNS), DAY)).toBe(map.get(name) ?? 0);
      map.set(name, (map.get(name) ?? 0) + 1);
    }
  });

  it("tells ids apart that differ in any digit", () => {
    fc.assert(
      fc.property(fc.nat({ max: 31 }), fc.integer({ min: 1, max: 15 }), (at, digit) => {
        const counts = new KeyCounts();
        const id = idOf("0".repeat(32));
        const other = idOf("0".repeat(at) + digit.toString(16) + "0".repeat(31 - at));
        counts.add(id, DAY);
        expect(counts.add(other, DAY)).toBe(0);
        expect(counts.add(id, DAY)).toBe(1);
      }),
    );
  });

  it("tells days apart", () => {
    const counts = new KeyCounts();
    const id = uuidv5("a name", DNS);
    for (const day of [DAY, DAY + 1]) expect(counts.add(id, day)).toBe(0);
    for (const day of [DAY, DAY + 1]) expect(counts.add(id, day)).toBe(1);
  });
});

const idOf = (digits: string): string =>
  digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

describe("an identity", () => {
  it("is the UUIDv5 of source, key and ordinal", () => {
    const identities = new Identities();
    const want = (ordinal: number) =>
      uuidv5(`["a/b","größe",null]#${ordinal}`, "8b0a1d6e-6d0e-5a52-9b63-0f5d3c1c2a41");
    const next = (day: string): string => identities.next("a/b", ["größe", null], day);
    for (const ordinal of [0, 1, 2]) expect(next("2026-11-05")).toBe(want(ordinal));
    // Each day counts for itself, so that a file that begins later has the same ids.
    for (const ordinal of [0, 1]) expect(next("2026-11-06")).toBe(want(ordinal));
  });

  it("is that of a name of any length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2000 }), (text) => {
        const want = uuidv5(`${JSON.stringify(["a/b", text])}#0`, "8b0a1d6e-6d0e-5a52-9b63-0f5d3c1c2a41");
        expect(new Identities().next("a/b", [text], "2026-11-05")).toBe(want);
      }),
    );
  });
});
