import { createHash } from "node:crypto";
import fc from "fast-check";
import { v5 as uuidv5 } from "uuid";
import { describe, expect, it } from "vitest";
import { KeyCounts } from "../src/lib/record/key-counts.js";
import { Identities } from "../src/lib/record/record.js";

const keyOf = (name: string) => createHash("md5").update(name).digest();

describe("counting keys", () => {
  it("counts like a map, while it grows", () => {
    const counts = new KeyCounts();
    const map = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const name = String((i * 7919) % 6_000);
      expect(counts.add(keyOf(name))).toBe(map.get(name) ?? 0);
      map.set(name, (map.get(name) ?? 0) + 1);
    }
  });

  it("tells keys apart that differ in any byte", () => {
    fc.assert(
      fc.property(fc.nat({ max: 15 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const counts = new KeyCounts();
        const key = new Uint8Array(16);
        counts.add(key);
        expect(counts.add(key.with(at, change))).toBe(0);
        expect(counts.add(key)).toBe(1);
      }),
    );
  });
});

describe("an identity", () => {
  it("is the UUIDv5 of source, key and ordinal", () => {
    const identities = new Identities();
    const want = (ordinal: number) =>
      uuidv5(`["a/b","größe",null]#${ordinal}`, "8b0a1d6e-6d0e-5a52-9b63-0f5d3c1c2a41");
    const next = (day: string): string => identities.next("a/b", ["größe", null], day);
    for (const ordinal of [0, 1, 2]) expect(next("2026-11-05")).toBe(want(ordinal));
    // Each day counts anew, so that a file that begins later has the same ids.
    for (const ordinal of [0, 1]) expect(next("2026-11-06")).toBe(want(ordinal));
  });
});
