import { inject, expect, describe, it } from "vitest";
import { newSigningKey, signToken } from "../support/supabase/signing-key.js";
import { testProject } from "../support/supabase.js";

const project = testProject(inject("supabase"));

/** Asks for the providers, with these headers. */
const ask = async (headers: Record<string, string>) => {
  const response = await fetch(`${project.url}/rest/v1/providers?select=name&limit=1`, { headers });
  return { status: response.status, body: await response.json() };
};

describe("the project of these tests, like a hosted one,", () => {
  it("refuses a request without a key, and one with a key that is not its own", async () => {
    expect(await ask({})).toEqual({ status: 401, body: { message: "No API key found in request" } });
    expect(await ask({ apikey: "sb_publishable_other" })).toEqual({
      status: 401,
      body: { message: "Invalid API key" },
    });
  });

  it("takes the publishable key for a visitor, a token for its user, the secret key for the service", async () => {
    const { key, secretKey } = project;
    expect(await ask({ apikey: key, authorization: `Bearer ${key}` })).toMatchObject({
      status: 401,
      body: { code: "42501" },
    });
    const token = await project.accessToken(await project.newUser());
    expect((await ask({ apikey: key, authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await ask({ apikey: secretKey, authorization: `Bearer ${secretKey}` })).status).toBe(200);
  });

  it("refuses a token that has expired, and one that somebody else signed", async () => {
    const claims = { role: "authenticated", sub: (await project.newUser()).id, exp: 1 };
    const expired = signToken(claims, project.signingKey);
    expect(await ask({ apikey: project.key, authorization: `Bearer ${expired}` })).toMatchObject({
      status: 401,
      body: { code: "PGRST301" },
    });
    const forged = signToken({ ...claims, exp: 9e9 }, newSigningKey("ES256"));
    expect((await ask({ apikey: project.key, authorization: `Bearer ${forged}` })).status).toBe(401);
  });

  it("hands on what a function refuses, with its code and hint", async () => {
    const token = await project.accessToken(await project.newUser());
    const response = await fetch(`${project.url}/rest/v1/rpc/get_import`, {
      method: "POST",
      headers: {
        apikey: project.key,
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ import_id: "none" }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      code: "AC000",
      details: "import_not_found",
      hint: "See them with: aicost imports",
      message: "There is no import none.",
    });
  });

  it("runs migrations as an owner who is no superuser, and makes preferences for who signs up", async () => {
    const { id } = await project.newUser();
    expect(
      await project.admin(
        `select rolsuper, relowner::regrole::text as owner,
           (select count(*)::int from public.user_preferences where user_id = $1) as preferences
         from pg_roles, pg_class
         where rolname = 'postgres' and pg_class.oid = 'public.cost_records'::regclass`,
        [id],
      ),
    ).toEqual([{ rolsuper: false, owner: "postgres", preferences: 1 }]);
  });
});
