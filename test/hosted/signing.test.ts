import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { claimsOf } from "../../src/lib/auth/claims.js";
import { errorOf, type Home, jsonOf, newHome } from "../support/cli.js";
import { startFaultyProxy } from "../support/supabase/faulty-proxy.js";
import { startGoTrueLoopback, totpOf } from "../support/supabase/gotrue-loopback.js";
import { type Algorithm, newSigningKey, signToken } from "../support/supabase/signing-key.js";
import { startSupabase, type TestProject } from "../support/supabase.js";
import { at, changeSession, project as shared, run, runProgram, sessionIn, signIn } from "./accounts.js";

const published = ({ url }: TestProject) =>
  createRemoteJWKSet(new URL(`${url}/auth/v1/.well-known/jwks.json`));

const spent = async (home: Home, env: Record<string, string> = {}): Promise<string> => {
  const outcome = await run(["report", "--range", "all", "--json"], home, { env });
  expect(outcome).toMatchObject({ exit: 0, stderr: "" });
  return jsonOf<{ totals: { cost_usd: string } }>(outcome).totals.cost_usd;
};

/** How a new project signs, what can be chosen instead, and how every project signed once. */
const projects: [Algorithm, () => Promise<TestProject & { stop?: () => Promise<void> }>][] = [
  ["ES256", () => Promise.resolve(shared)],
  ["RS256", () => startSupabase({ algorithm: "RS256" })],
  ["HS256", () => startSupabase({ algorithm: "HS256" })],
];

describe.each(projects)("a project that signs with %s", (algorithm, open) => {
  let project: TestProject & { stop?: () => Promise<void> };
  beforeAll(async () => {
    project = await open();
  });
  afterAll(() => project.stop?.());

  it("gives tokens that its published key proves, and keeps a shared secret to itself", async () => {
    const token = await project.accessToken(await project.newUser());
    expect(decodeProtectedHeader(token)).toEqual({ alg: algorithm, kid: project.signingKey.kid, typ: "JWT" });
    const response = await fetch(`${project.url}/auth/v1/.well-known/jwks.json`);
    const { keys } = (await response.json()) as { keys: object[] };
    expect(keys).toHaveLength(algorithm === "HS256" ? 0 : 1);
    for (const secret of ["d", "p", "q", "k"]) expect(keys[0] ?? {}).not.toHaveProperty(secret);
    if (algorithm !== "HS256") {
      expect((await jwtVerify(token, published(project))).payload).toMatchObject({ role: "authenticated" });
      const forged = signToken(claimsOf(token), { ...newSigningKey(algorithm), kid: project.signingKey.kid });
      await expect(jwtVerify(forged, published(project))).rejects.toThrow("signature verification failed");
    }
  });

  it("signs in, renews, and shows each user their own records", async () => {
    const proxy = await startFaultyProxy(project.url);
    onTestFinished(() => proxy.stop());
    const [home, other] = [newHome(), newHome()];
    await signIn(home, await project.newUser(), at({ url: proxy.url, key: project.key }));
    await signIn(other, await project.newUser(), at(project));
    expect(await run(["add", "-p", "openai", "-c", "4.12"], home)).toMatchObject({ exit: 0 });
    expect([await spent(home), await spent(other)]).toEqual(["4.12", "0"]);
    const before = sessionIn(home);
    changeSession(home, { expires_at: 0 });
    expect(await spent(home)).toBe("4.12");
    expect(proxy.tries("token")).toBe(2);
    expect(sessionIn(home).refresh_token).not.toBe(before.refresh_token);
    expect(jsonOf(await run(["whoami", "--json"], home))).toMatchObject({ user: before.user });
  });

  it("is served by the access token of the environment, and refuses one that another key signed", async () => {
    const user = await project.newUser();
    const home = newHome();
    const token = await project.accessToken(user);
    const env = { AICOST_SUPABASE_URL: project.url, AICOST_SUPABASE_KEY: project.key };
    const mine = { ...env, AICOST_ACCESS_TOKEN: token };
    const added = await run(["add", "-p", "openai", "-c", "1.5"], home, { env: mine });
    expect(added).toMatchObject({ exit: 0 });
    expect(await spent(home, mine)).toBe("1.5");
    const forged = signToken(claimsOf(token), newSigningKey(algorithm));
    const outcome = await runProgram(["report", "--json"], home, {
      env: { ...env, AICOST_ACCESS_TOKEN: forged },
    });
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 3, code: "token_expired" });
  });

  it("proves a second factor", async () => {
    const user = await project.newUser();
    const server = await startGoTrueLoopback(project, user);
    onTestFinished(() => server.stop());
    const secret = server.addApp();
    const home = newHome();
    const flags = [...at({ url: server.url, key: project.key }), "--email", user.email];
    const input = `${user.password}\n${totpOf(secret)}\n`;
    const login = ["login", ...flags, "--password-stdin", "--totp-stdin"];
    expect(await runProgram(login, home, { input })).toMatchObject({ exit: 0 });
    const { access_token } = sessionIn(home);
    expect(decodeProtectedHeader(access_token).alg).toBe(algorithm);
    expect(claimsOf(access_token)["aal"]).toBe("aal2");
    expect(await spent(home)).toBe("0");
  });
});
