import type { DateRange } from "../dates/ranges.js";
import { counted, decimal, formatUsd } from "../money.js";
import type { DailySpend, StoredRecord } from "../api.js";
import { kindText } from "../record/kinds.js";
import { byName } from "./groups.js";
import { sumSpend } from "./sum.js";
import { WHO_KEYS, nounOf } from "./who.js";
import type { SpendOptions } from "./report.js";

/** @param days all spend in the range @param found what the filters left of it */
export const warningsOf = (
  days: readonly DailySpend[],
  found: readonly DailySpend[],
  options: SpendOptions,
  isUnknown: boolean,
): string[] => {
  if (days.length > 0) return nothingFound(days, found, options);
  return isUnknown ? nothingRecorded(options) : [`Nothing was spent ${during(options.range)}.`];
};

const nothingRecorded = ({ range, recorded }: SpendOptions): string[] => {
  const what = `Nothing is recorded ${during(range)}.`;
  if (recorded === undefined) return [what];
  if (recorded === null) return [`${what} Import a file with: aicost import FILE`];
  const { from, to } = recorded;
  return [`${what} There are records from ${from} to ${to}: try --range ${from}..${to}`];
};

const nothingFound = (
  days: readonly DailySpend[],
  found: readonly DailySpend[],
  { range, filters = {} }: SpendOptions,
): string[] => {
  const known = [...new Set(days.map((day) => day.provider))].toSorted(byName);
  const lower = known.map((name) => name.toLowerCase());
  const unknown = (filters.providers ?? []).filter((name) => !lower.includes(name.toLowerCase()));
  if (unknown.length > 0) {
    return unknown.map(
      (name) => `Nothing is recorded for provider “${name}” ${during(range)}; there is ${known.join(", ")}.`,
    );
  }
  if (found.length > 0) return [];
  const unmatched = WHO_KEYS.filter((key) => (filters.who?.[key] ?? []).length > 0);
  if (unmatched.length > 0) {
    return unmatched.map(
      (key) => `No ${nounOf(key)} matches “${filters.who?.[key]?.join("”, “") ?? ""}” ${during(range)}.`,
    );
  }
  if (filters.models !== undefined && filters.models.length > 0)
    return [`No model matches “${filters.models.join("”, “")}” ${during(range)}.`];
  if (filters.kinds === undefined || filters.kinds.length === 0)
    return [`Only subscriptions are recorded ${during(range)}.`];
  return [`Nothing of this kind is recorded ${during(range)}: ${filters.kinds.map(kindText).join(", ")}.`];
};

/** Whether no source names an amount for the tokens of a record. */
export const hasNoPrice = ({ metadata, tokens_used }: StoredRecord): boolean =>
  metadata.cost_basis === "none" && (tokens_used ?? 0) > 0;

/** What is not a charge among the costs of some records. @param inBill whether a bill has the money of one without a price */
export const recordWarnings = (
  records: readonly StoredRecord[],
  inBill: (record: StoredRecord) => boolean,
): string[] => {
  const without = records.filter((record) => hasNoPrice(record) && !inBill(record));
  const estimated = records.filter(({ metadata }) => metadata.cost_basis === "estimated");
  return [
    ...(estimated.length > 0
      ? [`Amounts marked with ~ are estimates: ${counted(estimated.length, "record")}.`]
      : []),
    ...(without.length > 0 ? [`No price is known for ${counted(without.length, "record")}.`] : []),
  ];
};

/** What a report by hour leaves out. @param left spend without an hour */
export const withoutHour = (left: readonly DailySpend[]): string[] => {
  if (left.length === 0) return [];
  const { cost_usd, record_count } = sumSpend(left);
  const records = counted(record_count, "record");
  const what = decimal(cost_usd).eq(0) ? records : `${formatUsd(cost_usd)} in ${records}`;
  return [
    `Not shown: ${what} of whole days or months, which have no hour. Only single calls and hourly numbers have one.`,
  ];
};

const during = ({ from, to }: DateRange): string => {
  if (from !== null && from === to) return `on ${from}`;
  if (from !== null && to !== null) return `from ${from} to ${to}`;
  if (from !== null) return `since ${from}`;
  return to === null ? "yet" : `until ${to}`;
};
