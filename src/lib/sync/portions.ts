import { createHash, randomUUID } from "node:crypto";
import type { ImportHead, StoredCredential } from "../api.js";
import { DEFAULT_NAME } from "../credentials/label.js";
import { dateOf } from "../dates/days.js";
import { UserError } from "../errors.js";
import { recordOf } from "../record/draft.js";
import { DayTotals } from "../record/gauges.js";
import type { Rates } from "../record/rates.js";
import { type CostRecord, Identities } from "../record/record.js";
import type { Haul } from "./collect.js";

/** Records that are written together: all of a UTC date, or some that stand for no whole date. */
export interface Portion {
  day: string | null;
  records: CostRecord[];
}

/** What was collected, as records. The account is the first part of every key: two accounts of one provider never share a record. */
export const portionsOf = ({ feed, pieces }: Haul, credential: StoredCredential, rates: Rates): Portion[] => {
  const { provider, metadata } = credential;
  const source = {
    provider,
    source: feed.source,
    method: "api_automated",
    rates,
    identities: new Identities(),
    wrong: (amount: { toString(): string } | null, reason: string) =>
      new UserError(
        "provider_answer",
        `${feed.title}: ${amount === null ? "" : `${amount.toString()} `}${reason}.`,
        "Run the command again later. If that does not help, please report it.",
      ),
  } as const;
  return pieces.flatMap((piece): Portion[] => {
    const records = piece.drafts.map((draft) =>
      recordOf({ ...draft, key: [metadata.account, ...draft.key] }, source),
    );
    if (piece.days.length === 0) return [{ day: null, records }];
    return piece.days.map((day) => ({
      day,
      records: records.filter(({ timestamp }) => dateOf(timestamp) === day),
    }));
  });
};

/** The import that the records are. */
export const headOf = (
  { feed }: Haul,
  { provider, name, metadata }: StoredCredential,
  records: readonly CostRecord[],
): ImportHead => {
  const days = new DayTotals();
  records.forEach((record) => days.add(record));
  return {
    id: randomUUID(),
    source_name: name === DEFAULT_NAME ? `${provider} API` : `${provider} API (${name})`,
    format: feed.id,
    // There is no file: what an interrupted run is found again by.
    sha256: createHash("sha256").update(`${metadata.account} ${feed.source}`).digest("hex"),
    reading: feed.source,
    series: seriesOf(feed.series, metadata),
    detail: feed.detail,
    ...days.totals,
  };
};

/** An account that neither the provider nor the user names is the one of files that name no account. */
const seriesOf = (series: string, { account, account_known }: StoredCredential["metadata"]): string =>
  account_known || account !== DEFAULT_NAME ? `${series} ${account}` : series;
