import { describe, expect, it } from "vitest";
import { proxyOf, shownProxy } from "../../src/lib/server/proxy.js";

const PROJECT = new URL("https://abc.supabase.co/rest/v1/rpc/f");
const LOCAL = new URL("http://127.0.0.1:54321/rest/v1/rpc/f");

describe("the proxy of an address", () => {
  it.each([
    [PROJECT, { HTTPS_PROXY: "http://p:3128" }, "http://p:3128 (HTTPS_PROXY)"],
    [PROJECT, { https_proxy: "http://low:1", HTTPS_PROXY: "http://up:2" }, "http://low:1 (https_proxy)"],
    [PROJECT, { https_proxy: "", HTTPS_PROXY: "http://up:2" }, "http://up:2 (HTTPS_PROXY)"],
    [PROJECT, { ALL_PROXY: "https://p:8443" }, "https://p:8443 (ALL_PROXY)"],
    [PROJECT, { HTTPS_PROXY: "p:3128" }, "http://p:3128 (HTTPS_PROXY)"],
    [LOCAL, { HTTP_PROXY: "http://p:3128", HTTPS_PROXY: "http://q:1" }, "http://p:3128 (HTTP_PROXY)"],
  ])("of %s in %o is %s", (url, env, shown) => {
    const proxy = proxyOf(url, env);
    expect(proxy && shownProxy(proxy)).toBe(shown);
  });

  it.each([
    [PROJECT, {}],
    [PROJECT, { HTTP_PROXY: "http://p:3128" }],
    [LOCAL, { HTTPS_PROXY: "http://p:3128" }],
  ])("of %s in %o is none", (url, env) => {
    expect(proxyOf(url, env)).toBeNull();
  });

  it.each([
    "*",
    "supabase.co",
    ".supabase.co",
    "*.supabase.co",
    "other.org, ABC.supabase.co",
    "abc.supabase.co:443",
  ])("is none if NO_PROXY is %s", (NO_PROXY) => {
    expect(proxyOf(PROJECT, { HTTPS_PROXY: "http://p:3128", NO_PROXY })).toBeNull();
  });

  it.each(["", "upabase.co", "supabase.com", "abc.supabase.co:8443", "x.abc.supabase.co"])(
    "counts if NO_PROXY is “%s”",
    (no_proxy) => {
      expect(proxyOf(PROJECT, { HTTPS_PROXY: "http://p:3128", no_proxy })).not.toBeNull();
    },
  );

  it("is shown without its password", () => {
    const proxy = proxyOf(PROJECT, { HTTPS_PROXY: "http://me:secret@p:3128" });
    expect(proxy && shownProxy(proxy)).toBe("http://p:3128 (HTTPS_PROXY)");
  });

  it.each(["socks5://p:1080", "http://", "//:secret"])(
    "has no address if the variable is %s",
    (HTTPS_PROXY) => {
      expect(proxyOf(PROJECT, { HTTPS_PROXY })).toEqual({ variable: "HTTPS_PROXY", address: null });
    },
  );
});
