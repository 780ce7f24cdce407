import { recordOf } from "../../../src/lib/record/draft.js";
import type { Collected, Collector, Feed } from "../../../src/lib/providers/collector.js";
import type { Rates } from "../../../src/lib/record/rates.js";
import { type CostRecord, Identities } from "../../../src/lib/record/record.js";
import type { Fault, ReplayRequest } from "../../support/replay.js";

/** The records of one run, as they would be kept. */
export const recordsOf = (
  { provider }: Collector,
  { source }: Feed,
  pieces: readonly Collected[],
  rates: Rates = {},
): CostRecord[] => {
  const identities = new Identities();
  const wrong = (_: unknown, reason: string) => new Error(reason);
  const from = {
    provider,
    source,
    method: "api_automated",
    rates,
    identities,
    account: null,
    wrong,
  } as const;
  return pieces.flatMap(({ drafts }) => drafts.map((draft) => recordOf(draft, from)));
};

/** A provider that answers every request of these paths with a body, and the others as it should. */
export const says =
  (part: string, body: unknown) =>
  ({ path, query }: ReplayRequest): Fault | undefined =>
    `${path}?${query.toString()}`.includes(part) ? { status: 200, body } : undefined;
