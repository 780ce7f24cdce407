import { describe, expect, it } from "vitest";
import { dataApiError } from "../../src/lib/server/server-errors.js";

const PROJECT = { name: "work", url: "https://abc.supabase.co" };

const said = (status: number, body: string | object, headers: Record<string, string> = {}) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { code, exit, message, hint } = dataApiError(
    { status, headers: new Headers(headers), body: text },
    PROJECT,
  );
  return { code, exit, message, hint };
};

/** The body of an error of PostgREST 12 and later. */
const error = (code: string, message = "Some words.", more = {}) => ({
  code,
  message,
  details: null,
  hint: null,
  ...more,
});

describe("an error of the data API", () => {
  it("is what our own SQL refused", () => {
    expect(
      said(400, error("AC000", "“x” is no zone.", { details: "bad_timezone", hint: "Use another one." })),
    ).toEqual({ code: "bad_timezone", exit: 2, message: "“x” is no zone.", hint: "Use another one." });
  });

  it.each([
    ["PGRST301", 401, "token_refused", 3],
    ["PGRST303", 401, "token_refused", 3],
    ["PGRST202", 404, "function_missing", 5],
    ["PGRST205", 404, "function_missing", 5],
    ["42883", 404, "function_missing", 5],
    ["42P01", 404, "function_missing", 5],
    ["3F000", 400, "function_missing", 5],
    ["PGRST106", 406, "schema_not_exposed", 5],
    ["42501", 403, "not_allowed", 3],
    ["57014", 500, "statement_timeout", 5],
    ["25006", 405, "database_full", 5],
    ["53100", 503, "database_full", 5],
    ["PGRST000", 503, "database_unreachable", 5],
    ["PGRST001", 503, "database_lost", 5],
    ["PGRST002", 503, "database_unreachable", 5],
    ["PGRST003", 504, "database_unreachable", 5],
    ["53300", 503, "database_unreachable", 5],
    ["40P01", 500, "database_unreachable", 5],
    ["57P01", 500, "database_lost", 5],
    ["08006", 503, "database_lost", 5],
  ])("%s is told in words", (code, status, name, exit) => {
    expect(said(status, error(code))).toMatchObject({ code: name, exit });
  });

  it("that nobody foresaw is a bug, and shows its code", () => {
    expect(said(409, error("23505", "duplicate key value"))).toMatchObject({
      code: "bug",
      exit: 1,
      message: "This is a bug in aicost: duplicate key value (23505)",
    });
  });

  it("is known by its code, whatever it says", () => {
    expect(said(401, error("PGRST301", "JWT expired"))).toEqual(said(401, error("PGRST301", "JWT verboten")));
  });

  it("of a token names the command that mends it", () => {
    expect(said(401, error("PGRST303", "JWT expired"))).toEqual({
      code: "token_refused",
      exit: 3,
      message: "abc.supabase.co no longer accepts the session.",
      hint: "Sign in again: aicost login --profile work",
    });
  });
});

describe("an answer of the gateway", () => {
  it.each([
    [401, '{"message":"Invalid API key"}', "wrong_key", 3],
    [401, '{"message":"No API key found in request"}', "wrong_key", 3],
    [401, "<html>", "not_supabase", 5],
    [402, '{"message":"exceed_egress_quota"}', "project_restricted", 5],
    [403, "<html>", "not_allowed", 3],
    [404, '{"message":"no Route matched with those values"}', "not_supabase", 5],
    [200, "<html>", "not_supabase", 5],
    [302, "", "not_supabase", 5],
    [413, "", "too_large", 5],
    [500, "<html>", "server_trouble", 5],
    [502, "<html>", "server_trouble", 5],
    [503, "", "server_busy", 5],
    [522, "error code: 522", "server_trouble", 5],
    [540, '{"message":"Project paused"}', "project_paused", 5],
    [544, "", "server_trouble", 5],
  ])("%d %s is told in words", (status, body, code, exit) => {
    expect(said(status, body)).toMatchObject({ code, exit, hint: expect.any(String) as string });
  });

  it("passes on how long to wait", () => {
    expect(said(429, "", { "retry-after": "300" })).toEqual({
      code: "rate_limited",
      exit: 5,
      message: "abc.supabase.co accepts no more requests for now.",
      hint: "Run the command again in 5 minutes.",
    });
    expect(said(429, "", { "retry-after": "soon" }).hint).toBe("Run the command again in a few minutes.");
  });
});
