import { once } from "node:events";
import { type IncomingMessage, request as httpRequest, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { pipeline, type Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

/** How long a server may take to accept a connection, TLS included. */
const CONNECT_MS = 10_000;

const UNPACK = {
  gzip: createGunzip,
  "x-gzip": createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** What a request is made of here. */
export interface DirectRequest {
  method?: string;
  headers: Iterable<[name: string, value: string]>;
  body?: string | null;
  signal: AbortSignal;
}

/** An answer as it comes, unpacked. */
export interface DirectAnswer {
  status: number;
  headers: [name: string, value: string][];
  body: AsyncIterable<Uint8Array>;
}

/**
 * Sends a request to a server without a proxy, and follows no redirect. Node's `fetch` does so, too, but its first answer
 * takes three starts of Node longer.
 * @throws the reason of the signal, and the errors of Node's network, whose codes say what happened
 */
export const sendDirectly = async (url: URL, request: DirectRequest): Promise<DirectAnswer> => {
  const { method, headers, body, signal } = request;
  const options: RequestOptions = {
    method: method ?? "GET",
    headers: { accept: "*/*", "accept-encoding": "br, gzip, deflate", ...Object.fromEntries(headers) },
    signal,
  };
  return orReason(signal, async () => {
    const outgoing = (url.protocol === "https:" ? httpsRequest : httpRequest)(url, options);
    const connecting = setTimeout(() => outgoing.destroy(tooSlow()), CONNECT_MS);
    const connected = (): void => clearTimeout(connecting);
    outgoing.once("socket", (socket) => {
      if (socket.connecting) socket.once(url.protocol === "https:" ? "secureConnect" : "connect", connected);
      else connected();
    });
    outgoing.once("close", connected);
    // An error after the answer has begun is one of its body as well.
    outgoing.on("error", connected);
    outgoing.end(body ?? undefined);
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    return {
      status: incoming.statusCode ?? 0,
      headers: pairsOf(incoming.rawHeaders),
      body: piecesOf(unpacked(incoming), signal),
    };
  });
};

const tooSlow = (): Error =>
  Object.assign(new Error("No connection in time"), { code: "ETIMEDOUT", syscall: "connect" });

const pairsOf = (raw: readonly string[]): [string, string][] =>
  Array.from({ length: raw.length / 2 }, (_, at) => [raw[2 * at] ?? "", raw[2 * at + 1] ?? ""]);

const unpacked = (incoming: IncomingMessage): Readable => {
  const packing = incoming.headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (!(packing in UNPACK)) return incoming;
  // What goes wrong ends the iteration of the pieces.
  return pipeline(incoming, UNPACK[packing as keyof typeof UNPACK](), () => undefined);
};

async function* piecesOf(body: Readable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) yield piece as Uint8Array;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}

/** Node says of a request that was stopped only that it was. */
const orReason = async <Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
};
