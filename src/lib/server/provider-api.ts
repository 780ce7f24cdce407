import { capped } from "../csv/short-text.js";
import { UserError } from "../errors.js";
import type { Hidden } from "../secrets/hidden.js";
import { Answer, AnswerProblem } from "../providers/answer.js";
import type { ProviderApi, Query, RequestOptions } from "../providers/api.js";
import { redacted } from "../secrets/redact.js";
import { type Limits, makeFetch, type Service } from "./http.js";
import { refusalOf, type Asked } from "./provider-errors.js";

/** Providers ask to wait up to a minute; what takes longer is for the next run. */
const LIMITS: Limits = { tries: 5, tryMs: 60_000, lastTryMs: 120_000, pauseMs: 500, askedMs: 90_000 };

const VALUE_LENGTH = 60;

export interface ApiOptions extends Asked {
  /** The provider's address: https, or this machine. */
  baseUrl: string;
  key: Hidden;
  authorize: (key: string) => Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  limits?: Limits;
}

/** The API of a provider, asked with a user's key. Nothing that it throws holds the key. */
export const openApi = (options: ApiOptions): ProviderApi => {
  const { limits = LIMITS } = options;
  const send = makeFetch(serviceOf(options), () => "freely", limits);
  const request = async (url: URL, init: RequestInit): Promise<Answer> => {
    const signal = options.signal ?? null;
    const response = await send(url, { ...init, signal });
    // What is collected is kept in the clear, and a gateway may put the key into any field.
    const text = redacted(await response.text(), options.key);
    if (!response.ok) throw refusalOf(response, text, options);
    return answerIn(text, url, options);
  };
  return {
    get: (path, query = {}, more = {}) =>
      request(addressOf(options.baseUrl, path, query), { headers: headersOf(options, more) }),
    post: (path, body, more = {}) =>
      request(addressOf(options.baseUrl, path, {}), {
        method: "POST",
        headers: { ...headersOf(options, more), "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
  };
};

export const unreadable = (problem: AnswerProblem, { title, key }: ApiOptions): UserError => {
  const { path, reason } = problem;
  const value = capped(redacted(problem.value, key), VALUE_LENGTH);
  const what = [path, value === "" ? "" : `“${value}”`].filter((part) => part !== "").join(": ");
  return new UserError(
    "provider_answer",
    `What ${title} answered cannot be read: ${redacted(what, key)} ${reason}.`,
    "Run the command again later. If that does not help, the provider has changed its API: please report it.",
  );
};

const answerIn = (text: string, url: URL, options: ApiOptions): Answer => {
  try {
    return Answer.in(text);
  } catch (error) {
    if (!(error instanceof AnswerProblem)) throw error;
    throw unreadable(new AnswerProblem(url.pathname, error.value, error.reason), options);
  }
};

const headersOf = ({ authorize, key }: ApiOptions, { headers = {} }: RequestOptions) => ({
  accept: "application/json",
  ...authorize(key.reveal()),
  ...headers,
});

const addressOf = (baseUrl: string, path: string, query: Query): URL => {
  const url = new URL(`${baseUrl.replace(/\/+$/, "")}${path}`);
  // A path that is made of what is kept in the clear must not lead the key to another host.
  if (url.origin !== new URL(baseUrl).origin) throw new Error(`${path} leads to another host.`);
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of [value].flat()) url.searchParams.append(name, String(one));
  }
  return url;
};

const serviceOf = ({ command, baseUrl }: ApiOptions): Service => ({
  fateOf: ({ status, headers }) => {
    if (status < 400 || headers.get("x-should-retry") === "false") return "final";
    // A limit on what may be spent names no time to wait for: nothing is gained by asking again.
    if (status === 429)
      return headers.has("retry-after") || headers.has("retry-after-ms") ? "not_done" : "final";
    return status === 408 || status === 409 || status >= 500 ? "in_doubt" : "final";
  },
  addressHint: () =>
    `Check the network, and the address of the provider, ${baseUrl}: ${command} --base-url changes it`,
});
