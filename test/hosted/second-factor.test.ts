import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { claimsOf } from "../../src/lib/auth/claims.js";
import { errorOf, type Home, inTerminal, jsonOf, newHome, ROOT } from "../support/cli.js";
import { startGoTrueLoopback, totpOf } from "../support/supabase/gotrue-loopback.js";
import { signToken } from "../support/supabase/signing-key.js";
import { startSupabase, type TestProject } from "../support/supabase.js";
import { at, FILES, project, run, runProgram, sessionFiles, sessionIn } from "./accounts.js";

const loopback = async (target: TestProject = project) => {
  const user = await target.newUser();
  const server = await startGoTrueLoopback(target, user);
  onTestFinished(() => server.stop());
  const login = ["login", ...at({ url: server.url, key: target.key }), "--email", user.email];
  return { server, user, login };
};

const refused = (outcome: Parameters<typeof errorOf>[0]) => ({ exit: outcome.exit, ...errorOf(outcome) });

const aalIn = (home: Home): unknown => claimsOf(sessionIn(home).access_token)["aal"];

/** Six digits that no app shows now. */
const wrong = (secret: string): string => (totpOf(secret) === "000000" ? "000001" : "000000");

describe("the link in a mail without a code", () => {
  it("is taken where the code would be, in a terminal", async () => {
    const { server, login, user } = await loopback();
    const home = newHome();
    const terminal = inTerminal([...login, "--otp"], home, FILES);
    await terminal.shows("copy the link without opening it");
    await terminal.shows("The code or the link from the mail");
    terminal.type("https://example.com/\r");
    await terminal.shows("This is not a code, and not a link that holds one.");
    terminal.type(`\u0015${server.links[0]!}\r`);
    expect(await terminal.ended).toEqual({ exit: 0, screen: expect.stringContaining(user.id) as string });
    expect(aalIn(home)).toBe("aal1");
  });

  it("that was used is refused, with what to do", async () => {
    const { server, login } = await loopback();
    const link = `https://app.example.com/confirm?token_hash=${"a".repeat(56)}&type=email`;
    const outcome = await run([...login, "--otp", "--json"], newHome(), { input: link });
    expect(refused(outcome)).toMatchObject({
      exit: 3,
      code: "wrong_code",
      hint: expect.stringContaining("A link that was opened is used.") as string,
    });
    expect(server.requests.at(-1)).toBe("/auth/v1/verify");
  });

  it("is asked for again as soon as the server has said, not in an hour", async () => {
    const { server, login } = await loopback();
    server.limitMails("For security purposes, you can only request this after 59 seconds.");
    expect(refused(await run([...login, "--otp", "--json"], newHome(), { input: "" }))).toMatchObject({
      exit: 5,
      code: "rate_limited",
      message: expect.stringContaining("you can only request this after 59 seconds") as string,
      hint: "Try again in 59 seconds, or use a password.",
    });
  });
});

describe("a user with an authenticator app", () => {
  it("is asked for its code, again after a wrong one, and works at aal2", async () => {
    const { server, login, user } = await loopback();
    const secret = server.addApp();
    const home = newHome();
    const terminal = inTerminal(login, home, FILES);
    await terminal.shows("Password");
    terminal.type(`${user.password}\r`);
    await terminal.shows("The code of your authenticator app");
    terminal.type("12\r");
    await terminal.shows("This is not a code of an authenticator app.");
    terminal.type(`\u0015${wrong(secret)}\r`);
    await terminal.shows("is not accepted: Invalid TOTP code entered.");
    await terminal.shows("The code of your authenticator app");
    const code = totpOf(secret);
    terminal.type(`${code.slice(0, 3)} ${code.slice(3)}\r`);
    expect(await terminal.ended).toEqual({ exit: 0, screen: expect.stringContaining(user.id) as string });
    expect(aalIn(home)).toBe("aal2");
    expect(readFileSync(sessionFiles(home)[0]!, "utf8")).not.toContain("factors");
  });

  it("gives it in the line after the password, of whichever app it is", async () => {
    const { server, login, user } = await loopback();
    const [, second] = [server.addApp(), server.addApp()];
    const home = newHome();
    const input = `${user.password}\n${totpOf(second)}\n`;
    expect(await run([...login, "--password-stdin", "--totp-stdin"], home, { input })).toMatchObject({
      exit: 0,
    });
    expect(aalIn(home)).toBe("aal2");
    expect(jsonOf(await run(["prefs", "--json"], home))).toHaveProperty("preferences");
  });

  it.each([
    ["is missing", ["--password-stdin"], () => "", "second_factor_missing", 3],
    ["is no code", ["--password-stdin", "--totp-stdin"], () => "soon", "no_code", 2],
    ["is wrong", ["--password-stdin", "--totp-stdin"], wrong, "wrong_code", 3],
  ])("is refused if it %s, and no session is left", async (_, flags, line, code, exit) => {
    const { server, login, user } = await loopback();
    const secret = server.addApp();
    const home = newHome();
    const input = `${user.password}\n${line(secret)}\n`;
    expect(refused(await run([...login, ...flags, "--json"], home, { input }))).toMatchObject({ exit, code });
    expect(sessionFiles(home)).toEqual([]);
    if (code !== "no_code") expect(server.requests.at(-1)).toBe("/auth/v1/logout");
  });
});

describe("a project that demands a second factor", () => {
  const sql = /```sql\n(alter role authenticator set [^`]*)```/.exec(
    readFileSync(path.join(ROOT, "docs/supabase.md"), "utf8"),
  )?.[1];

  it("by what the docs say refuses a session without one, in words, and serves one that has it", async () => {
    const strict = await startSupabase();
    onTestFinished(strict.stop);
    const { server, login, user } = await loopback(strict);
    const home = newHome();
    const signIn = (input: string, ...flags: string[]) =>
      run([...login, "--password-stdin", ...flags], home, { input });
    expect(await signIn(user.password)).toMatchObject({ exit: 0 });
    for (const statement of sql!.split(";").filter((each) => each.trim() !== ""))
      await strict.admin(statement);
    const iat = Math.floor(Date.now() / 1000);
    const early = signToken(
      { sub: user.id, role: "authenticated", aal: "aal1", exp: iat + 600 },
      strict.signingKey,
    );
    const direct = () =>
      fetch(`${strict.url}/rest/v1/cost_records?select=id`, {
        headers: { apikey: strict.key, authorization: `Bearer ${early}` },
      });
    while ((await direct()).ok) await sleep(50);
    for (const argv of [
      ["report"],
      ["prefs"],
      ["records"],
      ["export", "--output", `${home.folder}/x.ndjson`],
    ]) {
      expect(refused(await run([...argv, "--json"], home))).toMatchObject({
        exit: 3,
        code: "second_factor_missing",
        message: "This project demands a second factor.",
        hint: "Sign in with it: aicost login",
      });
    }
    const secret = server.addApp();
    expect(await signIn(`${user.password}\n${totpOf(secret)}`, "--totp-stdin")).toMatchObject({ exit: 0 });
    expect(await run(["add", "-p", "openai", "-c", "4.12"], home)).toMatchObject({ exit: 0 });
    expect(await runProgram(["today"], home)).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^\$4\.12/) as string,
    });
  });
});
