import type { ErrorCode } from "../error-codes.js";
import { UserError } from "../errors.js";
import { type Limits, makeFetch, type Service } from "./http.js";

const LIMITS: Omit<Limits, "mostBytes"> = {
  tries: 3,
  tryMs: 60_000,
  lastTryMs: 60_000,
  pauseMs: 500,
  askedMs: 20_000,
};

export interface DownloadOptions {
  /** For messages: `a price list`. */
  what: string;
  /** The most bytes that are taken. */
  mostBytes: number;
  /** Code of the error if the server answers anything else. */
  code: ErrorCode;
  /** How to do without the download. */
  way: string;
  signal?: AbortSignal | undefined;
}

/**
 * Fetches a file that anybody may have, with further tries. It follows no redirect.
 * @param url https, or this machine: see `webAddress`
 * @throws UserError of that code, and what `makeFetch` throws
 */
export const download = async (
  url: URL,
  { what, mostBytes, code, way, signal }: DownloadOptions,
): Promise<Response> => {
  const fetchFile = makeFetch(serviceWith(way), () => "freely", { ...LIMITS, mostBytes });
  const answer = await fetchFile(url.href, { signal: signal ?? null });
  if (answer.status === 200) return answer;
  throw new UserError(
    code,
    `${url.host} answered ${answer.status} instead of ${what}.`,
    `Run the command again later, or download the file and import it: ${way}`,
  );
};

const serviceWith = (way: string): Service => ({
  fateOf: ({ status }) => (status === 408 || status === 429 || status >= 500 ? "in_doubt" : "final"),
  addressHint: () => `Check the address and the network, or download the file and import it: ${way}`,
});
