import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../src/lib/errors.js";
import { Hidden } from "../../src/lib/secrets/hidden.js";
import { mergedRing, newKey, type Ring, ringIn, ringWith, textOf } from "../../src/lib/vault/ring.js";
import { contentOf, expectSilent } from "./keys.js";

const first = (): Ring => ringWith(null, newKey());
const rotated = (ring: Ring): Ring => ringWith(ring, newKey());
const idsOf = ({ keys }: Ring): string[] => keys.map(({ id }) => id);

describe("a vault key", () => {
  it("has an id that tells its day, and 32 bytes that it does not show", () => {
    const key = newKey();
    expect(key.id).toMatch(/^v-\d{4}-\d{2}-\d{2}-[0-9a-f]{6}$/);
    expect(Buffer.from(key.secret.reveal(), "base64url")).toHaveLength(32);
    expect(key.secret.reveal()).not.toBe(newKey().secret.reveal());
    for (const shown of [inspect(first(), { depth: null, showHidden: true }), JSON.stringify(first())]) {
      expect(shown).toContain("[hidden]");
      expect(shown).not.toMatch(/[\w-]{43}/);
    }
  });
});

describe("a ring", () => {
  it("has its newest key last, which is the current one", () => {
    const one = first();
    const key = newKey();
    const two = ringWith(one, key);
    expect(two.keys).toEqual([one.current, key]);
    expect(two.current).toBe(key);
    expect(one.keys).toHaveLength(1);
  });

  it("takes no key of an id that it has", () => {
    const ring = first();
    expect(() => ringWith(ring, { ...newKey(), id: ring.current.id })).toThrow("already");
  });

  it("comes back from its text", () => {
    const ring = rotated(rotated(first()));
    const again = ringIn(textOf(ring));
    expect(again && contentOf(again)).toEqual(contentOf(ring));
  });

  it("of an earlier aicost comes back", () => {
    const secret = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
    const ring = ringIn(`{"aicost_vault":1,"keys":[{"id":"v-2026-11-27-3f9a1c","secret":"${secret}"}]}`);
    expect(ring && contentOf(ring)).toEqual({
      current: "v-2026-11-27-3f9a1c",
      keys: [["v-2026-11-27-3f9a1c", secret]],
    });
  });

  const id = "v-2026-11-27-3f9a1c";
  const secret = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
  const text = (keys: unknown, version: unknown = 1) => JSON.stringify({ aicost_vault: version, keys });
  it.each([
    "",
    "null",
    "{",
    "[]",
    "{}",
    text([]),
    text({}),
    text([null]),
    text([{ id, secret }], 2),
    text([{ id, secret }], "1"),
    text([{ id: "v", secret }]),
    text([{ id: `${id}\n`, secret }]),
    text([{ id, secret: secret.slice(1) }]),
    text([{ id, secret: `${secret.slice(0, -1)}F` }]),
    text([{ id, secret: 1 }]),
    text([{ id }]),
    text([
      { id, secret },
      { id, secret },
    ]),
  ])("is not in %j", (other) => {
    expect(ringIn(other)).toBeNull();
  });
});

describe("a ring that is merged", () => {
  it("into none is the whole ring", () => {
    const ring = rotated(first());
    expect(mergedRing(null, ring)).toBe(ring);
  });

  it("brings the new key of another machine, which becomes the current one", () => {
    const b = first();
    const a = rotated(b);
    expect(contentOf(mergedRing(b, a))).toEqual(contentOf(a));
  });

  it("changes nothing if it is older, or the same", () => {
    const old = first();
    const ring = rotated(rotated(old));
    expect(mergedRing(ring, old)).toBe(ring);
    expect(mergedRing(ring, ring)).toBe(ring);
  });

  it("gives older keys that were missing, and leaves the current one", () => {
    const whole = rotated(rotated(first()));
    const [oldest, middle] = whole.keys;
    const ring: Ring = { current: whole.current, keys: [middle!, whole.current] };
    const other: Ring = { current: middle!, keys: [oldest!, middle!] };
    expect(contentOf(mergedRing(ring, other))).toEqual(contentOf(whole));
  });

  it("after both machines have rotated brings them together", () => {
    const start = first();
    const [a, b] = [rotated(start), rotated(start)];
    const atA = mergedRing(a, b);
    expect(contentOf(atA)).toMatchObject({ current: b.current.id });
    const atB = mergedRing(b, atA);
    expect(atB.current).toBe(atA.current);
    expect(idsOf(atB).sort()).toEqual(idsOf(atA).sort());
    const next = rotated(atA);
    expect(mergedRing(atB, next).current).toBe(next.current);
  });

  it("loses no key, holds none twice, and has its current key last, whatever the two are", () => {
    const keys = Array.from({ length: 6 }, newKey);
    const ring = fc
      .shuffledSubarray(keys, { minLength: 1 })
      .map((keys): Ring => ({ current: keys.at(-1)!, keys }));
    fc.assert(
      fc.property(ring, ring, (own, other) => {
        const merged = mergedRing(own, other);
        expect(idsOf(merged).sort()).toEqual([...new Set([...idsOf(own), ...idsOf(other)])].sort());
        expect(merged.current).toBe(merged.keys.at(-1));
        expect(merged.current).toBe(own.keys.includes(other.current) ? own.current : other.current);
        expect(mergedRing(merged, other)).toBe(merged);
        expect(mergedRing(merged, own)).toBe(merged);
      }),
    );
  });

  it("is refused if one id stands for two keys", () => {
    const ring = first();
    const secret = new Hidden(Buffer.alloc(32, 1).toString("base64url"));
    const other = rotated(ringWith(null, { ...ring.current, secret }));
    let thrown: unknown;
    try {
      mergedRing(ring, other);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(UserError);
    expect(thrown).toMatchObject({ exit: 4, code: "vault_conflict" });
    expectSilent(thrown as UserError, [secret, ring.current.secret, other.current.secret]);
  });
});
