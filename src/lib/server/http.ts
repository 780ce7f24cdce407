import { setTimeout as sleep } from "node:timers/promises";
import { packageInfo } from "../system/package-root.js";
import { formatBytes } from "../bytes.js";
import { withTimeLimit } from "../system/time-limit.js";
import { UserError } from "../errors.js";
import { type DirectRequest, sendDirectly } from "./direct.js";
import { type HeaderValues, PlainHeaders } from "./headers.js";
import { badProxy, type Failure, failureOf, type Fate } from "./network-errors.js";
import { type Proxy, proxyOf } from "./proxy.js";
import { askedMs } from "./retry-after.js";

/**
 * Which requests may be sent again: `freely` those that change nothing more the second time; `if_unheard` those that
 * surely were not carried out (no connection, 429, 503); `if_unreached` those that met no server at all.
 */
export type Repeat = "freely" | "if_unheard" | "if_unreached";

export interface Limits {
  tries: number;
  /** How long one try may take, the answer included. A hosted project gives up on a statement after 8 s. */
  tryMs: number;
  /** No try begins later than this after the first one. */
  lastTryMs: number;
  /** The longest pause before the second try; it doubles from try to try. */
  pauseMs: number;
  /** How long a server may make us wait in all (`Retry-After`). */
  askedMs: number;
  /** The most bytes of an answer that are taken, unpacked; 64 MB by default. */
  mostBytes?: number;
  /** How long a server may stay silent: before its answer, and between two pieces of it; 20 s by default. */
  silentMs?: number;
}

const MOST_BYTES = 64 * 1024 * 1024;
const SILENT_MS = 20_000;

/** A request of more bytes may take longer than that to arrive. */
const LONG_REQUEST = 64 * 1024;

const LIMITS: Limits = { tries: 4, tryMs: 60_000, lastTryMs: 60_000, pauseMs: 250, askedMs: 20_000 };

export interface Service {
  /** The body is empty for an answer that is none of a fault. */
  fateOf: (answer: { status: number; headers: HeaderValues; body: string }) => Fate;
  addressHint: (url: URL) => string;
}

export interface PlainRequest extends Pick<DirectRequest, "method" | "body"> {
  headers: PlainHeaders;
  signal?: AbortSignal | null | undefined;
}

/** An answer that was read whole. */
export interface PlainAnswer {
  status: number;
  headers: PlainHeaders;
  body: Buffer<ArrayBuffer>;
}

/** Sends a request. */
export type Send = (url: URL, request: PlainRequest) => Promise<PlainAnswer>;

/**
 * `makeSend` as a `fetch`, for what expects one. It takes addresses, not `Request`s. The first use loads Node's `fetch`,
 * which takes longer than to start Node.
 */
export const makeFetch = (...given: Parameters<typeof makeSend>): typeof fetch => {
  const send = makeSend(...given);
  return async (input, { method, headers, body, signal } = {}) => {
    const answer = await send(new URL(input), {
      headers: new PlainHeaders(new Headers(headers)),
      body: textOf(body),
      signal,
      ...(method !== undefined && { method }),
    });
    return new Response(answer.body.length === 0 ? null : answer.body, {
      status: answer.status,
      headers: [...answer.headers],
    });
  };
};

/** @throws TypeError if it is anything but a text: nothing else is sent */
export const textOf = (body: RequestInit["body"]): string | null => {
  if (typeof body === "string") return body;
  if (body === null || body === undefined) return null;
  throw new TypeError("Only a text can be sent.");
};

/**
 * Requests through the proxy of the environment, with a time limit and further tries. They follow no redirect, and give
 * back every answer, that of a server in trouble, too.
 * @throws UserErrors of exit 5: `unreachable`, `connection_lost`, `tls`, `proxy`, `answer_too_large`; the reason of the request's signal
 */
export const makeSend = (service: Service, repeatOf: (url: URL) => Repeat, limits: Limits = LIMITS): Send => {
  return async (url, init) => {
    const fates = REPEATED[repeatOf(url)];
    const begin = performance.now();
    let patience = limits.askedMs;
    for (let count = 1; ; count++) {
      init.signal?.throwIfAborted();
      const outcome = await attempt(service, url, init, limits);
      const asked = "answer" in outcome ? (askedMs(outcome.answer.headers) ?? 0) : 0;
      const isLast = count === limits.tries || performance.now() - begin > limits.lastTryMs;
      if (isLast || asked > patience || !fates.includes(outcome.fate)) return answerOf(outcome);
      patience -= asked;
      // Clients that failed together must not come back together.
      const pause = Math.random() * limits.pauseMs * 2 ** (count - 1);
      await sleep(asked + pause, undefined, init.signal ? { signal: init.signal } : {}).catch(
        // The signal is looked at before each try.
        () => undefined,
      );
    }
  };
};

const REPEATED: Record<Repeat, Fate[]> = {
  freely: ["unreached", "not_done", "in_doubt"],
  if_unheard: ["unreached", "not_done"],
  if_unreached: ["unreached"],
};

type Outcome = { fate: Fate; answer: PlainAnswer } | Failure;

const answerOf = (outcome: Outcome): PlainAnswer => {
  if ("error" in outcome) throw outcome.error;
  return outcome.answer;
};

/** What is needed of an answer, whichever client it comes from. */
interface Answer {
  status: number;
  headers: Iterable<[string, string]>;
  body: AsyncIterable<Uint8Array> | null;
}

/**
 * Reads an answer as it comes, so that one that unpacks to gigabytes is given up early.
 * @param onPiece called with each piece @throws UserError `answer_too_large`
 */
const boundedBytes = async (
  { body }: Answer,
  { host }: URL,
  mostBytes: number,
  onPiece: () => void,
): Promise<Buffer<ArrayBuffer>> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    onPiece();
    bytes += chunk.length;
    if (bytes > mostBytes) {
      throw new UserError(
        "answer_too_large",
        `${host} answered with more than ${formatBytes(mostBytes)}, of which nothing was taken.`,
        "Check the address. If it is right, ask for less at once, for example for fewer days.",
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** One try. It reads the answer whole: one that is cut off is a lost connection, too. */
const attempt = async (
  service: Service,
  url: URL,
  init: PlainRequest,
  { tryMs, mostBytes = MOST_BYTES, silentMs = SILENT_MS }: Limits,
): Promise<Outcome> => {
  const proxy = proxyOf(url, process.env);
  if (proxy?.address === null) return { fate: "final", error: badProxy(proxy) };
  const headers = new PlainHeaders(init.headers);
  headers.set("user-agent", userAgent());
  const late = () => new DOMException("No answer in time", "TimeoutError");
  const firstMs = isLong(init) ? tryMs : silentMs;
  try {
    return await withTimeLimit(tryMs, init.signal, late, (whole) =>
      withTimeLimit(firstMs, whole, late, async (signal, again) => {
        // The key and the token must not travel to a host that an answer names, so it follows no redirect.
        const answer = await send(url, { ...init, headers, signal }, proxy);
        const { status } = answer;
        const body = await boundedBytes(answer, url, mostBytes, () => again(silentMs));
        const plain = { status, headers: new PlainHeaders(answer.headers), body };
        const text = status < 400 ? "" : body.toString();
        return { fate: service.fateOf({ ...plain, body: text }), answer: plain };
      }),
    );
  } catch (error) {
    init.signal?.throwIfAborted();
    if (error instanceof UserError) return { fate: "final", error };
    return failureOf(error, { url, proxy, hint: service.addressHint(url) });
  }
};

const isLong = ({ body }: PlainRequest): boolean => (body?.length ?? 0) > LONG_REQUEST;

/** Node itself knows no proxies; a package is loaded if there is one. */
const send = async (url: URL, init: DirectRequest, proxy: Proxy | null): Promise<Answer> => {
  if (!proxy?.address) return sendDirectly(url, init);
  const { fetchThrough } = await import("./proxy-tunnels.js");
  return fetchThrough(proxy.address, url, init);
};

let agentName: string | undefined;

const userAgent = (): string => {
  agentName ??= `aicost/${packageInfo().version}`;
  return agentName;
};
