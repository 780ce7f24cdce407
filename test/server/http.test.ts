import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createSocketServer, type Server } from "node:net";
import { pipeline, Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { UserError } from "../../src/lib/errors.js";
import { type Limits, makeFetch, type Repeat } from "../../src/lib/server/http.js";
import { failureOf } from "../../src/lib/server/network-errors.js";
import { PROJECT } from "../../src/lib/server/project.js";
import { askedWait } from "../../src/lib/server/retry-after.js";
import { type Certificate, selfSigned } from "../support/certificate.js";
import { aicost, errorOf, fileIn, newHome } from "../support/cli.js";
import { startConnectProxy } from "../support/connect-proxy.js";

const QUICK: Limits = { tries: 4, tryMs: 5000, lastTryMs: 5000, pauseMs: 4, askedMs: 2000 };

beforeEach(() => {
  for (const name of ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]) {
    vi.stubEnv(name, "");
    vi.stubEnv(name.toLowerCase(), "");
  }
  return () => vi.unstubAllEnvs();
});

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const listening = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    if ("closeAllConnections" in server) (server.closeAllConnections as () => void)();
    server.close();
    await once(server, "close");
  });
  return (server.address() as AddressInfo).port;
};

/** A server that answers each request by the next of these; the last one stays. @returns its address and its count */
const serve = async (...answers: RequestListener[]) => {
  const seen = { count: 0 };
  const server = createServer((incoming, outgoing) => {
    const answer = answers[Math.min(seen.count++, answers.length - 1)]!;
    incoming.resume().on("end", () => answer(incoming, outgoing));
  });
  return { url: `http://127.0.0.1:${await listening(server)}/rest/v1/rpc/f`, seen };
};

const says =
  (status: number, body = "", headers = {}): RequestListener =>
  (_, outgoing) =>
    outgoing.writeHead(status, headers).end(body);
const fine = says(200, '{"done":true}');
const hangsUp: RequestListener = (_, outgoing) => outgoing.destroy();
const staysSilent: RequestListener = () => undefined;
const database = (status: number, code: string): RequestListener =>
  says(status, JSON.stringify({ code, message: "No.", details: null, hint: null }));

const post = (url: string, repeat: Repeat, limits: Partial<Limits> = {}) =>
  makeFetch(PROJECT, () => repeat, { ...QUICK, ...limits })(url, { method: "POST", body: "{}" });

describe("an answer that is packed", () => {
  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
  ])("is unpacked: %s", async (packing, pack) => {
    const { url } = await serve((incoming, outgoing) => {
      expect(incoming.headers["accept-encoding"]).toContain(packing);
      outgoing.writeHead(200, { "content-encoding": packing }).end(pack('{"done":true}'));
    });
    expect(await (await post(url, "freely")).json()).toEqual({ done: true });
  });

  it("wrongly is a connection that was lost", async () => {
    const { url, seen } = await serve(says(200, '{"done":true}', { "content-encoding": "gzip" }));
    expect((await failure(post(url, "if_unheard"))).code).toBe("connection_lost");
    expect(seen.count).toBe(1);
  });
});

const failure = async (call: Promise<unknown>): Promise<UserError> => {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof UserError)) throw new Error("It did not fail as it should.", { cause: thrown });
  return thrown;
};

/** An address of this machine that nobody listens on. */
const deadUrl = async (): Promise<string> => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${port}/`;
};

describe("a request", () => {
  it("is sent with what the caller gave, and the name and version of the program", async () => {
    const { url } = await serve((incoming, outgoing) => {
      const { apikey, "user-agent": agent } = incoming.headers;
      outgoing.end(JSON.stringify({ method: incoming.method, apikey, agent }));
    });
    const response = await makeFetch(PROJECT, () => "freely")(url, {
      method: "PUT",
      headers: { apikey: "key" },
    });
    expect(await response.json()).toEqual({
      method: "PUT",
      apikey: "key",
      agent: `aicost/${packageJson.version}`,
    });
  });

  it("gives back an answer without content", async () => {
    const { url } = await serve(says(204));
    const response = await post(url, "freely");
    expect([response.status, await response.text()]).toEqual([204, ""]);
  });

  it("follows no redirect: the key would travel along", async () => {
    const elsewhere = await serve(fine);
    const { url } = await serve(says(307, "", { location: elsewhere.url }));
    const response = await post(url, "freely");
    expect([response.status, response.headers.get("location")]).toEqual([307, elsewhere.url]);
    expect(elsewhere.seen.count).toBe(0);
  });

  it("ends with the caller's signal, and is not sent again then", async () => {
    const { url, seen } = await serve(staysSilent);
    const stop = new AbortController();
    const response = makeFetch(PROJECT, () => "freely", QUICK)(url, { signal: stop.signal });
    const reason = new Error("Enough.");
    setTimeout(() => stop.abort(reason), 50);
    await expect(response).rejects.toBe(reason);
    expect(seen.count).toBe(1);
  });

  it("ends with the caller's signal in the pause before another try, too", async () => {
    const { url, seen } = await serve(says(503, "", { "retry-after": "2" }));
    const stop = new AbortController();
    const response = makeFetch(PROJECT, () => "freely", QUICK)(url, { signal: stop.signal });
    const reason = new Error("Enough.");
    setTimeout(() => stop.abort(reason), 200);
    const begin = performance.now();
    await expect(response).rejects.toBe(reason);
    expect(performance.now() - begin).toBeLessThan(1500);
    expect(seen.count).toBe(1);
  });

  it("keeps its time limit when memory is cleaned up meanwhile", async () => {
    const { url } = await serve(staysSilent);
    const stop = new AbortController();
    const init = { signal: stop.signal };
    const response = failure(
      makeFetch(PROJECT, () => "freely", { ...QUICK, tries: 1, tryMs: 300 })(url, init),
    );
    const cleaning = setInterval(collectGarbage, 50);
    onTestFinished(() => clearInterval(cleaning));
    expect(await Promise.race([response, sleep(3000)])).toMatchObject({ code: "connection_lost" });
    stop.abort();
  });
});

describe("another try", () => {
  const KINDS = ["freely", "if_unheard", "if_unreached"] as const;

  it.each<[string, RequestListener, Repeat[]]>([
    ["429", says(429), ["freely", "if_unheard"]],
    ["503", says(503, "<html>"), ["freely", "if_unheard"]],
    ["a deadlock", database(500, "40P01"), ["freely", "if_unheard"]],
    ["a serialization failure", database(500, "40001"), ["freely", "if_unheard"]],
    ["no free connection to the database", database(504, "PGRST003"), ["freely", "if_unheard"]],
    ["500", says(500, "<html>"), ["freely"]],
    ["502", says(502, "<html>"), ["freely"]],
    ["504", says(504), ["freely"]],
    ["522", says(522), ["freely"]],
    ["544", says(544), ["freely"]],
    ["a database that shuts down", database(500, "57P01"), ["freely"]],
    ["a connection that is cut before the answer", hangsUp, ["freely"]],
    [
      "an answer that is cut in the middle",
      (_, outgoing) => {
        outgoing.writeHead(200, { "content-length": 100 });
        outgoing.write('{"do', () => outgoing.destroy());
      },
      ["freely"],
    ],
    ["a statement that took too long", database(500, "57014"), []],
    ["an error of a function", database(500, "XX000"), []],
    ["400", says(400), []],
    ["401", says(401, '{"message":"Invalid API key"}'), []],
    ["540", says(540), []],
    ["200 without JSON", says(200, "<html>"), []],
  ])("after %s is made if it can do no harm", async (_, trouble, repeated) => {
    for (const kind of KINDS) {
      const { url, seen } = await serve(trouble, fine);
      const response = await post(url, kind).catch(() => null);
      const again = repeated.includes(kind);
      expect([kind, seen.count, (await response?.text()) === '{"done":true}']).toEqual([
        kind,
        again ? 2 : 1,
        again,
      ]);
    }
  });

  it.each(KINDS)("is made if no server was met, four in all (%s)", async (kind) => {
    const { port, hostname } = new URL(await deadUrl());
    let connections = 0;
    const random = vi.spyOn(Math, "random").mockImplementation(() => {
      connections++;
      return 0;
    });
    onTestFinished(() => random.mockRestore());
    expect(await failure(post(`http://${hostname}:${port}/`, kind))).toMatchObject({
      code: "unreachable",
      exit: 5,
      message: `127.0.0.1 refuses connections on port ${port}: no server runs there.`,
      hint: "Check the network, and the address of the project: aicost profiles",
    });
    // One pause between each two of four tries.
    expect(connections).toBe(3);
  });

  it("reaches a server that starts meanwhile", async () => {
    const url = new URL(await deadUrl());
    const response = post(url.href, "if_unreached", { tries: 50, pauseMs: 20 });
    const server = createServer(fine);
    server.listen(Number(url.port), "127.0.0.1");
    onTestFinished(() => void server.close());
    expect((await response).status).toBe(200);
  });

  it("is one of four at most, and the last answer is given back", async () => {
    const { url, seen } = await serve(says(503, "busy"));
    const response = await post(url, "freely");
    expect([response.status, await response.text(), seen.count]).toEqual([503, "busy", 4]);
  });

  it("waits for as long as the server asks", async () => {
    const { url, seen } = await serve(says(429, "", { "retry-after": "1" }), fine);
    const start = performance.now();
    expect((await post(url, "if_unheard")).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
    expect(seen.count).toBe(2);
  });

  it("waits until the moment that the server names, by the server's clock", async () => {
    const at = (second: number) => new Date(Date.UTC(2001, 0, 1, 0, 0, second)).toUTCString();
    const { url, seen } = await serve(says(503, "", { date: at(0), "retry-after": at(1) }), fine);
    const start = performance.now();
    expect((await post(url, "freely")).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(990);
    expect(seen.count).toBe(2);
  });

  it.each(["300", new Date(Date.UTC(2999, 0)).toUTCString()])(
    "is not made if the server asks for too long a wait (%s)",
    async (asked) => {
      const { url, seen } = await serve(says(429, "", { "retry-after": asked }), fine);
      expect((await post(url, "freely")).status).toBe(429);
      expect(seen.count).toBe(1);
    },
  );

  it("waits no longer in all than it may", async () => {
    const { url, seen } = await serve(says(503, "", { "retry-after": "1" }));
    expect((await post(url, "freely", { askedMs: 1500 })).status).toBe(503);
    expect(seen.count).toBe(2);
  });

  it("is not begun when too much time has passed", async () => {
    const { url, seen } = await serve(staysSilent);
    const error = await failure(post(url, "freely", { tryMs: 100, lastTryMs: 50 }));
    expect(error).toMatchObject({
      code: "connection_lost",
      exit: 5,
      message: `${new URL(url).host} took the request, but did not answer in time.`,
    });
    expect(seen.count).toBe(1);
  });

  it("is said not to have helped when every connection is cut", async () => {
    const { url, seen } = await serve(hangsUp);
    expect(await failure(post(url, "freely"))).toMatchObject({
      code: "connection_lost",
      exit: 5,
      message: `The connection to ${new URL(url).host} was lost before it had answered.`,
    });
    expect(seen.count).toBe(4);
  });
});

describe("an answer that is not what a server should send", () => {
  /** Bytes that a server packs while it sends them. @returns how many it has given away so far */
  const bomb = (bytes: number, piece: Buffer): { answer: RequestListener; given: () => number } => {
    let given = 0;
    const answer: RequestListener = (_, outgoing) => {
      outgoing.writeHead(200, { "content-encoding": "gzip" });
      const source = Readable.from(
        (function* () {
          for (; given < bytes; given += piece.length) yield piece;
        })(),
        { highWaterMark: 1 },
      );
      pipeline(source, createGzip({ level: 1 }), outgoing, () => undefined);
    };
    return { answer, given: () => given };
  };

  it("is given up when it unpacks to more than 64 MB", async () => {
    const { answer } = bomb(3 * 1024 ** 3, Buffer.alloc(1024 * 1024));
    const { url, seen } = await serve(answer);
    const { host } = new URL(url);
    expect(await failure(post(url, "freely", { tryMs: 50_000 }))).toMatchObject({
      code: "answer_too_large",
      exit: 4,
      message: `${host} answered with more than 64 MB, of which nothing was taken.`,
    });
    expect(seen.count).toBe(1);
  });

  it("is not taken any further than that", async () => {
    // So much of it is random that what is on its way, packed, is little unpacked, too.
    const { answer, given } = bomb(1024 ** 3, Buffer.concat([randomBytes(100_000)], 1024 * 1024));
    const { url } = await serve(answer);
    expect(await failure(post(url, "freely", { mostBytes: 4_000_000, tryMs: 50_000 }))).toMatchObject({
      code: "answer_too_large",
    });
    expect(given()).toBeLessThan(512 * 1024 ** 2);
  });

  it("is taken up to the last byte that is allowed", async () => {
    const { url } = await serve(says(200, "x".repeat(1000)));
    const limits = { mostBytes: 1000 };
    expect(await (await post(url, "freely", limits)).text()).toHaveLength(1000);
    expect(await failure(post(url, "freely", { mostBytes: 999 }))).toMatchObject({
      code: "answer_too_large",
    });
  });

  const drip =
    (everyMs: number, pieces = Infinity): RequestListener =>
    (_, outgoing) => {
      outgoing.writeHead(200);
      let sent = 0;
      const timer = setInterval(() => {
        if (sent++ < pieces) outgoing.write("x");
        else outgoing.end();
      }, everyMs);
      outgoing.on("close", () => clearInterval(timer));
    };

  it("is waited for no longer than a server may be silent, before it begins and in its middle", async () => {
    const stops: RequestListener = (_, outgoing) => outgoing.writeHead(200).write("{");
    for (const answer of [staysSilent, stops]) {
      const { url } = await serve(answer);
      const begin = performance.now();
      const error = await failure(post(url, "freely", { tries: 1, silentMs: 200 }));
      expect(error).toMatchObject({ code: "connection_lost", exit: 5 });
      expect(performance.now() - begin).toBeLessThan(4000);
    }
  });

  it("is waited for while something comes", async () => {
    const { url } = await serve(drip(40, 10));
    const answer = await post(url, "freely", { tries: 1, silentMs: 300 });
    expect(await answer.text()).toBe("x".repeat(10));
  });

  it("is given up when it comes too slowly as a whole", async () => {
    const { url } = await serve(drip(40));
    expect(await failure(post(url, "freely", { tries: 1, tryMs: 400, silentMs: 300 }))).toMatchObject({
      code: "connection_lost",
    });
  });

  it("may begin late if the request is long", async () => {
    const { url } = await serve((_, outgoing) => void setTimeout(() => outgoing.end("{}"), 400));
    const send = makeFetch(PROJECT, () => "freely", { ...QUICK, tries: 1, silentMs: 100 });
    const response = await send(url, { method: "POST", body: "x".repeat(100_000) });
    expect(await response.text()).toBe("{}");
  });

  it("asks for no wait of thirty years, and that is not passed on as advice", async () => {
    const { url, seen } = await serve(says(429, "", { "retry-after": "1000000000" }));
    const { headers } = await post(url, "freely");
    expect(seen.count).toBe(1);
    expect(askedWait(headers)).toBeNull();
    expect(askedWait(new Headers({ "retry-after": "59" }))).toBe("in 59 seconds");
    expect(askedWait(new Headers({ "retry-after": "3600" }))).toBe("in 60 minutes");
  });
});

describe("a network that is not right", () => {
  const url = new URL("https://abc.supabase.co/rest/v1/rpc/f");
  const way = { url, proxy: null, hint: PROJECT.addressHint(url) };

  it.each([
    ["ENOTFOUND", "There is no host abc.supabase.co."],
    [
      "EAI_AGAIN",
      "The address of abc.supabase.co cannot be looked up: the network is down, or its name server does not answer.",
    ],
    ["UND_ERR_CONNECT_TIMEOUT", "abc.supabase.co does not answer on port 443."],
    ["ENETUNREACH", "abc.supabase.co cannot be reached from this network (ENETUNREACH)."],
    ["EHOSTUNREACH", "abc.supabase.co cannot be reached from this network (EHOSTUNREACH)."],
  ])("is told by what the system says of it: %s", (code, message) => {
    const thrown = new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
    const { fate, error } = failureOf(thrown, way);
    expect([fate, error.code, error.exit, error.message]).toEqual(["unreached", "unreachable", 5, message]);
    expect(error.hint).toContain("A project that is paused cannot be reached either");
  });

  it("is told of a request that cannot be sent", () => {
    expect(failureOf(new TypeError("fetch failed", { cause: new Error("bad port") }), way)).toMatchObject({
      fate: "final",
      error: { code: "unreachable", message: "No request can be sent to abc.supabase.co: bad port." },
    });
  });

  it("tells a connection that timed out from one that was lost", () => {
    const timedOut = (syscall: string) =>
      failureOf(Object.assign(new Error("late"), { code: "ETIMEDOUT", syscall }), way).fate;
    expect([timedOut("connect"), timedOut("read")]).toEqual(["unreached", "in_doubt"]);
  });
});

describe("TLS", () => {
  const serveSecurely = async (certificate: Certificate): Promise<string> =>
    `https://localhost:${await listening(createSecureServer(certificate, fine))}`;

  /** What the program says of a project there, where this machine trusts the certificate. */
  const said = async (url: string, trusted?: Certificate) => {
    const home = newHome();
    const outcome = await aicost(["report", "--json"], home, {
      env: {
        AICOST_ACCESS_TOKEN: "token",
        AICOST_SUPABASE_URL: url,
        AICOST_SUPABASE_KEY: "sb_publishable_key",
        ...(trusted && { NODE_EXTRA_CA_CERTS: fileIn(home, "ca.pem", trusted.cert) }),
      },
    });
    return { exit: outcome.exit, ...errorOf(outcome) };
  };

  it("refuses a certificate that nobody known has signed, and says how to trust it", async () => {
    const url = await serveSecurely(selfSigned());
    expect(await said(url)).toEqual({
      exit: 5,
      code: "tls",
      message: `The certificate of ${new URL(url).host} is not signed by an authority that this machine trusts (DEPTH_ZERO_SELF_SIGNED_CERT).`,
      hint: "If your own proxy or server signs it, name the certificate of its authority: NODE_EXTRA_CA_CERTS=/path/to/ca.pem",
    });
  });

  it("takes a certificate that this machine trusts", async () => {
    const certificate = selfSigned();
    expect(await said(await serveSecurely(certificate), certificate)).toMatchObject({ code: "not_supabase" });
  });

  it.each([
    ["has expired", selfSigned(2001, 2002)],
    ["is not valid yet", selfSigned(2998, 2999)],
  ])("says of a certificate that it %s, and that the clock may be wrong", async (why, certificate) => {
    const url = await serveSecurely(certificate);
    expect(await said(url, certificate)).toEqual({
      exit: 5,
      code: "tls",
      message: `The certificate of ${new URL(url).host} ${why}.`,
      hint: expect.stringMatching(
        /^If that cannot be, set the clock of this machine right; it says \d{4}-\d\d-\d\dT[\d:.]+Z\.$/,
      ) as string,
    });
  });

  it("speaks no version that is known to be broken", async () => {
    const certificate = selfSigned();
    const old = createSecureServer(
      { ...certificate, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" },
      fine,
    );
    const url = `https://localhost:${await listening(old)}`;
    expect(await said(url, certificate)).toMatchObject({
      exit: 5,
      code: "tls",
      message: expect.stringMatching(/^No encrypted connection to localhost:\d+ could be made/) as string,
    });
  });

  it("is not given up for a redirect to an address without it", async () => {
    const certificate = selfSigned();
    const plain = await serve(fine);
    const secure = createSecureServer(certificate, says(302, "", { location: plain.url }));
    const url = `https://localhost:${await listening(secure)}`;
    expect(await said(url, certificate)).toMatchObject({ code: "not_supabase" });
    const home = newHome();
    const login = ["login", "--url", url, "--key", "sb_publishable_0123456789", "--email", "me@example.com"];
    const outcome = await aicost([...login, "--password-stdin", "--json"], home, {
      input: "a password",
      env: { AICOST_SECRETS: "file", NODE_EXTRA_CA_CERTS: fileIn(home, "ca.pem", certificate.cert) },
    });
    expect({ exit: outcome.exit, ...errorOf(outcome) }).toMatchObject({
      exit: 5,
      code: "not_supabase",
      message: `${url} redirects to ${new URL(plain.url).origin}, which is not encrypted. aicost sent nothing there.`,
    });
    expect(plain.seen.count).toBe(0);
  });

  it("says of a server without it that no encrypted connection could be made", async () => {
    const url = `https://localhost:${await listening(createServer(fine))}`;
    expect(await said(url)).toMatchObject({
      exit: 5,
      code: "tls",
      message: expect.stringMatching(/^No encrypted connection to localhost:\d+ could be made/) as string,
    });
  });
});

describe("the proxy of the environment", () => {
  const proxied = async (status?: number) => {
    const proxy = await startConnectProxy(status);
    onTestFinished(() => proxy.stop());
    return proxy;
  };

  it("is gone through, with its password", async () => {
    const proxy = await proxied();
    const { url } = await serve(fine);
    vi.stubEnv("HTTP_PROXY", proxy.url.replace("//", "//me:pass%20word@"));
    expect(await (await post(url, "freely")).json()).toEqual({ done: true });
    expect(proxy.asked).toEqual([
      { target: new URL(url).host, authorization: `Basic ${btoa("me:pass word")}` },
    ]);
  });

  it("is bypassed if NO_PROXY says so", async () => {
    const proxy = await proxied();
    const { url } = await serve(fine);
    vi.stubEnv("HTTP_PROXY", proxy.url);
    vi.stubEnv("NO_PROXY", "127.0.0.1");
    expect(await (await post(url, "freely")).json()).toEqual({ done: true });
    expect(proxy.asked).toEqual([]);
  });

  it("is named, without its password, if it is down", async () => {
    const { host } = new URL(await deadUrl());
    vi.stubEnv("http_proxy", `http://me:secret@${host}`);
    const error = await failure(post("http://127.0.0.1:54321/", "if_unreached"));
    expect(error).toMatchObject({
      code: "proxy",
      exit: 5,
      message: `The proxy http://${host} (http_proxy) cannot be reached (ECONNREFUSED).`,
      hint: "Correct or unset http_proxy, or go past the proxy: NO_PROXY=127.0.0.1",
    });
  });

  it.each([
    [407, 1, "wants a user name and a password (407)."],
    [403, 1, "does not let requests to 127.0.0.1:54321 through (403)."],
    [502, 4, "does not let requests to 127.0.0.1:54321 through (502)."],
  ])("says why it refuses: %d", async (status, tries, why) => {
    const proxy = await proxied(status);
    vi.stubEnv("HTTP_PROXY", proxy.url);
    const error = await failure(post("http://127.0.0.1:54321/", "if_unreached"));
    expect(error).toMatchObject({ code: "proxy", exit: 5 });
    expect(error.message).toBe(`The proxy ${proxy.url} (HTTP_PROXY) ${why}`);
    expect(proxy.asked).toHaveLength(tries);
  });

  it("is reported if it hangs up, and nothing goes on after that", async () => {
    let connections = 0;
    const proxy = createSocketServer((socket) => {
      connections++;
      socket.on("error", () => undefined).once("data", () => socket.destroy());
    });
    const host = `127.0.0.1:${await listening(proxy)}`;
    vi.stubEnv("HTTP_PROXY", `http://${host}`);
    expect(await failure(post("http://127.0.0.1:54321/", "if_unreached"))).toMatchObject({
      code: "proxy",
      message: `The proxy http://${host} (HTTP_PROXY) hangs up on requests to 127.0.0.1:54321.`,
    });
    expect(connections).toBe(4);
    await sleep(100);
    expect(connections).toBe(4);
  });

  it("is reported if it stays silent", async () => {
    const proxy = createSocketServer((socket) => void socket.on("error", () => undefined).resume());
    const host = `127.0.0.1:${await listening(proxy)}`;
    vi.stubEnv("HTTP_PROXY", `http://${host}`);
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const limit = vi.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout(50));
    onTestFinished(() => limit.mockRestore());
    expect(await failure(post("http://127.0.0.1:54321/", "if_unreached"))).toMatchObject({
      code: "proxy",
      message: `The proxy http://${host} (HTTP_PROXY) does not answer.`,
    });
  });

  it("is named if its certificate is signed by an unknown authority", async () => {
    const server = createSecureServer(selfSigned());
    const host = `localhost:${await listening(server)}`;
    vi.stubEnv("HTTP_PROXY", `https://${host}`);
    expect(await failure(post("http://127.0.0.1:54321/", "if_unreached"))).toMatchObject({
      code: "tls",
      message: `The certificate of https://${host} (HTTP_PROXY) is not signed by an authority that this machine trusts (DEPTH_ZERO_SELF_SIGNED_CERT).`,
    });
  });

  it("is not shown if its variable holds no address", async () => {
    vi.stubEnv("HTTP_PROXY", "socks5://me:secret@proxy:1080");
    const error = await failure(post("http://127.0.0.1:54321/", "freely"));
    expect(error).toMatchObject({
      code: "proxy",
      message: "HTTP_PROXY does not hold the address of an http or https proxy.",
    });
  });

  it("is not taken for a lost connection when the server beyond it hangs up", async () => {
    const server = createSocketServer((socket) => socket.on("data", () => socket.destroy()));
    const port = await listening(server);
    vi.stubEnv("HTTP_PROXY", (await proxied()).url);
    expect(await failure(post(`http://127.0.0.1:${port}/`, "if_unheard"))).toMatchObject({
      code: "connection_lost",
    });
  });
});
