import { UserError } from "../errors.js";
import { type Proxy, shownProxy } from "./proxy.js";

/**
 * What became of a request: it surely met no server; it met one, but surely was not carried out; it may have been
 * carried out; or there is nothing to gain from another try.
 */
export type Fate = "unreached" | "not_done" | "in_doubt" | "final";

export interface Failure {
  fate: Fate;
  /** Exit 5: `unreachable`, `tls`, `proxy`, `connection_lost`. */
  error: UserError;
}

interface Way {
  url: URL;
  proxy: Proxy | null;
  hint: string;
}

/** The code of the error of a request that may have been carried out. */
export const CONNECTION_LOST = "connection_lost";

/** The code of the error if a proxy does not open a tunnel. Its cause says why. */
export const NO_TUNNEL = "NO_TUNNEL";

export const failureOf = (thrown: unknown, way: Way): Failure => {
  const cause = causeOf(thrown as Cause);
  if (cause.name === "TimeoutError") return { fate: "in_doubt", error: silent(way, thrown) };
  const { code } = cause;
  if (code === NO_TUNNEL && way.proxy !== null) return noTunnel(cause, way.proxy, way, thrown);
  if (typeof code !== "string") return { fate: "final", error: unsendable(cause, way, thrown) };
  if (isTls(code)) return { fate: "final", error: tlsError(code, way.url.host, way.hint, thrown) };
  if (code === TUNNEL_REFUSED && way.proxy !== null) return tunnelRefused(cause, way.proxy, way, thrown);
  if (!neverReached(code, cause.syscall)) return { fate: "in_doubt", error: lost(way, thrown) };
  return { fate: "unreached", error: unreachable(code, way, thrown) };
};

/** The value of the variable is not shown: it may hold a password. */
export const badProxy = (proxy: Proxy): UserError =>
  new UserError(
    "proxy",
    `${proxy.variable} does not hold the address of an http or https proxy.`,
    `Set for example ${proxy.variable}=http://proxy.example.com:3128, or unset it.`,
  );

interface Cause {
  name?: string;
  /** That of a `DOMException` is a number, and says nothing. */
  code?: string | number;
  syscall?: string;
  message?: string;
  cause?: Cause;
}

/** `fetch` throws an error that says nothing; the first one with a code below it says what happened. */
const causeOf = (thrown: Cause): Cause =>
  typeof thrown.code === "string" || thrown.cause === undefined ? thrown : causeOf(thrown.cause);

const UNREACHED = [
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
];

const neverReached = (code: string, syscall: string | undefined): boolean =>
  UNREACHED.includes(code) || (code === "ETIMEDOUT" && syscall === "connect");

const unreachable = (code: string, { url, hint }: Way, cause: unknown): UserError =>
  new UserError("unreachable", sentence(code, url), hint, { cause });

const sentence = (code: string, url: URL): string => {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  switch (code) {
    case "ENOTFOUND":
      return `There is no host ${url.hostname}.`;
    case "EAI_AGAIN":
    case "EAI_FAIL":
      return `The address of ${url.hostname} cannot be looked up: the network is down, or its name server does not answer.`;
    case "ECONNREFUSED":
      return `${url.hostname} refuses connections on port ${port}: no server runs there.`;
    case "UND_ERR_CONNECT_TIMEOUT":
    case "ETIMEDOUT":
      return `${url.hostname} does not answer on port ${port}.`;
    default:
      return `${url.hostname} cannot be reached from this network (${code}).`;
  }
};

/** No error of the network, but of the request itself, such as a port that the rules of `fetch` forbid. */
const unsendable = ({ message }: Cause, { url, hint }: Way, cause: unknown): UserError =>
  new UserError("unreachable", `No request can be sent to ${url.host}: ${message}.`, hint, { cause });

const lost = ({ url }: Way, cause: unknown): UserError =>
  new UserError(
    CONNECTION_LOST,
    `The connection to ${url.host} was lost before it had answered.`,
    "Check the network, and run the command again.",
    { cause },
  );

const silent = ({ url }: Way, cause: unknown): UserError =>
  new UserError(
    CONNECTION_LOST,
    `${url.host} took the request, but did not answer in time.`,
    "Run the command again in a moment.",
    { cause },
  );

/** Node's and OpenSSL's codes of certificates from an unknown issuer. */
const UNKNOWN_SIGNER = [
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
];

const isTls = (code: string): boolean =>
  UNKNOWN_SIGNER.includes(code) || /^(CERT_|ERR_TLS_|ERR_SSL_|EPROTO$)/.test(code);

const tlsError = (code: string, host: string, addressHint: string, cause: unknown): UserError => {
  const [message, hint] = tlsWords(code, host, addressHint);
  return new UserError("tls", message, hint, { cause });
};

const tlsWords = (code: string, host: string, hint: string): [message: string, hint: string] => {
  const clock = `If that cannot be, set the clock of this machine right; it says ${new Date().toISOString()}.`;
  if (code === "CERT_HAS_EXPIRED") return [`The certificate of ${host} has expired.`, clock];
  if (code === "CERT_NOT_YET_VALID") return [`The certificate of ${host} is not valid yet.`, clock];
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return [`The certificate of ${host} is that of another host.`, hint];
  }
  if (UNKNOWN_SIGNER.includes(code)) {
    return [
      `The certificate of ${host} is not signed by an authority that this machine trusts (${code}).`,
      "If your own proxy or server signs it, name the certificate of its authority: NODE_EXTRA_CA_CERTS=/path/to/ca.pem",
    ];
  }
  return [`No encrypted connection to ${host} could be made (${code}).`, hint];
};

/** Nothing was sent to the server: the way to it ended at the proxy. */
const noTunnel = ({ cause }: Cause, proxy: Proxy, way: Way, thrown: unknown): Failure => {
  const { name, syscall, ...rest } = causeOf(cause ?? {});
  const code = String(rest.code);
  if (isTls(code)) return { fate: "final", error: tlsError(code, shownProxy(proxy), way.hint, thrown) };
  const why =
    name === "TimeoutError"
      ? "does not answer"
      : neverReached(code, syscall)
        ? `cannot be reached (${code})`
        : `hangs up on requests to ${way.url.host}`;
  return { fate: "unreached", error: proxyError(proxy, why, way, thrown) };
};

const TUNNEL_REFUSED = "UND_ERR_ABORTED";

const tunnelRefused = (cause: Cause, proxy: Proxy, way: Way, thrown: unknown): Failure => {
  const status = /\((\d{3})\)/.exec(cause.message ?? "")?.[1];
  const fate = status?.startsWith("5") ? "unreached" : "final";
  if (status === "407") return { fate, error: proxyPassword(proxy, thrown) };
  const why = `does not let requests to ${way.url.host} through${status ? ` (${status})` : ""}`;
  return { fate, error: proxyError(proxy, why, way, thrown) };
};

const proxyError = (proxy: Proxy, why: string, { url }: Way, cause: unknown): UserError =>
  new UserError(
    "proxy",
    `The proxy ${shownProxy(proxy)} ${why}.`,
    `Correct or unset ${proxy.variable}, or go past the proxy: NO_PROXY=${url.hostname}`,
    { cause },
  );

const proxyPassword = (proxy: Proxy, cause: unknown): UserError =>
  new UserError(
    "proxy",
    `The proxy ${shownProxy(proxy)} wants a user name and a password (407).`,
    `Set ${proxy.variable}=http://USER:PASSWORD@${proxy.address?.host}`,
    { cause },
  );
