import type { RequestListener } from "node:http";
import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { keepSession } from "../../src/lib/auth/keeping.js";
import { openAuth } from "../../src/lib/auth/server.js";
import { openSecrets } from "../../src/lib/secrets/index.js";
import { errorOf, type Home, newHome } from "../support/cli.js";
import { signToken } from "../support/supabase/signing-key.js";
import { startAnswering } from "../support/answering-server.js";
import { at, project, run } from "./accounts.js";

const CREDENTIALS = ["--email", "me@example.com", "--password-stdin"];

/** How a login is refused. @throws if it is not, or says anything besides one error */
const refusalOf = async (project: { url: string; key: string }, env: Record<string, string> = {}) => {
  const home = newHome();
  const outcome = await run(["login", ...at(project), ...CREDENTIALS, "--json"], home, {
    env,
    input: "wrong password",
  });
  expect(outcome.stderr).toBe("");
  return { home, exit: outcome.exit, ...errorOf(outcome) };
};

/** A server that answers all requests in that way. */
const answering = async (answer: RequestListener): Promise<{ url: string; key: string }> => {
  const { url, stop } = await startAnswering(answer);
  onTestFinished(stop);
  return { url, key: "sb_publishable_of_the_tests" };
};

const json =
  (status: number, body: unknown): RequestListener =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

/** A project that is one by its settings, and then answers so. */
const afterSettings =
  (answer: RequestListener): RequestListener =>
  (request, response) =>
    request.url === "/auth/v1/settings"
      ? json(200, { external: { email: true }, disable_signup: true })(request, response)
      : answer(request, response);

const isUntouched = ({ configDir }: Home): boolean => !existsSync(path.join(configDir, "config.json"));

describe("a login at an address that is no project", () => {
  it.each<[string, RequestListener, { exit: number; code: string; message: string }]>([
    [
      "a web page",
      (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Hello</h1>"),
      { exit: 5, code: "not_supabase", message: "is not a Supabase project" },
    ],
    ["another API", json(200, { hello: "world" }), { exit: 5, code: "not_supabase", message: "127.0.0.1" }],
    [
      "a way to another host",
      (_, response) => response.writeHead(301, { location: "https://project.example.com/auth" }).end(),
      { exit: 5, code: "not_supabase", message: "redirects to https://project.example.com" },
    ],
    [
      "a project that is paused",
      (_, response) => response.writeHead(540).end("<h1>Paused</h1>"),
      { exit: 5, code: "project_paused", message: "is paused" },
    ],
    [
      "a project that is over its quota",
      (_, response) => response.writeHead(402).end('{"message":"exceed_usage_quota"}'),
      { exit: 5, code: "project_restricted", message: "over a quota" },
    ],
    [
      "too many requests",
      (_, response) => response.writeHead(429).end("<h1>Slow down</h1>"),
      { exit: 5, code: "rate_limited", message: "no more attempts" },
    ],
  ])("says what answers: %s", async (_, answer, { message, ...expected }) => {
    const refusal = await refusalOf(await answering(answer));
    expect(refusal).toMatchObject(expected);
    expect(refusal.message).toContain(message);
    expect(isUntouched(refusal.home)).toBe(true);
  });

  it("says in one error, and soon, that nobody answers", async () => {
    const { url, stop } = await startAnswering(json(200, {}));
    await stop();
    const began = Date.now();
    const outcome = await run(["login", ...at({ url, key: project.key }), ...CREDENTIALS], newHome());
    expect(outcome).toMatchObject({ exit: 5, stdout: "" });
    expect(outcome.stderr).toMatch(
      /^Error: 127\.0\.0\.1 refuses connections on port \d+: .*\n(?: {2}\S.*\n)+$/,
    );
    expect(Date.now() - began).toBeLessThan(20_000);
  });

  it("says that the proxy of the environment does not answer", async () => {
    const refusal = await refusalOf(
      { url: "https://project.example.com", key: project.key },
      { HTTPS_PROXY: "http://127.0.0.1:1", https_proxy: "", NO_PROXY: "", no_proxy: "" },
    );
    expect(refusal).toMatchObject({ exit: 5, code: "proxy" });
  });

  it.each(["http://project.example.com", "ftp://example.com", "https://me:secret@example.com"])(
    "refuses %s as an address",
    async (url) =>
      expect(await refusalOf({ url, key: project.key })).toMatchObject({ exit: 2, code: "bad_project_url" }),
  );
});

describe("a login with a key", () => {
  it("of another project is told before a password is needed", async () => {
    const refusal = await refusalOf({ url: project.url, key: "sb_publishable_of_another_project" });
    expect(refusal).toMatchObject({ exit: 3, code: "wrong_key" });
    expect(isUntouched(refusal.home)).toBe(true);
  });

  const { secretKey, signingKey } = inject("supabase");
  it.each([
    ["secret", secretKey],
    ["secret by its look alone", "sb_secret_1234567890123456789012"],
    ["of the role service_role", signToken({ role: "service_role" }, signingKey)],
  ])("that is %s is refused, and neither shown nor kept", async (_, key) => {
    const refusal = await refusalOf({ url: project.url, key });
    expect(refusal).toMatchObject({ exit: 2, code: "secret_key" });
    expect(JSON.stringify(refusal)).not.toContain(key);
    expect(isUntouched(refusal.home)).toBe(true);
  });
});

describe("a login that the project refuses", () => {
  it("because of the password is told as such", async () => {
    const { email } = await project.newUser();
    const argv = ["login", ...at(project), "--email", email, "--password-stdin", "--json"];
    const outcome = await run(argv, newHome(), { input: "not the password" });
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({
      exit: 3,
      code: "wrong_password",
      message: `The password is wrong, or ${email} has no account in this project.`,
    });
  });

  it("because a code goes to users alone is told as such", async () => {
    const argv = ["login", ...at(project), "--email", "nobody@example.com", "--otp", "--json"];
    const outcome = await run(argv, newHome());
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 3, code: "no_account" });
  });

  it.each<[string, number, unknown, { exit: number; code: string }]>([
    ["too many attempts", 429, { error_code: "over_request_rate_limit" }, { exit: 5, code: "rate_limited" }],
    [
      "a captcha",
      400,
      { error_code: "captcha_failed", msg: "captcha" },
      { exit: 3, code: "captcha_required" },
    ],
    ["a ban", 400, { error_code: "user_banned", msg: "User is banned" }, { exit: 3, code: "user_banned" }],
    ["a mistake of the database", 500, { msg: "Database error" }, { exit: 5, code: "auth_failed" }],
    [
      "what nobody knows",
      418,
      { error_code: "teapot", msg: "I am\u001b[31m one" },
      { exit: 3, code: "auth_refused" },
    ],
  ])("because of %s is told as such", async (_, status, body, expected) => {
    const refusal = await refusalOf(await answering(afterSettings(json(status, body))));
    expect(refusal).toMatchObject(expected);
    expect(refusal.message).not.toContain("\u001b");
  });

  it("is told before a password is asked for, if the project has no passwords", async () => {
    const refusal = await refusalOf(await answering(json(200, { external: { email: false, github: true } })));
    expect(refusal).toMatchObject({ exit: 3, code: "provider_disabled" });
  });
});

describe("a session that cannot be kept", () => {
  it("is told before a password is needed", async () => {
    const env = { AICOST_SECRETS: "keychain", DBUS_SESSION_BUS_ADDRESS: "unix:path=/dev/null" };
    const refusal = await refusalOf(project, env);
    expect(refusal.exit).toBe(5);
    expect(isUntouched(refusal.home)).toBe(true);
  });

  it("is ended in the project again", async () => {
    const { configDir } = newHome();
    const { email, password } = await project.newUser();
    const auth = openAuth(project, "supabase");
    const session = await auth.signIn(email, password);
    const nowhere = openSecrets("file", "/dev/null");
    const place = { configDir, command: "login", waitMs: 0 };
    const kept = keepSession({ profile: "supabase", project, session }, nowhere, place);
    await expect(kept).rejects.toMatchObject({ exit: 5 });
    await expect(auth.userOf(session.access_token)).rejects.toMatchObject({ code: "not_signed_in" });
  });
});
