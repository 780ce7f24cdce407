import type { StoredQuarter } from "../api.js";
import { callId } from "../record/record.js";
import { type CallCounts, type KeptCall, readCounts, WITHDRAWN } from "../record/calls.js";
import type { Payer } from "./payment.js";

/** What the calls of one record have in common. No time zone parts a quarter of an hour. */
export interface QuarterOf {
  /** Milliseconds since 1970. */
  start: number;
  /** `providers.name` of who would bill it. */
  provider: string;
  model: string | null;
  session: string | null;
  /** As it is stored: see `projectName`. */
  project: string | null;
  payer: Payer;
  /** The agent's own version. */
  version: string | null;
  /** See `AgentCall`. */
  mayBeCopy: boolean;
}

const QUARTER_MS = 15 * 60 * 1000;

/** Calls in one record at most; those beyond are in further parts of the same quarter. */
export const MOST_CALLS = 500;

/** The beginning of the quarter of an hour of a moment. */
export const quarterOf = (at: number): number => at - (((at % QUARTER_MS) + QUARTER_MS) % QUARTER_MS);

/** The calls of a quarter of an hour of one session, project and model: what is one record. */
export class QuarterHour {
  /** By their ids. */
  readonly calls = new Map<string, KeptCall>();
  /** Ids of the calls that are new or have grown. */
  readonly fresh = new Set<string>();
  isChanged = false;

  constructor(
    readonly id: string,
    readonly of: QuarterOf,
  ) {}

  put(id: string, counts: CallCounts): void {
    this.calls.set(id, counts);
    this.fresh.add(id);
    this.isChanged = true;
  }

  withdraw(id: string): void {
    this.calls.set(id, WITHDRAWN);
    this.isChanged = true;
  }

  /** It counts in another quarter, for example because its model is known by now. */
  moveOut(id: string): void {
    this.calls.delete(id);
    this.isChanged = true;
  }
}

/** The same for the same calls, from any machine, folder or file. @param part from 0 on, see `MOST_CALLS` */
export const idOfQuarter = (agent: string, key: string, part: number): string =>
  callId("", `agent:${agent}/quarter`, `${key}#${part}`);

/** What tells quarters of an agent apart. No text that can be stored has the sign between its parts. */
export const keyOfQuarter = (of: QuarterOf): string => {
  const { start, provider, model, session, project, payer, version, mayBeCopy } = of;
  const who = `${session ?? NONE}${END}${project ?? NONE}${END}${payer.paid_by}${END}${payer.paid_by_user ?? NONE}`;
  return `${start}${END}${provider}${END}${model ?? NONE}${END}${version ?? NONE}${END}${mayBeCopy}${END}${who}`;
};

/** Whether two have the same key. */
export const isSameQuarter = (one: QuarterOf, other: QuarterOf): boolean =>
  one.start === other.start &&
  one.session === other.session &&
  one.model === other.model &&
  one.provider === other.provider &&
  one.project === other.project &&
  one.version === other.version &&
  one.mayBeCopy === other.mayBeCopy &&
  one.payer.paid_by === other.payer.paid_by &&
  one.payer.paid_by_user === other.payer.paid_by_user;

const END = "\u0000";
/** No name either. */
const NONE = "\u0000none";

/** A quarter as it is stored. */
export const quarterIn = ({ calls, call_counts, metadata, ...row }: StoredQuarter): QuarterHour => {
  const start = Date.parse(row.timestamp);
  const quarter = new QuarterHour(row.id, {
    start,
    provider: row.provider,
    model: row.model_name,
    session: row.session,
    project: row.project,
    payer: {
      paid_by: (metadata["paid_by"] as Payer["paid_by"] | undefined) ?? "unknown",
      ...(metadata["paid_by_user"] === true && { paid_by_user: true }),
    },
    version: (metadata["agent_version"] as string | undefined) ?? null,
    mayBeCopy: metadata["may_be_copy"] === true,
  });
  const counts = readCounts(call_counts, start);
  for (const [place, id] of calls.entries()) quarter.calls.set(id, counts[place] ?? WITHDRAWN);
  return quarter;
};
