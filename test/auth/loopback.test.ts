import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Loopback, openLoopback } from "../../src/lib/auth/loopback.js";

const open = async (port = 0): Promise<Loopback> => {
  const loopback = await openLoopback(port);
  onTestFinished(() => loopback.close());
  return loopback;
};

const never = new AbortController().signal;

describe("the loopback of a sign-in", () => {
  it("hands on the code that the browser brings, and tells the browser to close the page", async () => {
    const loopback = await open();
    const page = await fetch(`${loopback.address}?code=abc%2Fdef`);
    expect(page.status).toBe(200);
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(await page.text()).toContain("Close this page");
    expect(await loopback.code(1000, never)).toBe("abc/def");
  });

  it("waits on while a browser asks for anything else", async () => {
    const loopback = await open();
    const { origin } = new URL(loopback.address);
    for (const path of ["/favicon.ico", "/", "/callback", "/callbacks?code=no", "//", "//callback?code=no"]) {
      expect((await fetch(origin + path)).status, path).toBe(404);
    }
    expect((await fetch(`${loopback.address}?code=no`, { method: "POST" })).status).toBe(404);
    await fetch(`${loopback.address}?code=yes`);
    expect(await loopback.code(1000, never)).toBe("yes");
  });

  it("says why the sign-in was refused, without what could control the terminal", async () => {
    const loopback = await open();
    const why = encodeURIComponent("The user has\u001b[31m denied access.");
    await fetch(`${loopback.address}?error=access_denied&error_description=${why}`);
    await expect(loopback.code(1000, never)).rejects.toMatchObject({
      exit: 3,
      code: "oauth_refused",
      message: "The sign-in in the browser was refused: The user has [31m denied access.",
    });
  });

  it("gives up after a while, and says which address the project must allow", async () => {
    const loopback = await open();
    await expect(loopback.code(20, never)).rejects.toMatchObject({
      exit: 3,
      code: "oauth_timeout",
      hint: expect.stringContaining("http://127.0.0.1:*/callback") as string,
    });
  });

  it("ends with the reason of the one that stops it", async () => {
    const stop = new AbortController();
    const code = (await open()).code(60_000, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(code).rejects.toThrow("stopped");
  });

  it("refuses a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    await expect(openLoopback(port)).rejects.toMatchObject({
      exit: 5,
      code: "port_in_use",
      message: `Port ${port} of this machine cannot be listened on (EADDRINUSE).`,
    });
  });
});
