import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { aicost, errorOf, type Home, jsonOf, newHome } from "../support/cli.js";
import { startAnswering } from "../support/answering-server.js";
import { type Session, startSession } from "../support/secret-service.js";

let session: Session;
beforeAll(async () => {
  session = await startSession();
});
afterAll(() => session.stop());

const USER = { id: "5a1f7a52-7f0b-4c57-9d6f-6e1a2a0f5a11", email: "me@example.com" };

/** An Auth server that signs everybody in, of a project without the schema of aicost. */
const startAuth = async (): Promise<{ url: string; requests: string[] }> => {
  const requests: string[] = [];
  const { url, stop } = await startAnswering(({ url: address = "" }, response) => {
    requests.push(address);
    const [status, answer] = answerTo(address);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  onTestFinished(stop);
  return { url, requests };
};

const answerTo = (address: string): [status: number, answer: unknown] => {
  if (address.startsWith("/rest/")) return [404, { code: "PGRST202", message: "No such function" }];
  if (address.endsWith("/settings")) return [200, { external: { email: true } }];
  return [200, { access_token: "a", refresh_token: "r", expires_in: 3600, user: USER }];
};

/** A home of somebody whose session is in the keychain. */
const signedIn = async (url: string): Promise<Home> => {
  const home = newHome();
  const flags = [
    "--url",
    url,
    "--key",
    "sb_publishable_of_the_tests",
    "--email",
    USER.email,
    "--password-stdin",
  ];
  const outcome = await aicost(["login", ...flags, "--json"], home, { env: session.env, input: "password" });
  expect(jsonOf(outcome)).toMatchObject({ user: USER, session: { kept: "keychain" } });
  return home;
};

const configIn = ({ configDir }: Home): string => readFileSync(path.join(configDir, "config.json"), "utf8");

it("takes the session out of the keychain", async () => {
  await session.unlock();
  const { url, requests } = await startAuth();
  const before = await session.entries();
  const home = await signedIn(url);
  expect(await session.entries()).toBe(before + 1);
  const outcome = await aicost(["logout", "--json"], home, { env: session.env });
  expect(jsonOf(outcome)).toMatchObject({ signed_out: true, revoked: true });
  expect(requests.at(-1)).toBe("/auth/v1/logout?scope=local");
  expect(await session.entries()).toBe(before);
});

it("fails if the keychain is locked, and changes nothing", async () => {
  await session.unlock();
  const home = await signedIn((await startAuth()).url);
  const before = configIn(home);
  await session.lock();
  const outcome = await aicost(["logout", "--json"], home, { env: session.env });
  expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 5, code: "secret_missing" });
  expect(configIn(home)).toBe(before);
});
