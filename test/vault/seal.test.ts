import fc from "fast-check";
import { CompactEncrypt, FlattenedEncrypt } from "jose";
import { describe, expect, it } from "vitest";
import { Hidden } from "../../src/lib/secrets/hidden.js";
import { newKey, type VaultKey } from "../../src/lib/vault/ring.js";
import { type Binding, openKey, sealKey } from "../../src/lib/vault/seal.js";
import { API_KEY, errorOf, expectSilent, USER } from "./keys.js";

const vaultKey = newKey();

const BINDING: Binding = {
  user_id: USER,
  credential_id: "0c5b8a4e-53ae-4f0e-9d1c-2f1d7a6f3b10",
  provider: "anthropic",
  base_url: null,
};

const seal = (binding = BINDING, key = API_KEY, by = vaultKey): Promise<string> =>
  sealKey(new Hidden(key), by, binding);

const open = (sealed: string, binding = BINDING, by = vaultKey): Promise<Hidden> =>
  openKey(sealed, by, binding, { label: "anthropic (work)", args: "anthropic --name work" });

const membersOf = (sealed: string): Record<string, string> => JSON.parse(sealed) as Record<string, string>;

const expectDamaged = async (sealed: string, binding = BINDING, by = vaultKey): Promise<void> => {
  const error = await errorOf(open(sealed, binding, by));
  const { exit, code, message, hint, details, cause } = error;
  expect({ exit, code, message, hint, details, cause }).toEqual({
    exit: 4,
    code: "credential_damaged",
    message:
      "The key of anthropic (work) cannot be decrypted: it was changed since it was encrypted, or it belongs to another row.",
    hint: "Enter the key again with: aicost credentials rotate anthropic --name work",
    details: {},
    cause: undefined,
  });
  expectSilent(error, [API_KEY, by.secret, vaultKey.secret, ...pieces(sealed)]);
};

/** What is worth hiding of a sealed text, or of what was made of it. */
const pieces = (sealed: string): string[] => Array.from(sealed.matchAll(/[\w-]{16,}/g), ([piece]) => piece);

describe("a sealed key", () => {
  it("opens with its vault key and its binding, whatever the key is", async () => {
    const nullable = fc.option(fc.webUrl());
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.uuid(), nullable, async (key, id, base_url) => {
        const binding = { ...BINDING, credential_id: id, base_url };
        expect((await open(await seal(binding, key), binding)).reveal()).toBe(key);
      }),
    );
  });

  it("is a flattened JWE that names its vault key, and holds neither the binding nor the key", async () => {
    const sealed = await seal();
    expect(Object.keys(membersOf(sealed))).toEqual(["protected", "iv", "ciphertext", "tag"]);
    const header: unknown = JSON.parse(Buffer.from(membersOf(sealed)["protected"]!, "base64url").toString());
    expect(header).toEqual({ alg: "dir", enc: "A256GCM", kid: vaultKey.id });
    const decoded = Object.values(membersOf(sealed)).map((text) => Buffer.from(text, "base64url").toString());
    for (const text of [API_KEY, ...(Object.values(BINDING) as (string | null)[])]) {
      if (text !== null) expect([sealed, ...decoded].join("\n")).not.toContain(text);
    }
  });

  it("is another one each time", async () => {
    expect(membersOf(await seal())["iv"]).not.toBe(membersOf(await seal())["iv"]);
  });

  it("opens whatever order the members of the binding are in", async () => {
    const { base_url, ...others } = BINDING;
    expect((await open(await seal(), { base_url, ...others })).reveal()).toBe(API_KEY);
  });

  it("of an earlier aicost opens", async () => {
    const secret = new Hidden(Buffer.alloc(32, "aicost").toString("base64url"));
    const sealed =
      '{"protected":"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwia2lkIjoidi0yMDI2LTExLTI3LTNmOWExYyJ9","iv":"ZJ2WMfkKZF4I4p0G","ciphertext":"UByguMXHCW8HoiwG6_3jrF1pnHcqRfn_Mx-I_iuieMAlRDY","tag":"5SQNPY0V3hPIjHjBBMiDmQ"}';
    const key = await open(sealed, BINDING, { id: "v-2026-11-27-3f9a1c", secret });
    expect(key.reveal()).toBe(API_KEY);
  });
});

describe("a sealed key does not open", () => {
  const others: [what: string, change: Partial<Binding>][] = [
    ["user", { user_id: "5a1f7a52-7f0b-4c57-9d6f-6e1a2a0f5a12" }],
    ["row", { credential_id: "0c5b8a4e-53ae-4f0e-9d1c-2f1d7a6f3b11" }],
    ["provider", { provider: "openai" }],
    ["address", { base_url: "https://proxy.example.com" }],
    ["address that is empty", { base_url: "" }],
    ["address that looks like none", { base_url: "null" }],
  ];

  it.each(others)("for another %s, either way round", async (_what, change) => {
    const other = { ...BINDING, ...change };
    await expectDamaged(await seal(), other);
    await expectDamaged(await seal(other), BINDING);
    expect((await open(await seal(other), other)).reveal()).toBe(API_KEY);
  });

  it("after a change of any one of its bytes", async () => {
    const bytes = Buffer.from(await seal());
    const change = fc.record({
      at: fc.nat({ max: bytes.length - 1 }),
      by: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, by }) => {
        const changed = Buffer.from(bytes);
        changed[at] = changed[at]! ^ by;
        await expectDamaged(changed.toString());
      }),
      { numRuns: 300 },
    );
  });

  it("after a change of any one of its characters to the next, although base64 may mean the same by both", async () => {
    const sealed = await seal();
    for (let at = 0; at < sealed.length; at += 1) {
      const next = String.fromCharCode(sealed.charCodeAt(at) + 1);
      await expectDamaged(sealed.slice(0, at) + next + sealed.slice(at + 1));
    }
  });

  it("after a byte is taken away, or one is added", async () => {
    const sealed = await seal();
    for (let at = 0; at <= sealed.length; at += 1) {
      await expectDamaged(`${sealed.slice(0, at)} ${sealed.slice(at)}`);
      if (at > 0) await expectDamaged(sealed.slice(0, at - 1) + sealed.slice(at));
    }
  });

  it.each(["", "{}", "null", "[]", "1", '"text"', API_KEY, '{"protected":1,"iv":2,"ciphertext":3,"tag":4}'])(
    "where it is something else: %s",
    (text) => expectDamaged(text),
  );

  it.each([
    ["its additional data", { aad: Buffer.from(JSON.stringify(BINDING)).toString("base64url") }],
    ["an unprotected header", { header: { kid: vaultKey.id } }],
    ["a shared header", { unprotected: { zip: "DEF" } }],
    ["a wrapped key", { encrypted_key: "AAAA" }],
  ])("where %s came to it", async (_what, more) => {
    await expectDamaged(JSON.stringify({ ...membersOf(await seal()), ...more }));
  });

  it("with members in another order", async () => {
    const { tag, ...rest } = membersOf(await seal());
    await expectDamaged(JSON.stringify({ tag, ...rest }));
  });

  it("with a part of another sealed key", async () => {
    const [one, other] = [membersOf(await seal()), membersOf(await seal())];
    for (const member of ["iv", "ciphertext", "tag"]) {
      await expectDamaged(JSON.stringify({ ...one, [member]: other[member] }));
    }
  });

  it("with another vault key, nor with one of the same id or the same secret", async () => {
    const { id, secret } = newKey();
    const sealed = await seal();
    for (const key of [
      { id, secret },
      { ...vaultKey, secret },
      { ...vaultKey, id },
    ]) {
      await expectDamaged(sealed, BINDING, key);
    }
  });
});

describe("a key that is sealed well, but in another way, is refused", () => {
  const bytesOf = (key: VaultKey): Uint8Array => Buffer.from(key.secret.reveal(), "base64url");
  const keyOf = (bytes: number): VaultKey => ({
    ...vaultKey,
    secret: new Hidden(Buffer.alloc(bytes, 7).toString("base64url")),
  });

  const ways: [alg: string, enc: string, key: VaultKey][] = [
    ["dir", "A128GCM", keyOf(16)],
    ["dir", "A192GCM", keyOf(24)],
    ["dir", "A256CBC-HS512", keyOf(64)],
    ["A256KW", "A256GCM", keyOf(32)],
    ["A256GCMKW", "A256GCM", keyOf(32)],
    ["PBES2-HS512+A256KW", "A256GCM", keyOf(32)],
  ];
  it.each(ways)("alg %s, enc %s", async (alg, enc, key) => {
    const jwe = await new FlattenedEncrypt(Buffer.from(API_KEY))
      .setProtectedHeader({ alg, enc, kid: key.id })
      .setAdditionalAuthenticatedData(Buffer.from(JSON.stringify(BINDING)))
      .encrypt(bytesOf(key));
    const { protected: header, iv, ciphertext, tag, encrypted_key } = jwe;
    const sealed = { protected: header, iv, ciphertext, tag };
    await expectDamaged(JSON.stringify(sealed), BINDING, key);
    await expectDamaged(JSON.stringify({ ...sealed, encrypted_key }), BINDING, key);
  });

  it("without the binding", async () => {
    const jwe = await new CompactEncrypt(Buffer.from(API_KEY))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: vaultKey.id })
      .encrypt(bytesOf(vaultKey));
    const [header, , iv, ciphertext, tag] = jwe.split(".");
    await expectDamaged(JSON.stringify({ protected: header, iv, ciphertext, tag }));
  });

  it("without the id of its vault key", async () => {
    const jwe = await new FlattenedEncrypt(Buffer.from(API_KEY))
      .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
      .setAdditionalAuthenticatedData(Buffer.from(JSON.stringify(BINDING)))
      .encrypt(bytesOf(vaultKey));
    const { protected: header, iv, ciphertext, tag } = jwe;
    await expectDamaged(JSON.stringify({ protected: header, iv, ciphertext, tag }));
  });
});
