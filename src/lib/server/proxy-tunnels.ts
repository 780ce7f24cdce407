import { type Dispatcher, fetch, Pool, ProxyAgent, type Response } from "undici";
import type { DirectRequest } from "./direct.js";
import { NO_TUNNEL } from "./network-errors.js";

/** How long a proxy may take to open a tunnel: as long as a server may take to accept a connection. */
const OPEN_MS = 10_000;

const agents = new Map<string, ProxyAgent>();

/** A request through a tunnel that a proxy opens; it follows no redirect. If it opens none, the error has the code `NO_TUNNEL`. */
export const fetchThrough = (proxy: URL, url: URL, request: DirectRequest): Promise<Response> => {
  const dispatcher = agents.get(proxy.href) ?? new ProxyAgent({ uri: proxy.href, clientFactory });
  agents.set(proxy.href, dispatcher);
  return fetch(url, { ...request, headers: [...request.headers], redirect: "manual", dispatcher });
};

const clientFactory = (origin: URL, options: object): Dispatcher => {
  const pool = new Pool(origin, options);
  const connect = pool.connect.bind(pool);
  // Given the closed socket, the agent retries for ever; given nothing, it hangs.
  const open = async (asked: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> => {
    try {
      return await connect({ ...asked, signal: AbortSignal.timeout(OPEN_MS) });
    } catch (cause) {
      throw Object.assign(new Error("The proxy opened no tunnel", { cause }), { code: NO_TUNNEL });
    }
  };
  return Object.assign(pool, { connect: open });
};
