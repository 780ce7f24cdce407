import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { ERROR_CODES, isErrorCode } from "../src/lib/error-codes.js";
import { fromDatabase, UserError } from "../src/lib/errors.js";

const MIGRATIONS = path.join(import.meta.dirname, "../supabase/migrations");

const sql = readdirSync(MIGRATIONS).map((file) => readFileSync(path.join(MIGRATIONS, file), "utf8"));

/** Calls of what refuses something in our SQL, with their codes, by the name of the function. */
const CALLS: Record<string, RegExp> = {
  refuse: /(?:perform|select) private\.refuse\(\s*([^,]+),/g,
  require_one: /perform private\.require_one\([^,]+,\s*([^,]+),\s*([^,]+),/g,
};

/** Parameters of `require_one`, whose callers write the code out. */
const PASSED_ON = ["code_of_none", "code_of_several"];

const codes = Object.values(CALLS)
  .flatMap((call) => sql.flatMap((text) => [...text.matchAll(call)].flatMap(([, ...found]) => found)))
  .filter((code) => !PASSED_ON.includes(code));

it("has an exit code for every code of our SQL, each of which is written out", () => {
  expect(codes.length).toBeGreaterThan(20);
  expect(codes.filter((code) => !isErrorCode(/^'(\w+)'$/.exec(code)?.[1]))).toEqual([]);
});

it("has no code that nothing uses", () => {
  const source = readdirSync(path.join(import.meta.dirname, "../src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith("error-codes.ts"))
    .map((file) => path.join("src", file))
    .concat("bin/run.cjs")
    .map((file) => readFileSync(path.join(import.meta.dirname, "..", file), "utf8"))
    .join("\n");
  const ofSql = new Set(codes.map((code) => code.slice(1, -1)));
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
