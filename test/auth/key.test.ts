import { describe, expect, it } from "vitest";
import { keyProblem, publishableKey } from "../../src/lib/config/publishable-key.js";

const jwt = (role: string): string =>
  ["{}", JSON.stringify({ iss: "supabase", role }), "signature"]
    .map((part) => Buffer.from(part).toString("base64url"))
    .join(".");

describe("a publishable key", () => {
  it.each(["sb_publishable_1234567890abcdefghij", jwt("anon")])(
    "is taken without blanks around it",
    (key) => {
      expect(publishableKey(` ${key}\n`)).toBe(key);
      expect(keyProblem(key)).toBeNull();
    },
  );

  it.each(["sb_secret_1234567890abcdefghij", jwt("service_role")])("is not the secret one", (key) => {
    expect(() => publishableKey(key)).toThrow(expect.objectContaining({ exit: 2, code: "secret_key" }));
  });

  it.each(["", "anon", "two words that are long enough"])("is not “%s”", (key) => {
    expect(() => publishableKey(key)).toThrow(expect.objectContaining({ exit: 2, code: "bad_key" }));
  });
});
