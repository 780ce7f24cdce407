import { randomUUID } from "node:crypto";
import { feeOf } from "../credits/rules.js";
import { dateOf } from "../dates/days.js";
import { dateIn, today, typedDay } from "../dates/ranges.js";
import { UserError } from "../errors.js";
import { decimal } from "../money.js";
import type { Rates } from "../record/rates.js";
import type { NewCreditEntry, NewRecord, Preferences } from "../api.js";
import { manualRecord } from "./manual-entry.js";

/** What a person types of prepaid credit. */
export interface TypedCredit {
  provider: string;
  /** In `currency`. */
  amount: string;
  currency?: string | undefined;
  date?: string | undefined;
  /** A day, or `never`; what the provider's rule says if it is absent. */
  expires?: string | undefined;
  note?: string | undefined;
}

interface TypedFee {
  /** In US dollars; what the provider's rule says if it is absent. */
  fee?: string | undefined;
  noFee: boolean;
  crypto: boolean;
}

/**
 * Credit that was bought, with what the provider charges on top of it; null if that is nothing.
 * @throws UserError `bad_amount`, `bad_date`, `bad_note`, `currency_rate_missing`
 */
export const boughtCredit = (
  typed: TypedCredit,
  fee: TypedFee,
  preferences: Pick<Preferences, "timezone">,
  rates: Rates,
): { record: NewRecord; fee: NewRecord | null } => {
  const moment = momentOf(typed.date);
  const fields = { ...typed, date: moment, cost: typed.amount, kind: "top-up" };
  const bought = manualRecord(fields, preferences, rates);
  const usd = bought.topup_usd ?? "0";
  if (!decimal(usd).gt(0)) throw notMore(typed.amount);
  const expires_on = lastDay(typed, bought, preferences);
  const record: NewRecord = {
    ...bought,
    metadata: { ...bought.metadata, ...(expires_on !== undefined && { expires_on: expires_on ?? "never" }) },
  };
  const charged = fee.noFee ? null : (fee.fee ?? feeOf(record.provider, usd, { crypto: fee.crypto }));
  if (charged === null) return { record, fee: null };
  const row = manualRecord(
    { provider: typed.provider, date: moment, cost: charged, kind: "fee", note: "Fee of a top-up" },
    preferences,
    rates,
  );
  const isNothing = decimal(row.cost_usd).eq(0);
  return {
    record,
    fee: isNothing
      ? null
      : { ...row, timestamp: record.timestamp, metadata: { ...row.metadata, fee_of: record.id } },
  };
};

/**
 * Credit that the provider granted, or the balance that it shows.
 * @throws UserError `bad_amount`, `bad_date`, `bad_note`, `currency_rate_missing`
 */
export const creditEntry = (
  kind: "grant" | "set",
  typed: TypedCredit,
  preferences: Pick<Preferences, "timezone">,
  rates: Rates,
): NewCreditEntry => {
  const fields = { ...typed, date: momentOf(typed.date), cost: typed.amount, kind: "top-up" };
  const { provider, timestamp, granularity, topup_usd, metadata } = manualRecord(fields, preferences, rates);
  const usd = topup_usd ?? "0";
  if (kind === "grant" && !decimal(usd).gt(0)) throw notMore(typed.amount);
  return {
    id: randomUUID(),
    provider,
    kind,
    timestamp,
    granularity: granularity === "day" ? "day" : "event",
    usd,
    expires_on: lastDay(typed, { timestamp, granularity }, preferences) ?? null,
    metadata: {
      ...(metadata.original && { original: metadata.original }),
      ...(metadata.note !== undefined && { note: metadata.note }),
    },
  };
};

/** Without a date it is now: so what is typed later on the same day comes later. */
const momentOf = (date: string | undefined): string => date ?? new Date().toISOString();

const notMore = (amount: string): UserError =>
  new UserError(
    "bad_amount",
    `“${amount}” is not an amount of credit: it must be above zero.`,
    "For example: aicost credits add openai 50",
  );

/** Undefined if nothing was said; null for `never`. @throws UserError `bad_date` */
const lastDay = (
  { expires }: TypedCredit,
  { timestamp, granularity }: Pick<NewRecord, "timestamp" | "granularity">,
  { timezone }: Pick<Preferences, "timezone">,
): string | null | undefined => {
  if (expires === undefined) return undefined;
  if (expires.trim().toLowerCase() === "never") return null;
  const day = typedDay(expires, today(timezone));
  if (day === null)
    throw new UserError(
      "bad_date",
      `“${expires}” is not a date.`,
      "For example: --expires 2027-11-22, or --expires never",
    );
  const from = granularity === "day" ? dateOf(timestamp) : dateIn(timezone, timestamp);
  if (day >= from && day <= "2200-12-31") return day;
  throw new UserError(
    "bad_date",
    day < from ? `The credit expires on ${day}, before it comes on ${from}.` : `${day} is too far away.`,
    "Give the last day on which it can be used: --expires DATE",
  );
};
