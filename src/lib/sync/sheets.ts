import { createHash, randomUUID } from "node:crypto";
import type { ImportHead, ImportSummary, Names, Sheet, StoredCredential } from "../api.js";
import { runsOf } from "../dates/days.js";
import { DEFAULT_NAME } from "../credentials/label.js";
import { UserError } from "../errors.js";
import type { WrittenRow } from "../imports/batches.js";
import { daysOf, Manifest } from "../imports/manifest.js";
import { NamesGauge } from "../imports/names.js";
import { recordOf } from "../record/draft.js";
import type { Rates } from "../record/rates.js";
import { type CostRecord, Identities } from "../record/record.js";
import { sentFields } from "../record/sent-rows.js";
import type { Haul } from "./collect.js";

/** What was collected, as an import has it. */
export interface Answer {
  /** A sheet for each whole day, also one without spend; then those of rows that stand for no whole day. */
  sheets: Sheet[];
  records: CostRecord[];
  rows: WrittenRow[];
  /** The first and last of the whole days. */
  days: ReturnType<typeof daysOf>;
  names: Names;
}

/** Two accounts of one provider never share a record: whose it is is a part of its id. */
export const answerOf = ({ feed, pieces }: Haul, credential: StoredCredential, rates: Rates): Answer => {
  const { provider, metadata } = credential;
  const account = accountOf(metadata);
  const source = {
    provider,
    source: feed.source,
    method: "api_automated",
    rates,
    identities: new Identities(),
    account,
    wrong: (amount: { toString(): string } | null, reason: string) =>
      new UserError(
        "provider_answer",
        `${feed.title}: ${amount === null ? "" : `${amount.toString()} `}${reason}.`,
        "Run the command again later. If that does not help, please report it.",
      ),
  } as const;
  const whole = new Manifest({ detail: feed.detail });
  const single = new Manifest({ detail: feed.detail, events: true });
  const names = new NamesGauge();
  const accountName = metadata.account_name ?? null;
  const rows = pieces.flatMap(({ days, drafts }) => {
    for (const day of days) whole.addDay(day, account);
    return drafts.map((draft) => {
      const named = { ...draft, accountName };
      names.note(account, named);
      const record = recordOf(named, source);
      const isWhole = days.length > 0;
      const number = (isWhole ? whole : single).add({ record, draft: named, account, project: null });
      return { record, isWhole, number };
    });
  });
  const days = whole.sheets;
  return {
    sheets: [...days, ...single.sheets],
    records: rows.map(({ record }) => record),
    rows: rows.map(({ record, isWhole, number }) => ({
      sheet: isWhole ? number : days.length + number,
      fields: sentFields(record),
    })),
    days: daysOf(days),
    names: names.names,
  };
};

/** The answer with other records in the same sheets. */
export const withRecords = (answer: Answer, change: (record: CostRecord) => CostRecord): Answer => {
  const records = answer.records.map(change);
  const rows = answer.rows.map(({ sheet, fields }, index) => {
    const record = records[index];
    return { sheet, fields: record === undefined ? fields : sentFields(record) };
  });
  return { ...answer, records, rows };
};

/** The import that the answer is. @param summary with the dates that were collected, in order */
export const headOf = (
  { feed }: Haul,
  { provider, name, metadata }: StoredCredential,
  { days, names }: Answer,
  { dates, ...summary }: ImportSummary & { dates: readonly string[] },
): ImportHead => ({
  id: randomUUID(),
  source_name: name === DEFAULT_NAME ? `${provider} API` : `${provider} API (${name})`,
  format: feed.id,
  // There is no file: what an interrupted run is found again by.
  sha256: createHash("sha256").update(`${metadata.account} ${feed.source}`).digest("hex"),
  reading: feed.source,
  series: feed.series,
  feed: feed.id,
  account_given: !metadata.account_known,
  names,
  covers: { [provider]: runsOf(dates).map(({ from, to }) => [from, to]) },
  ...days,
  ...summary,
});

/** Null if neither the provider nor the user names it, as in files that do not say whose they are. */
const accountOf = ({ account, account_known }: StoredCredential["metadata"]): string | null =>
  account_known || account !== DEFAULT_NAME ? account : null;
