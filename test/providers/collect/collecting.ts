import type { Draft } from "../../../src/lib/record/draft.js";
import { UserError } from "../../../src/lib/errors.js";
import { Hidden } from "../../../src/lib/secrets/hidden.js";
import { type Decimal, plain, ZERO } from "../../../src/lib/money.js";
import { AnswerProblem } from "../../../src/lib/providers/answer.js";
import type { ProviderApi } from "../../../src/lib/providers/api.js";
import type { Collected, Collector, Feed, Memory, Window } from "../../../src/lib/providers/collector.js";
import type { Limits } from "../../../src/lib/server/http.js";
import { type ApiOptions, openApi, unreadable } from "../../../src/lib/server/provider-api.js";
import { fixture, type ReplayServer } from "../../support/replay.js";

export const QUICK: Limits = { tries: 3, tryMs: 5000, lastTryMs: 10_000, pauseMs: 2, askedMs: 2000 };

/** The days of the fixtures. */
export const WINDOW: Window = {
  from: "2026-11-08",
  to: "2026-11-21",
  now: new Date("2026-11-22T12:00:00Z"),
  memory: null,
};

/** What `aicost` opens to ask a provider. @param path of the replayed address */
export const optionsOf = (
  collector: Collector,
  server: ReplayServer,
  key: string,
  path = "",
): ApiOptions => ({
  title: collector.title,
  key: new Hidden(key),
  keyHelp: collector.keyHelp,
  command: `aicost credentials add ${collector.provider}`,
  baseUrl: `${server.url}${path}`,
  authorize: collector.authorize,
  limits: QUICK,
});

/** All that a feed gave. */
export interface Haul {
  days: string[];
  drafts: Draft[];
  notes: string[];
  memory: Memory | null;
  pieces: Collected[];
}

/** Collects all of a window. What cannot be read is the error that a user sees. */
export const collect = async (
  feed: Feed,
  options: ApiOptions,
  window: Partial<Window> = {},
): Promise<Haul> => {
  const pieces: Collected[] = [];
  await readable(options, async (api) => {
    for await (const piece of feed.collect(api, { ...WINDOW, ...window })) pieces.push(piece);
  });
  return {
    days: pieces.flatMap(({ days }) => days),
    drafts: pieces.flatMap(({ drafts }) => drafts),
    notes: pieces.flatMap(({ note }) => (note === undefined ? [] : [note])),
    memory: pieces.at(-1)?.memory ?? null,
    pieces,
  };
};

/** What a collector's check says of a key. */
export const check = (collector: Collector, options: ApiOptions) => readable(options, collector.check);

const readable = async <T>(options: ApiOptions, ask: (api: ProviderApi) => Promise<T>): Promise<T> => {
  try {
    return await ask(openApi(options));
  } catch (error) {
    throw error instanceof AnswerProblem ? unreadable(error, options) : error;
  }
};

/** The error that a user sees. */
export const failure = async (call: Promise<unknown>): Promise<UserError> => {
  const thrown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof UserError)) throw new Error("It did not fail as it should.", { cause: thrown });
  return thrown;
};

/** What drafts cost, exactly. */
export const costOf = (drafts: readonly Draft[]): string => total(drafts, ({ cost }) => cost);

export const total = (
  drafts: readonly Draft[],
  amount: (draft: Draft) => Decimal | null | undefined,
): string => plain(drafts.reduce<Decimal>((sum, draft) => sum.plus(amount(draft) ?? ZERO), ZERO));

export const count = (drafts: readonly Draft[], of: (draft: Draft) => number | null | undefined): number =>
  drafts.reduce((sum, draft) => sum + (of(draft) ?? 0), 0);

/** What drafts cost by something that they say. */
export const costBy = (drafts: readonly Draft[], group: (draft: Draft) => Said): Record<string, string> => {
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const name = String(group(draft) ?? null);
    groups.set(name, [...(groups.get(name) ?? []), draft]);
  }
  return Object.fromEntries([...groups].map(([name, each]) => [name, costOf(each)]));
};

type Said = string | number | boolean | null | undefined;

/** What the metadata of a draft say; undefined for nothing. */
export const said = ({ metadata }: Draft, name: string): Said => metadata?.[name] as Said;

export const dayOf = ({ timestamp }: Draft): string => timestamp.slice(0, 10);

/** Totals of a set of fixtures, reckoned apart from this program. */
export const expected = <Totals>(set: string): Totals =>
  fixture<Record<string, Totals>>("expected")[set] as Totals;
