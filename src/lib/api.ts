import type { RawJson } from "./record/raw-json.js";
import type { CollectionMethod, CostRecord, Granularity, RecordMetadata } from "./record/record.js";

/** Every SQL function that the commands call, with what goes in and what comes out. */
export interface Api {
  get_preferences: { args: Record<never, never>; result: Preferences };
  set_preferences: { args: { changes: Partial<Preferences> }; result: Preferences };
  list_providers: { args: Record<never, never>; result: Provider[] };
  add_provider: { args: { name: string; display_name: string }; result: Provider };
  ingest_cost_records: {
    args: { import: ImportHead; records: CostRecord[] | RawJson; dry_run?: boolean };
    result: IngestCounts & Partial<WholeDayCounts>;
  };
  /** The id of an interrupted import of these bytes and this reading, or null. Refuses a file imported in another one. */
  resume_import: { args: { sha256: string; reading: string }; result: string | null };
  finish_import: { args: { import_id: string; summary: ImportSummary }; result: Import | null };
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
  undo_import: { args: { import_id: string }; result: UndoCounts };
  add_cost_record: { args: { record: CostRecord }; result: StoredRecord };
  list_cost_records: { args: { filters: RecordFilters }; result: { records: StoredRecord[]; total: number } };
  get_cost_record: { args: { record_id: string }; result: StoredRecord };
  edit_cost_record: { args: { record_id: string; changes: RecordChanges }; result: StoredRecord };
  remove_cost_records: { args: { record_ids: string[] }; result: StoredRecord[] };
  get_daily_spend: { args: DailySpendQuery; result: DailySpend[] };
  refresh_cost_records_daily: { args: Record<never, never>; result: null };
  get_schema_status: { args: Record<never, never>; result: SchemaStatus };
  get_database_status: { args: Record<never, never>; result: SchemaStatus & DatabaseSize };
  /** The months that have a partition, in order. */
  list_partitions: { args: Record<never, never>; result: MonthPartition[] };
  create_monthly_partition: { args: { year: number; month: number }; result: null };
  /** One page of what the user has, of one kind. `after` is the `next` of the page before. */
  export_rows: {
    args: { kind: ArchiveKind; after: string | null; max_rows: number };
    result: { rows: ArchiveRow[]; next: string | null };
  };
  /** How many rows of each kind `export_rows` has for this user. */
  archive_counts: { args: Record<never, never>; result: Record<ArchiveKind, number> };
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
  "provider",
  "import",
  "cost_record",
  "import_change",
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
  /** `rates` holds US dollars for one unit of a currency, as decimal strings: {"CNY": "0.14"}. */
  metadata: { rates?: Record<string, string> };
}

export interface Provider {
  id: string;
  name: string;
  display_name: string;
  is_active: boolean;
  /** Seeded by the schema, not added by this user. */
  built_in: boolean;
}

export interface ImportHead {
  id: string;
  /** File name as the user gave it, or `-`. */
  source_name: string;
  /** Format id, for example `openai-cost`. */
  format: string;
  /** SHA-256 of the file's bytes, hex. */
  sha256: string;
  /** How the file was read: the same bytes in another reading (mapping, time zone) are other records. */
  reading: string;
  /**
   * Exports that describe the same money or tokens of the same account share a series, for example `openai/cost`; null
   * for sources that overlap with nothing but themselves.
   */
  series: string | null;
  /** On one day of a series only one detail counts: that of the file that holds more on that day, else the finer. */
  detail: number;
  /** What `day_totals` sums. */
  measure: "cost_usd" | "tokens_used";
  /** The file's sum on each UTC date, a decimal string; empty if `series` is null. */
  day_totals: Record<string, string>;
  /** The key of a batch, new for each one: a batch that is sent twice counts once. */
  batch?: string;
  /** UTC dates that the batch holds whole: what the same feed gave for them before, and this batch lacks, goes. */
  whole_days?: readonly string[];
}

export interface IngestCounts {
  inserted: number;
  updated: number;
  unchanged: number;
  /** Rows left out because another view of the same day counts already, and holds as much. */
  covered: number;
  /** Rows left out because the user had edited the record, or another view of its day, by hand. */
  kept_edits: number;
  /** Records of another view of the same days that these rows replaced. */
  replaced: number;
}

/** What is counted besides if a batch holds `whole_days`. */
export interface WholeDayCounts {
  /** Records that the feed gave before, and no longer gives. */
  retired: number;
  /** How many of these days were there before, and are different now. */
  restated_days: number;
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
  /** Whether the owner did it; else the database itself or its administrator. */
  by_owner: boolean;
  created_at: string;
}

export interface UndoCounts {
  id: string;
  removed: number;
  restored: number;
  /** Of the removed and restored ones, those that had been edited by hand. */
  edits_lost: number;
}

export interface StoredRecord extends CostRecord {
  import_id: string | null;
}

export interface RecordFilters {
  /** Calendar dates in the user's time zone, ends included. */
  from?: string;
  to?: string;
  provider?: string;
  /** Part of a model's name, in any case. */
  model?: string;
  method?: CollectionMethod;
  import_id?: string;
  max_rows: number;
  skip_rows?: number;
}

export interface RecordChanges {
  provider?: string;
  timestamp?: string;
  granularity?: Granularity;
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
  /** Splits each row by how it was collected; else `method` is null. */
  by_method: boolean;
}

/** One row of `daily_spend`: what one model cost on one day. `cost_usd` = billed + subscription + estimated. */
export interface DailySpend {
  date: string;
  provider: string;
  model: string | null;
  method: CollectionMethod | null;
  /** What counts, US dollars. */
  cost_usd: string;
  billed_usd: string;
  subscription_usd: string;
  /** Estimates that count: none on a day of a provider that has billed it. */
  estimated_usd: string;
  /** Worth of what a plan covered; never part of cost_usd. */
  included_usd: string;
  input_tokens: number | null;
  output_tokens: number | null;
  cache_read_tokens: number | null;
  cache_write_tokens: number | null;
  request_count: number | null;
  record_count: number;
  /** Records that name a charge, be it 0. */
  billed_count: number;
  /** Tokens that neither a bill, nor an estimate, nor a plan accounts for. */
  unpriced_tokens: number;
}
