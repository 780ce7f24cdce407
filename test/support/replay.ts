import { readFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { ROOT } from "./cli.js";

/** A request that a provider got. */
export interface ReplayRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  /** JSON; null without a body. */
  body: unknown;
}

export interface Reply {
  status: number;
  headers?: Record<string, string>;
  /** Made JSON of, unless it is a text already. */
  body: unknown;
}

/** What a provider answers: as the real one, refusals of wrong keys and parameters included. */
export type Replay = (request: ReplayRequest) => Reply;

/** What goes wrong with a request: another answer, an answer that is cut in its middle, none at all. */
export type Fault = Reply | "cut" | "hang up" | "hang";

/** A provider on this machine. */
export interface ReplayServer {
  url: string;
  /** All requests, in the order in which they came. */
  requests: ReplayRequest[];
  /** Asked before each request; undefined lets it be answered as it should. @param count of requests before this one */
  fault: (request: ReplayRequest, count: number) => Fault | undefined;
}

/** Starts a provider; it ends with the test. */
export const startReplay = async (replay: Replay): Promise<ReplayServer> => {
  const state: ReplayServer = { url: "", requests: [], fault: () => undefined };
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const body = await text(incoming);
      const url = new URL(incoming.url ?? "/", "http://localhost");
      const request: ReplayRequest = {
        method: incoming.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        body: body === "" ? null : JSON.parse(body),
      };
      const fault = state.fault(request, state.requests.length);
      state.requests.push(request);
      send(outgoing, fault, () => replay(request));
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return state;
};

const send = (outgoing: ServerResponse, fault: Fault | undefined, replay: () => Reply): void => {
  if (fault === "hang") return;
  if (fault === "hang up") {
    outgoing.destroy();
    return;
  }
  const { status, headers, body } = fault === undefined || fault === "cut" ? replay() : fault;
  const whole = typeof body === "string" ? body : JSON.stringify(body);
  outgoing.writeHead(status, { "content-type": "application/json", ...headers });
  if (fault !== "cut") {
    outgoing.end(whole);
    return;
  }
  outgoing.write(whole.slice(0, whole.length / 2), () => outgoing.destroy());
};

/** A file of `test/fixtures/apis`. */
export const fixture = <Document = Record<string, unknown>>(name: string): Document =>
  JSON.parse(readFileSync(path.join(ROOT, "test/fixtures/apis", `${name}.json`), "utf8")) as Document;

/** An answer that providers were seen to give to what they refuse, of `test/fixtures/apis/error-….json`. */
export const seenRefusal = (name: string): Reply => fixture<Reply & Record<string, unknown>>(`error-${name}`);
