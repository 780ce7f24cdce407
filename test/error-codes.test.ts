import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { ERROR_CODES, isErrorCode } from "../src/lib/error-codes.js";
import { fromDatabase, UserError } from "../src/lib/errors.js";

const MIGRATIONS = path.join(import.meta.dirname, "../supabase/migrations");

/** What each call of `private.refuse` in our SQL begins with: its code. */
const refusals = readdirSync(MIGRATIONS).flatMap((file) =>
  [
    ...readFileSync(path.join(MIGRATIONS, file), "utf8").matchAll(
      /(?:perform|select) private\.refuse\(\s*(\S+),/g,
    ),
  ].map(([, code = ""]) => ({ file, code })),
);

it("has an exit code for every code of our SQL, each of which is written out", () => {
  expect(refusals.length).toBeGreaterThan(20);
  expect(refusals.filter(({ code }) => !isErrorCode(/^'(\w+)'$/.exec(code)?.[1]))).toEqual([]);
});

it("has no code that nothing uses", () => {
  const source = readdirSync(path.join(import.meta.dirname, "../src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith("error-codes.ts"))
    .map((file) => path.join("src", file))
    .concat("bin/run.cjs")
    .map((file) => readFileSync(path.join(import.meta.dirname, "..", file), "utf8"))
    .join("\n");
  const ofSql = new Set(refusals.map(({ code }) => code.slice(1, -1)));
  const unused = Object.keys(ERROR_CODES).filter((code) => !ofSql.has(code) && !source.includes(`"${code}"`));
  expect(unused).toEqual([]);
});

it("takes the code of a refusal from the database, and the exit code from the list", () => {
  const said = { code: "AC000", detail: "not_signed_in", hint: "Sign in with: aicost login" };
  const error = fromDatabase(Object.assign(new Error("You are not signed in."), said));
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ code: "not_signed_in", exit: 3, hint: "Sign in with: aicost login" });
});

it("takes what it does not know for a bug", () => {
  for (const said of [
    { code: "AC000", detail: "no_such_code" },
    { code: "23505", detail: "not_signed_in" },
  ]) {
    const error = Object.assign(new Error("No."), said);
    expect(fromDatabase(error)).toBe(error);
  }
});
