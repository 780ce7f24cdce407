import type { Api } from "../api.js";

export interface Facts {
  /**
   * If the answer to a call is lost, it is unknown whether it was carried out. `read`: send it again, it changes
   * nothing. `repeat`: send it again, a second time changes nothing more. `look`: tell the user which command shows it.
   */
  ifLost: "read" | "repeat" | { look: string };
  /**
   * Whether it may change or remove records, or move them to other days: then importing a known file again may change
   * something. Adding records does not count. `see_answer`: the counts in the answer say so.
   */
  changesRecords: boolean | "see_answer";
  /** Whether the read model answers it too, without opening the embedded database. */
  inReadModel: boolean;
}

export const FUNCTIONS = {
  get_preferences: { ifLost: "read", changesRecords: false, inReadModel: true },
  set_preferences: { ifLost: "repeat", changesRecords: true, inReadModel: false },
  list_providers: { ifLost: "read", changesRecords: false, inReadModel: true },
  add_provider: { ifLost: { look: "aicost providers" }, changesRecords: false, inReadModel: false },
  ingest_cost_records: { ifLost: "repeat", changesRecords: "see_answer", inReadModel: false },
  resume_import: { ifLost: "read", changesRecords: false, inReadModel: false },
  finish_import: { ifLost: "repeat", changesRecords: false, inReadModel: false },
  list_credentials: { ifLost: "read", changesRecords: false, inReadModel: false },
  add_credential: { ifLost: { look: "aicost credentials" }, changesRecords: false, inReadModel: false },
  change_credential: { ifLost: { look: "aicost credentials" }, changesRecords: false, inReadModel: false },
  remove_credential: { ifLost: { look: "aicost credentials" }, changesRecords: false, inReadModel: false },
  list_audit_log: { ifLost: "read", changesRecords: false, inReadModel: false },
  save_sync_state: { ifLost: "repeat", changesRecords: false, inReadModel: false },
  list_imports: { ifLost: "read", changesRecords: false, inReadModel: false },
  get_import: { ifLost: "read", changesRecords: false, inReadModel: false },
  undo_import: { ifLost: { look: "aicost imports" }, changesRecords: true, inReadModel: false },
  add_cost_record: { ifLost: { look: "aicost records" }, changesRecords: false, inReadModel: false },
  list_cost_records: { ifLost: "read", changesRecords: false, inReadModel: false },
  get_cost_record: { ifLost: "read", changesRecords: false, inReadModel: false },
  edit_cost_record: { ifLost: { look: "aicost records" }, changesRecords: true, inReadModel: false },
  remove_cost_records: { ifLost: { look: "aicost records" }, changesRecords: true, inReadModel: false },
  get_daily_spend: { ifLost: "read", changesRecords: false, inReadModel: true },
  refresh_cost_records_daily: { ifLost: "repeat", changesRecords: false, inReadModel: false },
  get_schema_status: { ifLost: "read", changesRecords: false, inReadModel: false },
  get_database_status: { ifLost: "read", changesRecords: false, inReadModel: false },
  list_partitions: { ifLost: "read", changesRecords: false, inReadModel: false },
  create_monthly_partition: { ifLost: "repeat", changesRecords: false, inReadModel: false },
  export_rows: { ifLost: "read", changesRecords: false, inReadModel: false },
  archive_counts: { ifLost: "read", changesRecords: false, inReadModel: false },
  restore_rows: { ifLost: "repeat", changesRecords: true, inReadModel: false },
} as const satisfies Record<keyof Api, Facts>;

export type InReadModel = {
  [Name in keyof Api]: (typeof FUNCTIONS)[Name]["inReadModel"] extends true ? Name : never;
}[keyof Api];
