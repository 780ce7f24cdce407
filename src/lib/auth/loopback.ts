import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { serverWords } from "../server/auth-errors.js";
import { systemCode, UserError } from "../errors.js";

export interface Loopback {
  /** The address that the browser returns to: `http://127.0.0.1:PORT/callback`. */
  address: string;
  /** `signal` ends the wait with its reason. @throws UserError `oauth_refused`, `oauth_timeout` */
  code(timeMs: number, signal: AbortSignal): Promise<string>;
  close(): void;
}

/** @param port a fixed one, or 0 for any that is free. @throws UserError `port_in_use` */
export const openLoopback = async (port: number): Promise<Loopback> => {
  let bring: (answer: URLSearchParams) => void = () => undefined;
  const brought = new Promise<URLSearchParams>((resolve) => (bring = resolve));
  const server = createServer((request, response) => answer(request, response, bring));
  await listen(server, port);
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    code: (timeMs, signal) =>
      new Promise((resolve, reject) => {
        setTimeout(() => reject(timeout(timeMs)), timeMs).unref();
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        brought.then(codeIn).then(resolve, reject);
      }),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

const listen = async (server: Server, port: number): Promise<void> => {
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    throw new UserError(
      "port_in_use",
      `Port ${port} of this machine cannot be listened on (${systemCode(error) ?? "unknown"}).`,
      "Choose another one with --port, or leave it out.",
      { cause: error },
    );
  }
};

/** Browsers ask for more than they are sent to, such as an icon. */
const answer = (
  { method, url = "/" }: IncomingMessage,
  response: ServerResponse,
  bring: (answer: URLSearchParams) => void,
): void => {
  const [path, query] = url.split("?", 2);
  const searchParams = new URLSearchParams(query);
  const isAnswer =
    method === "GET" && path === "/callback" && ["code", "error"].some((name) => searchParams.has(name));
  response.writeHead(isAnswer ? 200 : 404, HEADERS);
  response.end(isAnswer ? PAGE : "Not found", () => {
    if (isAnswer) bring(searchParams);
  });
};

/** The address of the page holds the code: no other page and no cache is to know it. */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  connection: "close",
};

const PAGE = `<!doctype html>
<html lang="en">
<title>aicost</title>
<p>aicost has what it needs. Close this page and go back to the terminal.</p>
</html>
`;

const codeIn = (answer: URLSearchParams): string => {
  const code = answer.get("code");
  if (code) return code;
  const why = answer.get("error_description") || answer.get("error") || "it gave no reason";
  throw new UserError(
    "oauth_refused",
    `The sign-in in the browser was refused: ${serverWords(why)}.`,
    "Try again, or sign in with a password: aicost login",
  );
};

const timeout = (timeMs: number) =>
  new UserError(
    "oauth_timeout",
    `Sign-in timed out: the browser did not return within ${Math.round(timeMs / 60_000)} minutes.`,
    "If it ended on another page, allow http://127.0.0.1:*/callback in the project: Authentication, URL Configuration, Redirect URLs",
  );
