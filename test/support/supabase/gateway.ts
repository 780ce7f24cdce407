import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { AuthServer } from "./auth-server.js";
import { answerAsGitHub } from "./github.js";
import type { Keys } from "./keys.js";
import type { PostgRest } from "./postgrest.js";
import { signToken } from "./signing-key.js";

/** What stands behind the gateway. */
export interface Upstream {
  auth: AuthServer;
  rest: PostgRest;
  keys: Keys;
}

/** The one address of a project, on the loopback, at a port that was free. */
export interface Gateway {
  url: string;
  /** From now on requests are answered. */
  open(upstream: Upstream): void;
  stop(): Promise<void>;
}

/** Auth's pages for browsers, which send no key. */
const KEYLESS = /^\/auth\/v1\/(?:verify|authorize|callback|\.well-known\/.*)$/;

/** Listens at once, because Auth must know the address before it starts. */
export const startGateway = async (): Promise<Gateway> => {
  let upstream: Upstream | undefined;
  const server = createServer((incoming, outgoing) => {
    route(incoming, outgoing, upstream).catch((error: unknown) => {
      if (outgoing.headersSent) outgoing.destroy();
      else void send(outgoing, refusal(502, String(error)));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: (behind) => (upstream = behind),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const route = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  upstream: Upstream | undefined,
): Promise<void> => {
  if (upstream === undefined) return send(outgoing, refusal(503, "The project is starting."));
  const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
  const answer = await answerHere(incoming, url, upstream);
  return answer === null ? pipeToRest(incoming, outgoing, url, upstream) : send(outgoing, answer);
};

const refusal = (status: number, message: string): Response => Response.json({ message }, { status });

/** @returns null for what PostgREST is to answer, whose documents are too large to be held here */
const answerHere = async (
  incoming: IncomingMessage,
  url: URL,
  { auth, keys }: Upstream,
): Promise<Response | null> => {
  const { pathname } = url;
  if (pathname === "/test/mails") return Response.json(auth.mails);
  if (pathname.startsWith("/github/")) return answerAsGitHub(url);
  const isAuth = pathname.startsWith("/auth/v1/");
  if (!isAuth && !/^\/rest\/v1(?:\/|$)/.test(pathname)) {
    return refusal(404, "no Route matched with those values");
  }
  if (!(incoming.method === "GET" && KEYLESS.test(pathname))) {
    const key = incoming.headers["apikey"];
    if (!key) return refusal(401, "No API key found in request");
    if (key !== keys.publishable && key !== keys.secret) return refusal(401, "Invalid API key");
  }
  return isAuth ? answerAsAuth(auth, await requestOf(incoming, url)) : null;
};

const requestOf = async (incoming: IncomingMessage, url: URL): Promise<Request> => {
  const headers = new Headers(incoming.headers as Record<string, string>);
  const method = incoming.method ?? "GET";
  const body = method === "GET" || method === "HEAD" ? undefined : await buffer(incoming);
  return new Request(url, { method, headers, ...(body === undefined ? {} : { body }) });
};

const send = async (outgoing: ServerResponse, response: Response): Promise<void> => {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
};

/** One-time codes of both kinds are of the type `email` today; this Auth server knows the two older types alone. */
const answerAsAuth = async (auth: AuthServer, request: Request): Promise<Response> => {
  if (new URL(request.url).pathname !== "/auth/v1/verify" || request.method !== "POST") {
    return auth.answer(request);
  }
  const body = (await request.json()) as { type?: string };
  const asType = (type: string | undefined): Promise<Response> =>
    auth.answer(new Request(request, { body: JSON.stringify({ ...body, type }) }));
  if (body.type !== "email") return asType(body.type);
  const asMagicLink = await asType("magiclink");
  return asMagicLink.ok ? asMagicLink : asType("signup");
};

const pipeToRest = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  url: URL,
  { rest, keys }: Upstream,
): Promise<void> => {
  const { apikey, authorization, ...headers } = incoming.headers;
  const token = tokenFor(String(apikey), authorization, keys);
  const upstream = httpRequest({
    socketPath: rest.socket,
    path: (url.pathname.slice("/rest/v1".length) || "/") + url.search,
    method: incoming.method,
    headers: token === undefined ? headers : { ...headers, authorization: token },
  });
  outgoing.on("close", () => upstream.destroy());
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    upstream.on("response", resolve).on("error", reject);
    incoming.pipe(upstream);
  });
  outgoing.writeHead(response.statusCode ?? 502, response.headers);
  await pipeline(response, outgoing);
};

/** A key in the place of a token is none: the publishable key stands for `anon`, the secret key for `service_role`. */
const tokenFor = (apikey: string, authorization: string | undefined, keys: Keys): string | undefined => {
  const isToken = authorization !== undefined && !authorization.startsWith("Bearer sb_");
  if (isToken) return authorization;
  if (apikey !== keys.secret) return undefined;
  const exp = Math.floor(Date.now() / 1000) + 60;
  return `Bearer ${signToken({ role: "service_role", exp }, keys.signing)}`;
};
