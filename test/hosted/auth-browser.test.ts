import { chmodSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { errorOf, fileIn, type Home, jsonOf, newHome, type Running, start } from "../support/cli.js";
import { GITHUB_USER } from "../support/supabase/github.js";
import { addressFor, at, FILES, project, run, sessionFiles } from "./accounts.js";

/** Starts a login by GitHub that waits for a browser. */
const begin = (
  home: Home,
  flags: readonly string[] = ["--no-browser"],
  env: Record<string, string> = {},
): Running => {
  const argv = ["login", ...at(project), "--oauth", "github", "--json", ...flags];
  const running = start(argv, home, { env: { ...FILES, ...env } });
  onTestFinished(() => void running.child.kill("SIGKILL"));
  return running;
};

const callbackOf = (address: string): string => new URL(address).searchParams.get("redirect_to") ?? "";

describe("aicost login --oauth", () => {
  it("signs in by a browser that the provider sends back to this machine", async () => {
    const home = newHome();
    const running = begin(home);
    const page = await fetch(await addressFor(running));
    expect(page.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback\?code=/);
    expect(await page.text()).toContain("Close this page and go back to the terminal.");
    const outcome = await running.outcome;
    expect(outcome.exit).toBe(0);
    expect(jsonOf(outcome)).toMatchObject({ user: { email: GITHUB_USER.email }, session: { kept: "file" } });
    expect(await run(["whoami"], home)).toMatchObject({ exit: 0 });
  });

  it("opens the browser of the user", async () => {
    const home = newHome();
    const opened = path.join(home.folder, "opened");
    const browser = fileIn(home, "browser", `#!/bin/sh\nprintf %s "$1" > '${opened}'\n`);
    chmodSync(browser, 0o700);
    // What is installed on this machine as a browser is not to be found.
    const desktop = ["XDG_DATA_DIRS", "XDG_DATA_HOME", "XDG_CONFIG_DIRS", "XDG_CONFIG_HOME"];
    const nowhere = Object.fromEntries(desktop.map((name) => [name, home.folder]));
    const running = begin(home, [], { ...nowhere, BROWSER: browser, DISPLAY: ":99" });
    while (!existsSync(opened) || readFileSync(opened, "utf8") === "") await sleep(20);
    await fetch(readFileSync(opened, "utf8"));
    expect(await running.outcome).toMatchObject({
      exit: 0,
      stderr: expect.stringMatching(
        /^Sign in in the browser; if it did not open, at this address:\nhttp/,
      ) as string,
    });
  });

  it("says why the provider refused", async () => {
    const running = begin(newHome());
    const callback = callbackOf(await addressFor(running));
    await fetch(`${callback}?error=access_denied&error_description=The+user+has+denied+access`);
    const outcome = await running.outcome;
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({
      exit: 3,
      code: "oauth_refused",
      message: "The sign-in in the browser was refused: The user has denied access.",
    });
  });

  it("takes no code that another one's browser was given", async () => {
    const home = newHome();
    const running = begin(home);
    const callback = callbackOf(await addressFor(running));
    const stranger = begin(newHome());
    const strangers = await addressFor(stranger);
    // Follows the way of the other login up to where its code would be brought to that program.
    let next = strangers;
    while (!next.startsWith(callbackOf(strangers))) {
      next = (await fetch(next, { redirect: "manual" })).headers.get("location") ?? "";
    }
    await fetch(`${callback}${new URL(next).search}`);
    const outcome = await running.outcome;
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 3, code: "oauth_failed" });
    expect(sessionFiles(home)).toEqual([]);
  });

  it("is over at once by Ctrl+C, and leaves nothing behind", async () => {
    const home = newHome();
    const running = begin(home);
    await addressFor(running);
    running.child.kill("SIGINT");
    const outcome = await running.outcome;
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({ exit: 130, code: "interrupted" });
    expect(sessionFiles(home)).toEqual([]);
  });

  it("names the provider that the project has not enabled", async () => {
    const outcome = await run(["login", ...at(project), "--oauth", "google", "--json"], newHome());
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({
      exit: 3,
      code: "provider_disabled",
      message: expect.stringContaining("google is not enabled") as string,
    });
  });
});
