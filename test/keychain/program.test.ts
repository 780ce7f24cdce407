import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aicost, errorOf, fileIn, type Home, jsonOf, newHome, type Outcome } from "../support/cli.js";
import { homeWithDatabase } from "../support/open-database.js";
import { type Session, startSession } from "../support/secret-service.js";

let session: Session;
beforeAll(async () => {
  session = await startSession();
});
afterAll(() => session.stop());

/** A home of somebody who signed in, and whose session the keychain was given. */
const signedIn = (): Home => {
  const home = newHome();
  const kept = { id: randomUUID(), kept: "keychain", user_id: randomUUID(), email: "me@example.com" };
  const profiles = { work: { url: "http://127.0.0.1:1", key: "sb_publishable_1", session: kept } };
  fileIn(home, "config/config.json", JSON.stringify({ maps: {}, profile: "work", profiles }));
  return home;
};

const prefs = async (): Promise<{ outcome: Outcome; seconds: number }> => {
  const begin = performance.now();
  const outcome = await aicost(["prefs", "--json"], signedIn(), { env: session.env });
  return { outcome, seconds: (performance.now() - begin) / 1000 };
};

it("a key is encrypted by what the keychain keeps, and opened by it", async () => {
  await session.unlock();
  const home = await homeWithDatabase();
  const run = (argv: string[], input = "") => aicost([...argv, "--json"], home, { env: session.env, input });
  const stored = await run(["credentials", "add", "mistral", "--no-check", "--key-stdin"], "a".repeat(32));
  expect(stored).toMatchObject({ exit: 0, stderr: "" });
  expect(await session.entries()).toBe(1);
  expect(jsonOf(await run(["vault", "rotate"]))).toMatchObject({ rotated: 1 });
});

describe("a command of somebody who is signed in", () => {
  it("does not take a locked keychain for a sign-out", async () => {
    await session.unlock();
    await session.lock();
    const { outcome } = await prefs();
    expect(outcome).toMatchObject({ exit: 5, stderr: "" });
    expect(errorOf(outcome)).toMatchObject({
      code: "secret_missing",
      hint: "Unlock the keychain and try again, or sign in again with: aicost login --profile work",
    });
  });

  it("ends in seconds, with its exit code, if the keychain does not answer", async () => {
    (await session.unlock()).kill("SIGSTOP");
    const { outcome, seconds } = await prefs();
    expect(outcome).toMatchObject({ exit: 5, stderr: "" });
    expect(errorOf(outcome)).toMatchObject({ code: "keychain_timeout" });
    expect(seconds).toBeLessThan(15);
  });
});
