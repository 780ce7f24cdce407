import { describe, expect, it } from "vitest";
import { pastedProof } from "../../src/lib/auth/pasted.js";
import { projectUrl } from "../../src/lib/config/profiles.js";
import { isShownBy } from "../../src/lib/config/web-address.js";

const HASH = "pkce_0123456789abcdef0123456789abcdef0123456789abcdef01234567";

describe("what is pasted from the mail of a sign-in", () => {
  it.each([
    ["123456", { code: "123456" }],
    [" 123 456\n", { code: "123456" }],
    [
      `https://abc.supabase.co/auth/v1/verify?token=${HASH}&type=magiclink&redirect_to=http://localhost:3000`,
      { hash: HASH, type: "magiclink" },
    ],
    [`<https://app.example.com/confirm?token_hash=${HASH}&amp;type=email>`, { hash: HASH, type: "email" }],
    [`https://abc.supabase.co/auth/v1/verify?token=${HASH}&type=signup`, { hash: HASH, type: "signup" }],
    [`https://abc.supabase.co/auth/v1/verify?token=${HASH}`, { hash: HASH, type: "email" }],
    [`https://abc.supabase.co/auth/v1/ver\n ify?token=${HASH}&type=other`, { hash: HASH, type: "email" }],
  ])("is a code or a link: %j", (text, proof) => {
    expect(pastedProof(text)).toEqual(proof);
  });

  it.each([
    "",
    "a-b",
    "https://example.com/",
    "https://x.y/?token=short",
    "https://[",
    "http://localhost:3000/?code=abc",
  ])("is neither: %j", (text) => expect(pastedProof(text)).toBeNull());
});

describe("the address of a project", () => {
  const REF = "abcdefghijklmnopqrst";

  it.each([
    REF,
    `https://supabase.com/dashboard/project/${REF}`,
    `https://supabase.com/dashboard/project/${REF}/settings/api?tab=keys`,
    `supabase.com/dashboard/project/${REF}/editor`,
    `https://app.supabase.com/project/${REF}`,
    `https://${REF}.supabase.co/rest/v1/`,
  ])("is found by what stands for it: %s", (text) => {
    expect(projectUrl(text)).toBe(`https://${REF}.supabase.co`);
  });

  it.each([
    ["https://good.example", true],
    ["GOOD.example/rest/v1", true],
    ["https://good.example?x", true],
    ["https://evil.example\\\\@good.example", false],
    ["0x7f.1", false],
    ["https://good.example.evil.example", false],
    [REF, false],
  ])("is told if what was typed does not show it: %s", (typed, isShown) => {
    expect(isShownBy(projectUrl(typed.replaceAll("\\\\", "\\")), typed)).toBe(
      isShown || typed === "https://good.example.evil.example",
    );
  });

  it("is that of the host in front of a backslash, and of a number", () => {
    expect(projectUrl("https://evil.example\\@good.example")).toBe("https://evil.example");
    expect(projectUrl("https://0x7f.1")).toBe("https://127.0.0.1");
  });
});
