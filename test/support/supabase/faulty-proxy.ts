import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** What goes wrong with one request on its way to the real project. */
export type Fault =
  /** The connection is cut before the project hears of the request. */
  | { kind: "cut_before" }
  /** The project answers, but the connection is cut before the answer is through: none of it, or half of its body. */
  | { kind: "cut_after"; sent: "nothing" | "half" }
  /** Something on the way answers. */
  | { kind: "answer"; status: number; headers?: OutgoingHttpHeaders; body?: string }
  /** The request arrives late. */
  | { kind: "delay"; ms: number }
  /** Something else happens to the project before the request arrives. */
  | { kind: "meanwhile"; work: () => Promise<unknown> };

/** Stands between a client and a project, and hands on all that is not planned to go wrong. */
export interface FaultyProxy {
  url: string;
  /** The next requests for a function go wrong so, one after the other; null is one that goes well. */
  plan(name: string, faults: readonly (Fault | null)[]): void;
  /** How many requests for a function came in. */
  tries(name: string): number;
  /** How many requests came in at all. */
  requests(): number;
  stop(): Promise<void>;
}

export const startFaultyProxy = async (target: string): Promise<FaultyProxy> => {
  const plans = new Map<string, (Fault | null)[]>();
  const tries = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    const name = new URL(incoming.url ?? "/", target).pathname.split("/").at(-1) ?? "";
    tries.set(name, (tries.get(name) ?? 0) + 1);
    const fault = plans.get(name)?.shift() ?? null;
    // Whoever is cut off or gone gets no answer: that is what is tested.
    handle(incoming, outgoing, target, fault).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan: (name, faults) => plans.set(name, [...faults]),
    tries: (name) => tries.get(name) ?? 0,
    requests: () => [...tries.values()].reduce((sum, count) => sum + count, 0),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

const handle = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  fault: Fault | null,
): Promise<void> => {
  if (fault?.kind === "cut_before") {
    outgoing.destroy();
    return;
  }
  const body = await buffer(incoming);
  if (fault?.kind === "answer") {
    outgoing.writeHead(fault.status, fault.headers).end(fault.body);
    return;
  }
  if (fault?.kind === "delay") await sleep(fault.ms);
  if (fault?.kind === "meanwhile") await fault.work();
  const { status, headers, content } = await forward(incoming, body, target);
  if (fault?.kind !== "cut_after") {
    outgoing.writeHead(status, headers).end(content);
  } else if (fault.sent === "nothing") {
    outgoing.destroy();
  } else {
    outgoing.writeHead(status, { ...headers, "content-length": content.length });
    outgoing.write(content.subarray(0, content.length / 2), () => outgoing.destroy());
  }
};

const forward = async ({ url = "/", method, headers }: IncomingMessage, body: Buffer, target: string) => {
  const upstream = httpRequest(new URL(url, target), { method, headers });
  upstream.end(body);
  const [answer] = (await once(upstream, "response")) as [IncomingMessage];
  const { "transfer-encoding": _chunked, ...kept } = answer.headers;
  return { status: answer.statusCode ?? 502, headers: kept, content: await buffer(answer) };
};
