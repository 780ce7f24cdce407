import { CompactEncrypt } from "jose";
import { describe, expect, it } from "vitest";
import { Hidden } from "../../src/lib/secrets/hidden.js";
import { newKey, ringWith, textOf } from "../../src/lib/vault/ring.js";
import { exportRing, importRing } from "../../src/lib/vault/transfer.js";
import { contentOf, errorOf, expectSilent } from "./keys.js";

const PASSPHRASE = "correct horse battery";

const ring = ringWith(ringWith(null, newKey()), newKey());
const secrets = [PASSPHRASE, ...ring.keys.map(({ secret }) => secret)];
const exported = await exportRing(ring, new Hidden(PASSPHRASE));

const importing = (text: string, passphrase = PASSPHRASE) => importRing(text, new Hidden(passphrase));

const headerOf = (text: string): unknown =>
  JSON.parse(Buffer.from(text.split("\n")[1]!.split(".")[0]!, "base64url").toString());

const expectRefused = async (text: string, code: string, passphrase?: string): Promise<void> => {
  const error = await errorOf(importing(text, passphrase));
  expect(error).toMatchObject({
    exit: 4,
    code,
    hint: expect.stringContaining("aicost vault export FILE") as string,
    details: {},
  });
  expect(error.cause).toBeUndefined();
  expectSilent(error, [...secrets, ...(text.match(/[\w-]{16,}/g) ?? [])]);
};

/** A file as `exportRing` makes it, but for what is named. */
const fileWith = async (
  { alg = "PBES2-HS512+A256KW", enc = "A256GCM", p2c = 1000, content = textOf(ring) },
  passphrase = PASSPHRASE,
): Promise<string> => {
  const jwe = await new CompactEncrypt(Buffer.from(content))
    .setProtectedHeader({ alg, enc })
    .setKeyManagementParameters({ p2c })
    .encrypt(Buffer.from(passphrase));
  return `aicost vault\n${jwe}\n`;
};

describe("an exported vault", () => {
  it("is imported with its passphrase", async () => {
    expect(contentOf(await importing(exported))).toEqual(contentOf(ring));
  });

  it("says what it is, and is sealed with a key that takes work to guess", () => {
    expect(exported).toMatch(
      /^aicost vault, sealed with a passphrase; import it with: aicost vault import FILE\n(?:[\w-]+\.){4}[\w-]+\n$/,
    );
    const { p2c, ...header } = headerOf(exported) as { p2c: number };
    expect(header).toEqual({
      alg: "PBES2-HS512+A256KW",
      enc: "A256GCM",
      p2s: expect.stringMatching(/^[\w-]{22,}$/) as string,
    });
    expect(p2c).toBeGreaterThanOrEqual(210_000);
    for (const { id, secret } of ring.keys) {
      expect(exported).not.toContain(id);
      expect(exported).not.toContain(secret.reveal());
    }
  });

  it("survives what editors and mails do to it", async () => {
    const wrapped = exported.replaceAll(/([\w.-]{60})/g, "$1\r\n  ");
    expect(contentOf(await importing(`\uFEFF\r\n${wrapped}\r\n`))).toEqual(contentOf(ring));
  });

  it("opens whatever keyboard wrote the letters of its passphrase", async () => {
    const text = await exportRing(ring, new Hidden("Gr\u00fc\u00dfe aus K\u00f6ln"));
    const ringAgain = await importing(text, "Gru\u0308\u00dfe aus Ko\u0308ln");
    expect(contentOf(ringAgain)).toEqual(contentOf(ring));
  });

  it("does not open with another passphrase", async () => {
    for (const wrong of [`${PASSPHRASE} `, PASSPHRASE.toUpperCase(), ""]) {
      await expectRefused(exported, "vault_not_opened", wrong);
    }
  });

  it("does not open after it was changed", async () => {
    const text = await fileWith({});
    const begin = text.indexOf("\n") + 1;
    const parts = text.slice(begin).split(".");
    for (let at = begin; at < text.length - 1; at += 7) {
      const other = text[at] === "x" ? "y" : "x";
      await expectRefused(text.slice(0, at) + other + text.slice(at + 1), "vault_not_opened");
    }
    await expectRefused(text.slice(0, -20), "vault_not_opened");
    await expectRefused(text.slice(0, begin), "vault_not_opened");
    await expectRefused(`${text.slice(0, begin)}${parts.slice(1).join(".")}`, "vault_not_opened");
  });
});

describe("a file that is no export", () => {
  it.each(["", "\n", "{}", '{"aicost_archive":1}', textOf(ring), exported.split("\n")[1]!])(
    "is named so: %#",
    (text) => expectRefused(text, "not_a_vault"),
  );

  it.each(["", "null", '{"aicost_vault":2,"keys":[]}'])("is named so, sealed well: %s", async (content) => {
    await expectRefused(await fileWith({ content }), "not_a_vault");
  });
});

describe("a hostile file", () => {
  it("does not keep the processor busy", async () => {
    const [begin, ...rest] = (await fileWith({})).split("\n")[1]!.split(".");
    const header = JSON.parse(Buffer.from(begin!, "base64url").toString()) as object;
    for (const p2c of [2_000_001, 2 ** 31, 1e15, -1, 0.5, "1000", null]) {
      const changed = Buffer.from(JSON.stringify({ ...header, p2c })).toString("base64url");
      const start = performance.now();
      await expectRefused(`aicost vault\n${[changed, ...rest].join(".")}`, "vault_not_opened");
      expect(performance.now() - start).toBeLessThan(500);
    }
  });

  it.each([
    { alg: "PBES2-HS256+A128KW" },
    { alg: "PBES2-HS384+A192KW" },
    { enc: "A128GCM" },
    { enc: "A256CBC-HS512" },
  ])("is not opened in another way than ours: %j", async (way) => {
    expect(contentOf(await importing(await fileWith({})))).toEqual(contentOf(ring));
    await expectRefused(await fileWith(way), "vault_not_opened");
  });
});

describe("a passphrase", () => {
  it.each(["", "short", "elevenchars", "👩‍👩‍👧‍👦", "e\u0301".repeat(11)])("is too short: %j", async (weak) => {
    const error = await errorOf(exportRing(ring, new Hidden(weak)));
    expect(error).toMatchObject({
      exit: 2,
      code: "weak_passphrase",
      message: "The passphrase is too short: it needs at least 12 characters.",
    });
    expectSilent(error, [...secrets, weak]);
  });

  it("is long enough with twelve characters", async () => {
    expect(await exportRing(ring, new Hidden("twelve chars"))).toMatch(/^aicost vault/);
  });
});
