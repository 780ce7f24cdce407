import type { Api } from "../api.js";

export interface Facts {
  /**
   * If the answer to a call is lost, it is unknown whether it was carried out. `read`: send it again, it changes
   * nothing. `repeat`: send it again, a second time changes nothing more. `look`: tell the user which command shows it.
   */
  ifLost: "read" | "repeat" | { look: string };
  /**
   * Whether a file may not be in any more, or be read otherwise: then importing it again may change something. What else
   * happens to its records changes nothing of that.
   */
  takesFilesAway: boolean;
  /** It changes nothing, but tries something out and takes it back: the embedded database writes for that, too. */
  triesOut?: boolean;
  /** Whether the read model answers it too, without opening the embedded database. */
  inReadModel: boolean;
}

export const FUNCTIONS = {
  get_preferences: { ifLost: "read", takesFilesAway: false, inReadModel: true },
  set_preferences: { ifLost: "repeat", takesFilesAway: true, inReadModel: false },
  get_rates: { ifLost: "read", takesFilesAway: false, inReadModel: true },
  list_rates: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  set_rate: { ifLost: "repeat", takesFilesAway: true, inReadModel: false },
  remove_rate: { ifLost: { look: "aicost rates" }, takesFilesAway: true, inReadModel: false },
  add_rate_days: { ifLost: "repeat", takesFilesAway: true, inReadModel: false },
  remove_rate_days: { ifLost: { look: "aicost rates" }, takesFilesAway: true, inReadModel: false },
  list_providers: { ifLost: "read", takesFilesAway: false, inReadModel: true },
  add_provider: { ifLost: { look: "aicost providers" }, takesFilesAway: false, inReadModel: false },
  zone_of_series: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  import_rates: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  check_import: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  begin_import: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  add_rows: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  finish_import: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  settle_days: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  try_imports: { ifLost: "read", triesOut: true, takesFilesAway: false, inReadModel: false },
  preview_import: { ifLost: "read", triesOut: true, takesFilesAway: false, inReadModel: false },
  compare_rows: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  list_sources: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  import_days: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  get_prices: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  set_price: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  remove_prices: { ifLost: { look: "aicost prices" }, takesFilesAway: false, inReadModel: false },
  add_price_list: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  list_priceable_rows: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  write_estimates: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  save_forecasts: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  get_forecast: { ifLost: "read", takesFilesAway: false, inReadModel: true },
  list_forecasts: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  list_stored_forecasts: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  remove_forecasts: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  list_credentials: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  add_credential: { ifLost: { look: "aicost credentials" }, takesFilesAway: false, inReadModel: false },
  change_credential: { ifLost: { look: "aicost credentials" }, takesFilesAway: false, inReadModel: false },
  remove_credential: { ifLost: { look: "aicost credentials" }, takesFilesAway: false, inReadModel: false },
  list_audit_log: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  save_sync_state: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  list_imports: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  get_import: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  start_import: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  preview_undo: { ifLost: "read", triesOut: true, takesFilesAway: false, inReadModel: false },
  undo_import: { ifLost: { look: "aicost imports" }, takesFilesAway: true, inReadModel: false },
  list_scans: { ifLost: "read", takesFilesAway: false, inReadModel: true },
  find_calls: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  settle_agent: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  list_sessions: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  add_cost_record: { ifLost: { look: "aicost records" }, takesFilesAway: false, inReadModel: false },
  list_cost_records: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  get_cost_record: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  edit_cost_record: { ifLost: { look: "aicost records" }, takesFilesAway: false, inReadModel: false },
  remove_cost_records: { ifLost: { look: "aicost records" }, takesFilesAway: false, inReadModel: false },
  list_subscriptions: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  find_subscription_entries: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  add_subscription: { ifLost: { look: "aicost subscriptions" }, takesFilesAway: false, inReadModel: false },
  change_subscription: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  remove_subscription: {
    ifLost: { look: "aicost subscriptions" },
    takesFilesAway: false,
    inReadModel: false,
  },
  list_charges: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  get_due: { ifLost: "read", takesFilesAway: false, inReadModel: true },
  book_due_charges: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  save_credit_entry: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  add_top_up: { ifLost: { look: "aicost credits" }, takesFilesAway: false, inReadModel: false },
  remove_credit_entry: { ifLost: { look: "aicost credits" }, takesFilesAway: false, inReadModel: false },
  get_credits: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  list_budgets: { ifLost: "read", takesFilesAway: false, inReadModel: true },
  set_budget: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  remove_budget: { ifLost: { look: "aicost budgets" }, takesFilesAway: false, inReadModel: false },
  claim_notices: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  settle_notices: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  list_names: { ifLost: "read", takesFilesAway: false, inReadModel: true },
  get_coverage: { ifLost: "read", takesFilesAway: false, inReadModel: true },
  get_daily_spend: { ifLost: "read", takesFilesAway: false, inReadModel: true },
  get_fine_spend: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  spend_spans: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  refresh_cost_records_daily: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  get_schema_status: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  get_database_status: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  list_partitions: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  create_monthly_partition: { ifLost: "repeat", takesFilesAway: false, inReadModel: false },
  export_rows: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  archive_counts: { ifLost: "read", takesFilesAway: false, inReadModel: false },
  restore_rows: { ifLost: "repeat", takesFilesAway: true, inReadModel: false },
} as const satisfies Record<keyof Api, Facts>;

export type InReadModel = {
  [Name in keyof Api]: (typeof FUNCTIONS)[Name]["inReadModel"] extends true ? Name : never;
}[keyof Api];
