import type { CollectionMethod, CostRecord, Granularity, RecordMetadata } from "./record/record.js";
import type { ChargeKind } from "./record/kinds.js";
import type { PriceRow, StoredPrices } from "./record/price.js";
import type { RateDay, StoredRates } from "./record/rates.js";

/** What answers some of the functions: a store, or a part of one. */
export interface Answers<Names extends keyof Api> {
  call<Name extends Names>(name: Name, args: Api[Name]["args"]): Promise<Api[Name]["result"]>;
}

/** Every SQL function that the commands call, with what goes in and what comes out. */
export interface Api {
  get_preferences: { args: Record<never, never>; result: Preferences };
  set_preferences: { args: { changes: Partial<Preferences> }; result: Preferences };
  /** What is stored of one currency for the days of a range, and for the week before it; null is open. */
  get_rates: {
    args: { currency: string; from_day?: string | null; to_day?: string | null };
    result: StoredRates;
  };
  list_rates: { args: Record<never, never>; result: RateList };
  /** US dollars for one unit; without a day on each day that has no dated rate. */
  set_rate: { args: { currency: string; day: string | null; usd: string }; result: null };
  /** The rate that was set; null if there was none. */
  remove_rate: { args: { currency: string; day: string | null }; result: string | null };
  /** Days of the European Central Bank, all or none. */
  add_rate_days: { args: { days: readonly RateDay[] }; result: RateDayCounts };
  /** How many days of the European Central Bank there were. */
  remove_rate_days: { args: Record<never, never>; result: number };
  list_providers: { args: Record<never, never>; result: Provider[] };
  add_provider: { args: { name: string; display_name: string }; result: Provider };
  /** Refuses what `begin_import` would refuse: a file read otherwise before. */
  check_import: { args: { import: ImportHead }; result: null };
  /** In which zone files of a series are read whose moments name no offset; null if there is no such file yet. */
  zone_of_series: { args: { series: string }; result: string | null };
  /** The rates at which its amounts in other currencies count: of each currency, US dollars for one unit. */
  import_rates: { args: { import_id: string }; result: Record<string, string[]> };
  /** Takes an import, or goes on with one that was cut short, by what its sheets say. Refuses a file read otherwise. */
  begin_import: { args: { import: ImportHead; sheets: readonly Sheet[] }; result: BegunImport };
  /** Rows of sheets that `begin_import` wanted, as `record/sent-rows.ts` writes them. Sent again, they change nothing. */
  add_rows: { args: { import_id: string; sheets: readonly string[]; rows: string }; result: null };
  /** Closes an import whose rows are all in, and decides what counts on the first of its days. */
  /** `after`: of a scan of an agent, the last one that it knew of. */
  finish_import: { args: { import_id: string; after?: number | undefined }; result: ImportProgress };
  /** Decides what counts on the next days. @param import_id whose change it was; null if that does not matter */
  settle_days: { args: { import_id: string | null }; result: ImportProgress };
  /**
   * What the imports of some files would say, one after the other, if all their rows go into one call. Changes nothing.
   * `providers` are added first.
   */
  try_imports: {
    args: { files: readonly TriedFile[]; providers: readonly string[] };
    result: { is_known: boolean; import: Import | null }[];
  };
  /** What an import would come to, by what it says of its days. Changes nothing. */
  preview_import: { args: { import: ImportHead; sheets: readonly Sheet[] }; result: ImportPreview };
  /** What rows would change, by their keys, against what counts now. */
  compare_rows: { args: { rows: string; joins: boolean }; result: RowComparison };
  /** What an undo would come to on the next days after one. Changes nothing. */
  preview_undo: { args: { import_id: string; after_day?: string | null }; result: UndoPreviewPart };
  /** What an import says of each day, and whether it counts. */
  /** Ends included; null is open. */
  list_sources: { args: { from_date: string | null; to_date: string | null }; result: SourceDay[] };
  import_days: { args: { import_id: string }; result: ImportDay[] };
  /** The user's own prices, and the lists that are imported. */
  get_prices: {
    args: Record<never, never>;
    result: Omit<StoredPrices, "own"> & { own: readonly OwnPrice[] };
  };
  /** Sets a price, instead of one of the same model, provider and first day. */
  set_price: { args: { price: PriceRow }; result: OwnPrice };
  remove_prices: { args: { price_ids: readonly string[] }; result: OwnPrice[] };
  /** Takes a price list in, as an import. Records keep the estimates that they have. */
  add_price_list: {
    args: { import: PricingHead; since: string; rows: readonly PriceRow[] };
    result: null;
  };
  /**
   * The next records, as their sources have them, that have tokens and no money of their own; `after` is the `next` of the
   * page before. `only_unpriced`: that have no estimate either.
   */
  list_priceable_rows: {
    args: {
      from_date: string | null;
      to_date: string | null;
      only_unpriced: boolean;
      after: string | null;
      max_rows: number;
    };
    result: { rows: PriceableRow[]; next: string | null };
  };
  /** Writes estimates beside records, as an import. Sent again, they change nothing. @returns how many were written */
  write_estimates: {
    args: { import: PricingHead; estimates: readonly WrittenEstimate[] };
    result: number;
  };
  /** Stores forecasts; one of the same series and history replaces that of before. @returns how many days were stored */
  save_forecasts: { args: { forecasts: readonly NewForecast[] }; result: number };
  /** The newest forecast of all spend, with the days of two months; null if there is none. */
  get_forecast: { args: Record<never, never>; result: StoredForecast | null };
  /** Forecasts of all spend, or of one provider, whose history ends between two dates, the newest first. Null is open. */
  list_forecasts: {
    args: {
      from_date: string | null;
      to_date: string | null;
      max_rows: number;
      max_days?: number;
      of_provider?: string;
    };
    result: StoredForecast[];
  };
  /** What is stored by the last day of its history, the newest first; only of some last days if they are named. */
  list_stored_forecasts: {
    args: { last_days?: readonly string[] | null; max_rows: number; skip_rows?: number };
    result: { forecasts: ForecastHead[]; total: number };
  };
  /** By the last days of their history; null is all. @returns how many last days and predicted days there were */
  remove_forecasts: {
    args: { last_days: readonly string[] | null };
    result: { forecasts: number; days: number };
  };
  list_credentials: {
    args: { with_keys?: boolean };
    result: { user_id: string; credentials: StoredCredential[] };
  };
  add_credential: { args: { credential: NewCredential }; result: StoredCredential };
  change_credential: {
    args: { credential_id: string; changes: CredentialChanges };
    result: StoredCredential;
  };
  remove_credential: { args: { credential_id: string }; result: StoredCredential };
  list_audit_log: {
    args: { max_rows: number; skip_rows?: number };
    result: { entries: AuditEntry[]; total: number };
  };
  /** Keeps how far a feed was collected. `complete_through` never goes back. */
  save_sync_state: {
    args: Pick<SyncState, "feed" | "complete_through" | "memory"> & { credential_id: string };
    result: null;
  };
  list_imports: {
    args: { max_rows: number; skip_rows?: number };
    result: { imports: Import[]; total: number };
  };
  get_import: { args: { import_id: string }; result: Import };
  /** What an import begins with, in one answer. `imports` are those of files with one of these hashes that are in wholly. */
  start_import: {
    args: { hashes: readonly string[] };
    result: { preferences: Preferences; providers: Provider[]; imports: (Import & { reading: string })[] };
  };
  undo_import: { args: { import_id: string }; result: UndoCounts };
  /** By agent, how many scans of its log count, and how many were undone. */
  list_scans: { args: Record<never, never>; result: Scans };
  /** What finished scans say of quarters of an hour: those with these ids, and those that have one of these calls. */
  find_calls: {
    args: { ids: readonly string[]; calls: readonly string[] };
    result: StoredQuarter[];
  };
  /**
   * Notes who pays for the calls of an agent whose log does not say so, from a day on; null is from the beginning.
   * @returns how many calls that changes
   */
  settle_agent: {
    args: { agent: string; paid_by: "plan" | "key"; since: string | null };
    result: number;
  };
  /** Sessions of coding agents with calls in a range; the sums are of its days. Null is open. */
  list_sessions: { args: { from_date: string | null; to_date: string | null }; result: AgentSession[] };
  add_cost_record: { args: { record: NewRecord }; result: StoredRecord };
  list_cost_records: { args: { filters: RecordFilters }; result: { records: StoredRecord[]; total: number } };
  get_cost_record: { args: { record_id: string }; result: StoredRecord };
  edit_cost_record: { args: { record_id: string; changes: RecordChanges }; result: StoredRecord };
  remove_cost_records: { args: { record_ids: string[] }; result: StoredRecord[] };
  list_subscriptions: { args: Record<never, never>; result: Subscription[] };
  /** Entries by hand that would be charges of it, if it were added. */
  find_subscription_entries: { args: { subscription: NewSubscription }; result: StoredRecord[] };
  /** Books its charges so far. `entries`: what becomes of entries by hand on its due days; null refuses them. */
  add_subscription: {
    args: { subscription: NewSubscription; entries: "take_over" | "keep" | null };
    result: Subscription;
  };
  /** Its charges follow, but for those that were edited or entered by hand. `cancelled_on` null: it goes on. */
  change_subscription: {
    args: { subscription_id: string; changes: { price?: PlanPrice; cancelled_on?: string | null } };
    result: ChangedSubscription;
  };
  /** With its charges, unless they are kept as entries by hand. */
  remove_subscription: {
    args: { subscription_id: string; keep_charges: boolean };
    result: RemovedSubscription;
  };
  /** All that are due between two days, ends included, whether they are booked or not. */
  list_charges: { args: { from_day: string; to_day: string }; result: DueCharge[] };
  get_due: { args: Record<never, never>; result: Due };
  /** Makes records of charges that are due. @returns how many */
  book_due_charges: { args: Record<never, never>; result: number };
  /** Credit that a provider granted, or a balance, instead of one that was set for the same moment. */
  save_credit_entry: { args: { entry: NewCreditEntry }; result: StoredCreditEntry };
  /** Credit that was bought, and the fee that was paid for it. */
  add_top_up: {
    args: { record: NewRecord; fee: NewRecord | null };
    result: { record: StoredRecord; fee: StoredRecord | null };
  };
  /** A grant or a balance that was set (`entry`), or a top-up (`record`), with its fee. */
  remove_credit_entry: { args: { entry_id: string }; result: RemovedCredit };
  get_credits: { args: Record<never, never>; result: CreditFacts };
  list_budgets: { args: Record<never, never>; result: Budget[] };
  /** Instead of one of the same name, which is `before`. */
  set_budget: { args: { budget: NewBudget }; result: { budget: Budget; before: Budget | null } };
  /** @returns what it was */
  remove_budget: { args: { budget_name: string }; result: Budget };
  /** Of notices that are due, those that no other machine of the user has sent or is about to send. */
  claim_notices: { args: { keys: readonly string[] }; result: string[] };
  /** Whether claimed notices were sent; if not, any machine may try again. @returns how many */
  settle_notices: { args: { keys: readonly string[]; is_sent: boolean }; result: number };
  list_names: { args: Record<never, never>; result: Names };
  /** Of which days something is known, with or without spend. */
  get_coverage: { args: Record<never, never>; result: Coverage };
  get_daily_spend: { args: DailySpendQuery; result: DailySpend[] };
  get_fine_spend: { args: FineSpendQuery; result: FineSpend[] };
  /** The spans to ask `get_daily_spend` or `get_fine_spend` about, if one answer may take the work of so many records. */
  spend_spans: {
    args: Pick<FineSpendQuery, "from_date" | "to_date" | "split_by"> & {
      is_fine: boolean;
      most_work: number;
    };
    result: Pick<DailySpendQuery, "from_date" | "to_date">[];
  };
  refresh_cost_records_daily: { args: Record<never, never>; result: null };
  get_schema_status: { args: Record<never, never>; result: SchemaStatus };
  get_database_status: { args: Record<never, never>; result: SchemaStatus & DatabaseSize };
  /** The months that have a partition, in order. */
  list_partitions: { args: Record<never, never>; result: MonthPartition[] };
  create_monthly_partition: { args: { year: number; month: number }; result: null };
  /** One page of what the user has, of one kind; `record`: of all that counts, whatever it comes from. `after` is the `next` of the page before. */
  export_rows: {
    args: { kind: ArchiveKind | "record"; after: string | null; max_rows: number };
    result: { rows: ArchiveRow[]; next: string | null };
  };
  /** How many rows of each kind `export_rows` has for this user. */
  archive_counts: { args: Record<never, never>; result: Record<ArchiveKind | "record", number> };
  /**
   * Takes rows in that `export_rows` gave, from this database or another one; atomic. `needs` holds rows of other kinds
   * that these refer to, for a dry run, in which those were not taken in before.
   */
  restore_rows: {
    args: {
      kind: ArchiveKind;
      rows: ArchiveRow[];
      dry_run?: boolean;
      needs?: Partial<Record<ArchiveKind, ArchiveRow[]>>;
    };
    result: RestoreCounts;
  };
}

/** What a user has, in the order in which it must be restored. */
export const ARCHIVE_KINDS = [
  "preferences",
  "rates",
  "provider",
  "price",
  "import",
  "price_list",
  "edit",
  "sheet",
  "sheet_row",
  "cost_record",
  "subscription",
  "credit",
  "budget",
  "forecast",
] as const;

export type ArchiveKind = (typeof ARCHIVE_KINDS)[number];

/** Only the SQL functions of the archive know what is in it. */
export type ArchiveRow = Record<string, unknown>;

export interface RestoreCounts {
  inserted: number;
  /** Replaced by a later version from the archive. */
  updated: number;
  /** Already there, as they are in the archive or in a later version. */
  unchanged: number;
  /** Left out because another view of the same day is there already. */
  covered: number;
}

export interface SchemaStatus {
  /** Versions of the migrations that were applied, in order; empty if none is recorded. */
  migrations: string[];
  /** By version, an md5 of the recorded text, whose white space makes no difference; null if none is recorded. */
  migration_texts: Record<string, string | null>;
  /** For example `15.8`. */
  postgres: string;
  /** First and last month that has a partition, `2026-01`, and how many there are. */
  partitions: { first: string | null; last: string | null; count: number };
  /** The user's days whose sums are computed live, until the next refresh. */
  stale_days: number;
  /** Names of our pg_cron jobs; null if that extension is not enabled. */
  cron_jobs: string[] | null;
}

export interface DatabaseSize {
  /** That the caller may see; counted. */
  records: number;
  /** When the daily sums were refreshed last, RFC 3339; null for never. */
  last_refresh: string | null;
  /** With their indexes; that of the whole database is null for a user who may not know it. */
  bytes: { database: number | null; cost_records: number; cost_records_daily: number };
}

export interface MonthPartition {
  /** For example `2026-01`. */
  month: string;
  /** That the caller may see; counted. */
  records: number;
  /** Of the whole partition, with its indexes. */
  bytes: number;
}

export interface Preferences {
  currency: string;
  /** IANA name, for example Europe/Berlin: the calendar that every range and report uses. */
  timezone: string;
  theme: "light" | "dark" | "system";
  /** What `report` shows without `--range`: any range that `--range` takes. */
  default_date_range: string;
  email_notifications: boolean;
  forecast_enabled: boolean;
  metadata: {
    tags?: readonly TagRule[];
    update_rates?: boolean;
    /** By agent, who pays for calls whose log does not say so, in the order of their days. */
    agents?: Readonly<Record<string, readonly AgentPayment[]>>;
  };
}

/** A day ahead: its cost, and the ends of the bands of 80 % and 95 %, US dollars. */
export type ForecastDay = readonly [
  date: string,
  cost: string,
  lower_80: string,
  upper_80: string,
  lower_95: string,
  upper_95: string,
];

/** What was forecast, and of what. */
interface ForecastFacts {
  /** The model and its version. */
  model_version: string;
  /** From 0 to 1, for example `0.82`; null if there is too little history. */
  confidence_score: string | null;
  /** Of the history, calendar dates. */
  training_data_start: string | null;
  training_data_end: string;
  /** How the model was made, and how it did in back-tests. */
  metadata: Readonly<Record<string, unknown>>;
  days: readonly ForecastDay[];
}

export interface NewForecast extends ForecastFacts {
  /** Null for all of them. */
  provider: string | null;
  /** Null for all of them. */
  model_name: string | null;
  training_record_count: number;
}

export interface StoredForecast extends ForecastFacts {
  /** RFC 3339. */
  made_at: string;
}

/** What is stored of the forecasts whose history ends on one day. */
export interface ForecastHead {
  /** Calendar date; null if an archive of another program does not say. */
  training_data_end: string | null;
  /** RFC 3339. */
  made_at: string;
  /** The last predicted day. */
  through: string;
  /** Of all spend first. */
  series: readonly (Pick<NewForecast, "provider" | "model_name"> &
    Pick<ForecastFacts, "model_version" | "confidence_score">)[];
}

/** Who pays for the calls of a coding agent, as the user says. */
export interface AgentPayment {
  paid_by: "plan" | "key";
  /** What the plan is called, if the user named it. */
  plan?: string;
  /** The first day; null is from the beginning. */
  since: string | null;
}

export const PERIODS = ["week", "month", "year"] as const;
/** How often a subscription is charged. */
export type Period = (typeof PERIODS)[number];

/** What a seat costs for a period, from a day on. */
export interface PlanPrice {
  /** Calendar date. */
  from: string;
  /** Decimal, in the currency of the subscription, before tax. */
  cost: string;
  /** It came from the list of plans. */
  is_listed: boolean;
}

export interface NewSubscription {
  /** `providers.name`. */
  provider: string;
  /** Unique for the user. */
  name: string;
  plan: string;
  period: Period;
  /** ISO 4217. */
  currency: string;
  /** In the order of their days. */
  prices: readonly PlanPrice[];
  seats: number;
  /** Added to the price; null if that is what is charged. */
  tax_percent: string | null;
  /** The first day. */
  since: string;
  /** The first charge is due on this day instead. */
  trial_until: string | null;
}

export interface Subscription extends NewSubscription {
  id: string;
  /** Nothing is due from this day on. */
  cancelled_on: string | null;
  created_at: string;
  updated_at: string;
  /** The next charge after today, in the currency; null if none is to come. */
  next: { due_on: string; amount: string } | null;
  /** What it charged so far, US dollars. */
  charged: { count: number; usd: string };
}

export interface ChangedSubscription {
  subscription: Subscription;
  /** Charges that were taken back, and booked; those of the same days among them. */
  withdrawn: number;
  booked: number;
  /** Charges that stay as they are, because they were edited or entered by hand. */
  kept: number;
}

export interface RemovedSubscription {
  removed: number;
  /** What the removed charges came to. */
  usd: string;
  /** Entries by hand that it had taken over. */
  restored: number;
}

/** A charge of a subscription, due on a day. */
export interface DueCharge {
  /** Of the subscription. */
  name: string;
  provider: string;
  plan: string;
  due_on: string;
  /** In the currency. */
  amount: string;
  currency: string;
  /** US dollars: of days to come at the rate of today; null if there is no rate. */
  usd: string | null;
}

export interface Due {
  /** The next day after today on which a charge is due; null if none is to come. */
  next_due: string | null;
  /** Charges that are due and not booked: they count, if they have a rate. */
  unbooked: readonly DueCharge[];
  /** Charges of the next two months. */
  coming: readonly DueCharge[];
}

/** Credit that a provider granted, or a balance that was set. */
export interface NewCreditEntry {
  id: string;
  /** `providers.name`. */
  provider: string;
  kind: "grant" | "set";
  /** RFC 3339 in UTC; of a `day`, midnight. */
  timestamp: string;
  granularity: "event" | "day";
  /** US dollars. A balance may be below zero. */
  usd: string;
  /** The last day on which it can be used; null if it does not expire, or if that is not known. */
  expires_on: string | null;
  metadata: Pick<RecordMetadata, "original" | "note">;
}

export interface StoredCreditEntry extends NewCreditEntry {
  created_at: string;
}

export interface RemovedCredit {
  entry: StoredCreditEntry | null;
  record: StoredRecord | null;
  fee: StoredRecord | null;
}

/** What ledgers of prepaid credit are made of. */
export interface CreditFacts {
  /** By provider, then by their moments. */
  entries: readonly CreditFact[];
  /** US dollars by provider and date in the user's time zone, from the day before the first entry of the provider. */
  usage: readonly { provider: string; date: string; usd: string }[];
  /**
   * What of the usage of a date is on UTC days from `start` on, for those dates that may be partly before it, and each day on
   * which a ledger starts. Null if the user's dates are those of UTC.
   */
  splits: readonly { provider: string; start: string; date: string; usd: string }[] | null;
}

export interface CreditFact {
  id: string;
  provider: string;
  kind: "top_up" | "grant" | "set";
  /** RFC 3339 in UTC. */
  timestamp: string;
  /** In the user's time zone. */
  date: string;
  /** US dollars. */
  usd: string;
  /** The last day on which it can be used, or `never`. Null: of a top-up, what the provider's rule says; else never. */
  expires_on: string | null;
  note: string | null;
}

export const BUDGET_PERIODS = ["day", "week", "month"] as const;
export type BudgetPeriod = (typeof BUDGET_PERIODS)[number];

/** What may be spent in a period. An empty list of filters means all spend. */
export interface NewBudget {
  /** Unique for the user. */
  name: string;
  /** Decimal, in the currency. */
  amount: string;
  /** ISO 4217. */
  currency: string;
  period: BudgetPeriod;
  /** A month begins on this day, in a shorter month on its last one; null for the first. */
  reset_day: number | null;
  /** `providers.name`. */
  providers: readonly string[];
  /** Parts of names, or globs. */
  models: readonly string[];
  /** Names, ids, or globs. */
  projects: readonly string[];
  tags: readonly string[];
  kinds: readonly ChargeKind[];
}

export interface Budget extends NewBudget {
  created_at: string;
  updated_at: string;
}

export type Scans = Readonly<Record<string, AgentScans>>;

export interface AgentScans {
  /** Scans that count. */
  standing: number;
  undone: number;
  /** The place of the last of those that count among all imports; 0 if none counts. */
  last: number;
  /** When the last of those that count was, RFC 3339; null if none counts. */
  last_at: string | null;
}

/** What is stored of the calls of a coding agent in a quarter of an hour: `calls` are their ids. */
export interface StoredQuarter extends CostRecord, StoredCalls {}

/** The calls that a record sums up. */
export interface StoredCalls {
  calls: string[];
  /** See `writtenCounts`. */
  call_counts: string;
}

/** A session of a coding agent. Amounts are US dollars, decimal; moments RFC 3339 in UTC. */
export interface AgentSession {
  agent: string;
  session: string;
  project: string | null;
  models: string[];
  first_at: string;
  last_at: string;
  calls: number;
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  /** Worth that a plan includes. */
  included_usd: string;
  estimated_usd: string;
  unpriced_tokens: number;
}

/** Calendar dates; amounts are decimal strings. */
export interface RateList {
  /** Set by the user: US dollars for one unit. */
  set: { currency: string; date: string | null; usd: string }[];
  /** Null without days of the European Central Bank. `rates` are those of the last day: units for one euro. */
  ecb: { days: number; first_day: string; last_day: string; rates: Record<string, string> } | null;
}

export interface RateDayCounts {
  inserted: number;
  updated: number;
  unchanged: number;
}

/** Gives spend a tag if its `field` fits `pattern`, a name or a glob, and no earlier rule fits. */
export interface TagRule {
  tag: string;
  field: (typeof TAG_FIELDS)[number];
  pattern: string;
}

export const TAG_FIELDS = ["account", "project", "api_key", "provider"] as const;

export interface Provider {
  id: string;
  name: string;
  display_name: string;
  is_active: boolean;
  /** Seeded by the schema, not added by this user. */
  built_in: boolean;
}

/** A price that the user set. */
export interface OwnPrice extends PriceRow {
  id: string;
  created_at: string;
}

/** A change of prices or estimates, as an import that can be undone. */
export interface PricingHead extends Pick<
  ImportHead,
  "id" | "source_name" | "sha256" | "first_day" | "last_day"
> {
  format: "prices" | "reprice";
}

/** A record of a sheet as its source has it, or one that was entered by hand. */
export interface PriceableRow extends CostRecord, Partial<StoredCalls> {
  /** Null for what was entered by hand. */
  sheet: string | null;
}

/** What a record comes to at list price. */
export interface WrittenEstimate extends Pick<PriceableRow, "sheet" | "id" | "timestamp"> {
  /** US dollars. */
  usd: string;
  /** The list that its rates are from. */
  price: string;
  note: string | null;
}

export interface ImportHead extends ImportSummary {
  id: string;
  /** File name as the user gave it, or `-`. */
  source_name: string;
  /** Format id, for example `openai-cost`. */
  format: string;
  /** SHA-256 of the file's bytes, hex. */
  sha256: string;
  /** How the file was read: the same bytes in another reading (mapping, account) are other records. */
  reading: string;
  /** One kind of file or feed of one provider, for example `openai/cost`: what describes the same money shares it. */
  series: string;
  /** Id of the feed that was collected; null for files. */
  feed: string | null;
  /** In which moments without an offset were read; null if there are none. */
  zone?: string | null;
  /** It counts instead of what was first seen before it, on all its days. */
  is_replace?: boolean;
  /** The account was named by the user, not by the source. */
  account_given?: boolean;
  /** What it calls accounts, projects and keys that it also gives an id. */
  names?: Names;
  covers?: Covers;
  /** The UTC dates that it speaks about; null without any. */
  first_day: string | null;
  last_day: string | null;
}

/** Days, ends included. */
export type DaySpan = readonly [from: string, to: string];

/**
 * By provider, the days that an import tells of, with or without spend: calendar dates, in order; single calls belong to
 * their date in the user's time zone.
 */
export type Covers = Readonly<Record<string, readonly DaySpan[]>>;

/** Of which days something is known. What is entered by hand tells of no day, nor does an import that is not complete. */
export interface Coverage {
  /** By provider; between two spans at least one day is not known. */
  providers: Readonly<Record<string, CoveredDays>>;
  /** Imports that were cut short, in order. */
  unfinished: readonly Pick<ImportHead, "id" | "source_name" | "feed">[];
  /** Charges of subscriptions that are due and have no exchange rate, so that they do not count; absent if there are none. */
  without_rate?: readonly DueCharge[];
}

export interface CoveredDays {
  ranges: readonly DaySpan[];
  /** Whether `aicost sync` brought some of them. */
  collected: boolean;
  /** The formats of the files that brought the others. */
  formats: readonly string[];
}

/** What a file or feed says of one UTC date, or of several ones as a whole, of one account and project. */
export interface Sheet {
  /** If it is not that of the import. */
  series?: string;
  /** Null if the source does not name it. */
  account: string | null;
  /** Null if the source does not look at projects; empty for what belongs to none. */
  project: string | null;
  /** UTC date. */
  day: string;
  /** The last one that it speaks about: that of a month, for example. Else the same. */
  last_day: string;
  /** How fine it looks at its series. */
  detail: number;
  /** Its rows have an identity of their own, so sheets of a day are joined by it. */
  is_events: boolean;
  /** Of the rows as the source states them, without conversions. */
  hash: string;
  rows: number;
  /** The sum of the positive amounts, US dollars. */
  gross: string;
  /** The sum of the positive amounts that are not costs: top-ups, estimates, what a plan covers. US dollars. */
  beside: string;
  /** US dollars. */
  cost_usd: string;
  tokens: number;
  requests: number;
  /** Hashes of what tells its rows apart, of 32 bits; null if all files of its series are of one source. */
  keys: number[] | null;
}

/** A file with all its rows, as `record/sent-rows.ts` writes them. */
export interface TriedFile {
  import: ImportHead;
  sheets: readonly Sheet[];
  /** The places among `sheets` of those that the rows name by their place in this list. */
  numbers: readonly number[];
  rows: string;
}

export interface BegunImport {
  /** Null if a feed brought nothing new. */
  id: string | null;
  /** The file was in already. */
  is_known: boolean;
  /** As it is by now, if the file was in already. */
  import?: Import;
  /** For each sheet its id if its rows are wanted, else null. */
  wanted: (string | null)[];
  /** How many days are not settled yet of what a resumed import no longer says; left out if nothing was begun. */
  remaining?: number;
}

export interface ImportProgress {
  /** Null if `settle_days` was called for none. */
  import: Import | null;
  /** How many days are not settled yet. */
  remaining: number;
  /** Records that came to count in this call, or count with other values, and that no longer do. */
  moved: { inserted: number; updated: number; replaced: number };
}

/** What becomes of a sheet: it is in; it is alone on its day; it counts instead of others, or with them; or it does not. */
export type SheetFate = "in" | "new" | "wins" | "joins" | "loses";

export interface ImportPreview extends Pick<BegunImport, "is_known" | "import"> {
  fates: SheetFate[];
  /** Records that would no longer count on days that this import wins. */
  leaving: number;
  facts: ImportFacts;
}

export type RowComparison = Pick<
  IngestCounts,
  "inserted" | "updated" | "unchanged" | "covered" | "kept_edits"
>;

/** What a user must know of how an import changed what counts. Money is US dollars. */
export interface ImportFacts {
  /** Days that this import shows lower than they counted before. */
  lower?: { days: number; usd: string };
  /** Charges that counted before and that this import lacks. `stay`: they still count. */
  missing?: {
    rows: number;
    usd: string;
    largest: { model: string | null; date: string; usd: string };
    stay: boolean;
  };
  /** Other imports that are found to be of another account now. */
  rebound?: { imports: number };
  /** What shows this import's money already. */
  covered_by?: string[];
  /** Edits by hand of its days whose rows no file has that counts now: they wait. */
  waiting_edits?: number;
  /** Imports of the same days that share no row with it: they count beside it, as another source. */
  beside?: string[];
}

export interface ImportDay extends Pick<
  Sheet,
  "account" | "project" | "day" | "last_day" | "rows" | "cost_usd"
> {
  counted_rows: number;
  counted_usd: string;
  /** The imports that count on that day instead; empty if this one does. */
  hidden_by: ImportName[];
}

/** What one source says of a provider on a date: what counts of it or, if `counts` is false, what does not. */
export interface SourceDay {
  date: string;
  provider: string;
  account: string | null;
  method: CollectionMethod;
  /** The imports that say it; none for entries by hand. */
  imports: ImportName[];
  counts: boolean;
  record_count: number;
  cost_usd: string;
  estimated_usd: string;
  /** The imports that count instead. */
  hidden_by: ImportName[];
}

export interface ImportName {
  id: string;
  source_name: string;
}

export interface IngestCounts {
  /** Records that count now and did not before. */
  inserted: number;
  /** Records that counted before with other values. */
  updated: number;
  /** Rows that were in. */
  unchanged: number;
  /** Rows that do not count, because another import shows the same day more fully or more finely. */
  covered: number;
  /** Rows whose record the user changed or removed by hand. */
  kept_edits: number;
  /** Records that counted before and do not any more. */
  replaced: number;
}

export interface ImportSummary {
  row_count: number;
  skipped: number;
  rejected: number;
  cost_usd: string;
  /** First and last calendar date, in the user's time zone, that the file covers; null if it has no record. */
  first_date: string | null;
  last_date: string | null;
}

export interface Import extends ImportSummary, IngestCounts {
  id: string;
  source_name: string;
  format: string;
  sha256: string;
  status: "running" | "done" | "undone";
  created_at: string;
  undone_at: string | null;
  /** What of it counts now. */
  counted_rows: number;
  counted_usd: string;
  facts: ImportFacts;
  /** The account that the user named for it; null if the user named none. */
  account: string | null;
}

/** A stored key, without the key. */
export interface StoredCredential {
  id: string;
  provider: string;
  name: string;
  /** Whether `aicost sync` uses it. */
  is_active: boolean;
  /** `pending`: it was stored without being tried. */
  validation_status: "valid" | "invalid" | "pending";
  /** Which vault key it was encrypted with. */
  encryption_key_id: string;
  metadata: CredentialMetadata;
  created_at: string;
  syncs: SyncState[];
  /** A JWE, if ciphertexts were asked for. */
  encrypted_api_key?: string;
}

/** What is known of a key, in the clear. */
export interface CredentialMetadata {
  /** Its beginning and its end, for example `sk-ant-admin01-…x9AA`. */
  masked: string;
  /** When this key was stored, RFC 3339. */
  key_set_at: string;
  /** When it was last tried, RFC 3339; absent if it never was. */
  checked_at?: string;
  /** Whose spend it tells: what the provider calls the account, else the first name of the credential. */
  account: string;
  /** False if the provider did not say which account it is. */
  account_known: boolean;
  account_name?: string;
  /** Where requests go, if not to the provider's own address. */
  base_url?: string;
  /** What collecting needs to know of the key, such as the id of a team. */
  facts: Readonly<Record<string, string | boolean>>;
}

export interface NewCredential extends Pick<
  StoredCredential,
  "id" | "provider" | "name" | "validation_status" | "encryption_key_id" | "metadata"
> {
  encrypted_api_key: string;
}

/** A field that is left out stays as it is, in the metadata too; null there removes a field. */
export interface CredentialChanges extends Partial<
  Pick<
    StoredCredential,
    "name" | "is_active" | "validation_status" | "encryption_key_id" | "encrypted_api_key"
  >
> {
  metadata?: { [Field in keyof CredentialMetadata]?: CredentialMetadata[Field] | null };
  /** Refuse the change if the ciphertext is no longer this one. */
  expected_key?: string;
}

export interface SyncState {
  /** Id of the feed, for example `anthropic-cost-report`. */
  feed: string;
  /** The last UTC date that was over when it was collected; null if there is none. */
  complete_through: string | null;
  /** What the feed itself asked to remember. */
  memory: Readonly<Record<string, string | number | null>> | null;
  synced_at: string;
}

export interface AuditEntry {
  action: "created" | "changed" | "deleted";
  provider: string | null;
  name: string;
  credential_id: string;
  changed_columns: string[];
  /** Whether it was enabled or disabled; null if neither. */
  is_active: boolean | null;
  /** Whether the owner did it; else the database itself or its administrator. */
  by_owner: boolean;
  created_at: string;
}

export interface UndoCounts {
  id: string;
  /** Records that counted and do not any more. */
  removed: number;
  /** Records that count again, or with the values of before. */
  restored: number;
  /** Edits by hand of records that no import has any more. */
  edits_lost: number;
  /** How many days are not settled yet: see `settle_days`. */
  remaining: number;
}

/** Money is US dollars. */
export interface UndoPreviewPart extends UndoCounts {
  /** The last day that this is about; null if there was none. */
  through: string | null;
  /** The sum of all records, and by how much it would change on these days. */
  usd_before: string;
  usd_change: string;
}

/** A record that is entered by hand. */
export interface NewRecord extends CostRecord {
  /** Whose money it is; unknown if it is absent. */
  account?: string | null;
}

export interface StoredRecord extends CostRecord {
  /** The first import that has it; null for what was entered by hand. */
  import_id: string | null;
  /** Whose money it is; null if nothing says so. */
  account: string | null;
}

export interface RecordFilters {
  /** Calendar dates in the user's time zone, ends included. */
  from?: string;
  to?: string;
  provider?: string;
  /** Part of a model's name, in any case. */
  model?: string;
  kind?: ChargeKind;
  method?: CollectionMethod;
  /** Names, ids, or globs with `*`; case does not matter. */
  account?: readonly string[];
  project?: readonly string[];
  api_key?: readonly string[];
  agent?: readonly string[];
  session?: readonly string[];
  import_id?: string;
  /** The latest, the most expensive or the ones with the most tokens first; `date` by default. */
  sort?: RecordSort;
  /** Those last. */
  reverse?: boolean;
  max_rows: number;
  skip_rows?: number;
}

export const RECORD_SORTS = ["date", "cost", "tokens"] as const;
export type RecordSort = (typeof RECORD_SORTS)[number];

/** The amount of a top-up is its `cost_usd` here too: the database keeps it apart. */
export interface RecordChanges {
  provider?: string;
  /** Only of what was entered by hand. */
  account?: string | null;
  project?: string | null;
  api_key?: string | null;
  timestamp?: string;
  granularity?: Granularity;
  kind?: ChargeKind;
  model_name?: string | null;
  cost_usd?: string;
  estimated_cost_usd?: string | null;
  tokens_used?: number | null;
  input_tokens?: number | null;
  output_tokens?: number | null;
  cache_read_tokens?: number | null;
  cache_write_tokens?: number | null;
  request_count?: number | null;
  /** Merged into what is there; null takes a field away. */
  metadata?: { [Field in keyof RecordMetadata]?: RecordMetadata[Field] | null };
}

export interface DailySpendQuery {
  /** Calendar dates in the user's time zone, ends included; null is open. */
  from_date: string | null;
  to_date: string | null;
  /** What splits the spend of each provider, beside the day; the rest is null. */
  split_by: readonly SplitKey[];
  /** By calendar month instead of by day. */
  by_month?: boolean;
}

export const SPLIT_KEYS = ["model", "kind", "method", "account", "project", "api_key", "agent"] as const;
export type SplitKey = (typeof SPLIT_KEYS)[number];

/** Names by id, of what has one. */
export type Names = Readonly<Partial<Record<NamedKey, Readonly<Record<string, string>>>>>;
export type NamedKey = "account" | "project" | "api_key";
/** Whose or what it was. */
export type WhoKey = NamedKey | "agent" | "session";

/** What was spent at one provider on one day, or in one month: the sum of its charges, and of estimates. */
export interface DailySpend {
  /** The day; of a month, the first with records. */
  date: string;
  /** Of a month, the last day with records. */
  last_date: string;
  provider: string;
  /** As the source writes it. */
  model: string | null;
  /** Null unless it was asked for. */
  kind: ChargeKind | null;
  /** Null unless it was asked for. */
  method: CollectionMethod | null;
  /** Null unless it was asked for, and if nothing says so. */
  account: string | null;
  /** As of `account`. */
  project: string | null;
  /** As of `account`. */
  api_key: string | null;
  /** As of `account`. */
  agent: string | null;
  /** What counts, US dollars. */
  cost_usd: string;
  /** What was charged, by kind. */
  usage_usd: string;
  extra_usage_usd: string;
  subscription_usd: string;
  fee_usd: string;
  tax_usd: string;
  credit_usd: string;
  /** Estimates that count: none on a day of a provider that has billed it. */
  estimated_usd: string;
  /** Estimates that do not count, because a bill has the day. */
  hidden_estimate_usd: string;
  /** Worth of what a plan covered; never part of cost_usd. */
  included_usd: string;
  /** Credit bought ahead; never part of cost_usd. */
  topup_usd: string;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  request_count: number | null;
  record_count: number;
  /** Records that name a charge, be it 0; a top-up is not one. */
  billed_count: number;
  /** Tokens that neither a bill, nor an estimate, nor a plan accounts for. */
  unpriced_tokens: number;
  /** Tokens whose money a bill of the same day has. */
  in_bill_tokens: number;
  /** The price lists of the estimates that count; null without any. */
  estimated_by: PriceListNames | null;
  /** Those of what a plan covered. */
  included_by: PriceListNames | null;
}

/** Names of price lists, such as `genai-prices 0.1.8`, as a set; `its source` if that states the estimate. */
export type PriceListNames = Readonly<Record<string, true>>;

/** What only the records themselves say: sums of it are not kept. */
export const FINE_KEYS = ["hour", "session"] as const;
export type FineKey = (typeof FINE_KEYS)[number];

export interface FineSpendQuery extends Omit<DailySpendQuery, "split_by"> {
  split_by: readonly (SplitKey | FineKey)[];
}

/** What was spent in one hour of the day or in one session, on one day or on all days of one month. */
export interface FineSpend extends DailySpend {
  /** 0 to 23, in the user's time zone; null unless it was asked for, and for what a source gives only by day or month. */
  hour: number | null;
  /** The session of a coding agent; null unless it was asked for, and if nothing says so. */
  session: string | null;
}
