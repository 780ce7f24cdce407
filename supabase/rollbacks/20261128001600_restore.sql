-- Undoes 20261128001600_restore. No record is lost.

drop function if exists
  public.restore_rows, private.restore, private.restore_kind, private.restore_forecasts,
  private.restore_import_changes, private.restore_cost_records, private.record_version, private.restore_imports,
  private.restore_providers, private.restore_preferences, private.restore_counts, private.archived_records,
  private.own_imports, private.second_id;
