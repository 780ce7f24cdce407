import { Temporal } from "temporal-polyfill";
import { plain, sum } from "../../src/lib/money.js";
import type { ChargeKind } from "../../src/lib/record/kinds.js";
import type { CostBasis } from "../../src/lib/record/record.js";
import {
  type DailySpend,
  type DailySpendQuery,
  type FineSpend,
  type FineSpendQuery,
  type PriceListNames,
  SPLIT_KEYS,
  type SplitKey,
  type StoredRecord,
} from "../../src/lib/api.js";

/** The calendar date that a record belongs to: a bucket keeps its date, an event falls on the zone's date. */
const dateOf = ({ timestamp, granularity }: StoredRecord, timezone: string): string => {
  const zone = granularity === "day" || granularity === "month" ? "UTC" : timezone;
  return Temporal.Instant.from(timestamp).toZonedDateTimeISO(zone).toPlainDate().toString();
};

const groupBy = <Item>(items: Item[], key: (item: Item) => string): Map<string, Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
};

/** The sum of what is stated; null where no record states it. */
const count = (records: StoredRecord[], of: (record: StoredRecord) => number | null): number | null => {
  const stated = records.map(of).filter((value) => value !== null);
  return stated.length === 0 ? null : stated.reduce((a, b) => a + b);
};

type Split = Pick<DailySpendQuery, "split_by" | "by_month">;
type FineSplit = Pick<FineSpendQuery, "split_by" | "by_month">;

/**
 * What `get_daily_spend` must answer for these records, computed a second time from their definition: money that was
 * charged counts; an estimate of usage counts unless, on the UTC day of the call, its provider has billed usage of the same
 * account, or of nobody knows which, or the estimate itself names no account and its provider has billed any. What is of a
 * month as a whole speaks of all of its days. In the same way, an estimate from an export or an API hides those of the logs
 * of agents; the tokens of these count only if neither a bill nor an export or API states those of the day.
 */
export const dailySpendOf = (
  records: StoredRecord[],
  timezone: string,
  split: Split = { split_by: ["model"] },
): DailySpend[] => inOrder(groupsOf(records, timezone, split).map(({ row }) => row));

/** What `get_fine_spend` must answer: the same, by hours, which only calls and hourly numbers have, and by sessions. */
export const fineSpendOf = (records: StoredRecord[], timezone: string, split: FineSplit): FineSpend[] => {
  const of = (record: StoredRecord, key: "hour" | "session") =>
    split.split_by.includes(key) ? splitOf(record, timezone)[key] : null;
  return inOrder(
    groupsOf(records, timezone, split).map(({ row, first }) => ({
      ...row,
      hour: of(first, "hour") as number | null,
      session: of(first, "session") as string | null,
    })),
  );
};

const groupsOf = (
  records: StoredRecord[],
  timezone: string,
  { split_by, by_month = false }: FineSplit,
): { row: DailySpend; first: StoredRecord }[] => {
  const bills = records.filter((record) => isCharge(record) && record.kind === "usage");
  const isBilled = (record: StoredRecord): boolean =>
    bills.some((bill) => isOfSameDays(bill, record) && mayBeOfOneAccount(bill, record));
  const others = records.filter(
    ({ kind, collection_method }) => kind === "usage" && collection_method !== "agent_log",
  );
  const stated = others.filter(({ metadata }) => metadata.cost_basis === "estimated");
  const told = [...stated, ...others.filter(isCharge)].filter(({ tokens_used }) => tokens_used !== null);
  const isBeside = (record: StoredRecord, sources: StoredRecord[]): boolean =>
    isOfLog(record) &&
    sources.some((source) => isOfSameDay(source, record) && mayBeOfOneAccount(source, record));
  const groups = groupBy(records, (record) =>
    JSON.stringify([
      dateOf(record, timezone).slice(0, by_month ? 7 : 10),
      record.provider,
      ...split_by.map((key) => splitOf(record, timezone)[key]),
    ]),
  );
  return [...groups.values()].map((group) => ({
    first: group[0]!,
    row: {
      ...rowOf(
        group,
        group.filter((record) => !isBilled(record) && !isBeside(record, stated)),
        group.filter((record) => !isBeside(record, told)),
        timezone,
      ),
      ...(Object.fromEntries(
        SPLIT_KEYS.map((key) => [key, split_by.includes(key) ? splitOf(group[0]!, timezone)[key] : null]),
      ) as Pick<DailySpend, SplitKey>),
    },
  }));
};

const mayBeOfOneAccount = (one: StoredRecord, two: StoredRecord): boolean =>
  one.account === two.account || one.account === null || two.account === null;

/** Of calls that a bill, an export or an API may tell of too. */
const isOfLog = ({ collection_method, kind, metadata: { cost_basis } }: StoredRecord): boolean =>
  collection_method === "agent_log" &&
  kind === "usage" &&
  (cost_basis === "estimated" || cost_basis === "none");

const isOfSameDay = (one: StoredRecord, two: StoredRecord): boolean =>
  one.provider === two.provider && one.timestamp.slice(0, 10) === two.timestamp.slice(0, 10);

const isOfSameDays = (one: StoredRecord, two: StoredRecord): boolean => {
  const length = isOfMonth(one) || isOfMonth(two) ? "2026-11".length : "2026-11-05".length;
  return one.provider === two.provider && one.timestamp.slice(0, length) === two.timestamp.slice(0, length);
};

const isOfMonth = ({ granularity, timestamp }: StoredRecord): boolean =>
  granularity === "month" && timestamp.slice(8, 10) === "01";

const splitOf = (record: StoredRecord, timezone: string) => ({
  model: record.model_name,
  kind: record.kind,
  method: record.collection_method,
  account: record.account,
  project: record.project,
  api_key: record.api_key,
  agent: record.agent,
  session: record.session,
  hour: hourOf(record, timezone),
});

const hourOf = ({ timestamp, granularity }: StoredRecord, timezone: string): number | null =>
  granularity === "day" || granularity === "month"
    ? null
    : Temporal.Instant.from(timestamp).toZonedDateTimeISO(timezone).hour;

const isCharge = ({ kind, metadata }: StoredRecord): boolean =>
  metadata.cost_basis === "billed" && kind !== "top_up";

const rowOf = (
  group: StoredRecord[],
  unbilled: StoredRecord[],
  counted: StoredRecord[],
  timezone: string,
): Omit<DailySpend, SplitKey> => {
  const of = (basis: CostBasis, records = group): StoredRecord[] =>
    records.filter(({ metadata }) => metadata.cost_basis === basis);
  const estimates = (records: StoredRecord[]) =>
    sum(records.map((record) => record.estimated_cost_usd ?? "0"));
  const all = sum(group.map(({ cost_usd }) => cost_usd));
  const charged = (kind: ChargeKind): string =>
    plain(sum(group.filter((record) => record.kind === kind).map(({ cost_usd }) => cost_usd)));
  const counting = [
    ...of("estimated", unbilled).filter(({ kind }) => kind === "usage"),
    ...of("estimated").filter(({ kind }) => kind !== "usage"),
  ];
  const estimated = estimates(counting);
  const dates = group.map((record) => dateOf(record, timezone)).sort();
  return {
    date: dates[0]!,
    last_date: dates.at(-1)!,
    provider: group[0]!.provider,
    cost_usd: plain(all.plus(estimated)),
    usage_usd: charged("usage"),
    extra_usage_usd: charged("extra_usage"),
    subscription_usd: charged("subscription"),
    fee_usd: charged("fee"),
    tax_usd: charged("tax"),
    credit_usd: charged("credit"),
    estimated_usd: plain(estimated),
    hidden_estimate_usd: plain(estimates(of("estimated")).minus(estimated)),
    included_usd: plain(estimates(of("included"))),
    topup_usd: plain(sum(group.map(({ topup_usd }) => topup_usd ?? "0"))),
    input_tokens: count(counted, ({ input_tokens }) => input_tokens),
    output_tokens: count(counted, ({ output_tokens }) => output_tokens),
    cache_read_tokens: count(counted, ({ cache_read_tokens }) => cache_read_tokens),
    cache_write_tokens: count(counted, ({ cache_write_tokens }) => cache_write_tokens),
    request_count: count(counted, ({ request_count }) => request_count),
    record_count: group.length,
    billed_count: group.filter(isCharge).length,
    unpriced_tokens: count(of("none", unbilled), ({ tokens_used }) => tokens_used) ?? 0,
    in_bill_tokens:
      count(
        [...of("none"), ...of("estimated").filter(({ kind }) => kind === "usage")].filter(
          (record) => !unbilled.includes(record),
        ),
        ({ tokens_used }) => tokens_used,
      ) ?? 0,
    estimated_by: listsOf(counting),
    included_by: listsOf(of("included")),
  };
};

/** Which price lists the estimates of these records are from. */
const listsOf = (records: StoredRecord[]): PriceListNames | null => {
  const names = records
    .filter(({ estimated_cost_usd }) => estimated_cost_usd !== null)
    .map(({ metadata }): [string, true] => [(metadata.price as string | undefined) ?? "its source", true]);
  return names.length === 0 ? null : Object.fromEntries(names);
};

/** Rows in one order, whatever the collation of the database. */
export const inOrder = <Row extends DailySpend | FineSpend>(rows: readonly Row[]): Row[] => {
  const key = (row: Row): string =>
    JSON.stringify([
      row.date,
      "hour" in row && [row.hour, row.session],
      row.provider,
      ...SPLIT_KEYS.map((name) => row[name]),
    ]);
  return [...rows].sort((a, b) => (key(a) < key(b) ? -1 : 1));
};
